from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_act_window_contract_xml(self, contract_type):
        ours = contract_type != "purchase" and self.env["contract.contract"].search_count(
            [*self._get_partner_contract_domain(), ("business_model_id", "!=", False)], limit=1
        )
        if ours:
            return self.env["ir.actions.act_window"]._for_xml_id(
                "alarm_contract.contract_contract_action"
            )
        return super()._get_act_window_contract_xml(contract_type)
