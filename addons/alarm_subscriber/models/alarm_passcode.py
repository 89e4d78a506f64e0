import os

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.orm.models import NO_ACCESS

from ..tools import passcodes

PASSCODE_KINDS = [("pass", "Passcode"), ("duress", "Duress Code")]


class AlarmPasscode(models.Model):
    """A word by which a caller proves who he is; what is kept of it nobody can read."""

    _name = "alarm.passcode"
    _inherit = "alarm.own.defaults"
    _description = "Passcode"
    _order = "subscriber_id, contact_id, kind, id"
    _log_access = False

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, index=True, ondelete="restrict"
    )
    contact_id = fields.Many2one(
        "alarm.contact",
        index="btree_not_null",
        ondelete="restrict",
        help="Whose word it is; empty: everybody's of the subscriber.",
    )
    company_id = fields.Many2one(
        "res.company",
        related="subscriber_id.company_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(PASSCODE_KINDS, string="Type", required=True)
    set_at = fields.Datetime(required=True, default=fields.Datetime.now)
    set_by_id = fields.Many2one(
        "res.users", required=True, ondelete="restrict", default=lambda self: self.env.uid
    )
    salt = fields.Char(required=True, groups=NO_ACCESS, prefetch=False)
    nonce = fields.Char(required=True, groups=NO_ACCESS, prefetch=False)
    digest = fields.Char(required=True, groups=NO_ACCESS, prefetch=False)
    pepper = fields.Char(
        required=True, groups=NO_ACCESS, prefetch=False, help="Name of the key; not the key."
    )
    encrypted = fields.Char(groups=NO_ACCESS, prefetch=False)

    _holder_kind_uniq = models.UniqueIndex(
        "(subscriber_id, COALESCE(contact_id, 0), kind)", "There is such a code already."
    )

    def _peppers(self):
        """{name: pepper} of the key file, the one for new codes first."""
        keys = self.env["alarm.secret"]._derive_keys("alarm.passcode.pepper")
        return {passcodes.pepper_id(key): key for key in keys}

    def _matching(self, word):
        """Those of these codes (sudo) that the typed word is.

        Every code is compared, whether an earlier one matched or not; where there is none to
        compare with, the slow hash is calculated all the same.
        """
        word = passcodes.normalise(word)
        peppers = self._peppers()
        stretched = {}
        found = self.browse()
        for code in self:
            if code.pepper not in peppers:
                raise UserError(
                    self.env._(
                        "The passcodes of %s were set with a key that is not in the key file. Add "
                        "the former key as a further line of it, or set the passcodes anew.",
                        code.subscriber_id.display_name,
                    )
                )
            key = (code.salt, code.pepper)
            if key not in stretched:
                stretched[key] = passcodes.stretch(
                    word, peppers[code.pepper], bytes.fromhex(code.salt)
                )
            if passcodes.matches(stretched[key], bytes.fromhex(code.nonce), code.digest):
                found |= code
        if not stretched:
            passcodes.stretch(word, next(iter(peppers.values())), bytes(16))
        return found

    def _set(self, subscriber, contact, kind, word):
        """Keep `word` as the code of this kind, in place of the former one (self is sudo)."""
        word = passcodes.normalise(word)
        if len(word) < passcodes.MINIMUM:
            raise UserError(
                self.env._(
                    "A passcode has at least %s characters, blanks not counted.",
                    passcodes.MINIMUM,
                )
            )
        others = self.search([("subscriber_id", "=", subscriber.id)])
        # Codes of a key that is lost can be replaced, not compared.
        peppers = self._peppers()
        comparable = others.filtered(lambda code: code.pepper in peppers)
        if any(code.kind != kind for code in comparable._matching(word)):
            raise UserError(
                self.env._(
                    "This word cannot be used at %s: a passcode and a duress code must differ. "
                    "Choose another word.",
                    subscriber.display_name,
                )
            )
        # One salt for all codes of a subscriber; it outlives the code that is replaced.
        values = self._prepare_code(subscriber, contact, kind, word, others[:1].salt)
        others.filtered(lambda code: code.contact_id == contact and code.kind == kind).unlink()
        self.create(values)

    def _prepare_code(self, subscriber, contact, kind, word, salt):
        pepper_name, pepper = next(iter(self._peppers().items()))
        salt = salt or os.urandom(16).hex()
        nonce = os.urandom(16)
        values = {
            "subscriber_id": subscriber.id,
            "contact_id": contact.id,
            "kind": kind,
            "set_by_id": self.env.uid,
            "salt": salt,
            "nonce": nonce.hex(),
            "digest": passcodes.seal(passcodes.stretch(word, pepper, bytes.fromhex(salt)), nonce),
            "pepper": pepper_name,
        }
        if subscriber.company_id.passcode_policy == "reversible":
            values["encrypted"] = self.env["alarm.secret"].encrypt(word.encode())
        return values

    @api.private
    def reveal(self):
        """The word; False where only its hash is kept. Never log what it returns."""
        self.ensure_one()
        token = self.sudo().encrypted
        return token and self.env["alarm.secret"].decrypt(token).decode()
