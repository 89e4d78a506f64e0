from odoo import fields, models

from odoo.addons.alarm_contract.tools.charts import OTHER_PAYABLES


class ResCompany(models.Model):
    """Where shares and the income of others are posted."""

    _inherit = "res.company"

    alarm_share_expense_account_id = fields.Many2one(
        "account.account",
        string="Account of Shares Paid",
        ondelete="restrict",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost'))]",
        help="What of the income of contracts goes to the government or to a partner.",
    )
    alarm_share_income_account_id = fields.Many2one(
        "account.account",
        string="Account of Shares Received",
        ondelete="restrict",
        check_company=True,
        domain="[('account_type', 'in', ('income', 'income_other'))]",
        help="What a partner who bills the users passes to us.",
    )
    alarm_held_account_id = fields.Many2one(
        "account.account",
        string="Account of Income Held for Others",
        ondelete="restrict",
        check_company=True,
        domain="[('account_type', 'in', ('liability_current', 'liability_non_current'))]",
        help="What is collected for somebody else and passed on: no income of ours.",
    )

    def _chart_codes(self):
        return {**super()._chart_codes(), "alarm_held_account_id": OTHER_PAYABLES}

    def _get_alarm_share_expense_account(self):
        return self._get_contract_account(
            "alarm_share_expense_account_id", lambda env: env._("Shares of Income Paid"), "expense"
        )

    def _get_alarm_share_income_account(self):
        return self._get_contract_account(
            "alarm_share_income_account_id",
            lambda env: env._("Shares of Income Received"),
            "income",
        )

    def _get_alarm_held_account(self):
        return self._get_contract_account(
            "alarm_held_account_id",
            lambda env: env._("Income Held for Others"),
            "liability_current",
            detail=True,
        )
