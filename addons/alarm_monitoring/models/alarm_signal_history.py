from odoo import fields, models


class AlarmSignalHistory(models.Model):
    """Live and archived signals as one, for searching."""

    _name = "alarm.signal.history"
    _inherit = "alarm.signal"
    _description = "Alarm Signal, Live or Archived"
    # A view: see tools/signal_tables.py.
    _auto = False
    _log_access = False

    archived = fields.Boolean(readonly=True)

    def init(self):
        """Nothing: the live table's model makes the view."""
