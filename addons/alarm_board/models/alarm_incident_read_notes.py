from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.alarm_monitoring.tools.incident_states import Transition

READ = Transition(
    frozenset({"queued", "working", "held", "dispatched", "resolved"}),
    None,
    "notes_read",
    holder_only=False,
)


class AlarmIncident(models.Model):
    """A dispatcher confirms that he has read what must be read before anything else."""

    _inherit = "alarm.incident"

    read_note_ids = fields.Many2many(
        "alarm.subscriber.note",
        "alarm_incident_read_note_rel",
        "incident_id",
        "note_id",
        string="Notes Read",
        readonly=True,
    )

    def action_read_notes(self, note_ids):
        """Confirm having read notes of the subscriber; the log keeps which, as they read.

        :param note_ids: ids of `alarm.subscriber.note` in force
        """
        self._check_dispatcher()
        wanted = set(note_ids) if isinstance(note_ids, list | tuple) else {None}
        for incident in self._locked():
            incident._check_transition(READ)
            notes = incident.subscriber_id.current_note_ids
            chosen = notes.filtered(lambda note: note.id in wanted)
            if len(chosen) != len(wanted):
                raise UserError(
                    self.env._(
                        "These are no notes in force of %s. Look again.",
                        incident.subscriber_id.display_name or incident.name,
                    )
                )
            fresh = chosen - incident.read_note_ids
            if not fresh:
                continue
            incident._write_private(
                {
                    "read_note_ids": [fields.Command.link(note.id) for note in fresh],
                    "action_count": incident.action_count + 1,
                }
            )
            incident._log(READ.entry, "\n".join(fresh.mapped("text")))
            incident._on_incidents_changed()
        return True
