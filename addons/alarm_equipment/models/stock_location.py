from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.kinds import DELIVERED


class StockLocation(models.Model):
    """Premises with equipment of ours are locations: one for what was sold, which left the
    company, and one for what is leased, whose value is kept among the fixed assets."""

    _inherit = "stock.location"

    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
    )
    equipment_ownership = fields.Selection(DELIVERED, string="Equipment Here Is", copy=False)

    _subscriber_ownership_uniq = models.UniqueIndex(
        "(subscriber_id, equipment_ownership) WHERE subscriber_id IS NOT NULL",
        "The premises have a location for this equipment already.",
    )
    _subscriber_needs_ownership = models.Constraint(
        "CHECK(subscriber_id IS NULL OR equipment_ownership IS NOT NULL)",
        "Say whether the equipment at these premises is sold or leased.",
    )

    def write(self, vals):
        if not {"subscriber_id", "equipment_ownership"}.isdisjoint(vals):
            self._check_not_given_away()
        return super().write(vals)

    def _check_not_given_away(self):
        """What stands at premises moves by transfers, which tell of it; not with its location."""
        for location in self:
            if location.subscriber_id and not self.env.su:
                raise UserError(
                    self.env._(
                        "%(location)s is the place of the equipment of %(subscriber)s and remains "
                        "it.",
                        location=location.display_name,
                        subscriber=location.sudo().subscriber_id.display_name,
                    )
                )

    @api.model
    def _prepare_of_subscriber(self, subscriber, ownership):
        """Values of the location of such equipment at the subscriber's premises."""
        company = subscriber.company_id
        values = {
            "name": subscriber._equipment_location_name(),
            "usage": "customer",
            "company_id": company.id,
            "location_id": company._get_equipment_location(ownership).id,
            "subscriber_id": subscriber.id,
            "equipment_ownership": ownership,
        }
        if ownership == "leased":
            values["valuation_account_id"] = company._get_leased_equipment_account().id
        return values
