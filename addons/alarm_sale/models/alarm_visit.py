from odoo import api, fields, models
from odoo.exceptions import ValidationError

KINDS = [("phone", "Phone Call"), ("visit", "Visit")]


class AlarmVisit(models.Model):
    """A call or a visit that was made: the log of the salespeople's work."""

    _name = "alarm.visit"
    _inherit = ["alarm.sale.bound"]
    _description = "Sales Visit"
    _order = "visited_at desc, id desc"
    _check_company_auto = True
    _bound_fields = ("lead_id",)

    lead_id = fields.Many2one("crm.lead", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", related="lead_id.company_id", store=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(related="lead_id.partner_id", string="Customer")
    kind = fields.Selection(KINDS, required=True, default="visit")
    visited_at = fields.Datetime(
        string="When", required=True, default=fields.Datetime.now, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        ondelete="restrict",
    )
    classification = fields.Selection(
        related="lead_id.alarm_classification", readonly=False, string="Classification Now"
    )
    note = fields.Text(string="What Was Said")
    latitude = fields.Float(related="lead_id.latitude")
    longitude = fields.Float(related="lead_id.longitude")

    @api.constrains("visited_at")
    def _check_visited_at(self):
        for visit in self:
            if visit.visited_at > fields.Datetime.now():
                raise ValidationError(
                    self.env._(
                        "A visit is logged when it was made; plan an activity for what is ahead."
                    )
                )

    @api.depends("kind", "lead_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for visit in self:
            visit.display_name = f"{kinds.get(visit.kind, '')}: {visit.lead_id.name or ''}"
