from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.alarm_contract.tools.pricing import exact


class ContractContract(models.Model):
    """A price of building that is paid by milestones."""

    _inherit = "contract.contract"

    build_amount = fields.Monetary(
        string="Price of Building", help="Before tax; paid by the milestones."
    )
    milestone_ids = fields.One2many(
        "alarm.contract.milestone", "contract_id", string="Milestones", copy=True
    )

    def write(self, vals):
        if "build_amount" in vals:
            self._check_milestones_open()
        return super().write(vals)

    def _check_milestones_open(self):
        for contract in self:
            if contract.alarm_state != "draft":
                raise UserError(
                    self.env._(
                        "%s is signed: its milestones stay as they were agreed.",
                        contract.display_name,
                    )
                )

    def _action_sign(self, date):
        self._check_milestones_whole()
        return super()._action_sign(date)

    def _check_milestones_whole(self):
        """The milestones are all of the price, neither more nor less."""
        for contract in self:
            if not (contract.milestone_ids or contract.build_amount):
                continue
            total = sum(exact(percent) for percent in contract.milestone_ids.mapped("percent"))
            if total != 100:
                raise UserError(
                    self.env._(
                        "The milestones of %(contract)s are %(total)s %% of its price of building, "
                        "not 100 %%.",
                        contract=contract.display_name,
                        total=f"{float(total):g}",
                    )
                )
            if not contract.build_amount:
                raise UserError(
                    self.env._("%s has milestones but no price of building.", contract.display_name)
                )
