from odoo import fields, models
from odoo.exceptions import UserError


class ContractContract(models.Model):
    """What is charged once beside the fees: a call, a spare part, a set-up."""

    _inherit = "contract.contract"

    def action_charge_once(self):
        self.ensure_one()
        self.check_access("write")
        self._check_chargeable_once()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_contract.alarm_charge_once_action"
        )
        return action | {"context": {"default_contract_id": self.id}}

    def _is_chargeable_once(self):
        self.ensure_one()
        return bool(self.business_model_id) and self.alarm_state not in ("draft", "ended")

    def _check_chargeable_once(self):
        if not self._is_chargeable_once():
            raise UserError(
                self.env._(
                    "%s is not in force: nothing can be charged under it.", self.display_name
                )
            )

    def _get_next_invoice_day(self):
        """When what comes beside the fees is due: with their next invoice, where that is made
        within a month, else today."""
        self.ensure_one()
        today = self.company_id._alarm_today()
        following = self.recurring_next_date
        if following and today < following <= fields.Date.add(today, months=1):
            return following
        return today

    def _charge_once(self, product, text, quantity, unit_price, site, source_ref, date_due=None):
        """A charge that waits for the next invoice, or for the day named. What `source_ref` names
        is charged once: asked again, none is made."""
        self._check_chargeable_once()
        return self.env["alarm.charge"]._add(
            [
                self._prepare_charge_once(
                    product, text, quantity, unit_price, site, source_ref, date_due
                )
            ]
        )

    def _prepare_charge_once(
        self, product, text, quantity, unit_price, site, source_ref, date_due=None
    ):
        """Values of such a charge, for `_add`."""
        return {
            "contract_id": self.id,
            "kind": "one_off",
            "name": (text or "").strip() or product.display_name,
            "date_due": date_due or self._get_next_invoice_day(),
            "subscriber_id": site.id,
            "product_id": product.id,
            "quantity": quantity,
            "unit_price": unit_price,
            "amount": self.currency_id.round(quantity * unit_price),
            "source_ref": source_ref,
        }
