import logging

from odoo import api, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class AccountAsset(models.Model):
    """The monthly job: what is over is depreciated."""

    _inherit = "account.asset"

    @api.model
    def _cron_depreciate(self):
        """Every day: book the depreciation of the months that are over. Months of which the books
        are closed wait: they are booked when the piece goes, or by a person."""
        companies = (
            self.env["account.asset.profile"].search([("alarm_treatment", "!=", False)]).company_id
        )
        for company in companies:
            try:
                with self.env.cr.savepoint():
                    self.with_company(company)._alarm_depreciate_months(company._alarm_today())
            except UserError as error:
                _logger.warning("Leased equipment of %s: %s", company.name, error)

    @api.model
    def _alarm_depreciate_months(self, day):
        """Book the months that are over on a day, of the present company."""
        company = self.env.company
        journals = (
            self.env["account.asset.profile"]
            .search([("company_id", "=", company.id), ("alarm_treatment", "!=", False)])
            .journal_id
        )
        closed = max(map(company._get_user_fiscal_lock_date, journals), default=None)
        if not closed:
            return []
        lines = self.env["account.asset.line"].search(
            [
                ("asset_id.state", "=", "open"),
                ("asset_id.company_id", "=", company.id),
                ("asset_id.alarm_treatment", "!=", False),
                ("type", "=", "depreciate"),
                ("init_entry", "=", False),
                ("move_check", "=", False),
                ("line_date", "<=", day),
                ("line_date", ">", closed),
            ],
            order="line_date",
        )
        return lines.create_move()
