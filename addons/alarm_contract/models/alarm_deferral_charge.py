from odoo import fields, models

from ..tools.deferral import is_deferred

# What is no income, whenever it is paid, like a deposit and what is collected for the owner of
# leased-out capacity; and what was done already when it is charged, whatever period it names.
NEVER = ("deposit", "deposit_refund", "capacity", "attendance", "settlement")


class AlarmCharge(models.Model):
    """A charge in advance for more than a month, under a contract that defers income, is invoiced
    on the account of deferred income; so is, under any contract, what is charged once and was
    agreed to be earned over a time."""

    _inherit = "alarm.charge"

    earned_from = fields.Date(readonly=True, help="When what is charged once begins to be earned.")
    earned_to = fields.Date(string="Earned Until", readonly=True)
    deferral_id = fields.Many2one(
        "alarm.deferral", string="Deferred Income", compute="_compute_deferral_id"
    )
    deferral_line_ids = fields.One2many(
        "alarm.deferral.line", compute="_compute_deferral_id", string="Earned by Month"
    )

    def _compute_deferral_id(self):
        deferrals = self.env["alarm.deferral"].search([("charge_id", "in", self.ids)])
        of_charge = {deferral.charge_id: deferral for deferral in deferrals}
        for charge in self:
            charge.deferral_id = of_charge.get(charge._origin)
            charge.deferral_line_ids = charge.deferral_id.line_ids

    def _get_earned_period(self):
        """(first day, last day) of when it is earned. What it says itself was agreed."""
        self.ensure_one()
        if self.earned_from:
            return self.earned_from, self.earned_to
        if self.contract_id.defers_income:
            return self.period_start, self.period_end
        return False, False

    def _is_deferred(self):
        self.ensure_one()
        return self.kind not in NEVER and is_deferred(*self._get_earned_period(), self.date_due)

    def _prepare_invoice_line(self):
        values = super()._prepare_invoice_line()
        if self._is_deferred():
            start, end = self._get_earned_period()
            income = self._get_income_account(values.get("product_id"))
            values.update(
                {
                    "account_id": self.company_id._get_alarm_deferral_account().id,
                    "alarm_income_account_id": values.get("account_id") or income.id,
                    "alarm_income_distribution": values.pop("analytic_distribution", False),
                    "alarm_deferral_start": start,
                    "alarm_deferral_end": end,
                }
            )
        return values

    def _get_income_account(self, product_id):
        """Where the invoice line would have been income."""
        contract = self.contract_id
        product = self.env["product.product"].with_company(self.company_id).browse(product_id)
        accounts = product.product_tmpl_id.get_product_accounts(
            fiscal_pos=self._get_fiscal_position()
        )
        return (
            accounts.get("income")
            or contract.journal_id.default_account_id
            or self.company_id.income_account_id
        )
