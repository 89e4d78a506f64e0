from odoo import api, models


class AlarmBusinessModelPart(models.AbstractModel):
    """What a contract takes over from its business model row by row. Who changes contracts
    changes the rows of contracts; those of a model, only who may change the model."""

    _name = "alarm.business.model.part"
    _description = "Part of a Business Model or of a Contract"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_model()
        return parts

    def write(self, vals):
        self._check_model()
        result = super().write(vals)
        self._check_model()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_with_model_only(self):
        self._check_model()

    def _check_model(self):
        if self.business_model_id:
            self.business_model_id.check_access("write")
