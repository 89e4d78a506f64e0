from odoo import api, fields, models
from odoo.exceptions import AccessError

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

    _alarm_position_idx = models.Index("(partner_latitude, partner_longitude)")

    @api.depends("street", "street2", "city")
    def _compute_alarm_address_key(self):
        for partner in self:
            partner.alarm_address_key = (
                address_key(partner.street, partner.street2, partner.city) or False
            )

    def write(self, vals):
        if vals.get("user_id") and not self.env.su:
            self._check_salesperson_given(vals["user_id"])
        return super().write(vals)

    def _check_salesperson_given(self, user_id):
        """The salesperson of a customer reads its subscribers: so nobody gives that away, himself
        included, who may not read them."""
        given = self.filtered(lambda partner: partner.user_id.id != user_id)
        if not given:
            return
        subscribers = self.env["alarm.subscriber"].sudo().search([("partner_id", "in", given.ids)])
        if subscribers and not subscribers.sudo(False).has_access("read"):
            raise AccessError(
                self.env._(
                    "%s is protected by us: its salesperson is set by somebody who may read its "
                    "subscribers.",
                    subscribers.partner_id[:1].display_name,
                )
            )

    @api.depends("phone")
    def _compute_alarm_phone_key(self):
        for partner in self:
            partner.alarm_phone_key = phone_key(partner.phone) or False
