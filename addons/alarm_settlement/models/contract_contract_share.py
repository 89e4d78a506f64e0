from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from odoo.addons.alarm_contract.tools import periods
from odoo.addons.alarm_contract.tools.contract_states import CHARGED

from ..tools.shares import TIER_RULES


class ContractContract(models.Model):
    """A contract under which income is shared: that of itself, and of the contracts that name it,
    e.g. the packages of the users under a concession."""

    _inherit = "contract.contract"

    share_contract_id = fields.Many2one(
        "contract.contract",
        string="Income Shared Under",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('share_base', 'not in', (False, 'none')), ('id', '!=', id)]",
        help="The concession or joint venture that this contract's income belongs to.",
    )
    share_source_ids = fields.One2many(
        "contract.contract", "share_contract_id", string="Contracts of Which Income Is Shared"
    )
    share_from = fields.Date(
        string="Shared From",
        copy=False,
        help="Invoices of before this day are not shared under it. Empty: all of them are.",
    )
    past_share_ids = fields.One2many(
        "alarm.contract.past.share", "source_id", string="Shared Before Under"
    )
    settlement_anchor = fields.Date(
        string="Periods Counted From",
        compute="_compute_settlement_anchor",
        store=True,
        help="From when the periods of settlement are counted. A new signature leaves it as it "
        "is, and so does a take-over.",
    )
    settled_from = fields.Date(
        readonly=True,
        copy=False,
        help="What was before this day is settled under the contract that was taken over.",
    )
    share_rule = fields.Selection(TIER_RULES, default="slice", string="Tiers Mean")
    share_minimum = fields.Float(
        string="Minimum Share",
        groups="base.group_user",
        help="Of a whole period of settlement, in the company's currency.",
    )
    share_carries_loss = fields.Boolean(string="Losses Are Carried")
    share_analytic_account_id = fields.Many2one(
        "account.analytic.account",
        string="Costs Kept On",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Of which expenses are the costs of a share of profit.",
    )
    settlement_ids = fields.One2many("alarm.settlement", "contract_id", string="Settlements")
    settlement_count = fields.Integer(compute="_compute_settlement_count")
    capacity_lease_ids = fields.One2many(
        "alarm.capacity.lease", "contract_id", string="Capacity Leased Out"
    )

    @api.depends("settlement_ids")
    def _compute_settlement_count(self):
        counts = dict(
            self.env["alarm.settlement"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.settlement_count = counts.get(contract, 0)

    # Once, when the service starts: what the term becomes later is nothing to it.
    @api.depends("live_on")
    def _compute_settlement_anchor(self):
        for contract in self:
            started = contract.live_on and (contract.term_start or contract.live_on)
            contract.settlement_anchor = contract.settlement_anchor or started

    @api.model
    def _get_agreed_fields(self):
        names = ("share_rule", "share_minimum", "share_carries_loss", "subsidy_returned")
        days = ("settlement_anchor", "settled_from")
        return (
            super()._get_agreed_fields()
            | dict.fromkeys(names, "contract")
            | dict.fromkeys(days, "machine")
        )

    @api.model
    def _get_verb_labels(self):
        return super()._get_verb_labels() | {
            "share": self.env._("another contract under which its income is shared")
        }

    @api.constrains("share_contract_id")
    def _check_share_contract(self):
        for contract in self:
            above = contract.share_contract_id
            if above and (above == contract or above.share_contract_id):
                raise ValidationError(
                    self.env._(
                        "%s is no contract under which income is shared: it shares its own under "
                        "another one.",
                        above.display_name,
                    )
                )
            if above and contract.share_source_ids:
                raise ValidationError(
                    self.env._(
                        "Income is shared under %s already: it cannot be shared once more.",
                        contract.display_name,
                    )
                )

    @api.constrains("share_contract_id", "share_base")
    def _check_shared_once(self):
        for contract in self:
            if contract.share_contract_id and contract.share_base not in (False, "none"):
                raise ValidationError(
                    self.env._(
                        "The income of %(contract)s is shared under %(other)s: it has no share of "
                        "its own.",
                        contract=contract.display_name,
                        other=contract.share_contract_id.display_name,
                    )
                )

    @api.onchange("share_contract_id")
    def _onchange_share_contract_id(self):
        if self.share_contract_id:
            self.share_base = "none"

    @api.model_create_multi
    def create(self, vals_list):
        # Its model may be the concession's own: what is shared is shared above.
        return super().create(
            [
                {"share_base": "none", **vals} if vals.get("share_contract_id") else vals
                for vals in vals_list
            ]
        )

    @api.constrains("share_contract_id", "share_from")
    def _check_share_from(self):
        """No day of its income is shared under two contracts."""
        for contract in self.filtered("share_contract_id"):
            before = max(contract.past_share_ids.mapped("date_end"), default=False)
            if before and (not contract.share_from or contract.share_from <= before):
                raise ValidationError(
                    self.env._(
                        "Until %(date)s the income of %(contract)s was shared already: under "
                        "another contract it is shared from a later day.",
                        date=format_date(self.env, before),
                        contract=contract.display_name,
                    )
                )

    def _check_share_from_agreed(self, vals):
        """From when income is shared is said with the contract under which it is, not alone."""
        if "share_from" not in vals or self.env.su or self._is_by_verb():
            return
        for contract in self:
            if not contract.terms_open and contract._differs("share_from", vals["share_from"]):
                contract._refuse("share_from", "share")

    def write(self, vals):
        if "share_contract_id" not in vals:
            self._check_share_from_agreed(vals)
            return super().write(vals)
        above_id = vals["share_contract_id"] or False
        if above_id:
            # As when it is made: what is shared is shared above.
            own = self.filtered(lambda contract: contract.share_base not in (False, "none"))
            own._check_gives_up_share()
            own._write_by_verb({"share_base": "none"})
        moved = self.filtered(
            lambda contract: contract.alarm_state != "draft"
            and contract.share_contract_id.id != above_id
        )
        (self - moved)._check_share_from_agreed(vals)
        if not moved:
            return super().write(vals)
        # What was invoiced until now stays shared where it was.
        since = vals.get("share_from") or self.company_id._alarm_today()
        moved._keep_past_shares(fields.Date.to_date(since))
        super(ContractContract, moved).write({**vals, "share_from": above_id and since})
        return super(ContractContract, self - moved).write(vals)

    def _check_gives_up_share(self):
        """A share that was agreed and signed ends by a manager's word."""
        signed = self.filtered(lambda contract: contract.alarm_state != "draft")
        manager = "alarm_contract.group_contract_manager"
        if signed and not (self.env.su or self.env.user.has_group(manager)):
            raise AccessError(
                self.env._(
                    "%s has a share of its own: a contract manager ends it.",
                    signed[0].display_name,
                )
            )

    def _keep_past_shares(self, until):
        """Until the day before `until` the income was shared as it has been."""
        # As superuser: it is the record of what the contracts said so far.
        self.env["alarm.contract.past.share"].sudo().create(
            [
                {
                    "source_id": contract.id,
                    "contract_id": contract.share_contract_id.id,
                    "date_start": contract.share_from,
                    "date_end": until - timedelta(days=1),
                }
                for contract in self
                if contract.share_contract_id
                and (not contract.share_from or contract.share_from < until)
            ]
        )

    def _keep_shared_under(self, above, start, end):
        # As superuser: as above.
        self.env["alarm.contract.past.share"].sudo().create(
            [
                {
                    "source_id": contract.id,
                    "contract_id": above.id,
                    "date_start": start,
                    "date_end": end,
                }
                for contract in self
            ]
        )

    def action_settle(self):
        """Make the statements of the periods that are over."""
        self.check_access("write")
        today = self.company_id._alarm_today()
        for contract in self:
            if not contract._settles():
                raise UserError(
                    self.env._("Nothing is shared or passed on under %s.", contract.display_name)
                )
        self.env["alarm.settlement"]._prepare_due(self, today)
        return self.action_view_settlements()

    def action_view_settlements(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_settlement.alarm_settlement_action"
        )
        action["domain"] = [("contract_id", "in", self.ids)]
        action["context"] = {}
        return action

    def _settles(self):
        """Kinds of statements that this contract has."""
        self.ensure_one()
        kinds = []
        if self.share_base and self.share_base != "none":
            kinds.append("share")
        if self.capacity_lease_ids:
            kinds.append("pass_on")
        return kinds

    def _get_settlement_periods(self, date):
        """Periods of settlement that are over on a day, the first one first."""
        self.ensure_one()
        anchor = self._get_settlement_anchor()
        if not anchor or self.alarm_state not in CHARGED or not self.settlement_months:
            return []
        # Whoever took the contract over keeps its periods, and begins within one.
        first = max(anchor, self.settled_from or anchor)
        end = self._get_settlement_end() or None
        return list(periods.due_periods(anchor, self.settlement_months, first, False, date, end))

    def _get_periods_not_settled(self, date):
        """[(contract, kind, first day, last day)] of what is over on a day and in no statement:
        whole periods, or what a statement that somebody made by hand leaves of one."""
        settled = {}
        for contract, kind, start, end in self.env["alarm.settlement"]._read_group(
            [("contract_id", "in", self.ids), ("corrects_id", "=", False)],
            ["contract_id", "kind", "date_start:day", "date_end:day"],
        ):
            settled.setdefault((contract.id, kind), []).append((start, end))
        return [
            (contract, kind, start, end)
            for contract in self
            for kind in contract._settles()
            for period in contract._get_settlement_periods(date)
            for start, end in periods.gaps(
                period.start, period.end, settled.get((contract.id, kind), ())
            )
        ]

    def _get_settlement_anchor(self):
        """From when periods are counted; before the service starts, as the term is agreed."""
        self.ensure_one()
        return self.settlement_anchor or self.term_start

    def _get_settlement_end(self):
        """The last day that is settled; False when the contract goes on, be it after its term."""
        self.ensure_one()
        if self.alarm_state != "ended":
            return False
        ends = self.contract_line_ids.filtered("date_end").mapped("date_end")
        return self.terminate_date or self._get_term_end() or max(ends, default=False)

    def _get_settlement_partner(self):
        """With whom is settled."""
        self.ensure_one()
        return self.counterparty_id or self.invoice_partner_id

    @api.model
    def _get_ids_to_bill(self, company, date):
        ids = super()._get_ids_to_bill(company, date)
        ours = [
            ("company_id", "=", company.id),
            ("contract_id.business_model_id", "!=", False),
            ("contract_id.alarm_state", "in", tuple(CHARGED)),
        ]
        due = self.env["alarm.capacity.lease"].search(ours)._prepare_charges(date)
        return sorted({*ids, *(values["contract_id"] for values in due)})

    def _prepare_other_charges(self, date):
        leases = self.env["alarm.capacity.lease"].search([("contract_id", "in", self.ids)])
        return super()._prepare_other_charges(date) + leases._prepare_charges(date)

    def _transition(self, verb, **values):
        result = super()._transition(verb, **values)
        if verb == "end":
            for contract in self:
                running = contract.capacity_lease_ids.filtered(lambda one: one.state == "running")
                running._end(contract._get_last_day())
        return result

    def _add_lease_charges(self, date):
        leases = self.env["alarm.capacity.lease"].search([("contract_id", "in", self.ids)])
        return leases._add_charges(date)
