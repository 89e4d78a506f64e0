from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.append_only import refuse_changes
from ..tools.text import storable

KINDS = [
    ("created", "Created"),
    ("signal", "Signal"),
    ("repeated", "Repeated on the Link"),
    ("restored", "Restored"),
    ("cancel_received", "Cancel Received"),
    ("matched", "Account Registered"),
    ("reminded", "Still So"),
    ("ticked", "Handled at the Emergency Display"),
    ("taken", "Taken"),
    ("taken_over", "Taken Over"),
    ("released", "Released"),
    ("held", "Held"),
    ("returned", "Returned to the Queue"),
    ("note", "Note"),
    ("reassigned", "Reassigned"),
    ("resolved", "Resolved"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]


class AlarmIncidentEntry(models.Model):
    """One line of an incident's log. Only ever added; ids and text instead of foreign keys, so that
    no other table's fate touches it."""

    _name = "alarm.incident.entry"
    _description = "Log Entry of an Alarm Incident"
    _order = "id desc"
    _rec_name = "text"
    _log_access = False

    # The inverse of a one2many without a foreign key needs the model's name beside the id.
    model = fields.Char(required=True, readonly=True, default="alarm.incident")
    incident_id = fields.Many2oneReference(
        model_field="model", required=True, readonly=True, index=True
    )
    incident_name = fields.Char(required=True, readonly=True)
    company_key = fields.Integer(
        required=True, readonly=True, help="Id of the incident's company; 0: of all companies."
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    text = fields.Text(readonly=True, help="As it was written, whatever becomes of the records.")
    signal_key = fields.Integer(
        readonly=True, help="Id of the signal that the entry is about; 0: of none."
    )
    description = fields.Text(
        compute="_compute_description", help="The text in the reader's language where it has one."
    )
    author_id = fields.Integer(string="Author's Id", required=True, readonly=True)
    author = fields.Char(required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True)

    @api.depends("kind", "text", "signal_key", "incident_id")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_description(self):
        made = self.filtered(lambda entry: entry.kind in ("created", "restored"))
        incidents = {
            incident.id: incident
            for incident in self.env["alarm.incident"].search(
                [("id", "in", made.mapped("incident_id"))]
            )
        }
        signals = {
            signal.id: signal._words()
            for signal in self.env["alarm.signal"].search(
                [("id", "in", list(filter(None, self.mapped("signal_key"))))]
            )
        }
        for entry in self:
            words = signals.get(entry.signal_key)
            incident = incidents.get(entry.incident_id)
            if incident and entry.kind == "created":
                words = incident.reason
            elif incident and not words and incident.reason_kind == "bridge_condition":
                words = incident._condition_words(entry.text or "")
            entry.description = words or entry.text

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
    def _log(self, entries):
        """Add entries in one statement.

        :param entries: ``(incident, kind, text, id of the signal that it is about or 0)``; the
            author is the environment's user
        """
        author = self.env.user
        rows = [
            (
                "alarm.incident",
                incident.id,
                incident.name,
                incident.company_id.id or 0,
                kind,
                storable(text or None),
                signal_id,
                author.id,
                author.name,
            )
            for incident, kind, text, signal_id in entries
        ]
        if rows:
            self.env.cr.execute_values(
                """
                INSERT INTO alarm_incident_entry
                            (model, incident_id, incident_name, company_key, kind, text,
                             signal_key, author_id, author, at)
                VALUES %s
                """,
                rows,
                template=f"({'%s, ' * len(rows[0])}clock_timestamp() AT TIME ZONE 'UTC')",
                page_size=len(rows),
            )
            self.invalidate_model()
            self.env["alarm.incident"].invalidate_model(["entry_ids"])
