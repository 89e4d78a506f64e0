"""Spreadsheets with the right headings, offered on the import screen."""

FOLDER = "/alarm_subscriber/static/xls"


def import_template(env, name, label):
    """Answer of `get_import_templates` for the spreadsheet `name` in the user's language.

    Headings are the labels of the fields, which differ by language; all but Chinese
    users get the English ones, which every user may import.
    """
    suffix = "_zh_CN" if env.lang == "zh_CN" else ""
    return [{"label": label, "template": f"{FOLDER}/{name}_import_template{suffix}.xlsx"}]
