from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_repr, format_date

from ..tools import performance, periods

_DAY = timedelta(days=1)

# What a clerk types; all else follows from it, or is set by the verbs.
_TYPED = frozenset({"value", "evidence", "attachment_ids"})


class AlarmContractIndicatorResult(models.Model):
    """What an indicator was in a period, and what is deducted for it: once, with the next invoice.
    Found by the system or typed with evidence; a manager approves it, who did not type it."""

    _name = "alarm.contract.indicator.result"
    _description = "Result of a Performance Indicator"
    _inherit = ["mail.thread", "alarm.own.defaults"]
    _order = "period_start desc, id desc"

    indicator_id = fields.Many2one(
        "alarm.contract.indicator", required=True, readonly=True, index=True, ondelete="restrict"
    )
    contract_id = fields.Many2one(related="indicator_id.contract_id", store=True, index=True)
    company_id = fields.Many2one(related="indicator_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    source = fields.Selection(related="indicator_id.source")
    unit = fields.Char(related="indicator_id.unit")
    period_start = fields.Date(required=True, readonly=True)
    period_end = fields.Date(required=True, readonly=True)
    value = fields.Float(string="Measured", tracking=True)
    evidence = fields.Text(help="Where the value comes from.", tracking=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Documents", copy=False)
    measured_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    state = fields.Selection(
        [
            ("draft", "To Measure"),
            ("measured", "To Approve"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        tracking=True,
    )
    may_approve = fields.Boolean(compute="_compute_may_approve")
    approved_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    # As they were when it was approved, whatever the indicator says later.
    target = fields.Float(readonly=True)
    fee = fields.Monetary(string="Fee of the Period", readonly=True)
    percent = fields.Float(string="Deducted (%)", readonly=True)
    amount = fields.Monetary(string="Deduction", readonly=True)
    calculation = fields.Text(readonly=True)
    charge_id = fields.Many2one(
        "alarm.charge", string="Charge", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    _period_uniq = models.UniqueIndex(
        "(indicator_id, period_start) WHERE state != 'rejected'", "A period is measured once."
    )
    _charge_uniq = models.UniqueIndex(
        "(charge_id) WHERE charge_id IS NOT NULL", "A deduction is made once."
    )

    @api.depends("indicator_id", "period_start", "period_end")
    def _compute_display_name(self):
        for result in self:
            result.display_name = (
                f"{result.indicator_id.name} {result.period_start} – {result.period_end}"
            )

    @api.depends("state", "measured_by_id")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        user = self.env.user
        manager = user.has_group("alarm_contract.group_contract_manager")
        for result in self:
            result.may_approve = (
                manager and result.state == "measured" and result.measured_by_id != user
            )

    def write(self, vals):
        if not self.env.su:
            if not _TYPED.issuperset(vals):
                raise UserError(self.env._("A result is approved and rejected by its buttons."))
            if any(one.state != "draft" or one.source != "manual" for one in self):
                raise UserError(self.env._("What was measured stays as it is; reject it first."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Results are rejected, never deleted."))

    def action_measured(self):
        """The value is typed, and its evidence is there."""
        self.check_access("write")
        for result in self:
            if result.state != "draft" or result.source != "manual":
                raise UserError(self.env._("%s is not to be typed.", result.display_name))
            if not (result.evidence or "").strip():
                raise UserError(self.env._("Say where the value comes from."))
        self.sudo().write({"state": "measured", "measured_by_id": self.env.user.id})
        return True

    def action_measure_again(self):
        """Ask the system once more, e.g. after an alarm was entered late."""
        self.check_access("write")
        for result in self:
            if result.state not in ("draft", "measured") or result.source == "manual":
                raise UserError(
                    self.env._("%s is not measured by the system.", result.display_name)
                )
            # As the job does it: what is measured is not chosen by the user.
            result.sudo()._measure()
        return True

    def action_approve(self):
        """It is so; what it costs is deducted with the next invoice."""
        self._check_manager()
        for result in self:
            if result.state != "measured":
                raise UserError(self.env._("%s is not to be approved.", result.display_name))
            if result.measured_by_id == self.env.user:
                raise UserError(self.env._("Somebody else than who typed it approves it."))
        self.sudo()._approve(self.env.user)
        return True

    def action_reject(self):
        """It is not so: it is measured again."""
        self._check_manager()
        for result in self:
            if result.state != "measured":
                raise UserError(self.env._("%s is not to be approved.", result.display_name))
        self.sudo().write({"state": "rejected"})
        self.flush_recordset(["state"])
        for result in self.sudo():
            result.create(
                {
                    "indicator_id": result.indicator_id.id,
                    "period_start": result.period_start,
                    "period_end": result.period_end,
                }
            )._measure()
        return True

    def _check_manager(self):
        self.check_access("write")
        if not self.env.user.has_group("alarm_contract.group_contract_manager"):
            raise UserError(self.env._("A contract manager decides what is deducted."))

    def _measure(self):
        self.ensure_one()
        found = self.indicator_id._measure(self.period_start, self.period_end)
        if found:
            value, evidence = found
            self.write({"value": value, "evidence": evidence, "state": "measured"})

    def _approve(self, user):
        # Two who approve results of one contract at once must not both take the same fee.
        self.contract_id.lock_for_update(allow_referencing=True)
        # Who waits with an older view finds the contract changed, and begins anew.
        self.contract_id.last_charged_at = fields.Datetime.now()
        for result in self:
            result._reckon(user)
            if result.amount:
                result.charge_id = self.env["alarm.charge"]._add([result._prepare_charge()])

    def _reckon(self, user):
        """What it costs, kept as it was approved."""
        indicator = self.indicator_id
        lang = self.contract_id._payer().lang or self.env.lang
        fee, source = self.with_context(lang=lang)._get_fee()
        deduction = performance.deduct(
            self.value,
            indicator.step_ids._as_steps(),
            fee,
            indicator.cap,
            self._get_taken(),
            self.currency_id.rounding or 0.01,
        )
        self.write(
            {
                "state": "approved",
                "approved_by_id": user.id,
                "target": indicator.target,
                "fee": fee,
                "percent": deduction.percent,
                "amount": deduction.amount,
                "calculation": self._get_calculation(deduction, fee, source),
            }
        )

    def _get_fee(self):
        """What is paid for the period, and how that was found: of each fee what was charged for its
        days, and for the days that nobody has charged yet what was agreed. In the payer's language,
        as it is printed on the invoice."""
        env = self.with_context(lang=self.contract_id._get_payer_lang()).env
        charges = self._get_charges()
        agreed = self._get_agreed(charges)
        owed = charges.filtered(lambda charge: charge.state == "charged" or charge._is_open())
        # Less what credit notes by hand gave back.
        amount = sum(self._get_part(charge, charge.amount - charge.given_back) for charge in owed)
        if not charges:
            source = env._("by the fees agreed")
        elif agreed:
            source = env._("as charged, and by the fees agreed")
        else:
            source = env._("as charged")
        return self.currency_id.round(amount + agreed), source

    def _get_charges(self):
        """What says of days of the period what was paid for them, be it nothing."""
        return self.contract_id.charge_ids.filtered(
            lambda charge: (
                charge.kind in ("recurring", "adjustment")
                and charge.period_start
                and charge.period_end
                and charge.period_start <= self.period_end
                and charge.period_end >= self.period_start
                and not (charge.source_ref or "").startswith("indicator:")
            )
        )

    def _get_agreed(self, charges):
        """What the fees come to on the days of the period for which there is no charge."""
        lines = self.contract_id.contract_line_ids
        counts = lines._count(self.period_end)
        covered = {}
        for charge in charges.filtered(lambda charge: charge.kind == "recurring"):
            spans = covered.setdefault(charge.contract_line_id, [])
            spans.append((charge.period_start, charge._get_paid_until()))
        total = 0.0
        for line in lines:
            start = max(filter(None, (line.date_start, self.period_start)))
            end = min(filter(None, (line.date_end, self.period_end)))
            if start > end or not line._runs_on(start):
                continue
            quantity = counts.get(line, line.quantity)
            # What was paid before a change may serve what goes on after it.
            spans = [span for one in line._chain() for span in covered.get(one, ())]
            for first, last in periods.gaps(start, end, spans):
                total += self._get_agreed_between(line, quantity, first, last)
        return total

    def _get_agreed_between(self, line, quantity, first, last):
        """What a fee comes to from `first` to `last`, month by month as the period counts them."""
        total, day = 0.0, first
        while day <= last:
            start, end = periods.whole_period(self.period_start, 1, day)
            until = min(end, last)
            monthly = line._monthly_amount_of(line._get_price_on(day), quantity, day)
            total += monthly * ((until - day).days + 1) / ((end - start).days + 1)
            day = until + _DAY
        return total

    def _get_part(self, other, amount):
        """What of the amount of a charge, or of another result, falls on the days of this one."""
        first = max(other.period_start, self.period_start)
        last = min(other.period_end, self.period_end)
        days = (other.period_end - other.period_start).days + 1
        return amount * ((last - first).days + 1) / days

    def _get_taken(self):
        """What other indicators take of the fee of the same days."""
        others = self.search(
            [
                ("contract_id", "=", self.contract_id.id),
                ("id", "!=", self.id),
                ("state", "=", "approved"),
                ("period_start", "<=", self.period_end),
                ("period_end", ">=", self.period_start),
            ]
        )
        # Of one for longer, what falls on these days.
        return self.currency_id.round(sum(self._get_part(other, other.amount) for other in others))

    def _get_calculation(self, deduction, fee, source):
        """The calculation in the payer's language, as it is printed on the invoice."""
        lang = self.contract_id._payer().lang or self.env.lang
        env = self.with_context(lang=lang).env
        unit = self.unit or ""
        lines = [
            env._(
                "Measured %(value)s %(unit)s, agreed %(target)s %(unit)s.",
                value=_number(self.value),
                target=_number(self.indicator_id.target),
                unit=unit,
            )
        ]
        if not deduction.step:
            lines.append(env._("Nothing is deducted."))
            return "\n".join(lines)
        lines.append(
            env._(
                "Below %(below)s %(unit)s: %(percent)s %% of the fee of the period.",
                below=_number(deduction.step.below),
                unit=unit,
                percent=_number(deduction.step.percent),
            )
        )
        if self.indicator_id.cap and deduction.percent < deduction.step.percent:
            lines.append(env._("At most %s %%.", _number(self.indicator_id.cap)))
        lines.append(
            env._(
                "%(fee)s (%(found)s) × %(percent)s %% = %(amount)s",
                fee=self.currency_id.format(fee),
                found=source,
                percent=_number(deduction.percent),
                amount=self.currency_id.format(deduction.amount),
            )
        )
        if deduction.amount < self.currency_id.round(fee * deduction.percent / 100):
            lines.append(env._("More than the whole fee of the period is not deducted."))
        return "\n".join(lines)

    def _prepare_charge(self):
        lang = self.contract_id._payer().lang or self.env.lang
        env = self.with_context(lang=lang).env
        fees = self.contract_id.contract_line_ids.filtered(
            lambda line: line.product_id and line.charge_kind not in ("deposit", "one_off")
        )
        title = env._(
            "Deduction: %(name)s, %(start)s – %(end)s",
            name=self.indicator_id.name,
            start=format_date(env, self.period_start, lang_code=lang),
            end=format_date(env, self.period_end, lang_code=lang),
        )
        return {
            "contract_id": self.contract_id.id,
            "kind": "adjustment",
            "name": f"{title}\n{self.calculation}",
            "period_start": self.period_start,
            "period_end": self.period_end,
            "date_due": self.contract_id._get_next_invoice_day(),
            "amount": -self.amount,
            # Taxed as the fee that it lessens.
            "product_id": fees[:1].product_id.id,
            "source_ref": f"indicator:{self.id}",
        }


def _number(value):
    return float_repr(value, 4).rstrip("0").rstrip(".")
