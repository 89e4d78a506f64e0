from odoo import api, fields, models
from odoo.exceptions import UserError

# What a document is made of.
_CONTENT = {"raw", "datas", "db_datas", "store_fname", "checksum", "url", "type", "name"}
_HOME = {"res_model", "res_id", "res_field", "mimetype"}


class IrAttachment(models.Model):
    """A signed document stays as it was signed, whoever may write the record it belongs to."""

    _inherit = "ir.attachment"

    alarm_signed = fields.Boolean(
        "Signed Document",
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Set by the machinery alone: it is neither changed nor deleted any more.",
    )

    @api.model
    def default_get(self, fields):
        return super().default_get([name for name in fields if name != "alarm_signed"])

    def write(self, vals):
        if not (_CONTENT | _HOME).isdisjoint(vals):
            self._check_not_signed()
        return super().write(vals)

    def unlink(self):
        self._check_not_signed()
        return super().unlink()

    def _check_not_signed(self):
        if not self.env.su and (signed := self.sudo().filtered("alarm_signed")):
            raise UserError(
                self.env._("%s stays as it was signed.", ", ".join(signed.mapped("name")))
            )
