from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..tools.all_languages import name_in_all
from ..tools.charts import ACCOUNTS, padded


class ResCompany(models.Model):
    """Where money goes that is no income: each account is one of the company's, chosen in the
    settings or made when it is first needed."""

    _inherit = "res.company"

    alarm_deposit_account_id = fields.Many2one(
        "account.account",
        string="Account of Deposits",
        ondelete="restrict",
        check_company=True,
        domain="[('account_type', 'in', ('liability_current', 'liability_non_current'))]",
        help="What customers have paid as a deposit is owed to them.",
    )
    alarm_deferral_account_id = fields.Many2one(
        "account.account",
        string="Account of Deferred Income",
        ondelete="restrict",
        check_company=True,
        domain="[('account_type', 'in', ('liability_current', 'liability_non_current'))]",
        help="Fees billed in advance, until their month has come.",
    )
    alarm_attendance_product_id = fields.Many2one(
        "product.product",
        string="Attendance Fee",
        ondelete="restrict",
        check_company=True,
        help="The service as which attendances are invoiced where the contract names none.",
    )

    alarm_exit_product_id = fields.Many2one(
        "product.product",
        string="Exit Fee",
        ondelete="restrict",
        check_company=True,
        domain="[('type', '=', 'service')]",
        help="The service as which the fee for an early exit is invoiced: it says account and tax. "
        "Empty: it is taxed as the fees of the contract are.",
    )

    def _get_alarm_deposit_account(self):
        return self._get_contract_account(
            "alarm_deposit_account_id",
            lambda env: env._("Deposits of Customers"),
            "liability_current",
        )

    def _get_alarm_deferral_account(self):
        return self._get_contract_account(
            "alarm_deferral_account_id",
            lambda env: env._("Deferred Income of Contracts"),
            "liability_current",
        )

    def _get_contract_account(self, field_name, name, account_type, detail=False):
        """The company's account in that field. The first time the one that its chart has for it is
        taken, else one is made, with the next free code behind the chart's own ones of this type.

        :param name: of an environment, the name in its language
        :param detail: what the chart has is for several things: one is made right behind it
        """
        self.ensure_one()
        if not self[field_name]:
            account = self._find_chart_account(field_name, account_type)
            if detail or not account:
                account = self._make_contract_account(name, account_type, account)
            # As superuser: a clerk who charges does not keep the chart. Name, type and company
            # are fixed here.
            self.sudo()[field_name] = account
        return self[field_name]

    def _chart_codes(self):
        """{field: {chart: codes}}, see `tools/charts.py`"""
        return ACCOUNTS

    def _find_chart_account(self, field_name, account_type):
        """The first one of the chart's accounts for this that is posted on as it is: what is
        reconciled, or of another type, is kept for something else."""
        company = self.sudo()
        accounts = self.env["account.account"].sudo().with_company(self)
        chart = company.chart_template or company.root_id.chart_template
        for code in self._chart_codes().get(field_name, {}).get(chart, ()):
            account = accounts.search(
                [
                    *accounts._check_company_domain(self),
                    ("code", "in", padded(code)),
                    ("account_type", "=", account_type),
                    ("reconcile", "=", False),
                ],
                limit=1,
            )
            if account:
                return account
        return accounts

    def _make_contract_account(self, name, account_type, like):
        accounts = self.env["account.account"].sudo().with_company(self)
        like = like or accounts.search(
            [*accounts._check_company_domain(self), ("account_type", "=", account_type)],
            order="code desc",
            limit=1,
        )
        if not like:
            raise UserError(
                self.env._(
                    "%s has no chart of accounts yet: install one in the settings of the "
                    "invoicing first.",
                    self.name,
                )
            )
        account = accounts.create(
            {
                "name": name(self.env),
                "code": accounts._search_new_account_code(like.code),
                "account_type": account_type,
                "company_ids": [Command.link(self.id)],
            }
        )
        name_in_all(account, name)
        return account
