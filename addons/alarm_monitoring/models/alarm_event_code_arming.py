from odoo import api, fields, models

from ..tools.supervision import arming_of


class AlarmEventCode(models.Model):
    _inherit = "alarm.event.code"

    arming = fields.Selection(
        [
            ("opens", "Opens"),
            ("closes", "Closes"),
            ("qualifier", "New Opens, Restore Closes"),
        ],
        string="Opening and Closing",
        compute="_compute_arming",
        store=True,
        readonly=False,
        precompute=True,
        help="What the code says of the premises; schedules are watched by it.",
    )

    @api.depends("code_system", "code")
    def _compute_arming(self):
        for code in self:
            code.arming = code.arming or arming_of(code.code_system, code.code)
