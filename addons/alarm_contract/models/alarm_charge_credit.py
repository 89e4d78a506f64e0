from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools import periods, pricing

_DAY = timedelta(days=1)


class AlarmCharge(models.Model):
    """What of a period that was paid in advance is given back when the service ends within it: what
    the period cost, less what it would have cost had it ended on that day. So the rule for parts of
    a period (by days, whole, half months, free) is that of the line. It is due at once, also where
    the period is still to come."""

    _inherit = "alarm.charge"

    credits_charge_id = fields.Many2one(
        "alarm.charge",
        string="Gives Back",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        help="The charge of which this gives a part back.",
    )
    credit_ids = fields.One2many("alarm.charge", "credits_charge_id", string="Given Back By")

    given_back = fields.Monetary(
        compute="_compute_given_back",
        compute_sudo=True,
        help="What credit notes that somebody made of its invoice give back of it, before tax.",
    )

    given_back_line_ids = fields.One2many(
        "account.move.line", "alarm_given_back_id", string="Credit Notes"
    )

    @api.depends("given_back_line_ids.parent_state", "given_back_line_ids.amount_currency")
    def _compute_given_back(self):
        for charge in self:
            lines = charge.given_back_line_ids.filtered(lambda line: line.parent_state == "posted")
            charged = charge.move_line_id.amount_currency
            # In proportion, since a price may include its tax.
            share = sum(lines.mapped("amount_currency")) / -charged if charged else 0.0
            charge.given_back = charge.currency_id.round(charge.amount * share)

    def _check_given_once(self):
        """No credit note made by hand gives back what another one gave back already."""
        # As superuser: who keeps invoices only need not keep contracts.
        for charge in self.sudo():
            invoiced = charge.credit_ids.filtered(lambda credit: credit.state == "charged")
            given = -sum(invoiced.mapped("amount"))
            whole = abs(charge.given_back + given)
            if given and charge.currency_id.compare_amounts(whole, abs(charge.amount)) > 0:
                raise UserError(
                    self.env._(
                        "Of “%(charge)s” %(given)s of %(amount)s was given back already, by "
                        "%(moves)s. Lessen its line on this credit note; what is given beyond that "
                        "is a line of its own.",
                        charge=charge.name.partition("\n")[0],
                        given=charge.currency_id.format(given),
                        amount=charge.currency_id.format(charge.amount),
                        moves=", ".join(invoiced.move_id.mapped("display_name")),
                    )
                )

    def _prepare_credits(self, day):
        """Values of the charges that give back what these have charged for the time after `day`."""
        values = []
        for charge in self:
            until = charge._get_paid_until()
            if until <= day:
                continue
            amount = charge._amount_until(charge.period_end) - charge._amount_until(day)
            amount = charge.currency_id.round(amount - charge._get_given())
            # Somebody may have given back more than that.
            if amount * charge.amount > 0:
                start = max(charge.period_start, day + _DAY)
                values.append(
                    {**charge._prepare_credit(start, until, amount), "date_due": day + _DAY}
                )
        return values

    def _get_given(self):
        """What of it is given back already, by these charges and by hand."""
        return self.given_back - sum(self._get_live_credits().mapped("amount"))

    def _get_live_credits(self):
        return self.credit_ids.filtered(lambda credit: credit.state in ("chargeable", "charged"))

    def _get_paid_until(self):
        """The last day of the period that is paid for still."""
        self.ensure_one()
        starts = self._get_live_credits().mapped("period_start")
        return min(starts) - _DAY if starts else self.period_end

    def _is_given_back_by_another(self):
        """Another charge gives back what this one gave back."""
        self.ensure_one()
        credited = self.credits_charge_id
        return bool(credited) and credited._get_paid_until() < self.period_start

    def _amount_until(self, day):
        """What the period costs when it ends on `day`."""
        self.ensure_one()
        if day < self.period_start:
            return 0.0
        whole = self._price_until(self.period_end)
        part = self._price_until(min(day, self.period_end))
        if whole == self.amount or not whole:
            return part
        # The line was changed since: in proportion to what was charged.
        share = pricing.exact(part) / pricing.exact(whole)
        return self.currency_id.round(float(pricing.exact(self.amount) * share))

    def _price_until(self, day):
        line = self.contract_line_id
        months = line.period_months or 1
        first, last = periods.whole_period(
            line.anchor_date or self.period_start, months, self.period_start
        )
        period = periods.Period(self.period_start, day, first, last)
        return pricing.price_of(
            period,
            months,
            self.quantity,
            self.unit_price,
            line.discount,
            line.discount_until or None,
            line.part_period,
            self.currency_id.rounding or 0.01,
            line._get_unbroken_since(period) if line else None,
        ).amount

    def _prepare_credit(self, start, end, amount):
        self.ensure_one()
        lang = self.contract_id._get_payer_lang()
        env = self.with_context(lang=lang).env
        return {
            "contract_id": self.contract_id.id,
            "contract_line_id": self.contract_line_id.id,
            "subscriber_id": self.subscriber_id.id,
            "kind": "adjustment",
            "name": env._(
                "Paid in advance, given back: %(name)s\n%(start)s – %(end)s",
                name=self.display_name,
                start=format_date(env, start, lang_code=lang),
                end=format_date(env, end, lang_code=lang),
            ),
            "period_start": start,
            "period_end": end,
            "amount": -amount,
            "unit_price": -amount,
            "product_id": self.product_id.id,
            "source_ref": f"credit:{self.id}:{start}",
            "credits_charge_id": self.id,
        }

    @api.model
    def _set_off(self, moves):
        """What these credit notes give back is set against what is still owed of the invoices that
        charged it: nobody pays, is dunned for, or has collected from him what was given back."""
        for note in moves.filtered(lambda move: move.move_type == "out_refund"):
            invoices = note.invoice_line_ids.alarm_charge_id.credits_charge_id.move_id
            # Somebody else may pay by now.
            invoices = invoices.filtered(
                lambda move, note=note: (
                    move.commercial_partner_id == note.commercial_partner_id
                    and move.currency_id == note.currency_id
                )
            )
            owed = invoices._get_open_receivables()
            for account, given in note._get_open_receivables().grouped("account_id").items():
                to_pay = owed.filtered(lambda item, account=account: item.account_id == account)
                if to_pay:
                    (given | to_pay).reconcile()
