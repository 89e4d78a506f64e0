from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.alarm_subscriber.tools.append_only import refuse_changes

from ..tools.signal_tables import LIVE, SMALL_BATCH


class NamedMany2one(fields.Many2one):
    """A reference of a signal: without a foreign key, because `alarm.signal.named` has it."""

    def update_db_foreign_key(self, model, column):
        """None."""


class AlarmSignalNamed(models.Model):
    """What signals name, once each however many signals do: in every row one column is set.

    What a signal names must be there and must not be deleted. Foreign keys of the signals would ask
    that nine times for each of them, which is most of what storing costs, and lock thousands of
    rows of the register. So a trigger adds here, once for a statement, what no signal has named
    before, and the foreign keys of this table see to the rest: nothing can be named that is not
    there, and nothing deleted that is in here. Rows are never taken away.
    """

    _name = "alarm.signal.named"
    _description = "What Alarm Signals Name"
    _log_access = False
    _rec_name = "id"

    receiver_id = fields.Many2one("alarm.receiver", readonly=True, ondelete="restrict")
    receiver_group_id = fields.Many2one("alarm.receiver.group", readonly=True, ondelete="restrict")
    panel_id = fields.Many2one("alarm.panel", readonly=True, ondelete="restrict")
    subscriber_id = fields.Many2one("alarm.subscriber", readonly=True, ondelete="restrict")
    area_id = fields.Many2one("alarm.area", readonly=True, ondelete="restrict")
    zone_id = fields.Many2one("alarm.zone", readonly=True, ondelete="restrict")
    panel_user_id = fields.Many2one("alarm.panel.user", readonly=True, ondelete="restrict")
    event_code_id = fields.Many2one("alarm.event.code", readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")

    _receiver_uniq = models.UniqueIndex("(receiver_id) WHERE receiver_id IS NOT NULL")
    _receiver_group_uniq = models.UniqueIndex(
        "(receiver_group_id) WHERE receiver_group_id IS NOT NULL"
    )
    _panel_uniq = models.UniqueIndex("(panel_id) WHERE panel_id IS NOT NULL")
    _subscriber_uniq = models.UniqueIndex("(subscriber_id) WHERE subscriber_id IS NOT NULL")
    _area_uniq = models.UniqueIndex("(area_id) WHERE area_id IS NOT NULL")
    _zone_uniq = models.UniqueIndex("(zone_id) WHERE zone_id IS NOT NULL")
    _panel_user_uniq = models.UniqueIndex("(panel_user_id) WHERE panel_user_id IS NOT NULL")
    _event_code_uniq = models.UniqueIndex("(event_code_id) WHERE event_code_id IS NOT NULL")
    _company_uniq = models.UniqueIndex("(company_id) WHERE company_id IS NOT NULL")

    def init(self):
        refuse_changes(self.env.cr, self._table)
        # The live table and the indexes of this one are needed, too.
        self.pool.post_init(self._prepare_naming)

    def _prepare_naming(self):
        """Make the triggers; on the first time, name what the signals that are there name."""
        cr = self.env.cr
        columns = [name for name, field in self._fields.items() if field.type == "many2one"]
        live = SQL.identifier(LIVE)
        cr.execute("SELECT FROM pg_trigger WHERE tgname = %s", [f"{LIVE}_name_new"])
        if not cr.rowcount:
            cr.execute(SQL("LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", live))
            for column in columns:
                cr.execute(self._naming(column, live))
        self._make_trigger("new", "STATEMENT", columns)
        self._make_trigger("changed", "ROW", columns)

    def _make_trigger(self, suffix, level, columns):
        """A statement that stores names what is new in it at once; what is found later (a panel
        that is registered now) is rare, and other changes ask nothing."""
        cr, live = self.env.cr, SQL.identifier(LIVE)
        name = SQL.identifier(f"{LIVE}_name_{suffix}")
        if level == "ROW":
            relation = SQL("(SELECT NEW.*)")
            when = SQL("UPDATE OF %s", SQL(", ").join(map(SQL.identifier, columns)))
            referencing = SQL()
        else:
            relation, when = SQL.identifier("after"), SQL("INSERT")
            referencing = SQL("REFERENCING NEW TABLE AS after")
        body = SQL("; ").join(self._naming(column, relation) for column in columns)
        cr.execute(
            SQL(
                "CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql %s"
                " AS $$ BEGIN %s; RETURN NULL; END $$",
                name,
                SQL(SMALL_BATCH),
                body,
            )
        )
        cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", name, live))
        cr.execute(
            SQL(
                "CREATE TRIGGER %s AFTER %s ON %s %s FOR EACH %s EXECUTE FUNCTION %s()",
                name,
                when,
                live,
                referencing,
                SQL(level),
                name,
            )
        )

    def _naming(self, column, relation):
        """The statement that adds what signals of a relation name in a column and none did yet."""
        return SQL(
            "INSERT INTO %(named)s (%(column)s) SELECT DISTINCT %(column)s FROM %(relation)s signal"
            " WHERE %(column)s IS NOT NULL AND NOT EXISTS (SELECT FROM %(named)s named"
            " WHERE named.%(column)s = signal.%(column)s)"
            # Two that name the same for the first time wait for each other in one order.
            " ORDER BY 1 ON CONFLICT DO NOTHING",
            named=SQL.identifier(self._table),
            column=SQL.identifier(column),
            relation=relation,
        )
