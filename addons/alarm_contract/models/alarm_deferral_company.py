from odoo import fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    _inherit = "res.company"

    alarm_deferral_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Deferred Income",
        ondelete="restrict",
        check_company=True,
        domain="[('type', '=', 'general')]",
        help="Where deferred income is released. Empty: the first journal for miscellaneous "
        "entries.",
    )

    def _get_alarm_deferral_journal(self):
        self.ensure_one()
        journal = self.alarm_deferral_journal_id or self.env["account.journal"].search(
            [
                ("company_id", "=", self.id),
                ("type", "=", "general"),
                ("id", "!=", self.currency_exchange_journal_id.id),
                ("id", "!=", self.account_stock_journal_id.id),
            ],
            order="sequence, id",
            limit=1,
        )
        if not journal:
            raise UserError(
                self.env._(
                    "%s has no journal for miscellaneous entries to release deferred income in.",
                    self.name,
                )
            )
        return journal


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alarm_deferral_journal_id = fields.Many2one(
        related="company_id.alarm_deferral_journal_id", readonly=False
    )
