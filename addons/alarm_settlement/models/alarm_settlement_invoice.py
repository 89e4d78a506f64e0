from odoo import Command, models
from odoo.exceptions import UserError


class AlarmSettlement(models.Model):
    """What becomes of a statement in the books: a bill where we pay, an invoice where we
    receive."""

    _inherit = "alarm.settlement"

    def action_invoice(self):
        """Book what was agreed."""
        self.check_access("write")
        for settlement in self:
            settlement._invoice()
        return True

    def action_view_moves(self):
        self.ensure_one()
        # Also what was credited and invoiced again.
        moves = self.move_id | self.charge_ids.move_id
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_line_form")
        action["domain"] = [("id", "in", moves.ids)]
        action["context"] = {}
        if len(moves) == 1:
            action.update({"views": [(False, "form")], "view_mode": "form", "res_id": moves.id})
        return action

    def _invoice(self):
        self.ensure_one()
        if self.state != "confirmed":
            self._transition("invoice")
        values = {}
        today = self.company_id._alarm_today()
        if self.kind == "pass_on":
            values["move_id"] = self._make_bill(
                self._total([self.collected, self.adjustment]),
                self.company_id._get_alarm_held_account(),
            ).id
            fee = f"{self.env._('Fee for leasing out')}\n{self._get_period_text()} ({self.name})"
            values["charge_id"] = self._make_charge(self.fee, fee).id
        elif self.share_direction == "we_pay":
            values["move_id"] = self._make_bill(
                self.amount, self.company_id._get_alarm_share_expense_account()
            ).id
        else:
            values["charge_id"] = self._make_charge(self.amount, self._get_share_text()).id
        self.env["alarm.charge"].browse(values.get("charge_id") or [])._invoice(today)
        self._transition("invoice", **values)

    def _make_bill(self, amount, account):
        """The posted bill of what we owe, a refund when it is owed to us; none for nothing."""
        moves = self.env["account.move"].with_company(self.company_id)
        if not amount:
            return moves
        today = self.company_id._alarm_today()
        move = moves.create(
            {
                "move_type": "in_invoice" if amount > 0 else "in_refund",
                "partner_id": self.partner_id.id,
                "currency_id": self.currency_id.id,
                "invoice_date": today,
                "date": today,
                "ref": self.name,
                "invoice_origin": self.contract_id.code,
                "invoice_line_ids": [Command.create(self._prepare_bill_line(amount, account))],
            }
        )
        move._post(soft=False)
        return move

    def _prepare_bill_line(self, amount, account):
        """The tax of what the other side charges is theirs to say: none by itself."""
        return {
            "name": self._get_share_text(),
            "quantity": 1.0,
            "price_unit": abs(amount),
            "account_id": account.id,
            "tax_ids": [Command.clear()],
        }

    def _get_share_text(self):
        words = {
            "turnover": self.env._("Share of turnover"),
            "profit": self.env._("Share of profit"),
        }
        if self.kind == "pass_on":
            text = self.env._("Income of leased-out capacity")
        else:
            text = words.get(self.share_base, self.env._("Share"))
        if self.corrects_id:
            text = self.env._(
                "%(what)s, correction of %(name)s", what=text, name=self.corrects_id.name
            )
        return f"{text}\n{self._get_period_text()} ({self.name})"

    def _make_charge(self, amount, text):
        charges = self.env["alarm.charge"]
        if not amount:
            return charges
        contract = self.contract_id
        amount = self.currency_id._convert(
            amount, contract.currency_id, self.company_id, self.date_end
        )
        charge = charges._add(
            [
                {
                    "contract_id": contract.id,
                    "kind": "settlement",
                    "name": text
                    if "\n" in text
                    else f"{text}\n{self._get_period_text()} ({self.name})",
                    "amount": amount,
                    "payer_id": self.partner_id.id,
                    "settlement_id": self.id,
                    "period_start": self.date_start,
                    "period_end": self.date_end,
                    "source_ref": f"settlement:{self.id}",
                }
            ]
        )
        if not charge:
            raise UserError(self.env._("%s is charged already.", self.display_name))
        return charge
