from odoo import models


class AccountAssetRemove(models.TransientModel):
    _inherit = "account.asset.remove"

    def _get_removal_data(self, asset, residual_value):
        """The whole value leaves, also what was not meant to be depreciated; and no line of
        nothing."""
        commands = super()._get_removal_data(asset, residual_value)
        if not self.env.context.get("alarm_removal"):
            return commands
        currency = asset.company_id.currency_id
        lines = [values for _command, _id, values in commands]
        kept = asset.purchase_value - asset.depreciation_base
        if not currency.is_zero(kept):
            whole = next(
                line for line in lines if line["account_id"] == asset.profile_id.account_asset_id.id
            )
            whole["credit"] += kept
            result = lines[-1]
            balance = currency.round(result["debit"] - result["credit"] + kept)
            account = self.account_min_value_id if balance > 0 else self.account_plus_value_id
            result.update(account_id=account.id, debit=max(balance, 0.0), credit=max(-balance, 0.0))
        return [
            (command, record, values)
            for (command, record, _values), values in zip(commands, lines, strict=True)
            if not currency.is_zero(values["debit"] - values["credit"])
        ]
