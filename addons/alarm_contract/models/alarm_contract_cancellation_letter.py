from odoo import models
from odoo.tools import format_date


class AlarmContractCancellation(models.Model):
    """The letter that confirms the notice: the last day, what it comes to, where a refund goes."""

    _inherit = "alarm.contract.cancellation"

    def _letter_payer(self):
        self.ensure_one()
        return self.contract_id.invoice_partner_id or self.partner_id

    def _letter_lang(self):
        return self._letter_payer().lang or self.env.lang

    def _letter_day(self, day):
        return format_date(self.env, day, lang_code=self._letter_lang())

    def _letter_money(self, amount):
        return self.currency_id.with_context(lang=self._letter_lang()).format(amount)

    def _letter_rows(self):
        """What it comes to: ``[{"name", "amount"}]``; a fee that is waived is not asked for."""
        rows = self.calculation_line_ids.sorted("sequence")
        if self.waived:
            rows = rows.filtered(lambda row: row.section != "fee")
        return [{"name": row.name, "amount": self._letter_money(row.amount)} for row in rows]

    def _letter_account(self):
        """The bank account that a refund goes to, False where none is known yet."""
        payer = self._letter_payer()
        banks = payer.bank_ids | payer.commercial_partner_id.bank_ids
        return banks.filtered(
            lambda bank: not bank.company_id or bank.company_id == self.company_id
        )[:1]
