from odoo import fields, models


class AlarmDispatchPhoto(models.Model):
    """A picture taken on site."""

    _name = "alarm.dispatch.photo"
    _description = "Photo Taken on Site"
    _inherit = ["alarm.dispatch.evidence"]
    _order = "dispatch_id, id"

    name = fields.Char("Caption")
    # Large enough to read a number plate, small enough for a record of twenty pictures.
    image = fields.Image(required=True, max_width=1600, max_height=1600)
    taken_at = fields.Datetime("Added", readonly=True, default=fields.Datetime.now)
