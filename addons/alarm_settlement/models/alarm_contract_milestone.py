from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.shares import divide
from ..tools.states import MILESTONE, MILESTONE_STATES


class AlarmContractMilestone(models.Model):
    """A part of the price of building that is owed when something is reached."""

    _name = "alarm.contract.milestone"
    _inherit = ["alarm.settlement.guard"]
    _description = "Milestone of a Contract"
    _order = "contract_id, sequence, id"
    _check_company_auto = True

    _transitions = MILESTONE
    _verb_fields = frozenset({"state", "reached_on", "reached_by_id", "amount"})

    contract_id = fields.Many2one(
        "contract.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, help="e.g. Advance on signature, Acceptance, Retention.")
    condition = fields.Char(
        string="Owed When", help="What must be the case, e.g. acceptance signed by both sides."
    )
    percent = fields.Float(string="Share (%)", digits=(16, 4), required=True)
    amount = fields.Monetary(compute="_compute_amount", store=True)
    product_id = fields.Many2one(
        "product.product", string="Service", ondelete="restrict", check_company=True
    )
    planned_on = fields.Date(string="Planned")
    state = fields.Selection(
        MILESTONE_STATES, required=True, readonly=True, default="open", copy=False, index=True
    )
    reached_on = fields.Date(readonly=True, copy=False)
    reached_by_id = fields.Many2one(
        "res.users",
        string="Reached By",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who said that it is reached.",
    )
    proof = fields.Char(help="What shows it, e.g. the number of the acceptance certificate.")
    charge_ids = fields.One2many("alarm.charge", "milestone_id")
    move_id = fields.Many2one(related="charge_ids.move_id", string="Invoice")

    _percent_range = models.Constraint(
        "CHECK(percent > 0 AND percent <= 100)", "A milestone is more than 0 and at most 100 %."
    )

    @api.depends(
        "percent",
        "sequence",
        "contract_id.build_amount",
        "contract_id.milestone_ids.percent",
        "contract_id.milestone_ids.sequence",
    )
    def _compute_amount(self):
        for contract in self.contract_id:
            milestones = contract.milestone_ids.sorted(lambda one: (one.sequence, one._origin.id))
            amounts = divide(
                contract.build_amount,
                milestones.mapped("percent"),
                contract.currency_id.rounding or 0.01,
            )
            for milestone, amount in zip(milestones, amounts, strict=True):
                if milestone in self:
                    milestone.amount = amount
        for milestone in self.filtered(lambda one: not one.contract_id):
            milestone.amount = 0

    @api.model_create_multi
    def create(self, vals_list):
        milestones = super().create(vals_list)
        milestones.contract_id._check_milestones_open()
        return milestones

    def write(self, vals):
        if {"percent", "sequence", "contract_id", "product_id"}.intersection(vals):
            self.contract_id._check_milestones_open()
        result = super().write(vals)
        if "contract_id" in vals:
            self.contract_id._check_milestones_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self.contract_id._check_milestones_open()

    def action_reach(self):
        """It is reached: its part of the price is owed."""
        self.check_access("write")
        today = self.company_id._alarm_today()
        for milestone in self:
            if milestone.contract_id.alarm_state == "draft":
                raise UserError(
                    self.env._("%s is not signed yet.", milestone.contract_id.display_name)
                )
            following = milestone.contract_id.successor_contract_id
            if following:
                raise UserError(
                    self.env._(
                        "The contract was taken over: it is reached under %s.",
                        following.display_name,
                    )
                )
        self._transition("reach", reached_on=today, reached_by_id=self.env.uid)
        self.env["alarm.charge"]._add(
            [milestone._prepare_charge(today) for milestone in self if milestone.amount]
        )
        return True

    def _prepare_charge(self, date):
        self.ensure_one()
        parts = [f"{self.name} ({self.percent:g} %)"]
        if self.condition:
            parts.append(self.condition)
        if self.proof:
            parts.append(self.proof)
        return {
            "contract_id": self.contract_id.id,
            "kind": "milestone",
            "milestone_id": self.id,
            "name": "\n".join(parts),
            "amount": self.amount,
            "date_due": date,
            "product_id": self.product_id.id,
            "source_ref": f"milestone:{self.id}",
        }
