from odoo import api, models


class AlarmCompanyBound(models.AbstractModel):
    """Records that a user may neither push to where he sees nothing, nor tie to what he does not
    see. Odoo asks for the right to a record before it writes, not after; and never for that to
    what a record is made to refer to. So a panel could be moved below another company's subscriber,
    or a rule made for its zone."""

    _name = "alarm.company.bound"
    _description = "Bound to What Its User Sees"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        # Not what the caller named alone: a context gives values, too.
        records._check_referred(self._referring_fields())
        return records

    def write(self, vals):
        res = super().write(vals)
        names = [name for name in self._referring_fields() if name in vals]
        self._check_referred(names)
        if names or "company_id" in vals:
            self.check_access("write")
        return res

    @api.model
    def _referring_fields(self):
        """Names of the fields by which a user ties a record to another one of the suite."""
        return [
            name
            for name, field in self._fields.items()
            if field.type == "many2one"
            and field.store
            and not field.related
            and field.comodel_name.startswith("alarm.")
        ]

    def _check_referred(self, names):
        if not self.env.su:
            for name in names:
                self[name].check_access("read")
