from odoo import api, models

from ..tools.moments import iso_utc
from .ir_websocket import BOARD_CHANNEL


class AlarmShift(models.Model):
    """Shifts as the board shows them, and how it tells that it is there."""

    _inherit = "alarm.shift"

    @api.model
    def board_desk(self):
        """What the board's desk shows. The boards of a shift ask it about twice a minute, and are
        heard by that.

        :return: ``{"shift": {"started_at"} or None, "notes": [...], "colleagues": [...],
            "may_inject": bool}``; notes that the user has not read, colleagues at the desk
        :raises AccessError: the user is no dispatcher
        """
        self.env["alarm.incident"]._check_dispatcher()
        self._beat()
        own = self.search(
            [
                ("user_id", "=", self.env.uid),
                ("company_id", "in", self.env.companies.ids),
                ("ended_at", "=", False),
            ],
            limit=1,
            order="started_at",
        )
        return {
            "shift": {"started_at": iso_utc(own.started_at)} if own else None,
            "notes": [shift._prepare_board_note() for shift in self._unread()],
            "colleagues": self._prepare_board_colleagues(),
            "may_inject": self.env.user.has_group("alarm_monitoring.group_injector"),
        }

    @api.model
    def board_handover(self):
        """What somebody who leaves the desk must know before he does.

        :return: ``{"facts": [lines], "incidents": [...], "colleagues": [...],
            "last": [names of companies whose desk would be empty]}``
        """
        self.env["alarm.incident"]._check_dispatcher()
        own = self._own()
        lines = []
        for company in own.company_id & self.env.user.company_ids:
            lines += self._facts_lines(self._prepare_facts(company))
        return {
            "facts": lines,
            "incidents": [
                {
                    "id": incident.id,
                    "name": incident.name,
                    "state": incident.state,
                    "priority": incident.priority,
                    "subscriber": incident.subscriber_id.name or incident.place or "",
                    "event": incident._board_event_name(),
                }
                for incident in self._in_hand()
            ],
            "colleagues": self._prepare_board_colleagues(),
            "last": self.env["alarm.desk"].sudo()._left_empty_by(own).mapped("name"),
        }

    def _prepare_board_note(self):
        return {
            "id": self.id,
            "user": self.user_id.name,
            "ended_at": iso_utc(self.ended_at),
            "note": self.note or "",
            "facts": self._facts_lines(self.facts or {}),
        }

    @api.model
    def _prepare_board_colleagues(self):
        shifts = self._others_at_desk(self.env.companies)
        return [
            {"id": user.id, "name": user.name, "since": iso_utc(min(theirs.mapped("started_at")))}
            for user, theirs in shifts.grouped("user_id").items()
        ]

    @api.model
    def action_start(self):
        result = super().action_start()
        self._send_desk(self.env.companies)
        return result

    @api.model
    def action_end(self, note="", confirmed=()):
        companies = self._own().company_id
        result = super().action_end(note, confirmed)
        self._send_desk(companies)
        return result

    @api.model
    def _send_desk(self, companies):
        """Let the boards of these companies ask again; what each may see is not the same."""
        for company in companies:
            self.env["bus.bus"]._sendone((company, BOARD_CHANNEL), "alarm_board/desk", {})
