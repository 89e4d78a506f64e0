from odoo import api, models


class AlarmSaleBound(models.AbstractModel):
    """Records that show their salesperson something of what they name, or give him the right to
    see it: so who ties one to something must be allowed to see it before."""

    _name = "alarm.sale.bound"
    _description = "Names What Its User Sees"

    _bound_fields = ()

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # A context and a user's own default give values, too.
            defaults = self.default_get(list(self._bound_fields))
            for vals in vals_list:
                self._check_bound(defaults | vals)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_bound(vals)
        return super().write(vals)

    def _check_bound(self, vals):
        for name in self._bound_fields:
            if vals.get(name):
                model = self.env[self._fields[name].comodel_name]
                model.browse(vals[name]).check_access("read")
