from odoo import api, fields, models

from odoo.addons.alarm_contract.models.contract_contract_dunning import FEE_STATES as LABELS
from odoo.addons.alarm_contract.tools.contract_states import IN_FORCE
from odoo.addons.alarm_contract.tools.dunning import FEE_STATES


class ResPartner(models.Model):
    """How it stands with the contracts of a customer, for who sells to him."""

    _inherit = "res.partner"

    alarm_contract_count = fields.Integer(
        string="Service Contracts",
        compute="_compute_alarm_contract_count",
        groups="sales_team.group_sale_salesman,account.group_account_invoice",
    )
    alarm_fee_state = fields.Selection(
        LABELS,
        string="Fees of the Service",
        compute="_compute_alarm_fee_state",
        compute_sudo=True,
        groups="sales_team.group_sale_salesman,account.group_account_invoice",
        help="The gravest of the customer's contracts in force.",
    )
    alarm_fee_notice = fields.Char(
        compute="_compute_alarm_fee_notice",
        groups="sales_team.group_sale_salesman,account.group_account_invoice",
    )
    alarm_contract_notice = fields.Char(
        string="Leaving",
        compute="_compute_alarm_contract_notice",
        compute_sudo=True,
        groups="sales_team.group_sale_salesman,account.group_account_invoice",
    )

    def _compute_alarm_fee_state(self):
        groups = self.env["contract.contract"]._read_group(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("business_model_id", "!=", False),
                ("alarm_state", "in", tuple(IN_FORCE)),
            ],
            ["commercial_partner_id", "fee_state"],
        )
        ranks = {}
        for customer, state in groups:
            ranks[customer] = max(ranks.get(customer, 0), FEE_STATES.index(state))
        for partner in self:
            partner.alarm_fee_state = FEE_STATES[ranks.get(partner.commercial_partner_id, 0)]

    @api.depends("alarm_fee_state")
    @api.depends_context("lang")
    def _compute_alarm_fee_notice(self):
        labels = dict(self._fields["alarm_fee_state"]._description_selection(self.env))
        for partner in self:
            overdue = partner.alarm_fee_state not in ("none", "ok")
            partner.alarm_fee_notice = overdue and self.env._(
                "Fees of this customer are overdue: %s.", labels[partner.alarm_fee_state]
            )

    def _compute_alarm_contract_notice(self):
        groups = self.env["alarm.contract.cancellation"]._read_group(
            [
                ("contract_id.commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("state", "=", "pending"),
            ],
            ["contract_id"],
        )
        pending = {}
        for (contract,) in groups:
            pending.setdefault(contract.commercial_partner_id, []).append(contract)
        for partner in self:
            contracts = pending.get(partner.commercial_partner_id)
            partner.alarm_contract_notice = contracts and self.env._(
                "Cancellation pending: %s",
                ", ".join(contract.display_name for contract in contracts),
            )

    def _compute_alarm_contract_count(self):
        groups = self.env["contract.contract"]._read_group(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("business_model_id", "!=", False),
                ("alarm_state", "!=", "ended"),
            ],
            ["commercial_partner_id"],
            ["__count"],
        )
        counts = dict(groups)
        for partner in self:
            partner.alarm_contract_count = counts.get(partner.commercial_partner_id, 0)

    def action_view_alarm_contracts(self):
        self.ensure_one()
        xmlid = "alarm_contract_sale.contract_contract_action_sales"
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return action | {
            "domain": [
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("business_model_id", "!=", False),
            ]
        }
