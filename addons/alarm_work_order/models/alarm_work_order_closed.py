from odoo import api, models
from odoo.exceptions import UserError

# What only verbs write: who did something, and when.
CLOSED_FIELDS = frozenset(
    {
        "awaited_line_id",
        "awaited_since",
        "accepted_by_id",
        "codes_given",
        "codes_given_by_id",
        "codes_given_to",
        "codes_given_at",
        "crew_signed_at",
        "customer_signed_at",
        "monitoring_ended_by_id",
        "monitoring_end_told_on",
        "certificate_id",
        "walk_signal_ids",
        "walk_line_ids",
        "walk_finding_ids",
        "supervision_test_ids",
    }
)


class AlarmWorkOrder(models.Model):
    """What commissioning has shown is written by its verbs alone."""

    _inherit = "alarm.work.order"

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        return {name: value for name, value in values.items() if name not in CLOSED_FIELDS}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_closed(name for name, value in vals.items() if value)
        return super().create(vals_list)

    def write(self, vals):
        self._check_closed(vals)
        return super().write(vals)

    def _check_closed(self, names):
        names = sorted(CLOSED_FIELDS.intersection(names))
        if names and not self.env.su:
            raise UserError(
                self.env._(
                    "What the test and the hand-over have shown is not written by hand: %s.",
                    ", ".join(names),
                )
            )
