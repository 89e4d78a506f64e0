import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.orm.models import NO_ACCESS

from ..tools.numbers import number_key
from ..tools.secrets import parse_aes_key


class AlarmPanel(models.Model):
    _name = "alarm.panel"
    _inherit = [
        "alarm.panel.transmission",
        "alarm.panel.test",
        "alarm.template.follower",
        "alarm.subscriber.part",
    ]
    _description = "Alarm Panel"
    _order = "account_key, id"
    _rec_names_search = ["name", "account", "subscriber_id.name"]
    _check_company_auto = True

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        related="subscriber_id.company_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    subscriber_state = fields.Selection(related="subscriber_id.state", string="Subscriber State")
    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        help="Left empty, the panel is called by its account.",
    )
    account = fields.Char(
        required=True,
        copy=False,
        help="Account number as programmed into the panel: 1 to 16 letters or digits.",
    )
    account_key = fields.Char(
        compute="_compute_account_key",
        store=True,
        index=True,
        precompute=True,
        help="The account in upper case without leading zeros.",
    )
    panel_model = fields.Char(string="Make and Model")
    active = fields.Boolean(default=True)
    note = fields.Text()
    area_ids = fields.One2many("alarm.area", "panel_id", string="Areas")
    zone_ids = fields.One2many("alarm.zone", "panel_id", string="Zones")
    user_ids = fields.One2many("alarm.panel.user", "panel_id", string="Users")
    zone_count = fields.Integer(string="Number of Zones", compute="_compute_zone_count")

    dc09_key = fields.Char(
        string="DC-09 Key",
        compute="_compute_dc09_key",
        readonly=False,
        copy=False,
        help="AES key of an encrypted SIA DC-09 transmitter: 32, 48 or 64 hexadecimal "
        "digits, or 16, 24 or 32 characters. It can be set and replaced, never read.",
    )
    dc09_key_set = fields.Boolean(
        string="DC-09 Key Set", compute="_compute_dc09_key_set", compute_sudo=True
    )
    dc09_key_encrypted = fields.Char(
        string="DC-09 Key (Encrypted)", groups=NO_ACCESS, copy=False, prefetch=False
    )

    @api.constrains("account")
    def _check_account(self):
        for panel in self:
            if not re.fullmatch(r"[0-9A-Za-z]{1,16}", panel.account):
                raise ValidationError(
                    self.env._(
                        "“%s” is not an account number: 1 to 16 letters or digits, "
                        "as programmed into the panel.",
                        panel.account,
                    )
                )

    @api.depends("account")
    def _compute_account_key(self):
        for panel in self:
            panel.account_key = number_key(panel.account)

    @api.depends("account")
    def _compute_name(self):
        for panel in self:
            panel.name = panel.name or panel.account

    @api.depends("zone_ids")
    def _compute_zone_count(self):
        for panel in self:
            panel.zone_count = len(panel.zone_ids)

    def _compute_dc09_key(self):
        self.dc09_key = False

    @api.depends("dc09_key_encrypted")
    def _compute_dc09_key_set(self):
        for panel in self:
            panel.dc09_key_set = bool(panel.dc09_key_encrypted)

    @api.depends("name", "account")
    def _compute_display_name(self):
        for panel in self:
            panel.display_name = (
                panel.account
                if not panel.name or panel.name == panel.account
                else f"{panel.account} {panel.name}"
            )

    @api.model_create_multi
    def create(self, vals_list):
        tokens = [self._encrypt_dc09_key(vals) for vals in vals_list]
        panels = super().create([self._without_key(vals) for vals in vals_list])
        for panel, token in zip(panels, tokens, strict=True):
            if token:
                panel.sudo().dc09_key_encrypted = token
        return panels

    def write(self, vals):
        token = self._encrypt_dc09_key(vals)
        res = super().write(self._without_key(vals))
        if token:
            self.check_access("write")
            # Nobody has access to the field; who may change the panel may replace it.
            self.sudo().write({"dc09_key_encrypted": token})
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        for panel in self:
            panel.subscriber_id._check_deletable(panel.display_name)

    def action_remove_dc09_key(self):
        """Forget the key: the panel sends unencrypted from now on."""
        self.check_access("write")
        self.sudo().write({"dc09_key_encrypted": False})
        return True

    @api.private
    def _get_dc09_key(self):
        """AES key of the panel as upper-case hexadecimal digits; False without one.

        For the bridge's configuration alone. Never log what it returns.
        """
        self.ensure_one()
        token = self.sudo().dc09_key_encrypted
        return token and self.env["alarm.secret"].decrypt(token).hex().upper()

    def _encrypt_dc09_key(self, vals):
        """Token of the key in `vals`, None without one; the key enters neither cache nor log."""
        if not vals.get("dc09_key"):
            return None
        try:
            key = parse_aes_key(vals["dc09_key"])
        except ValueError:
            # Not chained: the cause must not carry the key into a log.
            raise UserError(
                self.env._(
                    "This is not a DC-09 key: 32, 48 or 64 hexadecimal digits, or 16, 24 "
                    "or 32 plain characters, are allowed."
                )
            ) from None
        return self.env["alarm.secret"].encrypt(key)

    def _without_key(self, vals):
        return {name: value for name, value in vals.items() if name != "dc09_key"}
