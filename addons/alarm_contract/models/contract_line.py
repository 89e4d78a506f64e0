from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.periods import MONTHS

CHARGE_KINDS = [
    ("fixed", "Fixed"),
    ("per_zone", "Per Zone"),
    ("per_detector", "Per Detector"),
    ("per_attendance", "Per Attendance"),
    ("one_off", "Once"),
    ("deposit", "Deposit"),
]

# Kinds that come back every period.
RECURRING = frozenset({"fixed", "per_zone", "per_detector"})

REVENUE_CLASSES = [
    ("monitoring", "Monitoring"),
    ("maintenance", "Maintenance"),
    ("leasing", "Leasing"),
    ("communication", "Communication"),
    ("inspection", "Inspection"),
    ("response", "Response"),
    ("other", "Other"),
]


class ContractLine(models.Model):
    """What is owed under a contract, how it is counted, when it begins and how it ended."""

    _inherit = "contract.line"

    charge_kind = fields.Selection(
        CHARGE_KINDS, string="Charging", required=True, default="fixed", index=True
    )
    period_months = fields.Integer(
        string="Every (Months)",
        compute="_compute_period_months",
        inverse="_inverse_period_months",
        store=True,
        help="Length of a period: 1, 2, 3, 6, 12 or 24 months.",
    )
    part_period = fields.Selection(
        [
            ("days", "By Days"),
            ("whole", "Whole Period"),
            ("half_month", "By Half Months"),
            ("free", "Free"),
        ],
        required=True,
        default="days",
        string="Part of a Period",
        help="What is owed for a period that is not whole, because the service began or ended "
        "within it.",
    )
    begins = fields.Selection(
        [("signature", "With the Signature"), ("live", "With the Service"), ("date", "On a Date")],
        required=True,
        default="live",
    )
    waiting = fields.Boolean(
        compute="_compute_waiting",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="Has not begun: nothing is owed yet.",
    )
    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        string="Site",
        index="btree_not_null",
        ondelete="restrict",
        help="Only for this site; else for all of the contract.",
    )
    free_quota = fields.Integer(
        string="Free Attendances", help="So many are free within a period of the quota."
    )
    quota_months = fields.Integer(
        default=12, string="Quota Every (Months)", help="Length of a period of the quota."
    )
    discount_until = fields.Date(help="Last day with the discount. Empty: as long as the line.")
    revenue_class = fields.Selection(
        REVENUE_CLASSES,
        compute="_compute_revenue_class",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="Which kind of recurring revenue it is. Empty: it does not count as recurring.",
    )
    start_cause = fields.Selection(
        [
            ("new", "New"),
            ("add_on", "Add-on"),
            ("re_sign", "Signed Anew"),
            ("transfer", "Taken Over"),
            ("reactivation", "Reactivated"),
            ("downgrade", "Downgraded"),
        ],
        compute="_compute_start_cause",
        store=True,
        readonly=False,
        precompute=True,
    )
    end_cause = fields.Selection(
        [
            ("drop", "Service Dropped"),
            ("downgrade", "Downgraded"),
            ("cancel", "Cancelled"),
            ("re_sign", "Signed Anew"),
            ("transfer", "Taken Over"),
            ("suspension", "Suspended"),
        ],
        copy=False,
    )
    end_reason_id = fields.Many2one(
        "contract.terminate.reason", index="btree_not_null", ondelete="restrict", copy=False
    )

    _quota_positive = models.Constraint(
        "CHECK(free_quota >= 0 AND quota_months > 0)",
        "A quota is not negative, and has a period.",
    )

    @api.constrains("period_months", "charge_kind")
    def _check_period_months(self):
        for line in self:
            if line._is_alarm() and line.period_months not in MONTHS:
                raise ValidationError(
                    self.env._(
                        "Fees are billed every 1, 2, 3, 6, 12 or 24 months, not every %s.",
                        line.period_months,
                    )
                )

    @api.constrains("subscriber_id", "contract_id")
    def _check_subscriber(self):
        for line in self.filtered("subscriber_id"):
            if line.subscriber_id not in line.contract_id.subscriber_ids:
                raise ValidationError(
                    self.env._(
                        "%(line)s is for %(site)s, which is not under the contract.",
                        line=line.name,
                        site=line.subscriber_id.display_name,
                    )
                )

    @api.depends("recurring_rule_type", "recurring_interval")
    def _compute_period_months(self):
        months = {"quarterly": 3, "semesterly": 6, "yearly": 12}
        for line in self:
            unit = months.get(line.recurring_rule_type, 1)
            line.period_months = unit * line.recurring_interval
            if not line.period_months and not line.id:
                # In a form, before it is known how often.
                line.period_months = line.contract_id.period_months or 1

    def _inverse_period_months(self):
        for months, lines in self.grouped("period_months").items():
            lines.write({"recurring_rule_type": "monthly", "recurring_interval": months})

    @api.depends("begins")
    def _compute_waiting(self):
        for line in self:
            contract = line.contract_id
            line.waiting = bool(
                contract.business_model_id
                and (
                    (line.begins == "signature" and not contract.signed_on)
                    or (line.begins == "live" and not contract.live_on)
                )
            )

    @api.depends("product_id")
    def _compute_revenue_class(self):
        for line in self:
            line.revenue_class = line.product_id.alarm_revenue_class or line.revenue_class

    @api.depends("contract_id")
    def _compute_start_cause(self):
        for line in self:
            line.start_cause = line.start_cause or ("add_on" if line.contract_id.live_on else "new")

    @api.model_create_multi
    def create(self, vals_list):
        contracts = self.env["contract.contract"].browse(
            vals["contract_id"] for vals in vals_list if vals.get("contract_id")
        )
        contracts = contracts.filtered("business_model_id")
        return super().create(
            [
                self._with_terms(vals, contracts.browse(vals["contract_id"]))
                if vals.get("contract_id") in contracts._ids
                else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        if "period_months" in vals:
            vals = {**vals}
            vals["recurring_interval"] = vals.pop("period_months")
            vals["recurring_rule_type"] = "monthly"
        return super().write(vals)

    def copy_data(self, default=None):
        result = super().copy_data(default=default)
        for line, vals in zip(self, result, strict=True):
            if line._is_alarm():
                for name in ("recurring_next_date", "anchor_date", "date_end", "start_cause"):
                    vals.pop(name, None)
        return result

    @api.model
    def _with_terms(self, vals, contract):
        """Values of a new line: where they are silent, as the contract says."""
        vals = {**vals}
        months = vals.pop("period_months", None)
        if months is None and "recurring_interval" not in vals:
            months = contract.period_months or 1
        if months is not None:
            vals.update({"recurring_rule_type": "monthly", "recurring_interval": months})
        vals.setdefault(
            "recurring_invoicing_type", "pre-paid" if contract.in_advance else "post-paid"
        )
        if "price_unit" in vals and not vals.get("automatic_price"):
            # The price of a line is what is stored of it.
            vals.setdefault("specific_price", vals["price_unit"])
        return vals

    def _is_alarm(self):
        """Of a contract of the centre, and no heading or note."""
        self.ensure_one()
        return bool(self.contract_id.business_model_id) and not self.display_type

    def _begin(self, date):
        """The line begins on `date`."""
        return self._write_by_verb({"waiting": False, "date_start": date})

    def _prepare_value_for_plan_successor(self, date_start, date_end, *args, **kwargs):
        values = super()._prepare_value_for_plan_successor(date_start, date_end, *args, **kwargs)
        for name in ("end_cause", "end_reason_id", "waiting"):
            values.pop(name, None)
        return values
