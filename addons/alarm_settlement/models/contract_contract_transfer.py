from odoo import api, fields, models


class ContractContract(models.Model):
    """What is handed over at the end of a contract."""

    _inherit = "contract.contract"

    transfer_list_ids = fields.One2many(
        "alarm.transfer.list", "contract_id", string="Transfer Lists"
    )
    transfer_list_count = fields.Integer(compute="_compute_transfer_list_count")

    @api.depends("transfer_list_ids")
    def _compute_transfer_list_count(self):
        counts = dict(
            self.env["alarm.transfer.list"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.transfer_list_count = counts.get(contract, 0)

    def action_view_transfer_lists(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_settlement.alarm_transfer_list_action"
        )
        action["domain"] = [("contract_id", "=", self.id)]
        action["context"] = {"default_contract_id": self.id}
        return action

    def _get_equipment(self):
        """All pieces that stand under this contract: those it names, and those at its premises and
        at the premises of the contracts whose income belongs to it."""
        contracts = self | self.share_source_ids
        return contracts.device_ids | self.env["alarm.device"].search(
            [
                ("subscriber_id", "in", contracts.subscriber_ids.ids),
                # What is lost is on the list, too: somebody has to say so.
                ("state", "not in", ("in_stock", "scrapped")),
            ]
        )
