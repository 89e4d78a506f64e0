from odoo import api, fields, models

from ..tools.premises import address_key, phone_key


class ResPartner(models.Model):
    """How a partner's address and telephone are recognised as the same."""

    _inherit = "res.partner"

    alarm_address_key = fields.Char(
        compute="_compute_alarm_address_key", store=True, index="btree_not_null"
    )
    alarm_phone_key = fields.Char(
        compute="_compute_alarm_phone_key", store=True, index="btree_not_null"
    )

    @api.depends("street", "street2", "city")
    def _compute_alarm_address_key(self):
        for partner in self:
            partner.alarm_address_key = (
                address_key(partner.street, partner.street2, partner.city) or False
            )

    @api.depends("phone")
    def _compute_alarm_phone_key(self):
        for partner in self:
            partner.alarm_phone_key = phone_key(partner.phone) or False
