from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("turnover", "Turnover"),
    ("cost", "Cost"),
    ("carried", "Loss Carried"),
    ("tier", "Share"),
    ("minimum", "Up to the Minimum"),
    ("collected", "Collected"),
    ("fee", "Our Fee"),
    ("adjustment", "Adjustment"),
    ("settled", "Settled Before"),
]

# What a clerk may type into a statement; all else is calculated.
TYPED = frozenset({"turnover", "cost", "adjustment"})


class AlarmSettlementLine(models.Model):
    """One line of the calculation of a statement. Costs, losses and fees are below zero, so that
    the lines of a step add up."""

    _name = "alarm.settlement.line"
    _description = "Line of a Settlement Statement"
    _order = "settlement_id, sequence, id"

    settlement_id = fields.Many2one(
        "alarm.settlement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="settlement_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="settlement_id.currency_id")
    sequence = fields.Integer(compute="_compute_sequence", store=True, precompute=True)
    kind = fields.Selection(KINDS, required=True, default="adjustment")
    name = fields.Char(required=True)
    source_contract_id = fields.Many2one(
        "contract.contract", index="btree_not_null", ondelete="restrict", readonly=True
    )
    account_id = fields.Many2one(
        "account.account", index="btree_not_null", ondelete="restrict", readonly=True
    )
    charge_id = fields.Many2one(
        "alarm.charge", index="btree_not_null", ondelete="restrict", readonly=True
    )
    turn = fields.Integer(
        readonly=True,
        default=1,
        help="The how-manieth time that something of this invoice is passed on or taken back.",
    )
    base = fields.Monetary(readonly=True)
    rate = fields.Float(string="Rate (%)", readonly=True)
    amount = fields.Monetary(required=True)
    is_typed = fields.Boolean(
        readonly=True, default=True, help="Typed by a clerk, not calculated from the books."
    )

    # The same invoice is passed on once, and what is credited of it afterwards is taken back once:
    # two statements that are made at once find the same turn.
    _passed_once = models.UniqueIndex(
        "(charge_id, turn, (amount < 0)) WHERE kind = 'collected'", "This was passed on already."
    )

    @api.depends("kind")
    def _compute_sequence(self):
        order = {kind: 10 * number for number, (kind, _label) in enumerate(KINDS, 1)}
        for line in self:
            line.sequence = order.get(line.kind, 0)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._follow()
        return lines

    def write(self, vals):
        self._check_typed()
        if "settlement_id" in vals:
            raise UserError(self.env._("A line stays in its statement."))
        result = super().write(vals)
        self._follow()
        return result

    def unlink(self):
        self._check_typed()
        settlements = self.settlement_id
        result = super().unlink()
        if not settlements._is_by_verb():
            settlements._reckon_share()
        return result

    def _follow(self):
        if not self.settlement_id._is_by_verb():
            self._check_typed()
            self.settlement_id._reckon_share()

    def _check_typed(self):
        """What the machinery calculated, nobody types."""
        if self.settlement_id._is_by_verb():
            return
        for line in self:
            if not line.is_typed or line.kind not in TYPED:
                raise UserError(self.env._("%s is calculated and cannot be typed.", line.name))
            if line.settlement_id.state != "draft":
                raise UserError(
                    self.env._(
                        "A statement that was confirmed stays as it is: correct it by another."
                    )
                )
