from odoo import models
from odoo.exceptions import UserError

from ..tools.dispatch_states import OPEN_STATES

# Kinds of resolution that each finding allows; "undecided" allows any.
ALLOWED_KINDS = {
    "false": ("false", "technical", "test"),
    "real": ("real",),
}


class AlarmIncident(models.Model):
    """How an incident that responders were sent for may end: as they found it."""

    _inherit = "alarm.incident"

    def _deciding_order(self):
        """The finished order whose finding counts: the last one that decided, or else the last."""
        finished = self.dispatch_ids.filtered(lambda order: order.state == "finished").sorted("id")
        return (finished.filtered(lambda order: order.finding != "undecided") or finished)[-1:]

    def action_resolve(self, resolution_code, note=""):
        self._check_dispatcher()
        resolution = self.env["alarm.resolution"].search([("code", "=", resolution_code)], limit=1)
        for incident in self:
            incident._check_orders_ended()
            if resolution:
                incident._check_finding(resolution, note)
        return super().action_resolve(resolution_code, note)

    def action_cancel(self, reason):
        self._check_supervisor()
        for incident in self:
            incident._check_orders_ended()
        return super().action_cancel(reason)

    def _check_orders_ended(self):
        """Nobody is left on the way to an incident that has ended."""
        orders = self.sudo().dispatch_ids.filtered(lambda order: order.state in OPEN_STATES)
        if orders:
            raise UserError(
                self.env._(
                    "Responders are out for %(incident)s: %(orders)s. Wait for their report or "
                    "cancel the order.",
                    incident=self.name,
                    orders=", ".join(f"{order.name} ({order._label('state')})" for order in orders),
                )
            )

    def _check_finding(self, resolution, note):
        order = self.sudo()._deciding_order()
        if not order:
            return
        noted = isinstance(note, str) and note.strip()
        if order.finding == "undecided":
            if not noted:
                raise UserError(
                    self.env._(
                        "%s could not be decided on site. Say in the note how it was decided.",
                        order.name,
                    )
                )
            return
        if resolution.kind in ALLOWED_KINDS[order.finding]:
            return
        # What comes to light later may prove the crew wrong; that is a supervisor's to say.
        if noted and self.env.user.has_group("alarm_monitoring.group_supervisor"):
            self._locked()._report_finding(
                "real" if resolution.kind == "real" else "false", note.strip()
            )
            return
        kinds = dict(resolution._fields["kind"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(order)s found: %(finding)s. “%(resolution)s” is %(kind)s; allowed is: "
                "%(allowed)s. A supervisor may decide otherwise and say why in the note.",
                order=order.name,
                finding=order._label("finding"),
                resolution=resolution.display_name,
                kind=kinds[resolution.kind],
                allowed=", ".join(kinds[kind] for kind in ALLOWED_KINDS[order.finding]),
            )
        )
