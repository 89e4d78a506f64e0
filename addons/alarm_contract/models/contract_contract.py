from odoo import api, fields, models

from ..tools.contract_states import STATES


class ContractContract(models.Model):
    """A contract that follows a business model is a contract of the centre: charged, changed and
    ended by the verbs of this module. One without is left to what plain contracts have."""

    _inherit = "contract.contract"
    _rec_names_search = ("name", "code", "partner_id.name")

    business_model_id = fields.Many2one(
        "alarm.business.model",
        string="Business Model",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    alarm_state = fields.Selection(
        STATES,
        string="State",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    subscriber_ids = fields.Many2many(
        "alarm.subscriber",
        "alarm_contract_subscriber_rel",
        "contract_id",
        "subscriber_id",
        string="Subscribers",
        check_company=True,
        ondelete="restrict",
        help="The premises that are served under this contract.",
    )
    device_ids = fields.Many2many(
        "alarm.device",
        "alarm_contract_device_rel",
        "contract_id",
        "device_id",
        string="Equipment",
        check_company=True,
        ondelete="restrict",
        help="Pieces of equipment that the contract names, e.g. leased body-worn recorders, which "
        "stand at no premises.",
    )
    # Who pays need not be of the customer's family: a carrier, a ministry.
    invoice_partner_id = fields.Many2one(string="Payer", domain=[])
    counterparty_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="With whom income is shared or settled: government, joint venture, carrier.",
    )
    invoice_grouping = fields.Selection(
        [
            ("contract", "One Invoice for the Contract"),
            ("customer", "One Invoice with the Payer's Other Contracts"),
            ("site", "One Invoice for Each Site"),
        ],
        required=True,
        default="contract",
        string="Invoiced As",
    )
    invoice_day = fields.Integer(
        string="Day of Invoice",
        help="Periods begin on this day of the month (1 to 28). 0: on the day the line starts.",
    )
    charge_ids = fields.One2many("alarm.charge", "contract_id", string="Charges")
    charge_count = fields.Integer(compute="_compute_charge_count")
    predecessor_contract_id = fields.Many2one(
        "contract.contract",
        string="Follows",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
    )
    successor_contract_id = fields.Many2one(
        "contract.contract",
        string="Followed By",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
    )

    _invoice_day_range = models.Constraint(
        "CHECK(invoice_day >= 0 AND invoice_day <= 28)",
        "The day of invoice is 1 to 28, or 0 for the day the line starts.",
    )

    @api.depends("charge_ids")
    def _compute_charge_count(self):
        counts = dict(
            self.env["alarm.charge"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.charge_count = counts.get(contract, 0)

    def _compute_invoice_count(self):
        """As before, but with one query for all."""
        moves = {contract.id: set() for contract in self}
        groups = self.env["account.move.line"]._read_group(
            [("contract_line_id.contract_id", "in", self.ids)],
            ["contract_line_id"],
            ["move_id:array_agg"],
        )
        for line, move_ids in groups:
            moves[line.contract_id.id].update(move_ids)
        for contract in self:
            contract.invoice_count = len(moves[contract.id])

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("business_model_id"):
                self._fill_in_names(vals)
        return super().create(vals_list)

    def copy_data(self, default=None):
        """A copy is another draft: with the fees, but not with what became of them."""
        result = super().copy_data(default=default)
        for contract, vals in zip(self, result, strict=True):
            if contract.business_model_id:
                vals["code"] = False
                vals.pop("recurring_next_date", None)
                vals["contract_line_ids"] = [
                    command
                    for command in vals.get("contract_line_ids", ())
                    # The deposit gets its line when the copy is signed.
                    if command[2].get("charge_kind") != "deposit"
                    and not command[2].get("is_canceled")
                ]
        return result

    @api.model
    def _fill_in_names(self, vals):
        if not vals.get("code"):
            company = vals.get("company_id") or self.env.company.id
            sequence = self.env["ir.sequence"].with_company(company)
            vals["code"] = sequence.next_by_code("alarm.contract")
        if not vals.get("name"):
            partner = self.env["res.partner"].browse(vals.get("partner_id"))
            vals["name"] = partner.display_name or vals["code"]
        vals["line_recurrence"] = True

    def _set_start_contract_modification(self):
        # The customer is told what he signed by the centre, not by a mail about a modification.
        plain = self.filtered(lambda contract: not contract.business_model_id)
        return super(ContractContract, plain)._set_start_contract_modification()
