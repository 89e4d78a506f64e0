"""The terminal display for the hours in which Odoo is down: enough to handle an alarm with."""
