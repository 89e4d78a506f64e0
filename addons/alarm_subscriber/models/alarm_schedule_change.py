from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.schedule import check_lines


class AlarmScheduleChange(models.Model):
    """Other windows for some days, as somebody with the right to it has asked for. It goes before
    holidays and the standard windows; without windows the premises stay closed."""

    _name = "alarm.schedule.change"
    _inherit = "alarm.subscriber.part"
    _description = "Temporary Change of a Schedule"
    _order = "date_from desc, id desc"
    _rec_name = "reason"
    _check_company_auto = True

    schedule_id = fields.Many2one("alarm.schedule", required=True, index=True, ondelete="restrict")
    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        related="schedule_id.subscriber_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        related="schedule_id.company_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
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
    line_ids = fields.One2many(
        "alarm.schedule.change.line",
        "change_id",
        string="Windows",
        copy=True,
        help="Of each of these days, instead of the usual ones. None: closed all day.",
    )
    contact_id = fields.Many2one(
        "alarm.contact",
        string="Authorised by Contact",
        ondelete="restrict",
        check_company=True,
        domain="[('subscriber_id', '=', subscriber_id)]",
    )
    authorised_by = fields.Char(
        required=True,
        compute="_compute_authorised_by",
        store=True,
        readonly=False,
        precompute=True,
        help="Who asked for it and gave the passcode.",
    )
    reason = fields.Char(required=True)
    cancelled_at = fields.Datetime(readonly=True, copy=False)
    cancelled_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("running", "In Force"),
            ("over", "Over"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        search="_search_state",
    )

    _dates_in_order = models.Constraint(
        "CHECK(date_to >= date_from)", "A temporary change ends on the day it begins, or later."
    )
    _coming_idx = models.Index("(schedule_id, date_to) WHERE cancelled_at IS NULL")

    @api.depends("contact_id")
    def _compute_authorised_by(self):
        for change in self:
            change.authorised_by = change.contact_id.partner_id.name or change.authorised_by

    @api.depends("date_from", "date_to", "cancelled_at")
    def _compute_state(self):
        for change in self:
            today = fields.Date.context_today(
                self.with_context(tz=change.subscriber_id.tz or "UTC")
            )
            if change.cancelled_at:
                change.state = "cancelled"
            elif not change.date_from or today < change.date_from:
                change.state = "planned"
            else:
                change.state = "running" if today <= change.date_to else "over"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._alarm_today()
        domains = {
            "planned": [("cancelled_at", "=", False), ("date_from", ">", today)],
            "running": [
                ("cancelled_at", "=", False),
                ("date_from", "<=", today),
                ("date_to", ">=", today),
            ],
            "over": [("cancelled_at", "=", False), ("date_to", "<", today)],
            "cancelled": [("cancelled_at", "!=", False)],
        }
        return fields.Domain.OR([domains[state] for state in value if state in domains])

    @api.constrains("line_ids")
    def _check_contradiction(self):
        for change in self:
            self.env["alarm.schedule"]._refuse_contradiction(check_lines(change.line_ids._lines(0)))

    def unlink(self):
        self.line_ids.unlink()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        for change in self:
            change.subscriber_id._check_deletable(change.display_name)

    def action_cancel(self):
        """End it: from now on the usual windows hold again. It stays on record."""
        self.check_access("write")
        for change in self:
            if change.state in ("over", "cancelled"):
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "The change “%(change)s” is %(state)s; only a planned one or one in force "
                        "can be cancelled.",
                        change=change.reason,
                        state=labels[change.state],
                    )
                )
        self.write({"cancelled_at": fields.Datetime.now(), "cancelled_by_id": self.env.uid})
        return True


class AlarmScheduleChangeLine(models.Model):
    _name = "alarm.schedule.change.line"
    _inherit = ["alarm.subscriber.part", "alarm.schedule.window"]
    _description = "Window of a Temporary Change"

    change_id = fields.Many2one(
        "alarm.schedule.change", required=True, index=True, ondelete="restrict"
    )
    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        related="change_id.subscriber_id",
        store=True,
        index=True,
        ondelete="restrict",
    )

    @api.constrains("kind", "hour_from", "hour_to", "change_id")
    def _check_contradiction(self):
        self.change_id._check_contradiction()
