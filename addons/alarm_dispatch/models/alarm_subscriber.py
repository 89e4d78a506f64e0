from odoo import fields, models


class AlarmSubscriber(models.Model):
    """What responders must know of the premises."""

    _inherit = "alarm.subscriber"

    responder_note = fields.Text(
        "Notes for Responders",
        tracking=True,
        help="Way in, where the key is, dangers. Responders read it on their phones: "
        "no passcodes here.",
    )

    def _site_position(self):
        """``(latitude, longitude)`` of the premises, ``(None, None)`` where nobody entered them."""
        self.ensure_one()
        address = self.address_id
        if address.partner_latitude or address.partner_longitude:
            return address.partner_latitude, address.partner_longitude
        return None, None

    def _get_territory(self):
        """The territory that was chosen, or else the one around the premises; maybe none."""
        self.ensure_one()
        latitude, longitude = self._site_position()
        if self.territory_id or latitude is None:
            return self.territory_id
        return self.env["alarm.territory"]._containing(self.company_id, latitude, longitude)
