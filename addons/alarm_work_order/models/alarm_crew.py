from odoo import api, fields, models


class AlarmCrew(models.Model):
    """People who go to a site together, and what they have with them."""

    _name = "alarm.crew"
    _description = "Installation Crew"
    _inherit = ["alarm.company.bound"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    member_ids = fields.Many2many("hr.employee", string="Members", check_company=True)
    user_ids = fields.Many2many(
        "res.users",
        string="Logins of the Members",
        compute="_compute_user_ids",
        compute_sudo=True,
    )
    skill_ids = fields.Many2many(
        "hr.skill",
        string="Skills",
        compute="_compute_skill_ids",
        compute_sudo=True,
        help="What at least one of the members is able to do.",
    )
    vehicle_location_id = fields.Many2one(
        "stock.location",
        string="Vehicle Stock",
        domain="[('usage', '=', 'internal')]",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The stock that the crew carries with it.",
    )
    color = fields.Integer("Colour")
    active = fields.Boolean(default=True)

    @api.depends("member_ids.user_id")
    def _compute_user_ids(self):
        for crew in self:
            crew.user_ids = crew.member_ids.user_id

    @api.depends("member_ids.skill_ids")
    def _compute_skill_ids(self):
        for crew in self:
            crew.skill_ids = crew.member_ids.skill_ids
