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
        counts = dict(
            self.env["alarm.survey"]._read_group(
                [("work_order_id", "in", self.ids)], ["work_order_id"], ["__count"]
            )
        )
        for order in self:
            order.survey_count = counts.get(order._origin, 0)

    def action_view_surveys(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("alarm_sale.alarm_survey_action")
        if len(self.survey_ids) == 1:
            return action | {"views": [(False, "form")], "res_id": self.survey_ids.id}
        return action | {"domain": [("work_order_id", "=", self.id)]}

    def _prepare_material(self):
        if self.sale_order_id:
            return self.sudo().sale_order_id._sum_material()
        return super()._prepare_material()

    def _follow_order_lines(self):
        """Plan what the sale delivers; what the crew asked for on top stays."""
        for order in self:
            rows = {(row.product_id.id, row.ownership): row for row in order.material_ids}
            for values in order._prepare_material():
                row = rows.get((values["product_id"], values["ownership"]))
                if row is None and values["quantity"]:
                    order.material_ids.create(values | {"work_order_id": order.id})
                elif row is not None and row.quantity != values["quantity"]:
                    row.quantity = values["quantity"]
