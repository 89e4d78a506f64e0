from odoo import api, fields, models

from .alarm_subscriber_category import KIND_VALUES


class AlarmSubscriber(models.Model):
    """What a subscriber takes from the kind of its premises."""

    _inherit = "alarm.subscriber"
    _template_field = "category_id"
    _template_values = KIND_VALUES
    # Every value of the record has its own place in the history.
    _revision_skip = frozenset({"own_values"})

    category_id = fields.Many2one(
        check_company=True, help="Says what nobody said of the subscriber itself."
    )

    @api.onchange("category_id", "own_values")
    def _onchange_category_id(self):
        self._onchange_followed()

    @api.onchange(*KIND_VALUES)
    def _onchange_kind_values(self):
        self._onchange_said()
