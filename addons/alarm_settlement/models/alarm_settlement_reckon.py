from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import float_is_zero, format_date

from odoo.addons.alarm_contract.tools import periods
from odoo.addons.alarm_contract.tools.pricing import exact, rounded

from ..tools.shares import Tier, profit_base, share_parts, total_of

# Charges that are no income of the service: what is owed back, what is another's, what builds.
NO_TURNOVER = ("deposit", "deposit_refund", "settlement", "capacity", "milestone")

_SHARE_KINDS = ("tier", "minimum", "settled")


class AlarmSettlement(models.Model):
    """The calculation of a share: turnover as it was invoiced in the period, before tax; costs as
    they were booked on the contract's analytic account; tiers, minimum."""

    _inherit = "alarm.settlement"

    def _reckon(self):
        """Calculate drafts anew; what a clerk typed stays."""
        for settlement in self._in_their_language():
            if not settlement.corrects_id:
                settlement.write({"terms": settlement._prepare_terms()})
            settlement.line_ids.filtered(lambda line: not line.is_typed).unlink()
            settlement._add_lines(settlement._prepare_source_lines())
            settlement._reckon_share()

    def _prepare_terms(self):
        """What the contract says now of how a share is reckoned."""
        contract = self.contract_id
        return {
            "tiers": [[tier.from_amount, tier.rate] for tier in contract.tier_ids],
            "rule": contract.share_rule or "slice",
            "minimum": contract.share_minimum,
            "carries_loss": contract.share_carries_loss,
            "months": contract.settlement_months or 1,
        }

    def _get_terms(self):
        return self.terms or self._prepare_terms()

    def _in_their_language(self):
        """To work on each in the language of who gets the statement."""
        for settlement in self._by_verb():
            lang = settlement.partner_id.lang or self.env.lang
            yield settlement.with_context(lang=lang)

    def _prepare_source_lines(self):
        self.ensure_one()
        if self.kind == "pass_on":
            return self._prepare_pass_on_lines()
        return [
            *self._prepare_turnover_lines(),
            *self._prepare_cost_lines(),
            *self._prepare_carried_lines(),
        ]

    def _add_lines(self, values_list):
        return self.env["alarm.settlement.line"].create(
            [{"settlement_id": self.id, "is_typed": False, **vals} for vals in values_list]
        )

    def _prepare_turnover_lines(self):
        return [
            {
                "kind": "turnover",
                "name": self.env._(
                    "%(contract)s: %(number)s invoices",
                    contract=contract.display_name,
                    number=number,
                ),
                "source_contract_id": contract.id,
                "amount": amount,
            }
            for contract, (amount, number) in self._get_turnover().items()
        ]

    def _get_turnover(self):
        """{contract: (invoiced less credited, number of invoices)} of the period, before tax, in
        the company's currency."""
        lines = self.env["account.move.line"]
        windows = self._get_turnover_windows()
        contracts = self.contract_id.union(*windows.values())
        found = {}
        # The first of these that a line has says of which contract it is: a fee, a charge, or the
        # charge that its credit note gives back.
        others = []
        for path in ("contract_line_id", "alarm_charge_id", "alarm_given_back_id"):
            within = Domain.OR(
                [
                    (f"{path}.contract_id", "in", of_window.ids),
                    ("date", ">=", first),
                    *([("date", "<=", last)] if last else ()),
                ]
                for (first, last), of_window in windows.items()
            )
            for source, balance, moves in lines._read_group(
                Domain(self._get_turnover_domain()) & Domain(others) & within,
                [path],
                ["balance:sum", "move_id:array_agg_distinct"],
            ):
                entry = found.setdefault(source.contract_id, ([], set()))
                entry[0].append(-balance)
                entry[1].update(moves)
            others.append((path, "=", False))
        return {
            contract: (self._total(found[contract][0]), len(found[contract][1]))
            for contract in contracts
            if contract in found
        }

    def _get_turnover_windows(self):
        """{(first day, last day): contracts whose invoices of these days count}. What an ended
        contract invoices after its last day belongs to its last period: there the last day is
        None."""
        contract = self.contract_id
        windows = {}

        def add(source, first, last):
            first = max(self.date_start, first or self.date_start)
            open_end = self._is_last() and source.alarm_state == "ended" and not last
            last = None if open_end else min(self.date_end, last or self.date_end)
            if not last or first <= last:
                windows[first, last] = windows.get((first, last), source.browse()) | source

        add(contract, None, None)
        for source in contract.share_source_ids:
            add(source, source.share_from, None)
        past = self.env["alarm.contract.past.share"].search([("contract_id", "=", contract.id)])
        for share in past:
            add(share.source_id, share.date_start, share.date_end)
        return windows

    def _is_last(self):
        """Whether this settles the last period of a contract that has ended."""
        end = self.contract_id.alarm_state == "ended" and self.contract_id._get_settlement_end()
        return bool(end) and self.date_end >= end

    def _get_turnover_domain(self):
        company = self.company_id
        no_income = company.alarm_deposit_account_id | company.alarm_held_account_id
        return [
            ("company_id", "=", company.id),
            ("parent_state", "=", "posted"),
            ("move_id.move_type", "in", ("out_invoice", "out_refund")),
            ("display_type", "=", "product"),
            ("account_id", "not in", no_income.ids),
            "|",
            ("alarm_charge_id", "=", False),
            ("alarm_charge_id.kind", "not in", NO_TURNOVER),
            "|",
            ("alarm_given_back_id", "=", False),
            ("alarm_given_back_id.kind", "not in", NO_TURNOVER),
        ]

    def _prepare_cost_lines(self):
        if self.share_base != "profit":
            return []
        return [
            {
                "kind": "cost",
                "name": account.display_name,
                "account_id": account.id,
                "amount": self._total([amount]),
            }
            for account, amount in self._get_costs()
            if amount
        ]

    def _get_costs(self):
        """[(account, sum below zero)] of the expenses on the contract's analytic account."""
        analytic = self.contract_id.share_analytic_account_id
        if not analytic:
            return []
        return self.env["account.analytic.line"]._read_group(
            [
                ("auto_account_id", "=", analytic.id),
                ("company_id", "=", self.company_id.id),
                ("date", ">=", self.date_start),
                ("date", "<=", self.date_end),
                ("general_account_id.internal_group", "=", "expense"),
            ],
            ["general_account_id"],
            ["amount:sum"],
        )

    def _prepare_carried_lines(self):
        if self.share_base != "profit" or not self._get_terms()["carries_loss"]:
            return []
        before = self._get_previous()
        if not before.loss_to_carry:
            return []
        return [
            {
                "kind": "carried",
                "name": self.env._("Loss of %s", before._get_period_text()),
                "amount": before.loss_to_carry,
            }
        ]

    def _get_previous(self):
        """The statement, or its last correction, of the period before; of the first period of a
        contract that was taken over that of the one before it."""
        contract = self.contract_id
        if contract.settled_from and contract.settled_from == self.date_start:
            contract = contract.predecessor_contract_id
        return self.search(
            [
                ("contract_id", "=", contract.id),
                ("kind", "=", self.kind),
                ("date_end", "=", self.date_start - timedelta(days=1)),
            ],
            order="id desc",
            limit=1,
        )

    def _reckon_share(self):
        """From the base on: shares, minimum, what was settled before."""
        for settlement in self._in_their_language():
            settlement.line_ids.filtered(lambda line: line.kind in _SHARE_KINDS).unlink()
            if settlement.kind != "share":
                continue
            loss = settlement._get_loss()
            settlement._add_lines(
                [
                    *settlement._prepare_tier_lines(),
                    *settlement._prepare_settled_lines(),
                ]
            )
            if settlement.loss_to_carry != loss:
                settlement.write({"loss_to_carry": loss})

    def _get_loss(self):
        if self.share_base != "profit" or not self._get_terms()["carries_loss"]:
            return 0.0
        carried = sum(self.line_ids.filtered(lambda line: line.kind == "carried").mapped("amount"))
        return profit_base(self.turnover, self.cost, carried, self.currency_id.rounding)[1]

    def _prepare_tier_lines(self):
        terms = self._get_terms()
        tiers = [Tier(*tier) for tier in terms["tiers"]]
        parts = share_parts(self.base, tiers, terms["rule"], self.currency_id.rounding)
        values = [
            {
                "kind": "tier",
                "name": self.env._(
                    "%(rate)s %% of what is above %(amount)s",
                    rate=f"{part.rate:g}",
                    amount=self.currency_id.format(part.from_amount),
                )
                if part.from_amount and terms["rule"] != "whole"
                else self.env._("%s %% of the base", f"{part.rate:g}"),
                "base": part.base,
                "rate": part.rate,
                "amount": part.amount,
            }
            for part in parts
        ]
        share = self._total(part.amount for part in parts)
        minimum = self._get_minimum()
        lacking = self._total([minimum, -share])
        # Without a minimum, what was credited gives its share back.
        if minimum and lacking > 0:
            values.append(
                {
                    "kind": "minimum",
                    "name": self.env._("Up to the minimum of %s", self.currency_id.format(minimum)),
                    "amount": lacking,
                }
            )
        return values

    def _get_minimum(self):
        """The minimum of this period: of one that is not whole, the part by its days."""
        contract, terms = self.contract_id, self._get_terms()
        if not terms["minimum"]:
            return 0.0
        anchor = contract._get_settlement_anchor() or self.date_start
        months = terms["months"]
        period = periods.period_at(anchor, months, self.date_start, self.date_end)
        factor = periods.part_factor(period, months, "days")
        return rounded(factor * exact(terms["minimum"]), self.currency_id.rounding)

    def _prepare_settled_lines(self):
        if not self.corrects_id:
            return []
        return [
            {
                "kind": "settled",
                "name": self.env._("Settled by %s", before.name),
                "amount": -before.amount,
            }
            for before in self._get_chain()
            if before.amount
        ]

    def _get_chain(self):
        """The statement of the period and its corrections before this one, that are in force."""
        root = self.corrects_id or self
        return (root | root.correction_ids.sorted("id")).filtered(
            lambda one: one != self and one.state != "draft"
        )

    def _has_changed(self):
        """Whether the books say another thing than the lines that came from them."""
        self.ensure_one()
        told = {}
        for line in self.line_ids:
            if not line.is_typed and line.kind in ("turnover", "cost", "carried", "collected"):
                told.setdefault(self._source_of_line(line), []).append(line.amount)
        now = {}
        for vals in self._prepare_source_lines():
            if vals["kind"] != "fee":
                key = (
                    vals["kind"],
                    vals.get("source_contract_id") or False,
                    vals.get("account_id") or False,
                    vals.get("charge_id") or False,
                )
                now.setdefault(key, []).append(vals["amount"])
        keys = told.keys() | now.keys()
        return any(
            not float_is_zero(
                self._total([*told.get(key, ()), *(-amount for amount in now.get(key, ()))]),
                precision_rounding=self.currency_id.rounding,
            )
            for key in keys
        )

    def _source_of_line(self, line):
        return (line.kind, line.source_contract_id.id, line.account_id.id, line.charge_id.id)

    def _is_outdated(self):
        """Whether something of a confirmed share has come to light since its last correction."""
        self.ensure_one()
        if self.state == "draft" or self.corrects_id:
            return False
        if self.kind == "pass_on" and not self._is_last():
            # The next period passes it on.
            return False
        last = (self | self.correction_ids).sorted("id")[-1]
        return last.state != "draft" and last._has_changed()

    def _total(self, amounts):
        return total_of(amounts, self.currency_id.rounding or 0.01)

    def _get_period_text(self):
        start, end = format_date(self.env, self.date_start), format_date(self.env, self.date_end)
        return f"{start} – {end}"
