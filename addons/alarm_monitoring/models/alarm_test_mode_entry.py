from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.alarm_subscriber.tools.append_only import refuse_changes

from ..tools.text import storable

KINDS = [
    ("begun", "Put on test"),
    ("extended", "Test extended"),
    ("ended_early", "Test ended early"),
    ("ended", "Test ended"),
]


class AlarmTestModeEntry(models.Model):
    """One line of what was done with a test mode. Only ever added."""

    _name = "alarm.test.mode.entry"
    _description = "Log Entry of an Alarm Test Mode"
    _order = "id desc"
    _rec_name = "text"
    _log_access = False

    test_mode_id = fields.Many2one(
        "alarm.test.mode", required=True, readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    text = fields.Text(readonly=True)
    author_id = fields.Integer(string="Author's Id", required=True, readonly=True)
    author = fields.Char(required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True)

    def init(self):
        refuse_changes(self.env.cr, self._table)

    # Never allowed, so there is nothing to hand on.
    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A log entry stays as it was written."))

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("Log entries are evidence and are never deleted."))
        return super().unlink()

    @api.model
    def _log(self, tests, kind, text):
        """Add one entry to each of the tests; the author is the environment's user."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO alarm_test_mode_entry (test_mode_id, kind, text, author_id, author, at)
            SELECT test.id, %s, %s, %s, %s, clock_timestamp() AT TIME ZONE 'UTC'
              FROM unnest(%s::int[]) AS test (id)
            """,
            [kind, storable(text or None), self.env.uid, self.env.user.name, tests.ids],
        )
        self.invalidate_model()
        tests.invalidate_recordset(["entry_ids"])
