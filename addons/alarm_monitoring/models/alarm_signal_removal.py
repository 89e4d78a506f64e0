from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.alarm_subscriber.tools.append_only import refuse_changes

from ..tools.signal_tables import ARCHIVE, LIVE

KINDS = [("archive", "Moved to the Archive"), ("expiry", "Exported and Deleted")]
SOURCES = [(LIVE, "Live Signals"), (ARCHIVE, "Archived Signals")]


class AlarmSignalRemoval(models.Model):
    """Signals that left a table together: which, when, by which rule, and what was exported before.
    The database lets no signal go without such a record (tools/signal_tables.py)."""

    _name = "alarm.signal.removal"
    _inherit = "alarm.own.defaults"
    _description = "Removal of Alarm Signals"
    _order = "id desc"
    _rec_name = "rule"
    _log_access = False

    kind = fields.Selection(KINDS, required=True, readonly=True)
    source = fields.Selection(SOURCES, string="Removed From", required=True, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    rule = fields.Char(required=True, readonly=True)
    received_before = fields.Datetime(required=True, readonly=True)
    signals = fields.Integer(required=True, readonly=True)
    links = fields.Integer(
        string="Links to Incidents", required=True, readonly=True, default=0,
        help="Links of closed incidents that were exported and deleted with their signals.",
    )  # fmt: skip
    first_id = fields.Integer(string="Lowest Id", required=True, readonly=True, aggregator=None)
    last_id = fields.Integer(string="Highest Id", required=True, readonly=True, aggregator=None)
    first_at = fields.Datetime(string="Received from", required=True, readonly=True)
    last_at = fields.Datetime(string="Received until", required=True, readonly=True)
    at = fields.Datetime(string="Removed at", required=True, readonly=True)
    author_id = fields.Integer(string="Author's Id", required=True, readonly=True, aggregator=None)
    author = fields.Char(required=True, readonly=True)
    transaction_key = fields.Char(
        required=True, readonly=True, index=True,
        help="Number of the database transaction that the record speaks for.",
    )  # fmt: skip
    export_name = fields.Char(readonly=True)
    sha256 = fields.Char(
        string="SHA-256", readonly=True, help="Of the exported file: sha256sum says the same."
    )
    export = fields.Binary(readonly=True, attachment=True)

    def init(self):
        refuse_changes(self.env.cr, self._table)

    # The file is no column of the table and may be given out of the house; the record stays.
    def write(self, vals):
        if set(vals) - {"export"} or vals.get("export"):
            raise UserError(self.env._("The record of a removal stays as it was written."))
        return super().write(vals)

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("Records of removals are never deleted."))
        return super().unlink()

    def action_archive(self):
        """Move to the archive now what is old enough; in the background."""
        return self._start("alarm_monitoring.ir_cron_archive")

    def action_expire(self):
        """Export and delete now what is past its time; in the background."""
        return self._start("alarm_monitoring.ir_cron_expire")

    @api.model
    def _start(self, cron):
        if not self.env.user.has_group("alarm_monitoring.group_supervisor"):
            raise AccessError(self.env._("Only a supervisor moves or deletes signals."))
        self.env.ref(cron).sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "Started. Each portion appears in this list when it is done."
                ),
            },
        }
