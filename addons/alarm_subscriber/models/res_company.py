from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.sudo()._create_missing_subscriber_sequences()
        return companies

    def _create_missing_subscriber_sequences(self):
        """Give each of these companies its own numbering of subscribers."""
        Sequence = self.env["ir.sequence"]
        numbered = Sequence.search(
            [("code", "=", "alarm.subscriber"), ("company_id", "in", self.ids)]
        ).company_id
        Sequence.create([company._prepare_subscriber_sequence() for company in self - numbered])

    @api.model
    def _create_all_missing_subscriber_sequences(self):
        """Number the companies that existed before the module was installed."""
        # Companies are few, and really all of them are meant.
        companies = self.search([])  # pylint: disable=no-search-all
        companies._create_missing_subscriber_sequences()

    def _prepare_subscriber_sequence(self):
        self.ensure_one()
        return {
            "name": self.env._("Subscriber reference (%s)", self.name),
            "code": "alarm.subscriber",
            "prefix": "S",
            "padding": 5,
            # Gaps are harmless; a gap-free sequence would be one more lock.
            "implementation": "standard",
            "company_id": self.id,
        }
