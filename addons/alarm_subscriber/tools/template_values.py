"""Where a value comes from: said of the record itself, or by the nearest template that says it.

Nothing here knows the database. A level is one template on the way up, the nearest first:
``(key of the template, names of the values that it says itself)``.
"""

from .numbers import number_key


def nearest(levels, name):
    """Key of the nearest template that says `name` itself; None when none does."""
    return next((key for key, said in levels if name in said), None)


def own_after(own, said, clearable):
    """Names of the values that are a record's own after some were said of it.

    :param own: names that were its own before
    :param said: name -> ``(what was said, what it would follow)``
    :param clearable: names of which an empty value says nothing
    :return: set of names. Who repeats what the record would follow anyway makes nothing its own,
        and who empties what may be empty wants it to follow again.
    """
    result = set(own)
    for name, (value, followed) in said.items():
        if name in clearable and not value:
            result.discard(name)
        elif value != followed:
            result.add(name)
    return result


def nearest_numbers(levels):
    """Rows of all levels, of rows with the same number the nearest; in the order of numbers.

    :param levels: lists of rows with a `number`, the nearest first
    """
    rows = {}
    for level in levels:
        for row in level:
            rows.setdefault(number_key(row.number), row)
    return [rows[key] for key in sorted(rows, key=lambda key: key.rjust(8, "0"))]
