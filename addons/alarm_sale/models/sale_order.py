from odoo import api, fields, models
from odoo.exceptions import ValidationError

STAGES = [
    ("quoted", "Quoted"),
    ("signed", "Signed, Not Live"),
    ("live", "Live"),
    ("cancelled", "Cancelled"),
]


class SaleOrder(models.Model):
    """What a quotation of the centre is about, and how far it has come."""

    _name = "sale.order"
    _inherit = ["sale.order", "alarm.sale.bound"]
    # What the confirmation builds on, and whose subscribers the salesperson sees.
    _bound_fields = ("survey_id", "subscriber_id")

    survey_id = fields.Many2one(
        "alarm.survey",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="Confirming the order makes subscriber, panel, zones and work order of it.",
    )
    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        copy=False,
        tracking=True,
        help="Who is protected. Made by the confirmation, unless it is an extension.",
    )
    subscriber_made = fields.Boolean(
        string="Subscriber Made by This Order", readonly=True, copy=False
    )
    work_order_ids = fields.One2many("alarm.work.order", "sale_order_id", string="Work Orders")
    work_order_id = fields.Many2one(
        "alarm.work.order", string="Work Order", compute="_compute_work_order_id"
    )
    work_order_lost = fields.Boolean(
        compute="_compute_work_order_lost",
        compute_sudo=True,
        help="The order is confirmed, but the work that delivers it was called off.",
    )
    live_on = fields.Date(
        string="Live on",
        compute="_compute_live_on",
        store=True,
        compute_sudo=True,
        copy=False,
        help="When monitoring began; for an extension, when its work order was done.",
    )
    alarm_stage = fields.Selection(
        STAGES, string="Stage", compute="_compute_alarm_stage", store=True, compute_sudo=True
    )

    @api.constrains("survey_id", "subscriber_id", "partner_id")
    def _check_alarm_customer(self):
        for order in self.sudo():
            customer = order.partner_id.commercial_partner_id
            known = order.subscriber_id.partner_id or order.survey_id.partner_id
            if known and known.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(order)s is for %(customer)s, but its survey or subscriber is of "
                        "%(other)s.",
                        order=order.name,
                        customer=customer.display_name,
                        other=known.display_name,
                    )
                )

    @api.depends("work_order_ids.state")
    def _compute_work_order_id(self):
        for order in self:
            order.work_order_id = order._open_work_order() or order.work_order_ids[-1:]

    @api.depends("state", "work_order_ids.state")
    def _compute_work_order_lost(self):
        for order in self:
            works = order.work_order_ids
            order.work_order_lost = (
                order.state == "sale"
                and bool(works)
                and all(work.state == "cancelled" for work in works)
            )

    @api.depends("state", "subscriber_made", "subscriber_id.approved_at", "work_order_ids.done_at")
    def _compute_live_on(self):
        for order in self:
            moment = False
            if order.state == "sale":
                if order.subscriber_made:
                    moment = order.subscriber_id.approved_at
                else:
                    moment = min(
                        filter(None, order.work_order_ids.mapped("done_at")), default=False
                    )
            order.live_on = moment and order.company_id._alarm_day_of(moment)

    @api.depends("state", "survey_id", "subscriber_id", "live_on")
    def _compute_alarm_stage(self):
        for order in self:
            if not (order.survey_id or order.subscriber_id):
                order.alarm_stage = False
            elif order.state == "sale":
                order.alarm_stage = "live" if order.live_on else "signed"
            else:
                order.alarm_stage = "cancelled" if order.state == "cancel" else "quoted"

    def action_view_alarm_subscriber(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "alarm.subscriber",
            "res_id": self.subscriber_id.id,
            "views": [(self.env.ref("alarm_sale.alarm_subscriber_view_form_sales").id, "form")],
        }

    def action_view_alarm_survey(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "alarm.survey",
            "res_id": self.survey_id.id,
            "views": [(False, "form")],
        }

    def action_view_work_orders(self):
        self.ensure_one()
        form = self.env.ref("alarm_sale.alarm_work_order_view_form_sales")
        if self.env.user.has_group("alarm_work_order.group_technician"):
            form = self.env.ref("alarm_work_order.alarm_work_order_view_form")
        return {
            "type": "ir.actions.act_window",
            "res_model": "alarm.work.order",
            "domain": [("sale_order_id", "=", self.id)],
            "views": [(False, "list"), (form.id, "form")],
            "name": self.env._("Work Orders"),
        }

    def _of_alarm(self):
        """Those of these orders that protect premises; the others are Odoo's plain sales."""
        return self.filtered(lambda order: order.survey_id or order.subscriber_id)

    def _open_work_order(self):
        """The work order that takes what is delivered now."""
        self.ensure_one()
        return self.work_order_ids.filtered(
            lambda work: work.kind in ("installation", "extension")
            and work.state not in ("done", "cancelled")
        )[-1:]
