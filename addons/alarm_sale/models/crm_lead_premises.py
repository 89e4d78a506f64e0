from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmLead(models.Model):
    """The premises that a lead is about. Their address is the lead's own address: it is typed
    here, and wherever it is needed later it is taken from here."""

    _inherit = "crm.lead"

    site_name = fields.Char(
        string="Premises",
        help="What the premises are called on the board. Empty: as the customer.",
    )
    category_id = fields.Many2one(
        "alarm.subscriber.category",
        string="Kind of Premises",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    # Called as on the subscriber: the map of a position asks for these names.
    latitude = fields.Float(
        digits=(10, 7), help="Degrees north (WGS 84), negative in the south: -90 to 90."
    )
    longitude = fields.Float(
        digits=(10, 7), help="Degrees east (WGS 84), negative in the west: -180 to 180."
    )
    premises_id = fields.Many2one(
        "res.partner",
        string="Address of the Premises",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )

    @api.constrains("latitude", "longitude")
    def _check_position(self):
        for lead in self:
            if abs(lead.latitude) > 90 or abs(lead.longitude) > 180:
                raise ValidationError(
                    self.env._(
                        "%(latitude)s, %(longitude)s is no position: latitudes are -90 to 90, "
                        "longitudes -180 to 180.",
                        latitude=lead.latitude,
                        longitude=lead.longitude,
                    )
                )

    def write(self, vals):
        res = super().write(vals)
        if not self._premises_fields().isdisjoint(vals):
            self._follow_premises()
        return res

    def _premises_name(self):
        self.ensure_one()
        return (
            self.site_name or self.partner_name or self.partner_id.name or self.contact_name
            or self.name
        )

    @api.private
    def _ensure_customer(self):
        """The lead's customer; made of what the lead says where there is none yet."""
        self.ensure_one()
        if not self.partner_id:
            self._handle_partner_assignment(create_missing=True)
        return self.partner_id.commercial_partner_id

    @api.private
    def _ensure_premises(self):
        """The address of the premises below the customer, made once of the lead's address."""
        self.ensure_one()
        customer = self._ensure_customer()
        if self.premises_id.parent_id != customer:
            if not self.street and not self.city:
                raise UserError(
                    self.env._("%s has no address yet: type where the premises are.", self.name)
                )
            self.premises_id = self.env["res.partner"].create(
                self._prepare_premises() | {"parent_id": customer.id}
            )
        return self.premises_id

    def _prepare_premises(self):
        """Values of the address of the premises."""
        return {
            "name": self._premises_name(),
            "type": "delivery",
            "company_id": self.partner_id.company_id.id,
            "street": self.street,
            "street2": self.street2,
            "city": self.city,
            "zip": self.zip,
            "state_id": self.state_id.id,
            "country_id": self.country_id.id,
            "phone": self.phone,
            "partner_latitude": self.latitude,
            "partner_longitude": self.longitude,
        }

    @api.model
    def _premises_fields(self):
        return {
            "site_name",
            "street",
            "street2",
            "city",
            "zip",
            "state_id",
            "country_id",
            "phone",
            "latitude",
            "longitude",
        }

    def _follow_premises(self):
        """What is corrected on the lead is corrected at the premises, as long as no subscriber
        stands there: from then on the register is where it is corrected."""
        for lead in self.filtered("premises_id"):
            if not lead._premises_subscribers():
                values = lead._prepare_premises()
                values.pop("company_id")
                lead.premises_id.write(values)

    def _premises_subscribers(self):
        # Whether there is one, not which: the salesperson need not see it.
        return self.env["alarm.subscriber"].sudo().search_count(
            [("address_id", "in", self.premises_id.ids)], limit=1
        )
