from odoo import api, fields, models

from ..models.alarm_event_code import EVENT_CLASSES
from ..models.alarm_test_mode import SCOPES


class AlarmTestBegin(models.TransientModel):
    """Asks what `action_begin_test` needs to know."""

    _name = "alarm.test.begin"
    _description = "Put an Alarm Subscriber on Test"

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
    contact_id = fields.Many2one("alarm.contact", string="Authorised By", ondelete="cascade")
    authorised_name = fields.Char(string="Or by Name", help="Who asked, when it is no contact.")

    @api.depends("subscriber_id")
    def _compute_limit(self):
        self.limit = self.env["alarm.test.mode"]._max_hours()

    def action_apply(self):
        for wizard in self:
            wizard.subscriber_id.action_begin_test(
                round(wizard.hours * 60), wizard.reason, wizard._prepare_values()
            )
        return {"type": "ir.actions.act_window_close"}

    def _prepare_values(self):
        return {
            "scope": self.scope,
            "area_id": self.area_id.id,
            "zone_id": self.zone_id.id,
            "event_class": self.event_class,
            "with_exempt": self.with_exempt,
            "starts_at": self.starts_at,
            "contact_id": self.contact_id.id,
            "authorised_name": self.authorised_name,
        }
