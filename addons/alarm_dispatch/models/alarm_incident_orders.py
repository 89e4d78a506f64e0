from odoo import api, models
from odoo.exceptions import UserError

from ..tools.dispatch_states import OPEN_STATES


class AlarmIncident(models.Model):
    """What orders make of an incident and of the steps of its plan: a step to send somebody is done
    by sending him, and to be done again when nobody comes."""

    _inherit = "alarm.incident"

    def _step_to_dispatch(self, step_id=False):
        """The step that an order does: the one named, else the next open one of the plan."""
        if step_id:
            step = self._open_step(step_id)
            if step.kind != "dispatch":
                raise UserError(
                    self.env._(
                        "Step %(number)s “%(step)s” is not to send responders.",
                        number=step.number,
                        step=step.name,
                    )
                )
            return step
        return self._open_dispatch_steps().sorted("number")[:1]

    def _open_dispatch_steps(self):
        return self.step_ids.filtered(
            lambda step: step.kind == "dispatch" and step.state in ("pending", "current")
        )

    def _check_outcome(self, step, outcome, note, **details):
        """That somebody was sent is an order, never a tick; that nobody can be sent needs a
        reason."""
        result = super()._check_outcome(step, outcome, note, **details)
        if step.kind == "dispatch" and outcome == "sent":
            raise UserError(
                self.env._(
                    "Step %(number)s “%(step)s” is done by sending responders: make the order. If "
                    "nobody can be sent, or somebody else sends, say so as “not possible”.",
                    number=step.number,
                    step=step.name,
                )
            )
        return result

    @api.private
    def _on_dispatch_changed(self, order):
        """An order of this incident came to another state: keep the times, and fall back to
        *working* when nobody comes any more."""
        self.ensure_one()
        values = {}
        if order.state == "accepted" and not self.accepted_at:
            values["accepted_at"] = order.accepted_at
        if order.state == "on_site" and not self.on_site_at:
            values["on_site_at"] = order.on_site_at
        if order.state == "finished":
            decided = self.sudo()._deciding_order()
            values |= {
                "finding": decided.finding,
                "finding_note": decided._finding_words(),
                "finding_at": decided.finished_at,
            }
        nobody_comes = order.state in ("declined", "cancelled") and not self._orders_that_count()
        if nobody_comes and self.state == "dispatched" and not self.sent_outside:
            values["state"] = "working"
        if values:
            self._write_private(values)
        if nobody_comes:
            self._send_again(order)
        self._on_incidents_changed()

    def _somebody_went(self):
        """Whoever declined, or was called back before he was there, has nothing to report."""
        if not self.sudo().dispatch_ids or self.sent_outside or self.on_site_at:
            return super()._somebody_went()
        return bool(self._orders_that_count())

    def _orders_that_count(self):
        return self.sudo().dispatch_ids.filtered(
            lambda order: order.state in (*OPEN_STATES, "finished")
        )

    def _send_again(self, order):
        """The step that an order did is open again, unless another one waits already."""
        steps = self.dispatch_ids.step_id.filtered(lambda step: step.state == "done")
        step = steps.sorted("number")[-1:]
        if not step or self._open_dispatch_steps():
            return
        self._reopen_step(step, f"{order.name}: {order._label('state')}: {order.end_reason or ''}")
        order._tell_dispatcher(
            self.env._(
                "%(incident)s: nobody comes. Step %(number)s “%(step)s” is open again.",
                incident=self.name,
                number=step.number,
                step=step.name,
            ),
            sticky=True,
        )
