from odoo import fields, models

from ..tools.work_states import PLANNED_STATES

_PLAN_FIELDS = frozenset({"planned_start", "planned_end", "crew_id", "technician_ids"})


class AlarmWorkOrder(models.Model):
    """Who goes is told when an order is scheduled for him, moved, or taken from him."""

    _inherit = "alarm.work.order"

    def write(self, vals):
        planned = self.browse()
        if _PLAN_FIELDS.intersection(vals):
            planned = self.filtered(lambda order: order.state in PLANNED_STATES)
        before = {
            order: (order.planned_start, order.planned_end, order.technician_ids)
            for order in planned
        }
        result = super().write(vals)
        for order, (start, end, people) in before.items():
            now = order.technician_ids
            moved = (start, end) != (order.planned_start, order.planned_end)
            order._tell_technicians("scheduled", now - people)
            if moved:
                order._tell_technicians("moved", now & people)
            order._tell_technicians("taken", people - now)
        return result

    def _on_state(self, verb):
        result = super()._on_state(verb)
        if verb == "schedule":
            self._tell_technicians("scheduled", self.technician_ids)
        return result

    def _tell_technicians(self, what, users):
        """A message to each, and a word on his screen, in his own language."""
        self.ensure_one()
        others = users.sudo().filtered("active") - self.env.user
        for lang, told in others.grouped("lang").items():
            # As superuser: one from whom it was taken reads it no longer.
            order = self.sudo().with_context(lang=lang or self.env.lang)
            text = order._notice_words(what)
            order.message_notify(partner_ids=told.partner_id.ids, subject=text, body=text)
            for user in told:
                user._bus_send("simple_notification", {"type": "info", "message": text})

    def _notice_words(self, what):
        names = {"order": self.display_name, "at": self._planned_words()}
        match what:
            case "scheduled":
                return self.env._("%(order)s is planned for you: %(at)s", **names)
            case "moved":
                return self.env._("%(order)s was moved to %(at)s", **names)
            case _:
                return self.env._("%(order)s is no longer yours.", **names)

    def _planned_words(self):
        """When, by the clock of the premises."""
        if not self.planned_start:
            return "–"
        here = self.with_context(tz=self.subscriber_id.tz or self.env.user.tz)
        start = fields.Datetime.context_timestamp(here, self.planned_start)
        return start.strftime("%Y-%m-%d %H:%M")
