import base64
from urllib.parse import quote

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.data_url import png_of

# Choices of the report that the phone's form shows as buttons.
CHOICES = ("finding", "customer_state", "police_state", "insurer_state", "loss_state")
TEXTS = ("description", "police_report", "responder_signed_by", "customer_signed_by")
SIGNATURES = ("responder_signature", "customer_signature")
MAX_TEXT = 4000
MAX_NUMBER = 10**9


class AlarmDispatch(models.Model):
    """What the phone-sized page shows and sends."""

    _inherit = "alarm.dispatch"

    def _portal_contacts(self):
        """The persons to call, in their order: ``{"name", "role", "phone"}``, no secrets.

        Only while the order is open: who was once at a shop need not know its keyholders for ever.
        """
        self.ensure_one()
        if self.state not in ("proposed", "accepted", "en_route", "on_site"):
            return []
        # As superuser: a responder has no access to the register, but must call these persons.
        contacts = self.sudo().subscriber_id.contact_ids.sorted("sequence")
        return [
            {
                "name": contact.partner_id.name,
                "role": dict(contact._fields["role"]._description_selection(self.env))[
                    contact.role
                ],
                "phone": contact.phone,
            }
            for contact in contacts
        ]

    def _map_url(self):
        """A link that shows the premises on a map: the position where it is known, else a search
        for the address. Which map is a system parameter."""
        self.ensure_one()
        get_param = self.env["ir.config_parameter"].sudo().get_param
        if self.latitude or self.longitude:
            template = get_param("alarm_dispatch.map_url")
        else:
            template = self.address and get_param("alarm_dispatch.map_search_url")
        return template and (
            template.replace("{latitude}", f"{self.latitude:.6f}")
            .replace("{longitude}", f"{self.longitude:.6f}")
            .replace("{name}", quote(self.site_name))
            .replace("{address}", quote(self.address or ""))
        )

    @api.model
    def _portal_selections(self):
        """Field -> ``[(value, label)]`` in the reader's language."""
        return {name: self._fields[name]._description_selection(self.env) for name in CHOICES}

    def _portal_report(self, posted, photos):
        """Keep what the form of the page sent.

        :param posted: form fields, text; only known ones are taken
        :param photos: bytes of pictures
        """
        self.ensure_one()
        values = {}
        for name, allowed in self._portal_selections().items():
            if name in posted:
                values[name] = posted[name] if posted[name] in dict(allowed) else False
        for name in TEXTS:
            if name in posted:
                values[name] = posted[name].strip()[:MAX_TEXT]
        if "cause_id" in posted:
            values["cause_id"] = int(posted["cause_id"] or 0) or False
        for name in SIGNATURES:
            if posted.get(name):
                values[name] = png_of(posted[name])
        if values:
            self.write(values)
        self._portal_losses(posted)
        if photos:
            self.env["alarm.dispatch.photo"].create(
                [{"dispatch_id": self.id, "image": base64.b64encode(photo)} for photo in photos]
            )

    def _portal_losses(self, posted):
        """Add what the form lists as lost: its name, quantity, value and damage."""
        name = (posted.get("loss_name") or "").strip()
        if not name:
            return
        quantity = float(posted.get("loss_quantity") or 1)
        value = float(posted.get("loss_value") or 0)
        if not (0 < quantity < MAX_NUMBER and 0 <= value < MAX_NUMBER):
            raise UserError(
                self.env._(
                    "%(name)s: %(quantity)s pieces worth %(value)s cannot be. More than 0 pieces "
                    "are allowed, and a value of at least 0.",
                    name=name,
                    quantity=posted.get("loss_quantity"),
                    value=posted.get("loss_value"),
                )
            )
        self.env["alarm.dispatch.loss"].create(
            {
                "dispatch_id": self.id,
                "name": name[:200],
                "quantity": quantity,
                "value": value,
                "damage": "damaged" if posted.get("loss_damage") == "damaged" else "stolen",
            }
        )
