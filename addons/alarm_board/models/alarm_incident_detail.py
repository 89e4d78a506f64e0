from odoo import models

from ..tools.labels import labels
from ..tools.moments import iso_utc

ENTRIES_SHOWN = 100


class AlarmIncident(models.Model):
    """What the board's panel shows about one incident."""

    _inherit = "alarm.incident"

    def board_detail(self):
        """Everything the panel of one incident shows, in the user's language.

        Each part is prepared by the file of its name: the site, the signals, the plan, the calls
        and what is missing to close. Moments are ISO text in UTC; lists newest first.

        :return: dict, see the `_prepare_board_…` methods
        :raises AccessError: the user is no dispatcher, or of another company
        """
        self.ensure_one()
        self.check_access("read")
        return self._prepare_board_detail()

    def _prepare_board_detail(self):
        """What `board_detail` returns of one incident that the user may read. A module with a
        section of its own in the panel adds a key for it, as the user, in a fixed number of
        queries: ``super()._prepare_board_detail() | {"repair": …}``."""
        return {
            "account": self.account or "",
            "reason": self.reason or "",
            "priority_reason": self._board_priority_reason(),
            "hints": self.hints or "",
            "score": self._prepare_board_score(),
            "times": {
                name: iso_utc(self[name])
                for name in ("received_at", "queued_at", "taken_at", "dispatched_at", "on_site_at")
            },
            "entries": self._prepare_board_entries(),
        }

    def _board_priority_reason(self):
        """Why it has this priority, in words."""
        if self.passcode_result == "duress":
            # Who looks over the dispatcher's shoulder must not read why.
            return self.env._("Raised while it was handled.")
        if self.returned_at and self.return_priority == self.priority:
            return self.env._("Set when it was put on hold.")
        if self.event_code_id:
            return self.env._(
                "That of its most urgent signal: %s.", self.event_code_id._name_as("new")
            )
        return self.env._("That of its cause.")

    def _prepare_board_score(self):
        if not self.score:
            return None
        return {"level": self.score, "sentence": self.score_sentence or ""}

    def _prepare_board_entries(self):
        entries = self.env["alarm.incident.entry"].search(
            [("model", "=", self._name), ("incident_id", "=", self.id)], limit=ENTRIES_SHOWN
        )
        kinds = labels(entries, "kind")
        return [
            {
                "id": entry.id,
                "at": iso_utc(entry.at),
                "user": entry.author,
                "kind": kinds.get(entry.kind, ""),
                "text": entry.description or "",
            }
            for entry in entries
        ]
