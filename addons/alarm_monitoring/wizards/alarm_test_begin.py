from odoo import api, fields, models

from ..models.alarm_event_code import EVENT_CLASSES
from ..models.alarm_test_mode import PASSCODE_RESULTS, SCOPES


class AlarmTestBegin(models.TransientModel):
    """Asks what `action_begin_test` needs to know. After a wrong word nothing is put on test."""

    _name = "alarm.test.begin"
    _inherit = ["alarm.passcode.ask", "alarm.own.defaults"]
    _description = "Put an Alarm Subscriber on Test"
    _closed = ("word", "answer", "accepted", "passcode_result", "proven_by_id")
    # What the check of a word has come to is not what somebody sends as a default.
    _own_defaults = ("passcode_result", "proven_by_id", "answer", "accepted")

    subscriber_id = fields.Many2one("alarm.subscriber", required=True, ondelete="cascade")
    scope = fields.Selection(SCOPES, required=True, default="subscriber")
    area_id = fields.Many2one("alarm.area", ondelete="cascade")
    zone_id = fields.Many2one("alarm.zone", ondelete="cascade")
    event_class = fields.Selection(EVENT_CLASSES)
    with_exempt = fields.Boolean(
        string="Also Hold-Up and Duress",
        help="Also what the rules keep out of a test, as hold-up and duress alarms.",
    )
    starts_at = fields.Datetime(help="Left empty, it starts at once.")
    hours = fields.Float(required=True, default=2)
    limit = fields.Integer(compute="_compute_limit")
    reason = fields.Char(required=True)
    contact_id = fields.Many2one(string="Authorised By")
    authorised_name = fields.Char(string="Or by Name", help="Who asked, when it is no contact.")

    passcode_result = fields.Selection(PASSCODE_RESULTS, readonly=True)
    proven_by_id = fields.Many2one("alarm.contact", readonly=True, ondelete="cascade")
    may_override = fields.Boolean(compute="_compute_limit")
    override = fields.Char(
        string="Without Passcode, Because", help="A supervisor may allow the test without it."
    )

    @api.depends("subscriber_id")
    def _compute_limit(self):
        self.limit = self.env["alarm.test.mode"]._max_hours()
        self.may_override = self.env.user.has_group("alarm_monitoring.group_supervisor")

    def _before_check(self, vals):
        if {"subscriber_id", "contact_id"} & vals.keys():
            # What somebody else has said proves nothing.
            self._write_closed({name: False for name in self._closed if name != "word"})

    def _prepare_outcome(self, answer):
        proof = self.env["alarm.test.mode"]._proof_of(answer)
        return {
            **super()._prepare_outcome(answer),
            "passcode_result": proof["passcode_result"],
            "proven_by_id": proof.get("contact_id"),
        }

    def action_apply(self):
        for wizard in self:
            if wizard.passcode_result == "wrong" and not wizard.override:
                return wizard.action_check()
            self.env["alarm.test.mode"]._begin(
                wizard.subscriber_id,
                {
                    **wizard._prepare_values(),
                    "minutes": round(wizard.hours * 60),
                    "reason": wizard.reason,
                },
                wizard._proof(),
            )
            # One word, one test.
            wizard._write_closed({"passcode_result": False, "answer": False})
        return {"type": "ir.actions.act_window_close"}

    def _window_name(self):
        return self.env._("Put on Test")

    def _proof(self):
        if self.passcode_result not in ("ok", "duress"):
            return None
        proof = {"passcode_result": self.passcode_result}
        if self.proven_by_id:
            proof |= {
                "contact_id": self.proven_by_id.id,
                "authorised_name": self.proven_by_id.sudo().display_name,
            }
        return proof

    def _prepare_values(self):
        return {
            "override": self.override,
            "scope": self.scope,
            "area_id": self.area_id.id,
            "zone_id": self.zone_id.id,
            "event_class": self.event_class,
            "with_exempt": self.with_exempt,
            "starts_at": self.starts_at,
            "contact_id": self.contact_id.id,
            "authorised_name": self.authorised_name,
        }
