from odoo import api, fields, models

from ..tools.numbers import number_key


class AlarmPanelPart(models.AbstractModel):
    """What a panel addresses by a number: areas, zones, users."""

    _name = "alarm.panel.part"
    _description = "Numbered Part of an Alarm Panel"
    _order = "panel_id, number_sort, number_key, id"
    _check_company_auto = True

    panel_id = fields.Many2one(
        "alarm.panel", required=True, index=True, ondelete="restrict"
    )
    subscriber_id = fields.Many2one(
        "alarm.subscriber", related="panel_id.subscriber_id", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", related="panel_id.company_id", store=True, index=True
    )
    number = fields.Char(
        required=True, help="As the panel sends it; leading zeros mean nothing."
    )
    number_key = fields.Char(
        compute="_compute_number_key", store=True, index=True, precompute=True
    )
    number_sort = fields.Char(
        compute="_compute_number_key",
        store=True,
        precompute=True,
        help="The number filled up on the left, so that 2 comes before 10.",
    )
    active = fields.Boolean(default=True)

    @api.depends("number")
    def _compute_number_key(self):
        for part in self:
            part.number_key = number_key(part.number)
            part.number_sort = part.number_key.rjust(8, "0")

    @api.depends("number", "name")
    def _compute_display_name(self):
        for part in self:
            part.display_name = f"{part.number or ''} {part.name or ''}".strip()

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_panel(vals) for vals in vals_list])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        for part in self:
            part.subscriber_id._check_deletable(part.display_name)

    def _with_panel(self, vals):
        """Replace the subscriber by its panel, which is the one fact that is stored.

        A line added on the subscriber's form carries the subscriber; when it has a
        single panel nobody should have to name that.
        """
        vals = dict(vals)
        subscriber_id = vals.pop("subscriber_id", False)
        if subscriber_id and not vals.get("panel_id"):
            subscriber = self.env["alarm.subscriber"].browse(subscriber_id)
            vals["panel_id"] = subscriber.sole_panel_id.id
        return vals
