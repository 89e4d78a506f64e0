from odoo import fields, models


class ResPartner(models.Model):
    """How it stands with the contracts of a customer, for who sells to him."""

    _inherit = "res.partner"

    alarm_contract_count = fields.Integer(
        string="Service Contracts",
        compute="_compute_alarm_contract_count",
        groups="sales_team.group_sale_salesman,account.group_account_invoice",
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
