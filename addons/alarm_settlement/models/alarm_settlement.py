import logging
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.alarm_contract.tools.terms import SHARE_BASES, SHARE_DIRECTIONS

from ..tools.states import SETTLEMENT, SETTLEMENT_STATES

_logger = logging.getLogger(__name__)


class AlarmSettlement(models.Model):
    """What one side owes the other for a period of a contract, with its calculation: a share of
    turnover or of profit, or income that was collected for somebody else. Each period is settled
    once; what comes to light later is a statement of its own that corrects it."""

    _name = "alarm.settlement"
    _inherit = ["alarm.settlement.guard", "mail.thread"]
    _description = "Settlement Statement"
    _order = "date_start desc, id desc"
    _check_company_auto = True

    _transitions = SETTLEMENT
    _verb_fields = frozenset(
        {
            "state",
            "name",
            "confirmed_by_id",
            "confirmed_on",
            "move_id",
            "charge_id",
            "corrects_id",
            "loss_to_carry",
            # Calculated from the lines, and agreed to as that.
            "share_direction",
            "share_base",
            "terms",
            "turnover",
            "cost",
            "base",
            "share",
            "collected",
            "fee",
            "adjustment",
            "settled_before",
            "amount",
        }
    )

    name = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    kind = fields.Selection(
        [("share", "Share of Income"), ("pass_on", "Income Passed On")],
        required=True,
        default="share",
    )
    contract_id = fields.Many2one(
        "contract.contract",
        required=True,
        index=True,
        ondelete="restrict",
        # Its company is the record's: to ask for that before it is chosen would offer none.
        domain="[('business_model_id', '!=', False)]",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Settled With",
        required=True,
        index=True,
        ondelete="restrict",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_start = fields.Date(string="From", required=True)
    date_end = fields.Date(string="Until", required=True)
    share_base = fields.Selection(
        SHARE_BASES,
        compute="_compute_partner_id",
        store=True,
        # A correction has that of what it corrects; nobody types it (`_verb_fields`).
        readonly=False,
        precompute=True,
        string="Share of",
    )
    terms = fields.Json(
        readonly=True,
        copy=False,
        help="Tiers, minimum and what becomes of a loss, as the contract said it when this was "
        "calculated: a correction goes by them, whatever was agreed since.",
    )
    share_direction = fields.Selection(
        SHARE_DIRECTIONS,
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        string="Who Pays",
    )
    line_ids = fields.One2many("alarm.settlement.line", "settlement_id", string="Calculation")
    turnover = fields.Monetary(compute="_compute_amounts", store=True)
    cost = fields.Monetary(string="Costs", compute="_compute_amounts", store=True)
    base = fields.Monetary(
        compute="_compute_amounts", store=True, help="Of which the share is taken."
    )
    share = fields.Monetary(compute="_compute_amounts", store=True)
    collected = fields.Monetary(compute="_compute_amounts", store=True)
    fee = fields.Monetary(string="Our Fee", compute="_compute_amounts", store=True)
    adjustment = fields.Monetary(string="Adjustments", compute="_compute_amounts", store=True)
    settled_before = fields.Monetary(compute="_compute_amounts", store=True)
    amount = fields.Monetary(
        string="To Settle", compute="_compute_amounts", store=True, tracking=True
    )
    loss_to_carry = fields.Monetary(
        readonly=True, copy=False, help="The loss that the next period begins with."
    )
    corrects_id = fields.Many2one(
        "alarm.settlement",
        string="Corrects",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    correction_ids = fields.One2many("alarm.settlement", "corrects_id", string="Corrected By")
    is_outdated = fields.Boolean(
        compute="_compute_is_outdated",
        help="Invoices or costs of this period have come to light since.",
    )
    state = fields.Selection(
        SETTLEMENT_STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    confirmed_on = fields.Date(readonly=True, copy=False)
    move_id = fields.Many2one(
        "account.move",
        string="Bill",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    charge_id = fields.Many2one(
        "alarm.charge", index="btree_not_null", ondelete="restrict", readonly=True, copy=False
    )
    charge_ids = fields.One2many(
        "alarm.charge", "settlement_id", string="Charges", readonly=True, copy=False
    )
    invoice_id = fields.Many2one(related="charge_id.move_id", string="Invoice")
    note = fields.Text()

    _period_uniq = models.UniqueIndex(
        "(contract_id, kind, date_start) WHERE corrects_id IS NULL",
        "This period of the contract is settled already.",
    )
    _one_correction = models.UniqueIndex(
        "(corrects_id) WHERE state = 'draft'", "A correction of this period is open already."
    )
    _days_in_order = models.Constraint(
        "CHECK(date_end >= date_start)", "A period ends after it begins."
    )

    @api.depends("name")
    def _compute_display_name(self):
        """Nothing as long as it is not saved: the screen then says New."""
        for statement in self:
            statement.display_name = statement.name if statement.name != "/" else False

    @api.depends("contract_id", "kind")
    def _compute_partner_id(self):
        for settlement in self:
            contract = settlement.contract_id
            settlement.partner_id = contract._get_settlement_partner() if contract else False
            settlement.share_base = contract.share_base
            settlement.share_direction = (
                "we_pay" if settlement.kind == "pass_on" else contract.share_direction
            )

    @api.depends("line_ids.kind", "line_ids.amount", "kind", "loss_to_carry", "share_base")
    def _compute_amounts(self):
        for settlement in self:
            total = settlement._total_of_kinds
            settlement.turnover = total("turnover")
            settlement.cost = -total("cost")
            settlement.share = total("tier", "minimum")
            settlement.collected = total("collected")
            settlement.fee = -total("fee")
            settlement.adjustment = total("adjustment")
            settlement.settled_before = -total("settled")
            if settlement.share_base == "profit":
                result = total("turnover", "cost", "carried")
                settlement.base = max(result, 0)
            else:
                settlement.base = settlement.turnover
            settlement.amount = total(
                "tier", "minimum", "collected", "fee", "adjustment", "settled"
            )

    def _total_of_kinds(self, *kinds):
        lines = self.line_ids.filtered(lambda line: line.kind in kinds)
        return self._total(lines.mapped("amount"))

    def _compute_is_outdated(self):
        for settlement in self:
            settlement.is_outdated = settlement._is_outdated()

    @api.constrains("contract_id", "kind", "date_start", "date_end")
    def _check_overlap(self):
        for settlement in self.filtered(lambda one: not one.corrects_id):
            other = self.search(
                [
                    ("contract_id", "=", settlement.contract_id.id),
                    ("kind", "=", settlement.kind),
                    ("corrects_id", "=", False),
                    ("id", "!=", settlement.id),
                    ("date_start", "<=", settlement.date_end),
                    ("date_end", ">=", settlement.date_start),
                ],
                limit=1,
            )
            if other:
                raise UserError(
                    self.env._("%s settles a part of this period already.", other.display_name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        settlements = super().create(vals_list)
        for settlement in settlements:
            settlement.sudo()._write_by_verb(
                {
                    "name": self.env["ir.sequence"]
                    .with_company(settlement.company_id)
                    .next_by_code("alarm.settlement", settlement.date_end)
                }
            )
        settlements._reckon()
        return settlements

    def write(self, vals):
        fixed = {"contract_id", "kind", "date_start", "date_end", "partner_id", "line_ids"}
        if fixed.intersection(vals) and any(one.state != "draft" for one in self):
            raise UserError(
                self.env._("A statement that was confirmed stays as it is: correct it by another.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        if any(settlement.state != "draft" for settlement in self):
            raise UserError(
                self.env._("A statement that was confirmed stays: correct it by another.")
            )

    @api.model
    def _cron_prepare(self):
        """Every day: the statements of periods that are over, and corrections of those of which
        something has come to light since."""
        contracts = self.env["contract.contract"].search(
            [
                ("business_model_id", "!=", False),
                ("alarm_state", "!=", "draft"),
                "|",
                "|",
                ("share_base", "not in", (False, "none")),
                ("capacity_lease_ids", "!=", False),
                # What has no share any more may still have one to correct.
                ("settlement_ids", "!=", False),
            ]
        )
        # Their day, not that of whoever the job runs as.
        for company, of_company in contracts.grouped("company_id").items():
            here = self.with_company(company)
            here._prepare_patiently(of_company.with_company(company), company._alarm_today())

    @api.model
    def _prepare_patiently(self, contracts, date):
        """All at once; if something is wrong with one contract, the others go on without it, and
        the log says why."""
        try:
            with self.env.cr.savepoint():
                contracts._add_lease_charges(date)
                self._prepare_due(contracts, date)
                self._prepare_corrections(contracts, date)
            return
        except Exception:
            self.env.invalidate_all(flush=False)
            if len(contracts) == 1:
                _logger.exception("No statements for contract %s", contracts.display_name)
                return
        for contract in contracts:
            self._prepare_patiently(contract, date)

    @api.model
    def _prepare_due(self, contracts, date):
        """Statements of the periods that are over on a day and have none."""
        values = [
            {"contract_id": contract.id, "kind": kind, "date_start": start, "date_end": end}
            for contract, kind, start, end in contracts._get_periods_not_settled(date)
        ]
        # One after the other: a loss that is carried comes from the statement before.
        settlements = self.browse()
        for vals in values:
            settlements |= self.create(vals)
        return settlements

    @api.model
    def _prepare_corrections(self, contracts, date):
        recent = self.search(
            [
                ("contract_id", "in", contracts.ids),
                ("corrects_id", "=", False),
                ("state", "!=", "draft"),
                ("date_end", ">=", date - timedelta(days=400)),
            ]
        )
        return recent.filtered(lambda one: one._is_outdated())._make_correction()

    def action_reckon(self):
        """Look at the invoices and costs again."""
        self.check_access("write")
        if any(settlement.state != "draft" for settlement in self):
            raise UserError(
                self.env._("A statement that was confirmed stays as it is: correct it by another.")
            )
        self._reckon()
        return True

    def action_confirm(self):
        """Both sides agree to it."""
        self.check_access("write")
        for settlement in self:
            settlement._check_confirmable()
        return self._transition(
            "confirm",
            confirmed_by_id=self.env.uid,
            confirmed_on=self.company_id._alarm_today(),
        )

    def _is_agreed(self):
        """Whether somebody has said something in it that must not be lost."""
        self.ensure_one()
        return self.state != "draft" or any(line.is_typed for line in self.line_ids)

    def _check_confirmable(self):
        if self.state == "draft" and self._has_changed():
            raise UserError(
                self.env._(
                    "Invoices or costs of %s have changed since it was calculated: calculate it "
                    "again and look at it.",
                    self.display_name,
                )
            )
        if self.kind == "share" and self.share_base == "profit" and self.state == "draft":
            self._check_costs_known()
            if self._get_terms()["carries_loss"] and self._get_previous().state == "draft":
                raise UserError(
                    self.env._("Confirm the statement of the period before this one first.")
                )

    def _check_costs_known(self):
        if not self.contract_id.share_analytic_account_id and not self.line_ids.filtered(
            lambda line: line.kind == "cost"
        ):
            raise UserError(
                self.env._(
                    "A share of profit needs costs: say on %s on which analytic account they are "
                    "kept, or type them into the statement.",
                    self.contract_id.display_name,
                )
            )

    def action_correct(self):
        """A statement of what is different by now."""
        self.check_access("write")
        self.ensure_one()
        root = self.corrects_id or self
        if root.state == "draft":
            raise UserError(self.env._("A draft is calculated again, not corrected."))
        correction = root._make_correction()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_settlement.alarm_settlement_action"
        )
        action.update({"views": [(False, "form")], "res_id": correction.id})
        return action

    def _make_correction(self):
        corrections = self.browse()
        # That one was confirmed is known to the database before it is asked for another.
        self.correction_ids.flush_recordset(["state"])
        for root in self:
            open_ones = root.correction_ids.filtered(lambda one: one.state == "draft")
            corrections |= open_ones or self._by_verb().create(
                {
                    "contract_id": root.contract_id.id,
                    "kind": root.kind,
                    "partner_id": root.partner_id.id,
                    "date_start": root.date_start,
                    "date_end": root.date_end,
                    "corrects_id": root.id,
                    "share_base": root.share_base,
                    "share_direction": root.share_direction,
                    "terms": root.terms,
                    "line_ids": root._prepare_typed_again(),
                }
            ).with_env(self.env)
        return corrections

    def _prepare_typed_again(self):
        """What a clerk typed holds for the correction too: it is all of the period once more. What
        is passed on is no such: there a correction is only what is new."""
        self.ensure_one()
        if self.kind != "share":
            return []
        last = (self | self.correction_ids).sorted("id")[-1]
        return [
            Command.create({"kind": line.kind, "name": line.name, "amount": line.amount})
            for line in last.line_ids
            if line.is_typed
        ]
