from odoo import api, fields, models
from odoo.exceptions import UserError


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    contract_ids = fields.Many2many(
        "contract.contract",
        "alarm_contract_subscriber_rel",
        "subscriber_id",
        "contract_id",
        string="Service Contracts",
        readonly=True,
        copy=False,
        groups="account.group_account_invoice",
    )

    @api.model
    def _revision_fields(self):
        # Contracts are no part of the register: they name their sites, and keep their own history.
        return [name for name in super()._revision_fields() if name != "contract_ids"]

    @api.model_create_multi
    def create(self, vals_list):
        # Nor by a default of the context.
        names = {"contract_ids"} & {key.removeprefix("default_") for key in self.env.context}
        self._check_contracts_not_written(names.union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        self._check_contracts_not_written(vals)
        return super().write(vals)

    def _check_contracts_not_written(self, names):
        # Which sites a contract serves is agreed: it is said in the contract, where it is guarded.
        if "contract_ids" in names and not self.env.su:
            raise UserError(self.env._("A contract names its sites, not a site its contracts."))

    def _on_live(self):
        result = super()._on_live()
        # As superuser: who takes a site into monitoring need not see contracts. Only contracts
        # that name the site begin, and nothing of them is shown.
        contracts = (
            self.env["contract.contract"]
            .sudo()
            .search(
                [
                    ("subscriber_ids", "in", self.ids),
                    ("business_model_id", "!=", False),
                    ("alarm_state", "in", ("signed", "running", "notice")),
                ]
            )
        )
        contracts._action_start(self.company_id._alarm_today(), self)
        return result
