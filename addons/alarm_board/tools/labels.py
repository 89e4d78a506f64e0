"""Labels of selection fields in the user's language."""


def labels(records, field_name):
    """Value -> label."""
    return dict(records._fields[field_name]._description_selection(records.env))


def label(record, field_name):
    """The label of what a record has, "" when it has none."""
    return labels(record, field_name).get(record[field_name], "")
