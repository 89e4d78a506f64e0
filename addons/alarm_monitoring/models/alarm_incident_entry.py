from odoo import api, fields, models

from odoo.addons.alarm_subscriber.tools.evidence_chain import Break, ChainKey

from ..tools.text import storable

# Strands of an incident's log. Machines write under the lock of the matter and people under that of
# the incident, so neither may wait for the end of the other's strand.
MACHINE, PERSON, BARE = 0, 1, 2

KINDS = [
    ("created", "Created"),
    ("signal", "Signal"),
    ("repeated", "Repeated on the Link"),
    ("restored", "Restored"),
    ("cancel_received", "Cancel Received"),
    ("matched", "Account Registered"),
    ("test", "Test Mode"),
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
    ("delayed", "Delayed"),
    ("due", "Shown after Its Delay"),
    ("auto_completed", "Completed by Itself"),
    ("two_knock", "Second Zone"),
    ("runaway", "Flood"),
    ("exit_error", "Exit Error?"),
    ("set_aside", "Not Restored, Set Aside"),
    ("plan_offered", "Another Plan Offered"),
    ("plan_changed", "Plan Changed"),
    ("step", "Step Done"),
    ("step_skipped", "Step Left Out"),
    ("step_reopened", "Step Open Again"),
    ("call", "Call"),
    ("passcode", "Passcode"),
    ("preprocessed", "Pre-processed"),
    ("dispatched", "Dispatched"),
    ("accepted", "Order Accepted"),
    ("on_site", "On Site"),
    ("finding", "Finding on Site"),
    ("notified", "Notified"),
    ("loss", "Loss"),
    ("score", "Alarm Score"),
    ("acknowledged", "Signals Acknowledged"),
    ("reserved", "Kept for a Dispatcher"),
    ("escalated", "Escalated"),
]


class AlarmIncidentEntry(models.Model):
    """One line of an incident's log, and a link of the chain of evidence of that incident."""

    _name = "alarm.incident.entry"
    _inherit = "alarm.evidence"
    _description = "Log Entry of an Alarm Incident"
    _order = "id desc"
    _rec_name = "text"
    _log_access = False
    _evidence_chain = "incident_id"
    # An alarm is handled whatever has become of the key file.
    _evidence_unsigned = True

    # The inverse of a one2many without a foreign key needs the model's name beside the id.
    model = fields.Char(required=True, readonly=True, default="alarm.incident")
    incident_id = fields.Many2oneReference(
        model_field="model", required=True, readonly=True, index=True
    )
    incident_name = fields.Char(required=True, readonly=True)
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

    _place_uniq = models.UniqueIndex("(incident_id, strand, seq)")

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
            elif entry.kind in ("delayed", "exit_error") and entry.text:
                words = entry._seconds_words()
            entry.description = words or entry.text

    def _seconds_words(self):
        """The number of seconds that the text is, in a sentence."""
        if self.kind == "delayed":
            return self.env._("It is shown after %s s, unless a restore comes before.", self.text)
        return self.env._("The alarm came %s s after closing.", self.text)

    @api.model
    def _log(self, entries, strand=None):
        """Add entries, in as many statements whether few or many.

        :param entries: ``(incident, kind, text, id of the signal that it is about or 0)``; the
            author is the environment's user
        :param strand: which strand of the incidents' logs, where it is not clear from the author
        """
        author = self.env.user
        if strand is None:
            machine = author._is_superuser() or author._is_bridge()
            strand = MACHINE if machine else PERSON
        self._append(
            [
                {
                    "model": "alarm.incident",
                    "incident_id": incident.id,
                    "incident_name": incident.name,
                    "company_key": incident.company_id.id or 0,
                    "kind": kind,
                    "text": storable(text or None),
                    "signal_key": signal_id,
                    "author_id": author.id,
                    "author": author.name,
                }
                for incident, kind, text, signal_id in entries
            ],
            strand,
        )
        self.env["alarm.incident"].invalidate_model(["entry_ids"])

    @api.model
    def _absent_chains(self, lower, upper, known):
        """Every incident is logged from its first moment on."""
        self.env.cr.execute(
            "SELECT id FROM alarm_incident WHERE id BETWEEN %s AND %s AND id <> ALL(%s)",
            [lower, upper, [key.chain for key in known]],
        )
        return [
            Break(ChainKey(self._name, incident_id), 1, "absent")
            for [incident_id] in self.env.cr.fetchall()
        ]

    @api.model
    def _chain_name(self, chain):
        return self.env["alarm.incident"].browse(chain).exists().name or super()._chain_name(chain)

    @api.model
    def _chain_company(self, chain):
        return self.env["alarm.incident"].browse(chain).exists().company_id.id or 0
