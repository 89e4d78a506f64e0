from odoo import models


class AlarmWorkOrder(models.Model):
    """Who goes when: crew, skills, conflicts of the plan."""

    _inherit = "alarm.work.order"

    def _missing(self, verb):
        missing = super()._missing(verb)
        if verb in ("schedule", "start"):
            if not self.crew_id and not self.technician_ids:
                missing.append(self.env._("Choose the crew that does it."))
        if verb == "schedule" and not (self.planned_start and self.planned_end):
            missing.append(self.env._("Say when it starts and ends."))
        return missing
