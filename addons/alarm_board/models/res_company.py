from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..tools.tile_url import problem_of

DATUMS = [("wgs84", "WGS 84"), ("gcj02", "GCJ-02 (Chinese maps)")]


class ResCompany(models.Model):
    """Where the maps of a company come from. Nowhere, unless somebody says so: then no browser
    asks anybody outside for a picture of what is protected."""

    _inherit = "res.company"

    alarm_map_url = fields.Char(
        "Tile Server",
        help="Template of the address of a tile, as https://tiles.example.org/{z}/{x}/{y}.png. "
        "{a-c} or {1-4} names servers that share the work. Empty: maps are drawn on blank ground.",
    )
    alarm_map_attribution = fields.Char(
        "Attribution", help="What the owner of the map wants to be named as, beside each map."
    )
    alarm_map_max_zoom = fields.Integer("Closest Zoom", default=18, required=True)
    alarm_map_datum = fields.Selection(
        DATUMS,
        "Datum",
        default="wgs84",
        required=True,
        help="What the tiles are drawn in. Positions are kept in WGS 84 and shifted for display.",
    )

    _alarm_map_zoom = models.Constraint(
        "CHECK(alarm_map_max_zoom BETWEEN 1 AND 22)", "The closest zoom of a map is 1 to 22."
    )

    @api.constrains("alarm_map_url")
    def _check_alarm_map_url(self):
        for company in self.filtered("alarm_map_url"):
            match problem_of(company.alarm_map_url):
                case "scheme":
                    raise ValidationError(
                        self.env._(
                            "“%s” is no address of map tiles: it must begin with https:// or "
                            "http://, or with / for tiles of this server.",
                            company.alarm_map_url,
                        )
                    )
                case "placeholders":
                    raise ValidationError(
                        self.env._(
                            "“%s” is no address of map tiles: it must contain {x}, {y} and {z}.",
                            company.alarm_map_url,
                        )
                    )

    @api.model
    @api.readonly
    def alarm_map_server(self):
        """What a browser needs to draw maps of the current company.

        :return: ``{"url", "attribution", "max_zoom", "datum", "center": {"latitude", "longitude"}
            of the company or False}``
        :raises AccessError: the user is no internal user
        """
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Maps are for the staff."))
        company = self.env.company
        office = company.partner_id
        return {
            "url": company.alarm_map_url or "",
            "attribution": company.alarm_map_attribution or "",
            "max_zoom": company.alarm_map_max_zoom,
            "datum": company.alarm_map_datum,
            "center": {"latitude": office.partner_latitude, "longitude": office.partner_longitude}
            if office.partner_latitude or office.partner_longitude
            else False,
        }
