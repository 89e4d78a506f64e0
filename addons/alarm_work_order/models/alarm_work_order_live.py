from odoo import fields, models
from odoo.exceptions import UserError


class AlarmWorkOrder(models.Model):
    """From acceptance to service: the order submits its subscriber, and a second person's approval
    puts it into service."""

    _inherit = "alarm.work.order"

    accepted_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict", tracking=True
    )

    def action_accept(self):
        self._check_actor("accept")
        for order in self._locked():
            # What has arrived in this moment counts.
            order.sudo()._walk_arrived()
        return super().action_accept()

    def _missing(self, verb):
        missing = super()._missing(verb)
        subscriber = self.sudo().subscriber_id
        if verb == "finish" and self.state == "accepted":
            if subscriber.state in ("draft", "commissioning", "submitted"):
                missing.append(
                    self.env._(
                        "%s is not approved yet; its approval finishes the order.",
                        subscriber.display_name,
                    )
                )
            elif self.accepted_by_id == self.env.user and not self.env.su:
                missing.append(
                    self.env._(
                        "You have accepted it, %s: a second person finishes it.", self.env.user.name
                    )
                )
        return missing

    def _on_state(self, verb):
        result = super()._on_state(verb)
        order = self.sudo()
        subscriber = order.subscriber_id
        if verb == "accept":
            order.accepted_by_id = self.env.uid
            order.awaited_line_id = False
            order._settle_supervision()
            if subscriber.state in ("draft", "commissioning"):
                # By whom it was accepted: who approves it must be somebody else.
                subscriber.action_submit()
        elif verb == "rework":
            if subscriber.state == "submitted":
                # What was submitted is no longer what is true.
                subscriber.action_reset()
                subscriber.action_commission()
        elif verb == "finish" and self._test_of_kind() == "required":
            # An inspection hands nothing over that was not there before.
            order._start_warranty()
        return result

    def _start_warranty(self):
        """Warranty runs from the hand-over."""
        for order in self:
            day = fields.Datetime.context_timestamp(
                order.with_context(tz=order.subscriber_id.tz),
                order.accepted_at or order.done_at or fields.Datetime.now(),
            ).date()
            order.subscriber_id.device_ids._start_warranty(day)


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    def action_submit(self):
        self._check_not_being_installed()
        return super().action_submit()

    def _check_not_being_installed(self):
        """Refuse to go past the test of what is being put in: it is the order that submits."""
        # As superuser: who submits need not see work orders.
        begun = (
            self.env["alarm.work.order"]
            .sudo()
            .search(
                [
                    ("subscriber_id", "in", self.ids),
                    ("kind", "=", "installation"),
                    ("state", "in", ("in_progress", "testing")),
                ]
            )
        )
        if begun:
            raise UserError(
                self.env._(
                    "A crew is at work and has not handed over yet: %s. "
                    "Its acceptance submits the subscriber.",
                    ", ".join(begun.mapped("display_name")),
                )
            )

    def _check_approver(self):
        res = super()._check_approver()
        accepted = (
            self.env["alarm.work.order"]
            .sudo()
            .search([("subscriber_id", "in", self.ids), ("state", "=", "accepted")])
        )
        for order in accepted:
            # Also when somebody else has submitted it anew.
            if order.accepted_by_id == self.env.user:
                raise UserError(
                    self.env._(
                        "%(order)s was accepted by you, %(user)s: a second person approves it.",
                        order=order.display_name,
                        user=self.env.user.name,
                    )
                )
        return res

    def action_approve(self):
        result = super().action_approve()
        self._on_live()
        return result

    def _on_live(self):
        """Hook: these were just approved by a second person and are in service. Here: the work is
        done, the test is over, the warranty runs."""
        # As superuser: who approves need not be a planner.
        orders = (
            self.env["alarm.work.order"]
            .sudo()
            .search(
                [
                    ("subscriber_id", "in", self.ids),
                    ("state", "=", "accepted"),
                    ("kind", "in", ("installation", "extension")),
                ]
            )
        )
        orders.action_finish()
