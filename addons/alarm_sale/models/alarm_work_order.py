from odoo import api, fields, models


class AlarmWorkOrder(models.Model):
    """A work order that comes from a sale."""

    _inherit = "alarm.work.order"

    sale_order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        readonly=True,
    )
    survey_ids = fields.One2many("alarm.survey", "work_order_id", string="Surveys")
    survey_count = fields.Integer(compute="_compute_survey_count")

    @api.depends("survey_ids")
    def _compute_survey_count(self):
        # Also supervisors and storekeepers open orders; surveys are not for them.
        counts = dict(
            self.env["alarm.survey"]._read_group(
                [("work_order_id", "in", self.ids)], ["work_order_id"], ["__count"]
            )
            if self.env["alarm.survey"].has_access("read")
            else []
        )
        for order in self:
            order.survey_count = counts.get(order._origin, 0)

    def action_view_surveys(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("alarm_sale.alarm_survey_action")
        if len(self.survey_ids) == 1:
            return action | {"views": [(False, "form")], "res_id": self.survey_ids.id}
        return action | {"domain": [("work_order_id", "=", self.id)]}

    def _missing(self, verb):
        missing = super()._missing(verb)
        if verb == "schedule" and self.material_from == "vehicle" and self.sudo().sale_order_id:
            # A second transfer would leave the sale undelivered, and what it sold uninvoiced.
            missing.append(
                self.env._(
                    "The sale delivers the material of this order: take it from the warehouse."
                )
            )
        return missing

    def _on_state(self, verb):
        if verb == "start":
            # New zones are the panel's from when the crew works on it, not from the signature on:
            # the register of a live system tells what hangs there.
            self._add_planned_zones()
        res = super()._on_state(verb)
        if verb == "cancel" and not self.env.context.get("alarm_sale_cancelled"):
            self._tell_salesperson()
        return res

    def _tell_salesperson(self):
        """The customer has signed, and nobody will come: whoever sold it has to know."""
        sale = self.sudo().sale_order_id
        if not sale.work_order_lost:
            return
        user = sale.user_id or self.env.user
        sale = sale.with_context(lang=user.lang or self.env.lang)
        sale.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=sale.env._("%s was called off", self.name),
            note=sale.env._(
                "Nothing of %s will be delivered until there is a new work order.", sale.name
            ),
            user_id=user.id,
        )

    def _add_planned_zones(self):
        """The zones that the survey of an extension planned. The customer has signed for them;
        the crew, who begins here, has no right to the register."""
        order = self.sudo()
        sale = order.sale_order_id
        if order.kind == "extension" and sale.survey_id and not sale.subscriber_made:
            sale.survey_id._fill_subscriber(order.subscriber_id)

    def _prepare_material(self):
        if self.sale_order_id:
            return [values for values in self._sold_material() if values["quantity"]]
        return super()._prepare_material()

    def _sold_material(self):
        """Values of the material that the sale delivers with this order: all of it but what other
        orders of the sale have taken on."""
        self.ensure_one()
        sale, taken = self.sudo().sale_order_id, {}
        others = (sale.work_order_ids - self).filtered(lambda work: work.state != "cancelled")
        for row in others.material_ids:
            key = (row.product_id.id, row.ownership)
            taken[key] = taken.get(key, 0) + row.quantity_sold
        material = []
        for values in sale._sum_material():
            key = (values["product_id"], values["ownership"])
            quantity = max(values["quantity"] - taken.get(key, 0), 0)
            material.append({**values, "quantity": quantity, "quantity_sold": quantity})
        return material

    def _follow_order_lines(self):
        """Plan what the sale delivers; what the crew asked for on top stays."""
        for order in self:
            rows = {(row.product_id.id, row.ownership): row for row in order.material_ids}
            for values in order._sold_material():
                row = rows.get((values["product_id"], values["ownership"]))
                sold = values["quantity_sold"]
                if row is None and sold:
                    order.material_ids.create(values | {"work_order_id": order.id})
                elif row is not None and row.quantity_sold != sold:
                    more = sold - row.quantity_sold
                    row.write({"quantity": max(row.quantity + more, 0), "quantity_sold": sold})


class AlarmWorkOrderMaterial(models.Model):
    _inherit = "alarm.work.order.material"

    quantity_sold = fields.Float(
        "By the Sale",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="How much of what is planned the sales order delivers.",
    )
