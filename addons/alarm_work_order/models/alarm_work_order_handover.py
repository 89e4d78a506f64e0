from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.pictures import is_picture

PARTIES = ("crew", "customer")

SIGNATURE_FIELDS = frozenset(
    {f"{who}_signature" for who in PARTIES} | {f"{who}_signed_by" for who in PARTIES}
)


class AlarmWorkOrder(models.Model):
    """The hand-over: the codes, which are never written here, and what both parties sign."""

    _inherit = "alarm.work.order"

    codes_given = fields.Boolean(
        "Codes Handed Over", readonly=True, copy=False, help="That they were; never the codes."
    )
    codes_given_by_id = fields.Many2one(
        "res.users", "Codes Given By", readonly=True, copy=False, ondelete="restrict"
    )
    codes_given_to = fields.Char(readonly=True, copy=False)
    codes_given_at = fields.Datetime(readonly=True, copy=False)
    crew_signature = fields.Image(
        "Signature of the Crew", max_width=1024, max_height=512, copy=False
    )
    crew_signed_by = fields.Char("Signed by the Crew", copy=False)
    crew_signed_at = fields.Datetime(readonly=True, copy=False)
    customer_signature = fields.Image(
        "Signature of the Customer", max_width=1024, max_height=512, copy=False
    )
    customer_signed_by = fields.Char("Signed by the Customer", copy=False)
    customer_signed_at = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _report_fields(self):
        return super()._report_fields() | SIGNATURE_FIELDS

    def write(self, vals):
        signing = SIGNATURE_FIELDS.intersection(vals)
        if not signing:
            return super().write(vals)
        self._check_signable()
        for who in PARTIES:
            image = vals.get(f"{who}_signature")
            if image and not is_picture(image):
                raise UserError(self.env._("A signature is a picture: PNG, JPEG, WebP or GIF."))
        renamed = {who: self._renamed(who, vals) for who in PARTIES}
        result = super().write(vals)
        for who in PARTIES:
            if f"{who}_signature" in vals:
                signed = bool(vals[f"{who}_signature"])
                self.sudo().write({f"{who}_signed_at": signed and fields.Datetime.now()})
            # What stands beside a name was drawn by somebody else.
            if renamed[who]:
                renamed[who].sudo().write({f"{who}_signature": False})
        return result

    def _renamed(self, who, vals):
        """Those of these orders that get another name beside the signature that they have."""
        name, image = f"{who}_signed_by", f"{who}_signature"
        if name not in vals:
            return self.browse()
        return self.filtered(
            lambda order: order[image]
            and (order[name] or "") != (vals[name] or "")
            and (not vals.get(image) or vals[image] == order[image])
        )

    def action_sign(self, who, name, image):
        """Sign for one party.

        :param who: "crew" or "customer"
        :param name: of who signs, in print
        :param image: base64 text of a picture
        """
        self.ensure_one()
        if who not in PARTIES or not isinstance(name, str) or not name.strip():
            raise UserError(self.env._("Say who signs, and for whom."))
        if not isinstance(image, str) or not image:
            raise UserError(self.env._("Draw the signature."))
        self.write({f"{who}_signature": image, f"{who}_signed_by": name.strip()})
        return True

    def action_give_codes(self, name):
        """Note that the users' codes were handed over, and to whom.

        :param name: who took them
        """
        self.ensure_one()
        self._check_walking()
        if not isinstance(name, str) or not name.strip():
            raise UserError(self.env._("Say who took the codes."))
        self.sudo().write(
            {
                "codes_given": True,
                "codes_given_by_id": self.env.uid,
                "codes_given_to": name.strip(),
                "codes_given_at": fields.Datetime.now(),
            }
        )
        return True

    def _missing(self, verb):
        missing = super()._missing(verb)
        if verb == "accept" and self.state == "testing":
            if self.kind == "installation" and not self.codes_given:
                missing.append(self.env._("The codes were not handed over."))
            if not (self.crew_signature and self.crew_signed_by):
                missing.append(self.env._("The crew has not signed."))
            if not (self.customer_signature and self.customer_signed_by):
                missing.append(self.env._("The customer has not signed."))
        return missing

    def _on_state(self, verb):
        result = super()._on_state(verb)
        if verb == "rework":
            # What is signed next is another state of things.
            self.sudo()._unsign()
        return result

    def _unsign(self):
        values = {}
        for who in PARTIES:
            values |= dict.fromkeys(
                (f"{who}_signature", f"{who}_signed_by", f"{who}_signed_at"), False
            )
        return super().write(values)

    def _check_signable(self):
        """Signed while the work is tested, by who is on the order: before there is nothing to take
        over, and then it stays as it is."""
        self._check_actor("test")
        for order in self:
            if order.state != "testing":
                raise UserError(
                    self.env._(
                        "%s is signed while it is tested with the centre; what was signed then "
                        "stays.",
                        order.display_name,
                    )
                )
