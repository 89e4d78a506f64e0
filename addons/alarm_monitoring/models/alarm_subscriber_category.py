from odoo import api, models


class AlarmSubscriberCategory(models.Model):
    """The rule book knows what each kind of premises is a kind of."""

    _inherit = "alarm.subscriber.category"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if "parent_id" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)
