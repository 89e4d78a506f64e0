from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.contract_changes import possible_kinds


class ContractContract(models.Model):
    """What may be done with a running contract: each opens the form of the change, which shows what
    it does before it does it."""

    _inherit = "contract.contract"

    change_ids = fields.One2many("alarm.contract.change", "contract_id", string="Changes")
    change_count = fields.Integer(compute="_compute_change_count")

    def _compute_change_count(self):
        # As superuser: a number is all that is shown.
        counts = dict(
            self.env["alarm.contract.change"]
            .sudo()
            ._read_group(
                [("contract_id", "in", self.ids), ("state", "!=", "draft")],
                ["contract_id"],
                ["__count"],
            )
        )
        for contract in self:
            contract.change_count = counts.get(contract.sudo(), 0)

    def action_change(self):
        """Open the form with the kind of change to be chosen."""
        self.ensure_one()
        possible = possible_kinds(self.alarm_state)
        if not possible:
            raise UserError(self.env._("A contract that is not running is not changed."))
        if not self._get_suspended_lines():
            # It can be chosen, but says only that there is nothing to resume.
            possible.remove("reactivate")
        action = self._action_open_change(possible[0])
        action["context"] |= {"alarm_choose_kind": True}
        return action | {"name": self.env._("Change of the Contract")}

    def action_suspend(self):
        return self._action_open_change("suspend")

    def action_reactivate(self):
        return self._action_open_change("reactivate")

    def action_re_sign(self):
        return self._action_open_change("re_sign")

    def action_drop(self):
        return self._action_open_change("drop")

    def action_view_changes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_contract.alarm_contract_change_action"
        )
        return action | {"domain": [("contract_id", "=", self.id)]}

    def _transition(self, verb, **values):
        result = super()._transition(verb, **values)
        if verb == "end":
            self.change_ids._withdraw_because(self.env._("The contract has ended."))
        return result

    def _action_open_change(self, kind):
        self.ensure_one()
        change = self.env["alarm.contract.change"]
        labels = dict(change._fields["kind"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": labels[kind],
            "res_model": "alarm.contract.change",
            "view_mode": "form",
            "views": [
                (self.env.ref("alarm_contract.alarm_contract_change_view_form_dialog").id, "form")
            ],
            "target": "new",
            "context": {"default_contract_id": self.id, "default_kind": kind},
        }

    def _action_change(self, kind, date, **values):
        """Make a change of this kind; returns its record."""
        self.ensure_one()
        change = self.env["alarm.contract.change"].create(
            {"contract_id": self.id, "kind": kind, "date": date, **values}
        )
        change.action_apply()
        return change

    def _get_deposit_held(self):
        """What the customer has paid as a deposit and was not given back."""
        self.ensure_one()
        charges = self.charge_ids.filtered(
            lambda charge: charge.kind in ("deposit", "deposit_refund")
            and (charge.state == "charged" or charge.amount < 0 and charge.state == "chargeable")
        )
        return self.currency_id.round(sum(charges.mapped("amount")))

    def _prepare_deposit_refund(self, amount, date):
        self.ensure_one()
        lang = self._get_payer_lang()
        return {
            "contract_id": self.id,
            "kind": "deposit_refund",
            "name": self.with_context(lang=lang).env._("Deposit, given back"),
            "amount": -amount,
            "unit_price": -amount,
            "date_due": date,
            "source_ref": f"deposit:{self.id}:{date}",
        }
