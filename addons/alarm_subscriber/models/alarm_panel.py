import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.numbers import number_key


class AlarmPanel(models.Model):
    _name = "alarm.panel"
    _description = "Alarm Panel"
    _order = "account_key, id"
    _rec_names_search = ["name", "account"]
    _check_company_auto = True

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", related="subscriber_id.company_id", store=True, index=True
    )
    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True
    )
    account = fields.Char(
        required=True,
        copy=False,
        help="Account number as programmed into the panel, 1 to 16 letters or digits.",
    )
    account_key = fields.Char(
        compute="_compute_account_key",
        store=True,
        index=True,
        precompute=True,
        help="The account in upper case without leading zeros.",
    )
    panel_model = fields.Char(string="Make and Model")
    supervision_interval = fields.Integer(
        help="Minutes within which the panel must be heard from; 0: not supervised.",
    )
    active = fields.Boolean(default=True)
    area_ids = fields.One2many("alarm.area", "panel_id", string="Areas")
    zone_ids = fields.One2many("alarm.zone", "panel_id", string="Zones")
    user_ids = fields.One2many("alarm.panel.user", "panel_id", string="Users")
    zone_count = fields.Integer(compute="_compute_zone_count")

    _supervision_interval_positive = models.Constraint(
        "CHECK(supervision_interval >= 0)",
        "The supervision interval is a number of minutes, 0 or more.",
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

    @api.depends("name", "account")
    def _compute_display_name(self):
        for panel in self:
            panel.display_name = (
                panel.name
                if panel.name == panel.account
                else f"{panel.account} {panel.name or ''}".strip()
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        for panel in self:
            panel.subscriber_id._check_deletable(panel.display_name)
