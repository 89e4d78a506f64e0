from odoo import api, fields, models

from ..tools.depreciation import TREATMENTS

ACCOUNTS = "account.group_account_invoice,account.group_account_readonly"


class ContractContract(models.Model):
    """Equipment of a contract that is kept in the books as an asset."""

    _inherit = "contract.contract"

    asset_ids = fields.One2many(
        "account.asset", "contract_id", string="Assets", readonly=True, groups=ACCOUNTS
    )
    asset_count = fields.Integer(compute="_compute_asset_count", groups=ACCOUNTS)

    def _compute_asset_count(self):
        counts = dict(
            self.env["account.asset"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.asset_count = counts.get(contract._origin, 0)

    def _action_start(self, date, subscribers=None):
        """What a contract without a panel names is in use from its beginning."""
        result = super()._action_start(date, subscribers)
        self.sudo().device_ids._capitalise_in_use()
        return result

    def _transition(self, verb, **values):
        result = super()._transition(verb, **values)
        if verb == "end":
            self._assets_at_end(self.company_id._alarm_today())
        return result

    def _assets_at_end(self, day):
        """What becomes the customer's at the end becomes it. What it cost to get the contract is
        lost with it, as far as it was not worked off. All else waits for its return, its purchase
        or its hand-over. Where another contract follows, the equipment goes on under that one."""
        for contract in self.sudo():
            assets = contract._running_assets()
            following = contract.successor_contract_id
            if following:
                assets.write({"contract_id": following.id, "partner_id": following.partner_id.id})
                continue
            reason = self.env._("End of %s", contract.display_name)
            given = assets.filtered(lambda asset: asset.alarm_treatment == "contract_cost")
            if contract.end_action == "transfer_to_customer":
                # What was given for the contract is his anyway, what is leased by staying.
                earned = assets if contract._term_is_served(day) else given
                earned.device_id._derecognise(day, reason, contract.partner_id)
            else:
                given._alarm_dispose(day, "ended", reason=reason)

    def _term_is_served(self, day):
        """Whether the customer has stayed for the whole term: who leaves earlier has not earned
        the equipment."""
        self.ensure_one()
        return not self.term_end or (self.terminate_date or day) >= self.term_end

    def _running_assets(self):
        return self.env["account.asset"].sudo()._alarm_running("contract_id", self)

    def action_view_assets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("alarm_asset.account_asset_action")
        return action | {"domain": [("contract_id", "in", self.ids)], "context": {}}

    def action_buy_out(self):
        """The customer buys leased equipment of the contract."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sale of Leased Equipment"),
            "res_model": "alarm.asset.buy.out",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_contract_id": self.id},
        }

    @api.model
    def _of_devices(self, devices):
        """{piece: the contract that it stands there for}: the one that names it, else the one of
        its premises which says how equipment is kept."""
        contracts = self.sudo().search(
            [
                ("business_model_id", "!=", False),
                ("alarm_state", "in", ("signed", "running", "suspended", "notice")),
                "|",
                ("device_ids", "in", devices.ids),
                ("subscriber_ids", "in", devices.subscriber_id.ids),
            ],
            order="signed_on, id",
        )
        # What comes later in this order says more.
        contracts = contracts.sorted(lambda contract: contract.asset_treatment in TREATED)
        named, there = {}, {}
        for contract in contracts:
            named.update(dict.fromkeys(contract.device_ids, contract))
            there.update(dict.fromkeys(contract.subscriber_ids, contract))
        return {
            device: contract
            for device in devices
            if (contract := named.get(device) or there.get(device.subscriber_id))
        }


TREATED = frozenset(treatment for treatment, _label in TREATMENTS)
