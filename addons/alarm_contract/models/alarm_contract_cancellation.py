from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

STATES = [
    ("draft", "Draft"),
    ("pending", "Pending"),
    ("done", "Ended"),
    ("withdrawn", "Withdrawn"),
]

# What only a verb may set.
VERB_FIELDS = frozenset(
    {
        "state",
        "calculation_id",
        "confirmed_by_id",
        "confirmed_on",
        "ended_on",
        "undo_values",
        "undo_reason",
        "problem",
        "move_ids",
        "removal_order_ids",
    }
)

_BY_VERB = object()


class AlarmContractCancellation(models.Model):
    """A customer leaves, or is left: notice, last day, what it comes to, what is to be done until
    then. The queue of them is what the office works off."""

    _name = "alarm.contract.cancellation"
    _description = "Cancellation of a Contract"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "effective_date, id"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "contract.contract",
        required=True,
        index=True,
        ondelete="restrict",
        # Its company is the record's: to ask for that before it is chosen would offer none.
        domain="[('business_model_id', '!=', False), "
        "('alarm_state', 'in', ('signed', 'running', 'suspended'))]",
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    contract_code = fields.Char(related="contract_id.code", string="Number")
    partner_id = fields.Many2one(
        related="contract_id.partner_id", string="Customer", store=True, index=True
    )
    subscriber_ids = fields.Many2many(related="contract_id.subscriber_ids", string="Sites")
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", copy=False, index=True, tracking=True
    )
    notice_date = fields.Date(
        string="Notice On",
        required=True,
        default=lambda self: self.env.company._alarm_today(),
        tracking=True,
    )
    bound_until = fields.Date(
        compute="_compute_bound_until",
        help="The last day on which the customer is bound when notice is given on this day.",
    )
    effective_date = fields.Date(
        string="Last Day of Service",
        compute="_compute_effective_date",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
    )
    early = fields.Boolean(compute="_compute_early", string="Before the End of the Term")
    early_notice = fields.Char(compute="_compute_early")
    follow_up_date = fields.Date(
        string="Follow Up On", help="When somebody speaks with the customer again."
    )
    reason_id = fields.Many2one(
        "contract.terminate.reason", required=True, ondelete="restrict", index=True, tracking=True
    )
    reason_kind = fields.Selection(related="reason_id.kind", store=True, index=True)
    comment = fields.Text(string="Remark")
    retention_offer = fields.Selection(
        [
            ("none", "None"),
            ("price", "Lower Price"),
            ("free_months", "Free Months"),
            ("pause", "Suspension Instead"),
            ("service", "Another Service"),
            ("equipment", "Newer Equipment"),
        ],
        default="none",
        help="What the customer was offered so that he stays.",
    )
    retention_note = fields.Char(string="What Was Offered")
    refund_deposit = fields.Boolean(string="Give the Deposit Back", default=True)
    calculation_id = fields.Many2one(
        "alarm.exit.calculation", readonly=True, copy=False, ondelete="restrict"
    )
    calculation_line_ids = fields.One2many(related="calculation_id.line_ids")
    fee = fields.Monetary(related="calculation_id.fee")
    credit = fields.Monetary(related="calculation_id.credit")
    deposit = fields.Monetary(related="calculation_id.deposit")
    waived = fields.Boolean(related="calculation_id.waived")
    waive_reason = fields.Text(related="calculation_id.waive_reason")
    total = fields.Monetary(related="calculation_id.total")
    task_ids = fields.One2many("alarm.cancellation.task", "cancellation_id", string="Tasks")
    open_task_count = fields.Integer(compute="_compute_open_task_count", string="Open Tasks")
    removal_order_ids = fields.Many2many(
        "alarm.work.order",
        "alarm_cancellation_work_order_rel",
        string="Removals",
        readonly=True,
        copy=False,
        groups="alarm_work_order.group_technician",
    )
    removal_progress = fields.Char(
        compute="_compute_removal_progress", compute_sudo=True, string="Removal"
    )
    move_ids = fields.Many2many("account.move", string="Final Invoice", readonly=True, copy=False)
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    confirmed_on = fields.Date(readonly=True, copy=False)
    ended_on = fields.Date(readonly=True, copy=False)
    undo_values = fields.Json(readonly=True, copy=False)
    undo_reason = fields.Text(readonly=True, copy=False)
    problem = fields.Text(readonly=True, copy=False)

    _one_pending = models.UniqueIndex(
        "(contract_id) WHERE state = 'pending'", "The contract is under notice already."
    )

    @api.constrains("notice_date", "effective_date")
    def _check_dates(self):
        for cancellation in self:
            start = cancellation.contract_id.live_on
            if start and cancellation.effective_date < start:
                raise ValidationError(
                    self.env._(
                        "The service of %(contract)s began on %(date)s only.",
                        contract=cancellation.contract_id.display_name,
                        date=format_date(self.env, start),
                    )
                )

    @api.constrains("notice_date", "effective_date", "reason_id")
    def _check_notice_period(self):
        for cancellation in self:
            earliest = cancellation._get_earliest_date()
            if earliest and cancellation.effective_date < earliest:
                raise ValidationError(
                    self.env._(
                        "Notice of %(days)s days was agreed in %(contract)s: the last day of "
                        "service is %(date)s at the earliest.",
                        days=cancellation.contract_id.notice_days,
                        contract=cancellation.contract_id.display_name,
                        date=format_date(self.env, earliest),
                    )
                )

    def _get_earliest_date(self):
        """The first day that may be the last one, False where any may be: before the service has
        begun, and where we end it, which has notices of its own."""
        self.ensure_one()
        contract = self.contract_id
        if not contract.live_on or self.reason_kind in ("ours", "non_payment"):
            return False
        earliest = fields.Date.add(self.notice_date, days=contract.notice_days)
        return min(filter(None, (earliest, self.bound_until)))

    @api.depends("contract_id", "notice_date")
    def _compute_bound_until(self):
        for cancellation in self:
            contract = cancellation.contract_id
            cancellation.bound_until = (
                contract
                and cancellation.notice_date
                and contract._get_bound_until(cancellation.notice_date)
            )

    @api.depends("contract_id", "notice_date")
    def _compute_effective_date(self):
        for cancellation in self:
            if cancellation.state == "draft":
                cancellation.effective_date = cancellation.bound_until or cancellation.notice_date

    @api.depends("bound_until", "effective_date")
    @api.depends_context("lang")
    def _compute_early(self):
        for cancellation in self:
            until, last = cancellation.bound_until, cancellation.effective_date
            cancellation.early = bool(until and last and last < until)
            cancellation.early_notice = cancellation.early and self.env._(
                "This is before the end of the term: the customer is bound until %s.",
                format_date(self.env, until),
            )

    @api.depends("task_ids.done")
    def _compute_open_task_count(self):
        for cancellation in self:
            cancellation.open_task_count = len(
                cancellation.task_ids.filtered(lambda task: not task.done)
            )

    @api.depends("removal_order_ids.state")
    def _compute_removal_progress(self):
        states = dict(
            self.env["alarm.work.order"]._fields["state"]._description_selection(self.env)
        )
        for cancellation in self:
            cancellation.removal_progress = ", ".join(
                f"{order.name} {states[order.state]}" for order in cancellation.removal_order_ids
            )

    @api.depends("contract_id", "effective_date")
    def _compute_display_name(self):
        for cancellation in self:
            day = format_date(self.env, cancellation.effective_date)
            cancellation.display_name = f"{cancellation.contract_id.display_name or ''} – {day}"

    @api.model
    def default_get(self, fields):
        # A context gives nothing that only a verb may set.
        values = super().default_get(fields)
        return {
            name: ("draft" if name == "state" else False) if name in VERB_FIELDS else value
            for name, value in values.items()
        }

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_by_verb(
                name for name in VERB_FIELDS if vals.get(name) not in (None, False, "draft")
            )
        cancellations = super().create(vals_list)
        cancellations._recalculate()
        return cancellations

    def write(self, vals):
        self._check_by_verb(VERB_FIELDS.intersection(vals))
        by_verb = self.env.context.get("alarm_by_verb") is _BY_VERB
        terms = {"contract_id", "notice_date", "effective_date", "reason_id", "refund_deposit"}
        if not by_verb and terms.intersection(vals):
            decided = self.filtered(lambda cancellation: cancellation.state != "draft")
            if decided:
                raise UserError(
                    self.env._(
                        "%s is confirmed: undo it and make another one.", decided[0].display_name
                    )
                )
        result = super().write(vals)
        if not by_verb and terms.intersection(vals):
            self._recalculate()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(cancellation.state != "draft" for cancellation in self):
            raise UserError(self.env._("A cancellation that was confirmed is kept."))

    def _recalculate(self):
        """What it comes to with the dates as they are now."""
        # As superuser: these figures are reckoned from the contract, nobody types them.
        Calculation = self.env["alarm.exit.calculation"].sudo()
        for cancellation in self:
            old = cancellation.calculation_id
            new = Calculation.create(cancellation._prepare_calculation())
            if old.waived and old.fee == new.fee:
                new.write(
                    {
                        "waived": True,
                        "waive_reason": old.waive_reason,
                        "waived_by_id": old.waived_by_id.id,
                    }
                )
            cancellation._write_by_verb({"calculation_id": new.id})
            # Figures nobody agreed on are no record.
            old.sudo().unlink()

    def _prepare_calculation(self):
        self.ensure_one()
        return self.env["alarm.exit.calculation"]._prepare(
            self.contract_id, self.notice_date, self.effective_date, self.refund_deposit
        )

    def _prepare_tasks(self):
        """The list of tasks that this cancellation begins with."""
        self.ensure_one()
        applies = self._get_task_conditions()
        types = self.env["alarm.cancellation.task.type"].search(
            [("company_id", "in", (False, self.company_id.id))]
        )
        return [
            Command.create(
                {
                    "type_id": kind.id,
                    "sequence": kind.sequence,
                    "date_due": fields.Date.add(self.effective_date, days=kind.days),
                    "user_id": self.env.uid,
                }
            )
            for kind in types
            if kind.applies in applies
        ]

    def _get_task_conditions(self):
        self.ensure_one()
        # As superuser: whether something stands there, not what.
        contract = self.contract_id.sudo()
        conditions = {"always"}
        devices = contract.device_ids | contract.subscriber_ids.device_ids
        if devices.filtered(lambda device: device.state == "at_site"):
            conditions.add("equipment")
        if contract.subscriber_ids.filtered(lambda site: site.state in ("active", "suspended")):
            conditions.add("monitored")
        if self.deposit or contract._get_deposit_held():
            conditions.add("deposit")
        return conditions

    def _write_by_verb(self, vals):
        return self.with_context(alarm_by_verb=_BY_VERB).write(vals)

    def _check_by_verb(self, names):
        names = sorted(names)
        if names and self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(
                self.env._("Only the actions of a cancellation set %s.", ", ".join(names))
            )
