"""Triggers that keep evidence as it was written, whoever connects to the database."""

from odoo.tools import SQL

_FUNCTION = """
CREATE OR REPLACE FUNCTION alarm_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: its rows are evidence and stay as they were written',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""


def refuse_changes(cr, table, columns=None, emptied=()):
    """Refuse DELETE and TRUNCATE of ``table``, and UPDATE of ``columns`` (None: of any column).

    Called on each update of the module; an existing trigger is replaced.

    :param emptied: foreign keys, not among ``columns``, that may become null, as they do when what
        they refer to is deleted; anything else is refused
    """
    update_of = (
        SQL("OF %s", SQL(", ").join(SQL.identifier(column) for column in columns))
        if columns
        else SQL()
    )
    name = SQL.identifier(table)
    cr.execute(_FUNCTION)
    for trigger, event in (
        (f"{table}_no_update", SQL("BEFORE UPDATE %s ON %s FOR EACH ROW", update_of, name)),
        (f"{table}_no_delete", SQL("BEFORE DELETE ON %s FOR EACH ROW", name)),
        (f"{table}_no_truncate", SQL("BEFORE TRUNCATE ON %s FOR EACH STATEMENT", name)),
        *(
            (
                f"{table}_no_{column}",
                SQL(
                    "BEFORE UPDATE OF %(column)s ON %(table)s FOR EACH ROW"
                    " WHEN (new.%(column)s IS NOT NULL"
                    " AND new.%(column)s IS DISTINCT FROM old.%(column)s)",
                    column=SQL.identifier(column),
                    table=name,
                ),
            )
            for column in emptied
        ),
    ):
        cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", SQL.identifier(trigger), name))
        cr.execute(
            SQL(
                "CREATE TRIGGER %s %s EXECUTE FUNCTION alarm_refuse_change()",
                SQL.identifier(trigger),
                event,
            )
        )
