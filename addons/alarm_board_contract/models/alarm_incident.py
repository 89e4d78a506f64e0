from odoo import models

# What a dispatcher should know; that all is paid, or that there is no contract, is no news.
_NEWS = frozenset({"reminded", "call", "notice", "log_only"})


class AlarmIncident(models.Model):
    """The state of the fees on the alarm board, and that the customer is leaving; nothing else of
    the contracts."""

    _inherit = "alarm.incident"

    def _prepare_board_detail(self):
        return super()._prepare_board_detail() | {
            "fees": self._prepare_board_fees(),
            "contract_notice": self.subscriber_id.contract_notice or "",
        }

    def _prepare_board_fees(self):
        """The state, of which the board has the words; None where there is nothing to know."""
        state = self.subscriber_id.fee_state
        if state not in _NEWS:
            return None
        return {"state": state}

    def _prepare_board_facts(self):
        """The fee state of each incident's subscriber, in one query for all."""
        facts = super()._prepare_board_facts()
        for incident in self.browse(self.ids):
            state = incident.subscriber_id.fee_state
            if state in _NEWS:
                facts.setdefault(incident.id, {})["fees"] = state
        return facts
