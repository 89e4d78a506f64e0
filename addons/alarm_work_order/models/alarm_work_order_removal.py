import logging

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.alarm_subscriber.models.alarm_revision import Authority

_logger = logging.getLogger(__name__)


class AlarmWorkOrder(models.Model):
    """Removal: monitoring ends on a day, equipment comes back by its serial numbers, the history
    stays."""

    _inherit = "alarm.work.order"

    monitoring_ends_on = fields.Date(
        copy=False,
        tracking=True,
        help="From this day on, in the time zone of the premises, the subscriber is terminated.",
    )
    monitoring_ended_by_id = fields.Many2one(
        "res.users", "Ordered By", readonly=True, copy=False, ondelete="restrict"
    )
    monitoring_end_told_on = fields.Date(
        readonly=True, copy=False, help="When it was last said that monitoring could not be ended."
    )
    collect_sold = fields.Boolean(
        "Collect Sold Equipment",
        copy=False,
        help="Also what belongs to the customer. What is leased is always collected.",
    )
    device_ids = fields.One2many(
        "alarm.device",
        string="Equipment on Site",
        related="subscriber_id.device_ids",
        readonly=True,
    )

    def write(self, vals):
        if "monitoring_ends_on" in vals:
            for order in self:
                if order.state in ("done", "cancelled"):
                    raise UserError(
                        self.env._("%s is over; its day stays as it is.", order.display_name)
                    )
            if not self.env.su and not self.env.user.has_group("alarm_work_order.group_planner"):
                raise AccessError(self.env._("Only a planner says when monitoring ends."))
        result = super().write(vals)
        if "monitoring_ends_on" in vals:
            self.sudo().write({"monitoring_ended_by_id": self.env.uid})
        return result

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered("monitoring_ends_on").sudo().write({"monitoring_ended_by_id": self.env.uid})
        return orders

    def _missing(self, verb):
        missing = super()._missing(verb)
        if self.kind != "removal":
            return missing
        if verb == "schedule" and not self.monitoring_ends_on:
            missing.append(self.env._("Say on which day monitoring ends."))
        if verb == "finish":
            waiting = self.sudo().picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            )
            if waiting:
                missing.append(
                    self.env._(
                        "Equipment is not back in stock: %s.", ", ".join(waiting.mapped("name"))
                    )
                )
            left = self._to_collect()
            if left:
                missing.append(
                    self.env._(
                        "Still on site: %s. Collect it, or say on its card that it is lost.",
                        ", ".join(left.mapped("display_name")),
                    )
                )
        return missing

    def _on_state(self, verb):
        result = super()._on_state(verb)
        if self.kind == "removal" and verb == "schedule":
            self.sudo()._prepare_collection()
        elif self.kind == "removal" and verb == "finish":
            self.sudo()._end_monitoring()
        return result

    def action_collect(self):
        """Ask the storekeeper for the transfers that bring back what still stands on site."""
        self.ensure_one()
        self._check_actor("start")
        self._locked()
        if self.kind != "removal" or self.state not in ("scheduled", "in_progress"):
            raise UserError(self.env._("Nothing is collected with %s.", self.display_name))
        self.sudo()._prepare_collection()
        return True

    def _to_collect(self):
        """Devices with a serial number of ours that are to come back."""
        ownerships = ("leased", "sold") if self.collect_sold else ("leased",)
        return self.sudo().subscriber_id.device_ids.filtered(
            lambda device: device.state == "at_site"
            and device.lot_id
            and device.ownership in ownerships
        )

    def _prepare_collection(self):
        """One transfer per location from the premises to the warehouse, of all that stands there
        and is not on its way back already."""
        for order in self:
            ownerships = ["leased", "sold"] if order.collect_sold else ["leased"]
            locations = order.subscriber_id._existing_equipment_locations().filtered(
                lambda location, wanted=ownerships: location.equipment_ownership in wanted
            )
            quants = self.env["stock.quant"].search(
                [("location_id", "child_of", locations.ids), ("quantity", ">", 0)]
            )
            waiting = order.picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            )
            under_way = waiting.move_line_ids.lot_id
            counted = waiting.move_ids.product_id
            quants = quants.filtered(
                lambda quant, lots=under_way, products=counted: quant.lot_id not in lots
                if quant.lot_id
                else quant.product_id not in products
            )
            pickings = self.env["stock.picking"].create(
                [
                    order._prepare_collecting_picking(location, found)
                    for location, found in quants.grouped("location_id").items()
                ]
            )
            pickings.action_confirm()
            for location, found in quants.grouped("location_id").items():
                picking = pickings.filtered(lambda one, place=location: one.location_id == place)
                for move in picking.move_ids:
                    lots = found.filtered(
                        lambda quant, move=move: quant.product_id == move.product_id
                    ).lot_id
                    if lots:
                        move.lot_ids = lots

    def _prepare_collecting_picking(self, location, quants):
        warehouse = self.warehouse_id
        picking_type = warehouse.out_type_id.return_picking_type_id or warehouse.in_type_id
        places = {"location_id": location.id, "location_dest_id": warehouse.lot_stock_id.id}
        return {
            **places,
            "picking_type_id": picking_type.id,
            "partner_id": self.address_id.id,
            "company_id": self.company_id.id,
            "origin": self.name,
            "work_order_id": self.id,
            "scheduled_date": self.planned_end or fields.Datetime.now(),
            "move_ids": [
                Command.create(
                    {
                        **places,
                        "product_id": product.id,
                        "product_uom": product.uom_id.id,
                        "product_uom_qty": sum(found.mapped("quantity")),
                        "company_id": self.company_id.id,
                        "to_refund": False,
                    }
                )
                for product, found in quants.grouped("product_id").items()
            ],
        }

    @api.model
    def _end_monitoring_due(self):
        """Due work: terminate whose last day of monitoring is over. One query where none is."""
        # No time zone is further ahead.
        latest = fields.Date.add(fields.Date.today(), days=1)
        orders = self.search(
            [
                ("kind", "=", "removal"),
                ("monitoring_ends_on", "<=", latest),
                ("state", "in", ("scheduled", "in_progress", "done")),
                ("subscriber_id.state", "in", ("active", "suspended")),
            ]
        )
        for order in orders:
            # One that cannot end keeps nobody else from ending.
            try:
                with self.env.cr.savepoint():
                    order._end_monitoring()
            except Exception as error:
                _logger.exception("Monitoring could not be ended by %s", order.name)
                order._tell_not_ended(error)

    def _tell_not_ended(self, error):
        """Give planners and supervisors an activity: who believes that he is no longer monitored
        still is. Once a day, as long as it lasts."""
        self.ensure_one()
        today = self.company_id._alarm_today()
        if self.monitoring_end_told_on == today:
            return
        self.monitoring_end_told_on = today
        groups = self.env.ref("alarm_work_order.group_planner")
        groups |= self.env.ref("alarm_monitoring.group_supervisor")
        people = groups.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        # What an error of the program says is for the log; a refusal is for people.
        reason = str(error) if isinstance(error, UserError) else ""
        for user in people:
            order = self.with_context(lang=user.lang or self.env.lang)
            order.activity_schedule(
                "mail.mail_activity_data_warning",
                date_deadline=today,
                summary=order.env._("%s could not be terminated", order.subscriber_id.display_name),
                note=order.env._(
                    "Its monitoring was to end on %(day)s by %(order)s and goes on. %(reason)s",
                    day=order.monitoring_ends_on,
                    order=order.name,
                    reason=reason,
                ),
                user_id=user.id,
            )

    def _end_monitoring(self):
        """Terminate the subscribers of these orders whose day has come; whoever set the day
        answers for it."""
        for order in self:
            subscriber = order.subscriber_id
            today = fields.Date.context_today(order.with_context(tz=subscriber.tz))
            if (
                not order.monitoring_ends_on
                or order.monitoring_ends_on > today
                or subscriber.state not in ("active", "suspended")
            ):
                continue
            authority = order.monitoring_ended_by_id
            subscriber.with_context(
                alarm_authority=Authority(authority) if authority else None
            ).action_terminate()
            subscriber.message_post(
                body=self.env._(
                    "Monitoring ended by work order %(order)s, ordered by %(who)s.",
                    order=order.name,
                    who=authority.name or "–",
                )
            )
