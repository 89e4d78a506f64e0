from odoo import api, fields, models


class AlarmDevice(models.Model):
    """Equipment that is due back because a contract ends, or because a site leaves it."""

    _inherit = "alarm.device"

    return_contract_id = fields.Many2one(
        "contract.contract",
        string="Due Back from Contract",
        compute="_compute_return_contract_id",
        store=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="alarm_contract.group_clerk",
    )

    @api.depends("return_due")
    def _compute_return_contract_id(self):
        for device in self:
            device.return_contract_id = device.return_due and device.return_contract_id

    @api.model
    def _revision_fields(self):
        # Contracts are no part of the register.
        return [name for name in super()._revision_fields() if name != "return_contract_id"]

    def _prepare_successor(self, lot, ownership, day):
        values = super()._prepare_successor(lot, ownership, day)
        if values.get("return_due"):
            values["return_contract_id"] = self.return_contract_id.id
        return values

    def _get_return_place(self):
        record, user = super()._get_return_place()
        return self.return_contract_id or record, user
