from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, formatLang

from ..tools.terms import EXIT_METHODS

SECTIONS = [
    ("fee", "Exit Fee"),
    ("credit", "Paid in Advance"),
    ("deposit", "Deposit"),
]


class AlarmExitCalculation(models.Model):
    """What leaving a contract comes to, line by line: shown before anybody agrees, kept as it was
    agreed, printed on the final invoice."""

    _name = "alarm.exit.calculation"
    _description = "Calculation of an Early Exit"
    _order = "id desc"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "contract.contract", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    notice_date = fields.Date(required=True)
    last_day = fields.Date(string="Last Day of Service", required=True)
    bound_until = fields.Date(help="The last day on which the customer is bound by his terms.")
    method = fields.Selection(EXIT_METHODS, required=True)
    line_ids = fields.One2many("alarm.exit.calculation.line", "calculation_id", string="Lines")
    fee = fields.Monetary(string="Exit Fee")
    credit = fields.Monetary(string="Given Back")
    deposit = fields.Monetary(string="Deposit Given Back")
    waived = fields.Boolean(readonly=True, help="The exit fee is not asked for.")
    waive_reason = fields.Text(readonly=True)
    waived_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    total = fields.Monetary(compute="_compute_total", string="To Pay Before Tax")
    agreed = fields.Boolean(readonly=True, help="Notice was confirmed with these figures.")

    @api.depends("fee", "credit", "deposit", "waived")
    def _compute_total(self):
        for calculation in self:
            fee = 0.0 if calculation.waived else calculation.fee
            calculation.total = fee - calculation.credit - calculation.deposit

    @api.depends("contract_id.code", "last_day")
    def _compute_display_name(self):
        for calculation in self:
            day = format_date(self.env, calculation.last_day)
            calculation.display_name = f"{calculation.contract_id.code or ''} {day}"

    def write(self, vals):
        if not self.env.su and any(calculation.agreed for calculation in self):
            raise UserError(self.env._("These figures were agreed on: they stay as they are."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        if any(calculation.agreed for calculation in self):
            raise UserError(self.env._("These figures were agreed on: they stay as they are."))

    @api.model
    def _prepare(self, contract, notice_date, last_day, refund_deposit=True):
        """Values of the calculation for a contract that ends after `last_day`."""
        calculation = contract._get_exit_fee(notice_date, last_day)
        rows = [
            {
                "section": "fee",
                "code": step.code,
                "numbers": list(step.values),
                "quantity": step.quantity,
                "unit": step.unit,
                "amount": step.amount,
            }
            for step in calculation.steps
        ]
        first_day = fields.Date.add(last_day, days=1)
        credits = contract.contract_line_ids._get_unused(first_day)
        rows.extend(
            {
                "section": "credit",
                "code": "credit",
                "text": vals["name"],
                "quantity": 1.0,
                "unit": vals["amount"],
                "amount": vals["amount"],
            }
            for vals in credits
        )
        deposit = contract._get_deposit_held() if refund_deposit else 0.0
        if deposit:
            rows.append(
                {
                    "section": "deposit",
                    "code": "deposit",
                    "quantity": 1.0,
                    "unit": -deposit,
                    "amount": -deposit,
                }
            )
        return {
            "contract_id": contract.id,
            "notice_date": notice_date,
            "last_day": last_day,
            "bound_until": contract._get_bound_until(notice_date),
            "method": contract.exit_method or "none",
            "fee": calculation.fee,
            "credit": -sum(vals["amount"] for vals in credits),
            "deposit": deposit,
            # Said here, so that no default says otherwise.
            "waived": False,
            "waive_reason": False,
            "waived_by_id": False,
            "agreed": False,
            "line_ids": [
                Command.create({**row, "sequence": sequence}) for sequence, row in enumerate(rows)
            ],
        }

    def _prepare_charges(self, deposit):
        """Values of the charges of these figures: the fee with its calculation in words, what is
        given back, and so much of a deposit."""
        self.ensure_one()
        contract = self.contract_id
        first_day = fields.Date.add(self.last_day, days=1)
        values = contract.contract_line_ids._get_unused(first_day)
        if self.fee:
            values.append(
                {
                    "contract_id": contract.id,
                    "kind": "exit_fee",
                    "name": self._say_fee(),
                    "amount": self.fee,
                    "date_due": first_day,
                    "product_id": contract.company_id.alarm_exit_product_id.id,
                    "source_ref": f"exit:{self.id}",
                }
            )
        if deposit > 0:
            values.append(contract._prepare_deposit_refund(deposit, first_day))
        return values

    def _say_fee(self):
        """The calculation as it stands on the invoice, in the language of who pays."""
        self.ensure_one()
        contract = self.contract_id
        lang = contract._get_payer_lang()
        calculation = self.with_context(lang=lang)
        title = calculation.env._(
            "Fee for the early exit on %(day)s (bound until %(until)s)",
            day=format_date(calculation.env, self.last_day),
            until=format_date(calculation.env, self.bound_until),
        )
        rows = calculation.line_ids.filtered(lambda row: row.section == "fee")
        return "\n".join((title, *(row._say() for row in rows)))

    def _waive(self, reason):
        """The fee is not asked for, and it is known who said so and why."""
        if not self.env.user.has_group("alarm_contract.group_contract_manager"):
            raise AccessError(self.env._("Only a contract manager waives an exit fee."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the fee is waived."))
        # As superuser: figures that were agreed on are fixed but for this.
        self.sudo().write({"waived": True, "waive_reason": reason, "waived_by_id": self.env.uid})
        for calculation in self:
            calculation.contract_id.message_post(
                body=self.env._(
                    "The exit fee of %(fee)s is waived: %(reason)s",
                    fee=formatLang(self.env, calculation.fee, currency_obj=calculation.currency_id),
                    reason=reason,
                )
            )


class AlarmExitCalculationLine(models.Model):
    _name = "alarm.exit.calculation.line"
    _description = "Line of the Calculation of an Early Exit"
    _order = "sequence, id"
    _rec_name = "code"

    calculation_id = fields.Many2one(
        "alarm.exit.calculation", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="calculation_id.currency_id")
    sequence = fields.Integer()
    section = fields.Selection(SECTIONS, required=True)
    code = fields.Char(required=True)
    numbers = fields.Json()
    text = fields.Text()
    name = fields.Text(compute="_compute_name", string="Description")
    quantity = fields.Float(digits=(16, 4))
    unit = fields.Monetary(string="Of")
    amount = fields.Monetary()

    @api.depends("code", "numbers", "text", "quantity", "unit")
    @api.depends_context("lang")
    def _compute_name(self):
        for row in self:
            row.name = row._get_words()

    def write(self, vals):
        self._check_not_agreed()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_not_agreed()
        return rows

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._check_not_agreed()

    def _check_not_agreed(self):
        if any(row.calculation_id.agreed for row in self):
            raise UserError(self.env._("These figures were agreed on: they stay as they are."))

    def _say(self):
        """The line with its figures, as text."""
        self.ensure_one()
        return (
            f"{self.name} = {self._money(self.amount)}"
            if self.code
            not in (
                "nothing",
                "not_bound",
                "subsidy_served",
            )
            else self.name
        )

    def _get_words(self):
        """What the line says; one sentence for each code of `tools/exit_fee.py`."""
        self.ensure_one()
        numbers = self.numbers or []
        unit = self._money(abs(self.unit))
        match self.code:
            case "nothing":
                return self.env._("The terms ask for no exit fee")
            case "not_bound":
                return self.env._("The customer is not bound any longer: no exit fee")
            case "subsidy_served":
                return self.env._("The subsidy is worked off: no exit fee")
            case "whole_months":
                return self.env._(
                    "%(months)s whole months left × %(fee)s", months=f"{self.quantity:g}", fee=unit
                )
            case "part_month":
                return self.env._(
                    "%(days)s of %(all)s days of a month × %(fee)s",
                    days=numbers[0],
                    all=numbers[1],
                    fee=unit,
                )
            case "balance":
                return self.env._("Balance of the term")
            case "rate":
                return self.env._(
                    "%(rate)s %% of %(balance)s", rate=f"{numbers[0]:g}", balance=unit
                )
            case "rate_after":
                return self.env._(
                    "After %(months)s months served: %(rate)s %% of %(balance)s",
                    months=numbers[1],
                    rate=f"{numbers[0]:g}",
                    balance=unit,
                )
            case "avoided":
                return self.env._(
                    "Less cost that is saved: %(months)s months × %(cost)s",
                    months=f"{self.quantity:.2f}",
                    cost=unit,
                )
            case "margin":
                return self.env._("Lost margin")
            case "subsidy":
                return self.env._("Subsidy for the equipment")
            case "served":
                return self.env._(
                    "Less worked off: %(served)s of %(all)s months",
                    served=numbers[0],
                    all=numbers[1],
                )
            case "unserved":
                return self.env._(
                    "Not worked off: %(left)s of %(all)s months", left=numbers[0], all=numbers[1]
                )
            case "deposit":
                return self.env._("Deposit, given back")
            case _other:
                return self.text or self.code

    def _money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)
