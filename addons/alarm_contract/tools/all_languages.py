"""What is made when it is first needed is read by everybody, whoever needed it first."""


def name_in_all(record, name):
    """Name a record in every language that is installed.

    :param record: one record, of which `name` is translated
    :param name: of an environment, the name in its language
    """
    installed = record.env["res.lang"].get_installed()
    codes = {"en_US", *(code for code, _label in installed)}
    record.update_field_translations(
        "name", {code: name(record.with_context(lang=code).env) for code in codes}
    )
