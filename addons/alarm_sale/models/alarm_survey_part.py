from odoo import api, models


class AlarmSurveyPart(models.AbstractModel):
    """What a survey is made of: the customer signs it, so it changes as long as the survey may."""

    _name = "alarm.survey.part"
    _description = "Part of a Survey"

    # Written by the machinery after the survey was agreed.
    _written_later = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.survey_id._check_open()
        return parts

    def write(self, vals):
        if vals.keys() <= self._written_later:
            return super().write(vals)
        self.survey_id._check_open()
        res = super().write(vals)
        # It may have been moved into another survey.
        self.survey_id._check_open()
        return res

    def unlink(self):
        self.survey_id._check_open()
        return super().unlink()
