from datetime import timedelta

from odoo import api, fields, models

from .contract_line import RECURRING

_DAY = timedelta(days=1)

# Where these stay the same, a period that was paid serves the successor too.
_PAID_WITH = frozenset(
    {"contract_id", "price_unit", "quantity", "discount", "discount_until", "period_months"}
)


class ContractLine(models.Model):
    """How a line ends on a day and goes on as another one. A line is never rewritten: what was
    charged at its price for its site stays true of it."""

    _inherit = "contract.line"

    suspended_end = fields.Date(
        readonly=True, copy=False, help="The end that the line had before it was suspended."
    )

    def _open_from(self, day):
        """Of these, the fees that come back and run on `day` or would run after it."""
        return self.filtered(
            lambda line: line.charge_kind in RECURRING | {"per_attendance"}
            and not line.display_type
            and not line.is_canceled
            and (not line.date_end or line.date_end >= day)
        )

    def _has_begun(self, day):
        """It ran before `day`."""
        self.ensure_one()
        return bool(not self.waiting and self.date_start and self.date_start < day)

    def _stop_before(self, day, cause, reason=None, cut=True):
        """These do not run any more from `day` on. What has not begun by then never begins.

        What was paid for `day` and after it is not theirs any more: whoever stops a line gives it
        back (`_get_unused`) or lets a successor use it. What is charged and not invoiced yet is
        cut to the days until then; not where a successor uses it (`cut`)."""
        last = day - _DAY
        if cut:
            self._cut_open_charges(day)
        for line in self:
            if not line._has_begun(day):
                line._cancel_unbegun()
            elif not line.date_end or line.date_end > last:
                values = {"end_cause": cause, "end_reason_id": reason and reason.id}
                if line.last_date_invoiced and line.last_date_invoiced > last:
                    values["last_date_invoiced"] = last
                line = line._by_verb()
                line.write(values)
                line.stop(last, post_message=False)

    def _cancel_unbegun(self):
        for line in self:
            predecessor = line.predecessor_contract_line_id
            if predecessor.successor_contract_line_id == line:
                predecessor._write_by_verb({"successor_contract_line_id": False})
        self._write_by_verb({"is_canceled": True, "is_auto_renew": False})

    def _replace_from(self, day, end_cause, start_cause, changes, reason=None):
        """From `day` on each of these goes on as a successor, which differs in `changes[line]`.
        One that has not begun by then is changed itself. Returns what runs from `day` on."""
        after = self.browse()
        for line in self:
            values = changes.get(line, {})
            if line._has_begun(day):
                end, paid_until = line.date_end, line.last_date_invoiced
                is_paid = bool(paid_until and paid_until >= day and line._pays_for(values))
                if is_paid:
                    values = {**values, "last_date_invoiced": paid_until}
                line._stop_before(day, end_cause, reason, cut=not is_paid)
                after |= line._go_on_from(day, end, start_cause, values)
            elif "contract_id" in values:
                line._cancel_unbegun()
                values = {**values, "waiting": line.waiting, "is_canceled": False}
                after |= line._go_on_from(
                    max(day, line.date_start or day), line.date_end, start_cause, values
                )
            else:
                line._write_by_verb(line._with_own_price(values))
                after |= line
        return after

    def _go_on_from(self, day, end, cause, values):
        """The successor of the line from `day` to `end` (False: open)."""
        self.ensure_one()
        same_price = "price_unit" not in values and cause != "re_sign"
        successor = self.create(
            {
                **self._prepare_value_for_plan_successor(day, end, False),
                "start_cause": cause,
                **(self._prepare_same_price() if same_price else {}),
                **self._with_own_price(values),
            }
        )
        if same_price:
            self._hand_on_steps(successor)
        else:
            self.price_step_ids._withdraw()
        if successor.contract_id == self.contract_id:
            self._write_by_verb({"successor_contract_line_id": successor.id})
        return successor

    @api.model
    def _with_own_price(self, values):
        if "price_unit" in values:
            return {
                **values,
                "specific_price": values["price_unit"],
                "automatic_price": False,
            }
        return values

    def _prepare_value_for_plan_successor(
        self, date_start, date_end, is_auto_renew, recurring_next_date=False
    ):
        values = super()._prepare_value_for_plan_successor(
            date_start, date_end, is_auto_renew, recurring_next_date
        )
        # What belongs to the line itself stays with it: its charges, its price steps.
        own = {"base_price", "base_date", "price_since", "suspended_end"}
        return {
            name: value
            for name, value in values.items()
            if name not in own and self._fields[name].type != "one2many"
        }

    def _pays_for(self, values):
        """Whether what was paid for the line pays for a successor that differs in `values`."""
        self.ensure_one()
        return all(
            self._fields[name].convert_to_write(self[name], self) == (values[name] or False)
            if self._fields[name].type != "float"
            else self[name] == values[name]
            for name in _PAID_WITH.intersection(values)
        )

    # What plain contracts do to a single line goes by the changes of the contract here: with a
    # reason, a preview, and what was paid given back.

    def action_stop(self):
        if self._is_alarm():
            return self.contract_id.action_drop()
        return super().action_stop()

    def action_stop_plan_successor(self):
        if self._is_alarm():
            return self.contract_id.action_suspend()
        return super().action_stop_plan_successor()

    def action_plan_successor(self):
        if self._is_alarm():
            return self.contract_id.action_re_sign()
        return super().action_plan_successor()

    def _chain(self):
        """These lines and all that they go on from."""
        chain = self
        while missing := chain.predecessor_contract_line_id - chain:
            chain |= missing
        return chain

    def _get_unused(self, day):
        """What was paid for `day` and after it under this contract and is to be given back: values
        of charges."""
        contracts = self.contract_id
        charges = self.env["alarm.charge"].search(
            [
                ("contract_id", "in", contracts.ids),
                ("contract_line_id", "in", self._chain().ids),
                ("kind", "=", "recurring"),
                ("state", "=", "charged"),
                ("period_end", ">=", day),
            ],
            order="period_start, id",
        )
        return charges._prepare_credits(day - _DAY)
