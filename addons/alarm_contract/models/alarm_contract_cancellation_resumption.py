from odoo import models

from .alarm_contract_cancellation_verbs import _undo_values


class AlarmContractCancellation(models.Model):
    """What was suspended and resumes while notice is given."""

    _inherit = "alarm.contract.cancellation"

    def _take_in(self, lines):
        """These run again: until the last day, or without one when the notice is withdrawn."""
        self.ensure_one()
        undo = self.undo_values
        self._write_by_verb(
            {
                "undo_values": {
                    "state": "running",
                    "lines": {
                        **undo["lines"],
                        **{str(line.id): _undo_values(line) for line in lines},
                    },
                }
            }
        )
        self._plan_ends(lines)
