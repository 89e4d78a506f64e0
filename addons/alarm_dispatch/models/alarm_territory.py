from odoo import api, fields, models

from ..tools.nearest import containing


class AlarmTerritory(models.Model):
    """A part of the town that certain responders go to."""

    _name = "alarm.territory"
    _description = "Territory of Responders"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
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
    active = fields.Boolean(default=True)

    _name_company_uniq = models.UniqueIndex(
        "(company_id, name)", "Another territory of the company has this name."
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
