from odoo import models
from odoo.exceptions import UserError


class AlarmSurvey(models.Model):
    """A survey that the crew makes: a work order of the kind survey."""

    _inherit = "alarm.survey"

    def action_plan_visit(self):
        """Ask the planner for a visit of the crew; once."""
        self.check_access("write")
        for survey in self:
            survey._check_open()
            if survey.work_order_id:
                raise UserError(
                    self.env._(
                        "%(survey)s has its visit already: %(order)s.",
                        survey=survey.name,
                        order=survey.sudo().work_order_id.name,
                    )
                )
            # A draft for the planner, of a survey that the salesperson may write; nobody else's
            # order is touched.
            survey.sudo().work_order_id = (
                self.env["alarm.work.order"].sudo().create(survey._prepare_survey_order())
            )
        return True

    def _prepare_survey_order(self):
        """Values of the work order."""
        self.ensure_one()
        values = {
            "kind": "survey",
            "company_id": self.company_id.id,
            "system_type_id": self.system_type_id.id,
            "origin": self.name,
        }
        if self.subscriber_id:
            return values | {"subscriber_id": self.subscriber_id.id}
        lead = self.lead_id
        return values | {
            "partner_id": lead._ensure_customer().id,
            "address_id": lead._ensure_premises().id,
        }
