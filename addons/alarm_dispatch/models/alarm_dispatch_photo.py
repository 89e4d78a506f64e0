from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.pictures import is_picture


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

    @api.model_create_multi
    def create(self, vals_list):
        self._check_pictures(vals.get("image") for vals in vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_pictures([vals.get("image")])
        return super().write(vals)

    @api.model
    def _check_pictures(self, images):
        for image in images:
            if image and not is_picture(image):
                raise UserError(
                    self.env._("This is no photo. Allowed are JPEG, PNG, WebP and GIF pictures.")
                )
