from odoo import Command, api, models
from odoo.tools import float_compare

from .account_move_line import BY_CHARGES
from .alarm_billing_notice import BY_RUN

# Silent: no note in the history of each invoice, no followers, no tracking. The customer is told
# by the notification of invoices.
QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "tracking_disable": True,
}

_INVOICED_FIELDS = ("state", "move_line_id", "move_id")


class AlarmCharge(models.Model):
    """How charges become invoices: all of a batch at once."""

    _inherit = "alarm.charge"

    def _invoice(self, date):
        """Invoice what of these is to charge, dated `date`: grouped as the contracts say, created
        in one batch and posted. Returns the invoices."""
        charges = self.filtered(lambda charge: charge._is_open())
        moves = self.env["account.move"]
        for company, of_company in charges.grouped("company_id").items():
            moves |= of_company.with_company(company)._invoice_in_company(date).with_env(self.env)
        return moves

    def _invoice_in_company(self, date):
        # Looked for once for a payer, whatever number of charges he has.
        groups = self.with_context(alarm_positions={})._group_for_invoices()
        values_list = [group._prepare_invoice_values(date) for group in groups]
        moves = self.env["account.move"].with_context(**QUIET, alarm_links=BY_CHARGES)
        moves = moves.create(values_list).with_context(alarm_links=None)
        self._link_invoice_lines(moves)
        self._switch_negative(moves)
        moves.with_context(alarm_as_charged=BY_CHARGES)._post(soft=False)
        self._set_off(moves)
        if self.env.context.get("alarm_told") is not BY_RUN:
            self.env["alarm.billing.notice"]._queue(moves)
        return moves

    def _group_for_invoices(self):
        """Charges that go on one invoice, in the order of the contracts."""
        groups = {}
        for charge in self:
            groups.setdefault(charge._invoice_key(), []).append(charge.id)
        self._move_to_first_site(groups)
        return [self.browse(ids) for ids in groups.values()]

    @api.model
    def _move_to_first_site(self, groups):
        """Where each site has its invoice, what belongs to none goes with the first of these."""
        of_sites = {}
        for key in groups:
            *common, site = key
            if "site" in common and site:
                of_sites.setdefault(tuple(common), {})[site] = key
        for key in [key for key in groups if key[:-1] in of_sites and not key[-1]]:
            found = of_sites[key[:-1]]
            sites = self.browse(groups[key][0]).contract_id.subscriber_ids.ids
            first = next((found[site] for site in sites if site in found), min(found.values()))
            groups[first] += groups.pop(key)

    def _invoice_key(self):
        """What charges on one invoice have in common."""
        self.ensure_one()
        contract = self.contract_id
        common = (
            self.company_id.id,
            contract.journal_id.id,
            contract.invoice_partner_id.id,
            self.currency_id.id,
        )
        if contract.invoice_grouping == "customer":
            return (
                *common,
                contract.payment_term_id.id,
                contract.fiscal_position_id.id,
                "customer",
            )
        if contract.invoice_grouping == "site":
            return (*common, "site", contract.id, self.subscriber_id.id)
        return (*common, "contract", contract.id)

    def _prepare_invoice_values(self, date):
        """Values of the one invoice of these charges."""
        contracts = self.contract_id
        values = contracts[0]._prepare_invoice(date)
        values["invoice_line_ids"] = [
            Command.create(charge._prepare_invoice_line()) for charge in self
        ]
        if len(contracts) > 1:
            values["ref"] = ", ".join(filter(None, contracts.mapped("code")))
            values["invoice_origin"] = values["ref"]
        return values

    def _prepare_invoice_line(self):
        """Values of the invoice line of one charge. Its amount is that of the charge to the cent:
        where quantity, price and discount do not give it, the line has it as one piece."""
        self.ensure_one()
        line = self.contract_line_id
        values = {
            "name": self.name,
            "display_type": "product",
            "alarm_charge_id": self.id,
            "contract_line_id": line.id,
            "product_id": (self.product_id or line.product_id).id,
            **self._get_pieces(),
        }
        if line:
            values["product_uom_id"] = line.uom_id.id
            values["sequence"] = line.sequence
        values["analytic_distribution"] = line.analytic_distribution
        if self.currency_id == self.company_id.currency_id:
            # Said at once, each line is written once: else the entry writes them all again when it
            # finds its taxes. Where a tax is included in the price, it still does.
            values["balance"] = values["amount_currency"] = -self.amount
        if self.kind in ("deposit", "deposit_refund"):
            values.update(
                {
                    "account_id": self.company_id._get_alarm_deposit_account().id,
                    "tax_ids": [Command.clear()],
                }
            )
        return values

    def _get_pieces(self):
        """Quantity, price and discount as the invoice line has them."""
        if self._is_price_of_pieces():
            return {
                "quantity": self.quantity,
                "price_unit": self.unit_price,
                "discount": self.discount,
            }
        return {"quantity": 1.0, "price_unit": self.amount, "discount": 0.0}

    def _is_price_of_pieces(self):
        price = self.quantity * self.unit_price * (1 - self.discount / 100)
        rounding = self.currency_id.rounding or 0.01
        return not float_compare(
            self.currency_id.round(price), self.amount, precision_rounding=rounding
        )

    @api.model
    def _switch_negative(self, moves):
        """What is to be given back on the whole is a credit note."""
        negative = moves.filtered(lambda move: move.amount_total < 0)
        if negative:
            negative.action_switch_move_type()

    def _get_fiscal_position(self):
        """As the invoice has it."""
        self.ensure_one()
        contract = self.contract_id
        payer = self._get_payer_of(self._prepare_preview_values())
        if contract.fiscal_position_id and payer == contract.invoice_partner_id:
            return contract.fiscal_position_id
        known = self.env.context.get("alarm_positions", {})
        key = (self.company_id, payer)
        if key not in known:
            positions = self.env["account.fiscal.position"].with_company(self.company_id)
            known[key] = positions._get_fiscal_position(payer)
        return known[key]

    def _mark_periods(self):
        """The lines know up to which day they are charged. An old charge that is charged again
        sets none back, and what ended since is charged up to its end only."""
        last = {}
        for charge in self:
            if charge.kind in ("recurring", "one_off", "deposit") and charge.contract_line_id:
                line = charge.contract_line_id
                last[line.id] = max(last.get(line.id) or charge.period_end, charge.period_end)
        by_date = {}
        for line in self.env["contract.line"].browse(last):
            day = last[line.id]
            if day and line.date_end:
                day = min(day, line.date_end)
            day = max(filter(None, (day, line.last_date_invoiced)), default=False)
            if day != line.last_date_invoiced:
                by_date.setdefault(day, []).append(line.id)
        for date, ids in by_date.items():
            self.env["contract.line"].browse(ids)._write_by_verb({"last_date_invoiced": date})

    def _link_invoice_lines(self, moves):
        """Each charge knows its line: one statement, since every charge has another one."""
        self.flush_recordset(_INVOICED_FIELDS)
        moves.line_ids.flush_recordset(["alarm_charge_id", "move_id"])
        self.env.cr.execute(
            """
            UPDATE alarm_charge charge
               SET state = 'charged', move_line_id = line.id, move_id = line.move_id
              FROM account_move_line line
             WHERE line.alarm_charge_id = charge.id
               AND line.move_id = ANY(%s)
               AND charge.state = 'chargeable'
            """,
            [moves.ids],
        )
        self.invalidate_recordset(_INVOICED_FIELDS, flush=False)
