from odoo import api, fields, models


class AlarmDispatchLoss(models.Model):
    """One thing stolen or damaged, as listed on site."""

    _name = "alarm.dispatch.loss"
    _description = "Loss Listed on Site"
    _inherit = ["alarm.dispatch.evidence"]
    _order = "dispatch_id, id"

    name = fields.Char("Item", required=True, help="Thing, brand, model, serial number.")
    damage = fields.Selection(
        [("stolen", "Stolen"), ("damaged", "Damaged")], required=True, default="stolen"
    )
    quantity = fields.Float(digits=(12, 2), required=True, default=1.0)
    value = fields.Monetary("Estimated Value", help="Of all pieces, as the customer says.")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id", compute_sudo=True)

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "A loss has a quantity.")
    _value_positive = models.Constraint("CHECK(value >= 0)", "A value cannot be negative.")

    @api.depends("company_id")
    def _compute_currency_id(self):
        for loss in self:
            loss.currency_id = loss.company_id.currency_id
