from dataclasses import replace

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.revenue import Account, Booked, Worth, contract_change, differences, effective_on

_NEVER = Booked()

# Who writes one of these may change what a line is worth.
_WORTH = frozenset(
    {
        "automatic_price",
        "charge_kind",
        "contract_id",
        "date_end",
        "date_start",
        "discount",
        "discount_until",
        "end_cause",
        "is_canceled",
        "product_id",
        "quantity",
        "recurring_interval",
        "recurring_rule_type",
        "revenue_class",
        "specific_price",
        "waiting",
    }
)

_TO_BOOK = "alarm_contract.lines_to_book"

# What `_brings_revenue` and the price of a line say, for lines whose price and quantity are written
# at them.
_UNBOOKED = """
WITH worth AS (
    SELECT line.id, line.contract_id, line.sequence, line.charge_kind, line.automatic_price,
           line.quantity, line.revenue_class, line.currency_id, line.successor_contract_line_id,
           line.end_cause,
           contract.company_id, contract.business_model_id, contract.alarm_state,
           contract.successor_contract_id,
           line.specific_price * line.quantity / GREATEST(line.period_months, 1)
             * (1 - CASE WHEN line.discount_until < %(day)s THEN 0
                         ELSE COALESCE(line.discount, 0) END / 100) AS amount,
           line.charge_kind IN ('fixed', 'per_zone', 'per_detector')
             AND line.display_type IS NULL AND line.is_canceled IS NOT TRUE
             AND line.waiting IS NOT TRUE AND line.revenue_class IS NOT NULL
             AND line.date_start <= %(day)s
             AND (line.date_end IS NULL OR line.date_end >= %(day)s)
             AND contract.business_model_id IS NOT NULL AND contract.active
             AND contract.alarm_state <> 'draft'
             AND (contract.alarm_state <> 'ended' OR line.date_end IS NOT NULL)
             AS running
      FROM contract_line line JOIN contract_contract contract ON contract.id = line.contract_id
)
SELECT worth.id
  FROM worth LEFT JOIN alarm_revenue_balance balance ON balance.contract_line_id = worth.id
 WHERE COALESCE(worth.running, false) <> COALESCE(balance.running, false)
    OR (worth.running AND (
            worth.charge_kind <> 'fixed' OR worth.automatic_price
         OR ABS(worth.amount - balance.amount) > 0.005 OR worth.quantity <> balance.quantity
         OR worth.company_id <> balance.company_id OR worth.currency_id <> balance.currency_id
         OR worth.business_model_id <> balance.business_model_id
         OR worth.revenue_class <> balance.revenue_class))
    OR (balance.ended_as = 'suspension' AND NOT balance.running AND (
            worth.end_cause = 'drop' OR (worth.alarm_state = 'ended'
        AND worth.successor_contract_line_id IS NULL AND worth.successor_contract_id IS NULL)))
 ORDER BY worth.contract_id, worth.sequence, worth.id
"""


class ContractLine(models.Model):
    """What a line is worth, into the ledger."""

    _inherit = "contract.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._book_at_the_end()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if _WORTH.intersection(vals):
            self._book_at_the_end()
        return result

    def _book_at_the_end(self):
        """Book these lines when the transaction ends: only then everything that belongs to a
        change has been written, and it is seen what has become of them and why."""
        precommit = self.env.cr.precommit
        if _TO_BOOK not in precommit.data:
            precommit.data[_TO_BOOK] = set()
            precommit.add(self.env["contract.line"]._book_noted)
        precommit.data[_TO_BOOK].update(self.ids)

    @api.model
    def _book_noted(self):
        self.browse(sorted(self.env.cr.precommit.data.pop(_TO_BOOK, ()))).exists()._book_revenue()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        booked = self.env["alarm.revenue.balance"]._read_booked(self.ids)
        for line in self:
            if line.id in booked:
                raise UserError(
                    self.env._(
                        "%s stands in the revenue ledger: it ends, but is not deleted.",
                        line.name,
                    )
                )

    def _book_revenue(self, date=None):
        """Book by how much each line is worth more or less on `date` than what is booked of it.

        It follows every change of a line or its contract, and a daily job calls it for what
        changed by itself. It never books on a day before today, or before the last booking of the
        line: what was entered afterwards has its own day beside the one on which it was booked.
        The number of queries does not depend on the number of lines.

        :return: number of movements
        """
        # As superuser: who ends a service need not see what it was worth. Nothing is taken from
        # the caller but which lines are looked at.
        lines = self.sudo().with_context(active_test=False)
        self.env.flush_all()
        booked = lines.env["alarm.revenue.balance"]._read_booked(lines.ids)
        lines = lines.filtered(
            lambda line: line.id in booked or (line._is_alarm() and line.revenue_class)
        )
        days = {}
        todays = {company: company._alarm_today() for company in lines.company_id}
        for line in lines:
            today = todays[line.company_id]
            last = booked.get(line.id, _NEVER).on
            days.setdefault(max(filter(None, (date, today, last))), []).append(line.id)
        return sum(lines.browse(ids)._book_on(day, booked) for day, ids in sorted(days.items()))

    @api.model
    def _find_unbooked(self, day):
        """Ids of all lines that may be worth something else on `day` than what is booked of them,
        contract by contract. Of those that are counted or have a price list only a closer look
        tells."""
        self.env.flush_all()
        self.env.cr.execute(_UNBOOKED, {"day": day})
        return [line_id for (line_id,) in self.env.cr.fetchall()]

    def _book_on(self, day, booked):
        """Book the difference of these lines on `day`; `booked`: line id -> Booked."""
        worths = self._get_worths(day)
        changed = self.filtered(
            lambda line: not _same(booked.get(line.id, _NEVER), worths[line])
            or (_is_suspended(booked.get(line.id, _NEVER)) and line._has_left())
        )
        if not changed:
            return 0
        heads = self.env["alarm.revenue.head"]._read_heads(
            (changed.contract_id | changed.contract_id.predecessor_contract_id).ids
        )
        rows, balances = [], {}
        for contract, lines in changed._by_age():
            rows += lines._book_contract(contract, day, booked, worths, heads, balances)
        own = set(changed.contract_id.ids)
        self.env["alarm.revenue.head"]._keep(
            {contract: head for contract, head in heads.items() if contract in own}
        )
        self.env["alarm.revenue.balance"]._keep(balances)
        self.env["alarm.revenue.movement"]._append(rows)
        return len(rows)

    def _by_age(self):
        """``(contract, lines)``, a contract before the one that follows it."""
        groups = self.grouped("contract_id")
        return sorted(
            groups.items(),
            key=lambda item: (item[0].predecessor_contract_id in groups, item[0].id),
        )

    def _book_contract(self, contract, day, booked, worths, heads, balances):
        """Rows of the movements of one contract's lines. Fills in `heads` and `balances`."""
        before, cohort_on, left_as = heads.get(contract.id, (0, None, None))
        after = before + sum(
            worths[line].running - booked.get(line.id, _NEVER).running for line in self
        )
        rounding = contract.currency_id.rounding or 0.01
        found = []
        for line in self:
            old = booked.get(line.id, _NEVER)
            movements, new = differences(
                old,
                worths[line],
                line.start_cause or "new",
                line._get_end_kind(after),
                line._has_left(),
                rounding,
            )
            if movements:
                balances[line.id] = replace(new, on=day)
                found += [(line, old, movement) for movement in movements]
        marks = self._contract_marks(found, before, after, left_as)
        rows = []
        for index, (line, old, movement) in enumerate(found):
            since = effective_on(
                movement,
                day,
                old.on,
                line.date_start,
                None if _is_suspended(old) else line.date_end,
                line.discount_until,
            )
            rows.append((line, movement, since, marks.get(index, 0)))
        if not cohort_on:
            follows = heads.get(contract.predecessor_contract_id.id)
            cohort_on = follows and follows[1] or min(row[2] for row in rows).replace(day=1)
        gone = [row[1].kind for row in rows if row[3] < 0]
        heads[contract.id] = (after, cohort_on, gone[0] if gone else left_as)
        return [
            line._prepare_movement(movement, day, since, cohort_on, mark)
            for line, movement, since, mark in rows
        ]

    @api.model
    def _contract_marks(self, found, before, after, left_as):
        """With which of the movements the contract came or went: {index: 1 or -1}."""
        movements = [movement for _line, _old, movement in found]
        change = contract_change(movements, before, after)
        if change:
            return dict([change])
        if before or after or left_as != "suspension":
            return {}
        # It went when it was suspended; now it turns out that it is cancelled.
        pair = {}
        for index, movement in enumerate(movements):
            if movement.lines and (movement.lines > 0 or movement.kind == "cancel"):
                pair.setdefault(movement.lines, index)
        return {index: lines for lines, index in pair.items()} if len(pair) == 2 else {}

    def _prepare_movement(self, movement, day, since, cohort_on, mark):
        self.ensure_one()
        account = movement.account
        return {
            "booked_on": day,
            "effective_on": since,
            "kind": movement.kind,
            "amount": movement.amount,
            "quantity": movement.quantity,
            "lines": movement.lines,
            "contracts": mark,
            "contract_line_id": self.id,
            "contract_id": self.contract_id.id,
            "reason_id": (movement.lines < 0 and self._get_end_reason(movement.kind).id) or None,
            "cohort_on": cohort_on,
            **account._asdict(),
        }

    def _get_worths(self, day):
        """What each line is worth for the ledger on `day`: {line: Worth}."""
        counts = self._count(day)
        prices = self._get_present_list_prices(day)
        return {
            line: line._get_worth(day, counts.get(line, line.quantity), prices.get(line))
            for line in self
        }

    def _get_worth(self, day, quantity, price=None):
        self.ensure_one()
        if not self._brings_revenue(day):
            return Worth()
        account = Account(
            self.contract_id.company_id.id,
            self.currency_id.id,
            self.contract_id.business_model_id.id,
            self.revenue_class,
        )
        return Worth(self._monthly_amount_at(day, quantity, price), quantity, True, account)

    def _brings_revenue(self, day):
        """It runs, counts as recurring, and its contract is signed."""
        self.ensure_one()
        contract = self.contract_id
        return bool(
            self.revenue_class
            and contract.business_model_id
            and contract.active
            and contract.alarm_state != "draft"
            # The lines of a contract that ends have an end of their own.
            and (contract.alarm_state != "ended" or self.date_end)
            and self._runs_on(day)
        )

    def _get_end_kind(self, remaining):
        """As what the line ends; `remaining`: lines of the contract that run on."""
        self.ensure_one()
        if not self.revenue_class or not self.contract_id.business_model_id:
            # It no longer counts. Nobody has left.
            return "transfer"
        if self.is_canceled:
            # It never was.
            return self.start_cause or "new"
        return self.end_cause or ("drop" if remaining else "cancel")

    def _get_end_reason(self, kind):
        self.ensure_one()
        contract = self.contract_id
        if kind == "cancel" and self.end_cause == "suspension":
            return contract.terminate_reason_id
        return self.end_reason_id or (
            contract.terminate_reason_id if kind == "cancel" else self.end_reason_id
        )

    def _has_left(self):
        """It was given up while it was suspended, or its contract has ended and nothing follows."""
        self.ensure_one()
        return self.end_cause == "drop" or (
            self.contract_id.alarm_state == "ended"
            and not self.successor_contract_line_id
            and not self.contract_id.successor_contract_id
        )


def _is_suspended(booked):
    return booked.ended_as == "suspension" and not booked.running


def _same(booked, worth):
    return booked.running == worth.running and (
        not worth.running
        or (booked.amount, booked.quantity, booked.account)
        == (worth.amount, worth.quantity, worth.account)
    )
