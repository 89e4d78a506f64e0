from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.alarm_subscriber.tools.schedule import lines_of


class AlarmScheduleChangeAsk(models.TransientModel):
    """A keyholder calls: for some days the premises open and close at other times."""

    _name = "alarm.schedule.change.ask"
    _description = "Change a Schedule for Some Days"

    subscriber_id = fields.Many2one("alarm.subscriber", required=True, ondelete="cascade")
    schedule_id = fields.Many2one(
        "alarm.schedule",
        required=True,
        ondelete="cascade",
        domain="[('subscriber_id', '=', subscriber_id)]",
        compute="_compute_schedule_id",
        store=True,
        readonly=False,
    )
    tz = fields.Selection(related="subscriber_id.tz")
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._alarm_today(),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: self.env.company._alarm_today(),
    )
    contact_id = fields.Many2one(
        "alarm.contact",
        string="Authorised by",
        required=True,
        ondelete="cascade",
        domain="[('subscriber_id', '=', subscriber_id)]",
        help="Who has called and given the passcode.",
    )
    reason = fields.Char(required=True)
    line_ids = fields.One2many(
        "alarm.schedule.change.ask.line",
        "ask_id",
        string="Windows",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("subscriber_id")
    def _compute_schedule_id(self):
        for ask in self:
            schedules = ask.subscriber_id.schedule_ids
            whole = schedules.filtered(lambda schedule: not schedule.area_id)
            ask.schedule_id = (whole or schedules)[:1]

    @api.depends("schedule_id", "date_from")
    def _compute_line_ids(self):
        """What holds on the first day, to be changed."""
        for ask in self:
            lines = ()
            schedule = ask.schedule_id._origin
            if schedule and ask.date_from:
                plan = schedule._plans(ask.date_from)[schedule.id]
                _source, lines = lines_of(plan, ask.date_from)
            ask.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "kind": line.kind,
                            "hour_from": line.start / 60,
                            "hour_to": line.end / 60,
                            "tolerance": line.tolerance,
                        }
                    )
                    for line in sorted(lines, key=lambda line: (line.start, line.end))
                ),
            ]

    def action_apply(self):
        """Enter the change. Dispatchers change nothing else of the register; this they may, and
        what they enter names who authorised it."""
        self.ensure_one()
        if not self.env.user.has_group("alarm_monitoring.group_dispatcher"):
            raise AccessError(
                self.env._("Only a dispatcher may change a schedule for some days by a call.")
            )
        schedule = self.schedule_id
        schedule.check_access("read")
        if schedule.subscriber_id != self.subscriber_id or (
            self.contact_id.subscriber_id != self.subscriber_id
        ):
            raise UserError(
                self.env._(
                    "The schedule and who authorises the change must be those of %s.",
                    self.subscriber_id.display_name,
                )
            )
        if self.date_to < fields.Date.context_today(self.with_context(tz=self.tz)):
            raise UserError(
                self.env._("The change would end on %s, which is over already.", self.date_to)
            )
        change = self.env["alarm.schedule.change"].sudo().create(self._prepare_change())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(subscriber)s: other times from %(first)s to %(last)s.",
                    subscriber=change.subscriber_id.display_name,
                    first=change.date_from,
                    last=change.date_to,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _prepare_change(self):
        return {
            "schedule_id": self.schedule_id.id,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "contact_id": self.contact_id.id,
            "authorised_by": self.contact_id.partner_id.name,
            "reason": self.reason,
            "line_ids": [
                Command.create(
                    {
                        "kind": line.kind,
                        "hour_from": line.hour_from,
                        "hour_to": line.hour_to,
                        "tolerance": line.tolerance,
                    }
                )
                for line in self.line_ids
            ],
        }


class AlarmScheduleChangeAskLine(models.TransientModel):
    _name = "alarm.schedule.change.ask.line"
    _inherit = "alarm.schedule.window"
    _description = "Window of a Schedule Changed for Some Days"

    ask_id = fields.Many2one("alarm.schedule.change.ask", required=True, ondelete="cascade")
