from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.carrier_match import TYPES

PROBLEMS = [
    ("no_reference", "Neither a contract nor an account is named."),
    ("no_amount", "No amount."),
    ("bad_amount", "The amount is no number."),
]

# What a person decides; all else is read and compared.
DECIDED = frozenset({"decision", "note", "assigned_contract_id"})


class AlarmCarrierFileLine(models.Model):
    """One row of a carrier's file, or a contract that the file leaves out, and what was decided
    where the two sides do not agree."""

    _name = "alarm.carrier.file.line"
    _description = "Line of a Carrier's File"
    _order = "file_id, type_order, row_number, id"

    file_id = fields.Many2one("alarm.carrier.file", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="file_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="file_id.currency_id")
    state = fields.Selection(related="file_id.state")
    type = fields.Selection(TYPES, required=True, readonly=True, index=True)
    type_order = fields.Integer(compute="_compute_type_order", store=True, precompute=True)
    row_number = fields.Integer(string="Row", readonly=True)
    reference = fields.Char(string="Contract in the File", readonly=True)
    account = fields.Char(string="Account in the File", readonly=True)
    customer = fields.Char(string="Name in the File", readonly=True)
    status = fields.Char(string="Status in the File", readonly=True)
    text = fields.Char(string="Row as It Came", readonly=True)
    problem = fields.Selection(PROBLEMS, readonly=True)
    contract_id = fields.Many2one(
        "contract.contract", index="btree_not_null", ondelete="restrict", readonly=True
    )
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    expected = fields.Monetary(
        readonly=True,
        help="What our contract says for the period, with or without tax as in the file.",
    )
    found = fields.Monetary(string="In the File", readonly=True)
    difference = fields.Monetary(compute="_compute_difference", store=True)
    assigned_contract_id = fields.Many2one(
        "contract.contract",
        string="Is Contract",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('biller', '=', 'carrier'), ('company_id', '=', company_id)]",
        help="Which contract a row means that is unknown by its numbers. Compare again then.",
    )
    decision = fields.Selection(
        [
            ("carrier", "The Carrier Is Right"),
            ("ours", "We Are Right"),
            ("open", "Stays Open"),
        ],
        help="The carrier is right: its amount is invoiced. We are right: what we expect is "
        "invoiced, or nothing where we expect nothing, and the carrier is told. Stays open: "
        "nothing is invoiced now; what we expect is expected again in the next file.",
    )
    note = fields.Char()
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")

    @api.depends("type")
    def _compute_type_order(self):
        order = {name: number for number, (name, _label) in enumerate(TYPES)}
        for line in self:
            line.type_order = order.get(line.type, 0)

    @api.depends("found", "expected")
    def _compute_difference(self):
        for line in self:
            line.difference = line.currency_id.round(line.found - line.expected)

    @api.constrains("decision")
    def _check_decision(self):
        for line in self:
            if line.decision == "carrier" and not line._can_follow_carrier():
                raise ValidationError(
                    self.env._(
                        "Row %s belongs to no contract or has no amount: nothing can be invoiced "
                        "for it. Say which contract it is, or leave it.",
                        line.row_number,
                    )
                )

    def _can_follow_carrier(self):
        self.ensure_one()
        return bool(self.contract_id) and not self.problem

    @api.model_create_multi
    def create(self, vals_list):
        files = self.env["alarm.carrier.file"].browse({vals.get("file_id") for vals in vals_list})
        if not files._is_by_verb():
            raise UserError(self.env._("The lines of a file are what the comparison makes of it."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.file_id._is_by_verb():
            if not DECIDED.issuperset(vals):
                raise UserError(self.env._("What the file says stays as it came."))
            if any(line.state == "invoiced" for line in self):
                raise UserError(self.env._("What was decided is invoiced: it stays."))
            if "decision" in vals:
                self._check_may_decide(vals["decision"])
            if "decision" in vals:
                vals = {**vals, "decided_by_id": vals["decision"] and self.env.uid}
        return super().write(vals)

    def _check_may_decide(self, decision):
        """To follow the carrier is to give money up, or to take what nobody owes; to take that
        back is the manager's as well."""
        if self.env.su or self.env.user.has_group("alarm_contract.group_contract_manager"):
            return
        for line in self:
            if decision != line.decision and "carrier" in (decision, line.decision):
                raise AccessError(
                    self.env._(
                        "%s: that the carrier is right is decided by a contract manager. Leave it "
                        "open, or ask one.",
                        line.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.file_id._is_by_verb():
            raise UserError(self.env._("No line of a file is left out: decide on it."))

    def action_follow_carrier(self):
        return self.write({"decision": "carrier"})

    def action_keep_ours(self):
        return self.write({"decision": "ours"})

    def action_leave_open(self):
        return self.write({"decision": "open"})
