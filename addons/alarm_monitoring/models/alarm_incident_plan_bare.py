import logging

from odoo import api, models

from ..tools.incident_states import OPEN_STATES

_logger = logging.getLogger(__name__)


class AlarmIncident(models.Model):
    """Incidents that no rule made have steps, too: silence, gaps, what the clock found, what could
    not be decided."""

    _inherit = "alarm.incident"

    @api.model
    def _raise_matter(self, key, reason_kind, reason_detail, *, priority, vals=()):
        incident, new = super()._raise_matter(
            key, reason_kind, reason_detail, priority=priority, vals=vals
        )
        if new:
            incident._choose_plans()
        return incident, new

    @api.model
    def _raise_matters(self, matters):
        raised = super()._raise_matters(matters)
        self.union(*(incident for incident, new in raised.values() if new))._choose_plans()
        return raised

    @api.model
    def _write_bare(self, pending, error):
        """A bare incident is made where all else has failed: a plan that fails, too, is only
        logged."""
        result = super()._write_bare(pending, error)
        bare = self.search(
            [("key", "=", pending[0][2]), ("state", "in", OPEN_STATES), ("plan_id", "=", False)]
        )
        try:
            with self.env.cr.savepoint():
                bare._choose_plans()
        except Exception:
            _logger.exception("%s has no response plan", ", ".join(bare.mapped("name")))
        return result
