from odoo import api, fields, models

from ..tools.nearest import containing


class AlarmTerritory(models.Model):
    """Where a territory is, and who goes there."""

    _inherit = "alarm.territory"

    latitude = fields.Float("Latitude of the Centre", digits=(10, 7))
    longitude = fields.Float("Longitude of the Centre", digits=(10, 7))
    radius_km = fields.Float(
        "Radius (km)",
        help="Subscribers within this distance of the centre that have no territory of their own "
        "belong to it. 0: only those that name it.",
    )
    responder_ids = fields.Many2many(
        "alarm.responder", "alarm_responder_territory_rel", "territory_id", "responder_id"
    )

    _latitude_range = models.Constraint(
        "CHECK(latitude BETWEEN -90 AND 90)", "A latitude is between −90 and 90 degrees."
    )
    _longitude_range = models.Constraint(
        "CHECK(longitude BETWEEN -180 AND 180)", "A longitude is between −180 and 180 degrees."
    )
    _radius_positive = models.Constraint(
        "CHECK(radius_km >= 0)", "The radius of a territory cannot be negative."
    )

    @api.model
    def _containing(self, company, latitude, longitude):
        """The smallest territory of the company whose circle holds the point; maybe none."""
        circles = self.search([("company_id", "=", company.id), ("radius_km", ">", 0)])
        return self.browse(
            containing(
                latitude,
                longitude,
                [(one.id, one.latitude, one.longitude, one.radius_km) for one in circles],
            )
            or ()
        )
