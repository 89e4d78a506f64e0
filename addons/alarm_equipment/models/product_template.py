from odoo import fields, models

from odoo.addons.alarm_subscriber.models.alarm_zone import DETECTOR_TYPES

from ..tools.kinds import KINDS


class ProductTemplate(models.Model):
    _inherit = "product.template"

    alarm_device_kind = fields.Selection(
        KINDS,
        string="Kind of Equipment",
        help="Set on what is installed at premises; its pieces are then listed by it.",
    )
    alarm_detector_type = fields.Selection(
        DETECTOR_TYPES,
        string="Detector Type",
        help="Which type of detector a zone has that this product serves.",
    )
    alarm_warranty_months = fields.Integer(
        string="Warranty in Months",
        help="From the day on which the premises are taken into monitoring.",
    )
    device_count = fields.Integer(string="In the Field", compute="_compute_device_count")

    _alarm_warranty_months_positive = models.Constraint(
        "CHECK(alarm_warranty_months IS NULL OR alarm_warranty_months >= 0)",
        "A warranty cannot end before it begins.",
    )

    def _compute_device_count(self):
        """Pieces of it that stand at premises; nothing for who may not know."""
        Device = self.env["alarm.device"]
        counts = {}
        if Device.has_access("read"):
            for product, count in Device._read_group(
                [
                    ("product_id.product_tmpl_id", "in", self.ids),
                    ("subscriber_id", "!=", False),
                ],
                ["product_id"],
                ["__count"],
            ):
                template = product.product_tmpl_id
                counts[template] = counts.get(template, 0) + count
        for template in self:
            template.device_count = counts.get(template._origin, 0)

    def action_view_devices(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_equipment.alarm_device_action"
        )
        return action | {"domain": [("product_id.product_tmpl_id", "in", self.ids)]}
