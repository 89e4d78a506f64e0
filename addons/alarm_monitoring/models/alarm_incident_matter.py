import logging

from odoo import api, models

from ..tools.batch import MAX_UID
from ..tools.incident_states import OPEN_STATES
from ..tools.locks import matters_locked
from ..tools.transaction import own_transaction
from ..tools.triage import PRIORITY_LOST, matter_key

_logger = logging.getLogger(__name__)


class AlarmIncident(models.Model):
    """Incidents that no signal speaks for: silence, gaps, what a bridge could not hand over."""

    _inherit = "alarm.incident"

    @api.model
    def _raise_matter(self, key, reason_kind, reason_detail, *, priority, vals=()):
        """Make the incident of a matter that is not a signal's, or find the open one.

        To be called under nobody's lock: the unique index lets one of two callers win.
        :return: ``(incident, whether it is new)``
        """
        incident = self.search([("key", "=", key), ("state", "in", OPEN_STATES)], limit=1)
        if incident:
            if incident.cause_over:
                incident._write_private({"cause_over": False})
                incident._on_incidents_changed()
            return incident, False
        incident = self.create(
            {
                "key": key,
                "priority": priority,
                "event_class": "system",
                "reason_kind": reason_kind,
                "reason_detail": reason_detail,
                **dict(vals),
            }
        )
        self.env["alarm.incident.entry"]._log([(incident, "created", reason_detail, 0)])
        incident._on_incidents_changed()
        return incident, True

    @api.model
    def _raise_rejected(self, batch):
        """Show what a bridge sent that is no signal. What goes wrong here is logged: the batch is
        stored, and its sender must hear so."""
        if not batch.rejected:
            return
        key = matter_key("rejected", batch.bridge)
        reasons = [f"{rejected.uid[:MAX_UID]}: {rejected.reason}" for rejected in batch.rejected]
        try:
            with matters_locked(self.env, {key}), own_transaction(self.env):
                incident, _new = self._raise_matter(
                    key, "rejected", batch.bridge, priority=PRIORITY_LOST
                )
                incident._log("note", "\n".join(reasons[:20]))
                incident._on_incidents_changed()
        except Exception:
            _logger.exception("Bridge %s sent what is no signal: %s", batch.bridge, reasons)

    @api.model
    def _note_restored(self, key, text):
        """Note on the open incident of a matter that its cause is gone."""
        incident = self.search([("key", "=", key), ("state", "in", OPEN_STATES)], limit=1)
        if incident:
            incident._write_private({"cause_over": True})
            incident._log("restored", text)
            incident._on_incidents_changed()

    @api.model
    def _match_panels(self, panels):
        """Name the subscriber on open incidents of the accounts that these panels have now."""
        by_key = {
            f"account:{panel.receiver_group_id.id}:{panel.account_key}": panel for panel in panels
        }
        matched = self.search([("key", "in", list(by_key)), ("state", "in", OPEN_STATES)])
        for incident in matched:
            panel = by_key[incident.key]
            incident._write_private(
                {"subscriber_id": panel.subscriber_id.id, "company_id": panel.company_id.id}
            )
        matched._choose_plans()
        self.env["alarm.incident.entry"]._log(
            [(incident, "matched", incident.subscriber_id.display_name, 0) for incident in matched]
        )
        if matched:
            matched._on_incidents_changed()

    def _reason_sentence(self, code):
        if self.reason_kind == "evidence":
            return self.env._("Evidence does not hold: %s", self.reason_detail or "")
        return super()._reason_sentence(code)
