from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.numbers import number_key


class AlarmPanelPart(models.AbstractModel):
    """What a panel addresses by a number: areas, zones, users."""

    _name = "alarm.panel.part"
    _inherit = "alarm.subscriber.part"
    _description = "Numbered Part of an Alarm Panel"
    _order = "panel_id, number_sort, id"
    _check_company_auto = True

    panel_id = fields.Many2one("alarm.panel", required=True, index=True, ondelete="restrict")
    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        related="panel_id.subscriber_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", related="panel_id.company_id", store=True, index=True, ondelete="restrict"
    )
    name = fields.Char(required=True)
    number = fields.Char(required=True, help="As the panel sends it; leading zeros mean nothing.")
    number_key = fields.Char(compute="_compute_number_key", store=True, index=True, precompute=True)
    # Filled up on the left, so that 2 comes before 10.
    number_sort = fields.Char(compute="_compute_number_key", store=True, precompute=True)
    active = fields.Boolean(default=True)

    # The panel in the words of a spreadsheet: how an import names it.
    subscriber_ref = fields.Char(
        string="Subscriber Reference",
        compute="_compute_panel_words",
        readonly=False,
        help="For imports, together with the account.",
    )
    account = fields.Char(
        compute="_compute_panel_words",
        readonly=False,
        help="For imports, together with the subscriber reference.",
    )

    @api.depends("number")
    def _compute_number_key(self):
        for part in self:
            part.number_key = number_key(part.number)
            part.number_sort = part.number_key.rjust(8, "0")

    @api.depends("panel_id")
    def _compute_panel_words(self):
        for part in self:
            part.subscriber_ref = part.panel_id.subscriber_id.ref
            part.account = part.panel_id.account

    @api.depends("number", "name")
    def _compute_display_name(self):
        for part in self:
            part.display_name = f"{part.number or ''} {part.name or ''}".strip()

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_panel(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_panel(vals))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        for part in self:
            part.subscriber_id._check_deletable(part.display_name)

    def _with_panel(self, vals):
        """Values in which the panel replaces the words that name it.

        A line added on the form of a subscriber carries that subscriber; an imported one
        the reference and the account. What is stored is the panel.
        """
        vals = dict(vals)
        subscriber = self.env["alarm.subscriber"].browse(vals.pop("subscriber_id", False))
        ref = vals.pop("subscriber_ref", False)
        account = vals.pop("account", False)
        if not vals.get("panel_id") and (ref or account):
            vals["panel_id"] = self._find_panel(ref, account).id
        elif subscriber and not vals.get("panel_id") and not self:
            vals["panel_id"] = subscriber.sole_panel_id.id
        return vals

    def _find_panel(self, ref, account):
        panels = self.env["alarm.panel"].search(
            [
                ("subscriber_id.ref", "=", ref),
                ("account_key", "=", number_key(account)),
                ("company_id", "in", self.env.companies.ids),
            ]
        )
        if len(panels) != 1:
            raise UserError(
                self.env._(
                    "Subscriber reference “%(ref)s” with account “%(account)s” must name "
                    "one panel; %(count)s were found.",
                    ref=ref or "",
                    account=account or "",
                    count=len(panels),
                )
            )
        return panels
