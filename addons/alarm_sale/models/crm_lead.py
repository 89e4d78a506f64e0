from odoo import api, fields, models

CLASSIFICATIONS = [
    ("potential", "Potential"),
    ("interested", "Interested"),
    ("requirement", "Requirement"),
]
CHANNELS = [("phone", "Phone"), ("visit", "Visit"), ("referral", "Referral")]


class CrmLead(models.Model):
    """How a salesperson of the centre finds and sorts a prospect."""

    _inherit = "crm.lead"

    alarm_classification = fields.Selection(
        CLASSIFICATIONS,
        string="Classification",
        default="potential",
        index=True,
        tracking=True,
        help="Potential: premises worth protecting. Interested: they listen. "
        "Requirement: they know what they need.",
    )
    alarm_channel = fields.Selection(
        CHANNELS, string="Found by", index="btree_not_null", tracking=True
    )
    alarm_referrer_id = fields.Many2one(
        "res.partner", string="Referred by", ondelete="set null", index="btree_not_null"
    )
    alarm_visit_ids = fields.One2many("alarm.visit", "lead_id", string="Visits")
    alarm_visit_count = fields.Integer(compute="_compute_alarm_visit_figures")
    alarm_last_visit = fields.Datetime(
        string="Last Visit", compute="_compute_alarm_visit_figures"
    )
    alarm_survey_ids = fields.One2many("alarm.survey", "lead_id", string="Surveys")
    alarm_survey_count = fields.Integer(compute="_compute_alarm_survey_count")

    @api.depends("alarm_visit_ids.visited_at")
    def _compute_alarm_visit_figures(self):
        found = {
            lead: (count, last)
            for lead, count, last in self.env["alarm.visit"]._read_group(
                [("lead_id", "in", self.ids)], ["lead_id"], ["__count", "visited_at:max"]
            )
        }
        for lead in self:
            count, last = found.get(lead._origin, (0, False))
            lead.alarm_visit_count, lead.alarm_last_visit = count, last

    @api.depends("alarm_survey_ids")
    def _compute_alarm_survey_count(self):
        counts = dict(
            self.env["alarm.survey"]._read_group(
                [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
            )
        )
        for lead in self:
            lead.alarm_survey_count = counts.get(lead._origin, 0)

    def action_alarm_survey(self):
        """The survey of the premises; one is made where there is none."""
        self.ensure_one()
        surveys = self.alarm_survey_ids
        if not surveys:
            surveys = self.env["alarm.survey"].create({"lead_id": self.id})
        action = self.env["ir.actions.act_window"]._for_xml_id("alarm_sale.alarm_survey_action")
        context = {"default_lead_id": self.id}
        if len(surveys) > 1:
            return action | {"domain": [("lead_id", "=", self.id)], "context": context}
        return action | {
            "views": [(False, "form")],
            "res_id": surveys.id,
            "context": context,
        }

    def action_alarm_visits(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("alarm_sale.alarm_visit_action")
        return action | {
            "domain": [("lead_id", "=", self.id)],
            "context": {"default_lead_id": self.id},
        }
