from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What a browser or a player opens; above all, nothing that runs as a script.
SCHEMES = ("http", "https", "rtsp", "rtsps")


class AlarmCamera(models.AbstractModel):
    """Something that a camera looks at."""

    _name = "alarm.camera"
    _description = "Seen by a Camera"

    camera_url = fields.Char(
        string="Camera", help="Link to the live picture: https://… of the recorder or its portal."
    )

    @api.constrains("camera_url")
    def _check_camera_url(self):
        for record in self:
            if not record.camera_url:
                continue
            try:
                scheme = urlsplit(record.camera_url).scheme
            except ValueError:
                scheme = ""
            if scheme not in SCHEMES:
                raise ValidationError(
                    self.env._(
                        "%(record)s: “%(url)s” is no link to a camera. It begins with one of: "
                        "%(schemes)s.",
                        record=record.display_name,
                        url=record.camera_url,
                        schemes=", ".join(f"{scheme}://" for scheme in SCHEMES),
                    )
                )


class AlarmZone(models.Model):
    _name = "alarm.zone"
    _inherit = ["alarm.zone", "alarm.camera"]


class AlarmSubscriber(models.Model):
    _name = "alarm.subscriber"
    _inherit = ["alarm.subscriber", "alarm.camera"]
