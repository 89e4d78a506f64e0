from datetime import timedelta

from odoo import Command, models

from odoo.addons.alarm_contract.tools.pricing import exact

_DAY = timedelta(days=1)


class AlarmContractChange(models.Model):
    """What a take-over brings along of what is settled: the contracts that share their income, the
    milestones that are not reached, the capacity that is leased out. Each day is settled once,
    under the one contract or the other."""

    _inherit = "alarm.contract.change"

    def _prepare_new_contract(self, heirs, plan):
        values = super()._prepare_new_contract(heirs, plan)
        contract = self.contract_id
        values["settled_from"] = self._get_settled_from()
        values["settlement_anchor"] = contract._get_settlement_anchor()
        values.update(self._prepare_milestones())
        if contract.biller == "carrier" and not self.to_payer_id:
            # The carrier goes on collecting, from another customer.
            values.update(self._prepare_payer(contract.invoice_partner_id))
            # The copy keeps what was agreed with it.
            for name in ("fiscal_position_id", "payment_term_id"):
                values.pop(name, None)
        return values

    def _get_settled_from(self):
        """The day of the take-over; when it is told late, the day after what is settled by then."""
        ends = [
            settlement.date_end
            for settlement in self.contract_id.settlement_ids
            if settlement.kind == "share" and settlement._is_agreed()
        ]
        return max(self.date, *(end + _DAY for end in ends)) if ends else self.date

    def _do_take_over(self, plan):
        contract = self.contract_id
        sources = contract.share_source_ids
        # Of a period that is shorter by now.
        contract.settlement_ids.filtered(
            lambda one: one.date_end >= self.date and not one._is_agreed()
        ).unlink()
        leases = contract.capacity_lease_ids._prepare_hand_on(self.date)
        done = super()._do_take_over(plan)
        new = self.new_contract_id
        sources.write({"share_contract_id": new.id, "share_from": new.settled_from})
        if new.settled_from > self.date:
            # What was settled for days after the take-over includes what the new one invoices.
            new._keep_shared_under(contract, self.date, new.settled_from - _DAY)
        leases = self.env["alarm.capacity.lease"].create(
            [{**vals, "contract_id": new.id} for vals in leases]
        )
        leases.action_start()
        return done

    def _prepare_milestones(self):
        """What is still to be reached is owed by the new customer; what was built and paid for is
        not paid for again."""
        milestones = self.contract_id.milestone_ids.filtered(lambda one: one.state == "open")
        amounts = [exact(amount) for amount in milestones.mapped("amount")]
        total = sum(amounts)
        if not total:
            return {"build_amount": 0, "milestone_ids": []}
        percents = [round(float(amount * 100 / total), 4) for amount in amounts]
        percents[-1] = round(100 - sum(percents[:-1]), 4)
        return {
            "build_amount": float(total),
            "milestone_ids": [
                Command.create({**milestone.copy_data()[0], "percent": percent})
                for milestone, percent in zip(milestones, percents, strict=True)
            ],
        }
