import logging

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.alarm_subscriber.models.alarm_revision import Authority

from ..tools.contract_states import IN_FORCE

_logger = logging.getLogger(__name__)

STATES = [
    ("todo", "To Do"),
    ("on", "Log-Only"),
    ("exempt", "Stays Monitored"),
    ("other", "Not Active Before"),
    ("failed", "Failed"),
    ("back", "Monitored Again"),
    ("by_hand", "Taken Over by Hand"),
]

# What is looked at again each day.
_AGAIN = ("todo", "exempt", "failed")

# Another contract that has come so far keeps nobody on monitoring.
_WARNED = ("notice", "log_only")


class AlarmDunningSwitch(models.Model):
    """One subscriber whose signals are only logged because of overdue fees, or the reason why not.
    Only what was switched here is switched back by a payment."""

    _name = "alarm.dunning.switch"
    _description = "Log-Only Because of Overdue Fees"
    _inherit = ["alarm.own.defaults"]
    _order = "id desc"
    _rec_name = "subscriber_id"

    step_id = fields.Many2one(
        "alarm.dunning.step", required=True, readonly=True, index=True, ondelete="restrict"
    )
    contract_id = fields.Many2one(related="step_id.contract_id", store=True, index=True)
    company_id = fields.Many2one(related="step_id.company_id", store=True, index=True)
    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, readonly=True, index=True, ondelete="restrict"
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="todo", index=True)
    reason = fields.Text(readonly=True)
    switched_on = fields.Date(string="Log-Only Since", readonly=True)
    back_on = fields.Date(string="Monitored Again Since", readonly=True)

    _once = models.UniqueIndex("(step_id, subscriber_id)", "A step switches a subscriber once.")
    _on_idx = models.Index("(subscriber_id) WHERE state = 'on'")

    def _switch_off(self, date):
        """Leave the subscriber to log-only monitoring, unless something speaks against it."""
        self.ensure_one()
        subscriber = self.subscriber_id
        if subscriber.state != "active":
            return self.write(
                {"state": "other", "reason": self.env._("Was not active when it was due.")}
            )
        if reason := self._exemption():
            return self.write({"state": "exempt", "reason": reason})
        with self.env.cr.savepoint():
            subscriber._suspend_because(self._suspension_reason())
            self.write({"state": "on", "switched_on": date, "reason": False})
        return True

    def _suspension_reason(self):
        # Read by everybody who reads the subscriber: nothing of the contract.
        return self.env._(
            "Fees are overdue; the period of the notice ended on %s.",
            format_date(self.env, self._notice_until()),
        )

    def _notice_until(self):
        steps = self.step_id.contract_id._open_steps()
        return max(filter(None, steps.mapped("notice_until")), default=False)

    def _exemption(self):
        """Why the subscriber stays monitored, or None."""
        subscriber = self.subscriber_id
        hold = self.env["alarm.legal.hold"].search(
            [
                ("state", "=", "active"),
                "|",
                ("subscriber_id", "=", subscriber.id),
                ("incident_id.subscriber_id", "=", subscriber.id),
            ],
            limit=1,
        )
        if hold:
            return self.env._("Legal hold: %s", hold.reason)
        others = subscriber._contracts_that_cover() - self.contract_id
        paid = others.filtered(lambda other: other.fee_state not in _WARNED)
        if paid:
            return self.env._(
                "Contract %s covers monitoring too and is paid.",
                ", ".join(other.code or other.display_name for other in paid),
            )
        incident = self.env["alarm.incident"].search(
            [
                ("subscriber_id", "=", subscriber.id),
                ("state", "in", ("delayed", "queued", "working", "held", "dispatched")),
            ],
            limit=1,
        )
        if incident:
            return self.env._("Incident %s is being handled.", incident.display_name)
        return None

    def _switch_back(self, date):
        """Monitored again: the debt is paid. What somebody has changed since is his."""
        for switch in self:
            if switch.state != "on":
                continue
            try:
                with self.env.cr.savepoint():
                    switch._switch_back_one(date)
            except Exception as error:
                # It stays on the list and is tried again; a payment is never refused by it.
                switch.invalidate_recordset()
                if not isinstance(error, UserError):
                    _logger.warning(
                        "Subscriber %s could not be led back", switch.subscriber_id.id,
                        exc_info=True,
                    )  # fmt: skip
                switch.write({"reason": str(error) or type(error).__name__})
                self.env.ref("alarm_contract.ir_cron_dunning")._trigger()

    def _switch_back_one(self, date):
        self.ensure_one()
        subscriber = self.subscriber_id
        if subscriber.state != "suspended":
            return self.write({"state": "by_hand", "back_on": date})
        others = self.search(
            [
                ("subscriber_id", "=", subscriber.id),
                ("state", "=", "on"),
                ("id", "!=", self.id),
                ("contract_id", "!=", self.contract_id.id),
            ]
        )
        if others:
            return self.write(
                {
                    "state": "back",
                    "back_on": date,
                    "reason": self.env._(
                        "Stays log-only: contract %s is overdue too.",
                        ", ".join(others.contract_id.mapped("display_name")),
                    ),
                }
            )
        if (reason := self._not_served()) and not self._is_covered():
            return self.write({"state": "by_hand", "back_on": date, "reason": reason})
        self.write({"state": "back", "back_on": date, "reason": False})
        subscriber._resume_because(self.env._("The overdue fees are paid."))
        return True

    def _not_served(self):
        """Why the contract, though it is paid, asks for no monitoring of this subscriber, or
        None."""
        contract = self.contract_id
        if contract.alarm_state not in IN_FORCE - {"suspended"}:
            return self.env._("The contract itself is suspended or has ended.")
        if self.subscriber_id not in contract.subscriber_ids:
            return self.env._("The premises have left the contract.")
        return None

    def _is_covered(self):
        """Whether another contract in force pays for the monitoring and has not come to log-only
        itself: then the subscriber does not depend on what became of this contract."""
        others = self.subscriber_id._contracts_that_cover() - self.contract_id
        return any(other.fee_state != "log_only" for other in others)


class AlarmDunningStep(models.Model):
    _inherit = "alarm.dunning.step"

    def _make_switches(self):
        """A row for each subscriber whose monitoring the contract covers."""
        known = self.switch_ids.subscriber_id
        covered = self.contract_id.subscriber_ids.filtered(
            lambda one: one.state == "active" or one.state == "suspended"
        )
        covered = covered.filtered(lambda one: self.contract_id in one._contracts_that_cover())
        self.env["alarm.dunning.switch"].create(
            [{"step_id": self.id, "subscriber_id": one.id} for one in covered - known]
        )

    def _untried_switches(self):
        return self.switch_ids.filtered(lambda one: one.state in _AGAIN)

    def _try_switches(self, date):
        for switch in self._untried_switches():
            try:
                with self.env.cr.savepoint():
                    switch._switch_off(date)
            except Exception as error:
                switch.invalidate_recordset()
                if not isinstance(error, UserError):
                    _logger.warning(
                        "Subscriber %s could not be switched", switch.subscriber_id.id,
                        exc_info=True,
                    )  # fmt: skip
                switch.write({"state": "failed", "reason": str(error) or type(error).__name__})

    def _switch_errors(self):
        failed = self.switch_ids.filtered(lambda switch: switch.state == "failed")
        return "\n".join(f"{one.subscriber_id.display_name}: {one.reason}" for one in failed)


class AlarmSubscriber(models.Model):
    """Suspended and resumed by the machinery, with the reason in the history."""

    _inherit = "alarm.subscriber"

    suspension_reason = fields.Char(
        string="Suspended Because", readonly=True, copy=False, tracking=True
    )

    def _check_not_past_verbs(self, names):
        # As well kept as the state itself.
        names = set(names)
        return super()._check_not_past_verbs(
            names | {"state"} if "suspension_reason" in names else names
        )

    def _transition(self, verb, **values):
        if verb in ("reactivate", "terminate"):
            values.setdefault("suspension_reason", False)
        result = super()._transition(verb, **values)
        if verb in ("reactivate", "terminate"):
            self._forget_switches()
        return result

    def _forget_switches(self):
        """Who is reactivated (or terminated) by somebody is his: no payment switches him back, and
        the same step does not switch him off again."""
        switches = (
            self.env["alarm.dunning.switch"]
            .sudo()
            .search([("subscriber_id", "in", self.ids), ("state", "=", "on")])
        )
        switches.write({"state": "by_hand", "back_on": self.company_id._alarm_today()})

    def _suspend_because(self, reason):
        """Suspend by the machinery: the history says that, why, and who set it going."""
        return self._by_machinery()._transition("suspend", suspension_reason=reason)

    def _resume_because(self, reason):
        subscribers = self._by_machinery()
        result = subscribers._transition("reactivate")
        for subscriber in subscribers:
            subscriber.message_post(body=reason)
        return result

    def _by_machinery(self):
        robot = self.env.ref("base.user_root")
        return self.sudo().with_context(alarm_authority=Authority(robot))
