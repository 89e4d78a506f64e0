from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from odoo.addons.alarm_contract.tools import periods
from odoo.addons.alarm_contract.tools.pricing import exact

from ..tools.states import LEASE, LEASE_STATES

_DAY = timedelta(days=1)


# What is agreed with the lessee and the owner of the network.
_AGREED = frozenset(
    {
        "contract_id",
        "partner_id",
        "date_start",
        "period_months",
        "in_advance",
        "amount",
        "product_id",
        "fee_rate",
        "pass_on_when",
    }
)


class AlarmCapacityLease(models.Model):
    """Spare capacity of a network that is somebody else's, leased out by us: we invoice the lessee
    and pass the income to the owner, less our fee where one is agreed."""

    _name = "alarm.capacity.lease"
    _inherit = ["alarm.settlement.guard", "mail.thread"]
    _description = "Leased-Out Capacity"
    _order = "contract_id, date_start, id"
    _check_company_auto = True

    _transitions = LEASE

    name = fields.Char(
        string="Capacity", required=True, help="What is leased out, e.g. two cores of the ring."
    )
    contract_id = fields.Many2one(
        "contract.contract",
        required=True,
        index=True,
        ondelete="restrict",
        # Its company is the record's: to ask for that before it is chosen would offer none.
        domain="[('business_model_id', '!=', False)]",
        help="The contract with the owner of the network.",
    )
    owner_id = fields.Many2one("res.partner", compute="_compute_owner_id", string="Passed To")
    partner_id = fields.Many2one(
        "res.partner",
        string="Lessee",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    date_start = fields.Date(required=True, default=lambda self: self.env.company._alarm_today())
    date_end = fields.Date()
    period_months = fields.Integer(string="Billed Every (Months)", required=True, default=1)
    in_advance = fields.Boolean(default=True)
    amount = fields.Monetary(required=True, help="Of one period, before tax.")
    product_id = fields.Many2one(
        "product.product",
        string="Service",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain="[('type', '=', 'service')]",
        help="Gives the taxes of the invoice.",
    )
    fee_rate = fields.Float(
        string="Our Fee (%)", help="Of what is collected; 0: all of it is passed on."
    )
    pass_on_when = fields.Selection(
        [("invoiced", "It Is Invoiced"), ("paid", "It Is Paid")],
        required=True,
        default="paid",
        string="Passed On When",
    )
    state = fields.Selection(
        LEASE_STATES, required=True, readonly=True, default="draft", copy=False, tracking=True
    )
    charge_ids = fields.One2many("alarm.charge", "capacity_lease_id", string="Charges")

    _positive = models.Constraint(
        "CHECK(amount > 0 AND period_months > 0 AND fee_rate >= 0 AND fee_rate <= 100)",
        "A lease has an amount and a period, and a fee between 0 and 100 %.",
    )
    _days_in_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)", "A lease ends after it begins."
    )

    @api.depends("contract_id.counterparty_id", "contract_id.invoice_partner_id")
    def _compute_owner_id(self):
        for lease in self:
            lease.owner_id = lease.contract_id and lease.contract_id._get_settlement_partner()

    def write(self, vals):
        if _AGREED.intersection(vals) and any(lease.state != "draft" for lease in self):
            raise UserError(
                self.env._("A lease that runs stays as it was agreed: end it and make another one.")
            )
        return super().write(vals)

    @api.constrains("date_end")
    def _check_not_charged(self):
        """What was charged stays as it was agreed; a lease only ends."""
        for lease in self:
            ends = [charge.period_end for charge in lease.charge_ids if charge.state != "waived"]
            if ends and lease.date_end and lease.date_end < max(ends):
                raise ValidationError(
                    self.env._(
                        "%(lease)s is charged until %(date)s.",
                        lease=lease.display_name,
                        date=format_date(self.env, max(ends)),
                    )
                )

    def action_start(self):
        self.check_access("write")
        self._transition("start")
        self._add_charges(self.company_id._alarm_today())
        return True

    def action_end(self):
        """Nothing more is charged after the period that was charged last."""
        self.check_access("write")
        return self._end(self.company_id._alarm_today())

    def _end(self, day):
        for lease in self:
            end = lease._get_end(day)
            lease.date_end = min(lease.date_end, end) if lease.date_end else end
        return self._transition("end")

    def _get_end(self, day):
        """The last day of the lease when it is to end on `day`: what is charged stays charged."""
        self.ensure_one()
        charges = self.charge_ids.filtered(lambda charge: charge.state != "waived")
        charged = max(charges.mapped("period_end"), default=False)
        return max(one for one in (day, charged, self.date_start) if one)

    def _prepare_hand_on(self, day):
        """Values of the leases that follow these under another contract: from `day` on, or after
        what is charged by then."""
        values = []
        for lease in self.filtered(lambda lease: lease.state != "ended"):
            start = lease.date_start
            if lease.state == "running":
                start = max(start, lease._get_end(day - _DAY) + _DAY)
            if not lease.date_end or lease.date_end >= start:
                values.append(
                    {**lease.copy_data()[0], "date_start": start, "date_end": lease.date_end}
                )
        return values

    def _add_charges(self, date):
        """Charge the periods that are due up to a day, each once."""
        return self.env["alarm.charge"]._add(self._prepare_charges(date))

    def _prepare_charges(self, date):
        """Values of the charges that are due up to a day and were not made yet."""
        return [
            lease._prepare_charge(period)
            for lease in self.filtered(lambda lease: lease.state != "draft")
            for period in lease._get_due_periods(date)
        ]

    def _get_due_periods(self, date):
        self.ensure_one()
        last = max(self.charge_ids.mapped("period_end"), default=False)
        return periods.due_periods(
            self.date_start,
            self.period_months,
            last + _DAY if last else self.date_start,
            self.in_advance,
            date,
            self.date_end or None,
        )

    def _prepare_charge(self, period):
        self.ensure_one()
        factor = periods.part_factor(period, self.period_months, "days")
        env = self.env(context={**self.env.context, "lang": self.partner_id.lang or self.env.lang})
        first, last = format_date(env, period.start), format_date(env, period.end)
        return {
            "contract_id": self.contract_id.id,
            "kind": "capacity",
            "capacity_lease_id": self.id,
            "payer_id": self.partner_id.id,
            "name": f"{self.name}\n{first} – {last}",
            "period_start": period.start,
            "period_end": period.end,
            "date_due": periods.invoice_date(period, self.in_advance),
            "amount": self.currency_id.round(float(factor * exact(self.amount))),
            "product_id": self.product_id.id,
            "source_ref": f"lease:{self.id}:{period.start}",
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if any(lease.state != "draft" for lease in self):
            raise ValidationError(self.env._("A lease that has begun ends, but is not deleted."))
