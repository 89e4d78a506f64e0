from odoo import api, fields, models


class AlarmPriceIndex(models.Model):
    """A published index that prices may follow, e.g. of consumer prices."""

    _name = "alarm.price.index"
    _description = "Price Index"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    source = fields.Char(help="Who publishes it, and where.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="restrict", help="Empty: of all companies."
    )
    value_ids = fields.One2many("alarm.price.index.value", "index_id", string="Values")

    def _get_value(self, day):
        """The value of the month of the day, else of the last month before it; 0 without one."""
        self.ensure_one()
        values = self.value_ids.filtered(lambda value: value.month <= day)
        return values.sorted("month")[-1:].value


class AlarmPriceIndexValue(models.Model):
    _name = "alarm.price.index.value"
    _description = "Value of a Price Index"
    _order = "month desc, id"

    index_id = fields.Many2one("alarm.price.index", required=True, index=True, ondelete="cascade")
    month = fields.Date(required=True, help="Any day of the month; its first one is kept.")
    value = fields.Float(required=True, digits=(16, 4))

    _month_uniq = models.Constraint(
        "UNIQUE(index_id, month)", "The index has a value for this month already."
    )
    _value_positive = models.Constraint("CHECK(value > 0)", "An index is above 0.")

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._first_of_month(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._first_of_month(vals))

    @api.model
    def _first_of_month(self, vals):
        if vals.get("month"):
            return {**vals, "month": fields.Date.to_date(vals["month"]).replace(day=1)}
        return vals
