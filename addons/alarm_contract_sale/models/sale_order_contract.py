from odoo import Command, models
from odoo.exceptions import UserError

from odoo.addons.alarm_sale.tools.recurrence import MONTHS


class SaleOrder(models.Model):
    """From the confirmed order to its contract: what was agreed there is not typed again.

    The contract is made by the machinery, as are subscriber and work order: neither the
    salesperson nor the customer who signs on the portal may write contracts. What it is made of
    was checked against the rights of whoever wrote it.
    """

    _inherit = "sale.order"

    def _action_confirm(self):
        res = super()._action_confirm()
        # Orders without premises: leased recorders that hang on no panel.
        (self - self._of_alarm())._make_contracts()
        return res

    def _alarm_after_confirm(self):
        res = super()._alarm_after_confirm()
        self._make_contracts()
        return res

    def _action_cancel(self):
        res = super()._action_cancel()
        self._give_up_contracts()
        return res

    def _make_contracts(self):
        """A contract for each of these orders that has fees or leases something; an extension adds
        its fees to the contract that is there."""
        for order in self.sudo():
            if order.contract_id or not (order._fee_lines() or order._leased_lines()):
                continue
            contract = order._find_contract_to_extend()
            if contract:
                contract.creation_cost += max(order.cost_to_create, 0.0)
            elif order.business_model_id:
                contract = self.env["contract.contract"].sudo().create(order._prepare_contract())
            if contract:
                order.contract_id = contract
                order._add_fees()
                order._sign_contract()

    def _prepare_contract(self):
        """Values of the contract; what they do not say, the business model says."""
        self.ensure_one()
        model = self.business_model_id
        values = {
            "business_model_id": model.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "invoice_partner_id": (self.fee_payer_id or self.partner_invoice_id).id,
            "user_id": self.user_id.id,
            "pricelist_id": self.pricelist_id.id,
            "payment_term_id": self.payment_term_id.id,
            "fiscal_position_id": self.fiscal_position_id.id,
            "subscriber_ids": [Command.set(self.subscriber_id.ids)],
            "creation_cost": max(self.cost_to_create, 0.0),
        }
        if self.currency_id != self.company_id.currency_id:
            values["manual_currency_id"] = self.currency_id.id
        if self.subscriber_id:
            values["name"] = self.subscriber_id.name
        if model.payer in ("carrier", "government"):
            values["counterparty_id"] = values["invoice_partner_id"]
        return values

    def _add_fees(self):
        """A line of the contract for each fee of the order that has none yet."""
        lines = self.env["contract.line"]
        for order in self.sudo():
            fees = order._fee_lines().filtered(
                lambda line: not line._get_contract_line() and line.product_uom_qty > 0
            )
            if order.contract_id and fees:
                lines |= lines.sudo().create([fee._prepare_contract_line() for fee in fees])
                if order.contract_id.alarm_state != "draft":
                    order._tell_contract(fees)
        return lines

    def _tell_contract(self, fees):
        """The history of the contract says which fees an order added."""
        self.contract_id.message_post(
            body=self.env._(
                "%(order)s adds: %(fees)s",
                order=self.name,
                fees=", ".join(fees.product_id.mapped("display_name")),
            )
        )

    def _sign_contract(self):
        """The signature on the quotation is the signature of the contract. Without one the
        contract stays a draft until it is signed on paper."""
        for order in self.sudo():
            if order.signed_on and order.contract_id.alarm_state == "draft":
                order.contract_id._action_sign(order.company_id._alarm_day_of(order.signed_on))

    def _begin_fees(self):
        """The work is done: the fees of an extension begin, under whichever contract they are now.
        Those of a first installation begin with the monitoring, those of a suspended contract when
        it goes on."""
        for order in self.sudo():
            if order._open_work_order() or order.work_order_lost:
                continue
            order.order_line.contract_line_ids.filtered(
                lambda line: line.waiting
                and not line.is_canceled
                and line.contract_id.alarm_state in ("running", "notice")
            )._begin(order.company_id._alarm_today())

    def _give_up_contracts(self):
        """What was sold is not sold: a draft goes, a contract that has not begun ends, fees that
        wait do not begin. What runs is ended by the clerk, with notice and reason."""
        for order in self.sudo().filtered("contract_id"):
            contract = order.contract_id
            lines = order.order_line.contract_line_ids
            running = lines.filtered(lambda line: not line.waiting and not line.is_canceled)
            charged = contract.charge_ids.filtered(lambda charge: charge.move_id)
            alone = contract.sale_order_ids == order
            if running and contract.alarm_state not in ("draft", "signed") or charged and alone:
                raise UserError(
                    self.env._(
                        "%(order)s cannot be cancelled: its fees run under the contract "
                        "%(contract)s. The clerk ends them there first.",
                        order=order.name,
                        contract=contract.display_name,
                    )
                )
            order.contract_id = False
            if contract.alarm_state == "draft":
                (contract if alone else lines).unlink()
                continue
            if alone and contract.alarm_state == "signed":
                contract._transition("end")
                lines = contract.contract_line_ids
            lines.write({"is_canceled": True})
            contract.message_post(body=self.env._("%s was cancelled.", order.name))


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_contract_line(self):
        """The line of the contract that charges this fee; one that was called off does not."""
        self.ensure_one()
        return self.contract_line_ids.filtered(lambda fee: not fee.is_canceled)[-1:]

    def _prepare_contract_line(self):
        """Values of the line of the contract that charges this fee."""
        self.ensure_one()
        order, product = self.order_id, self.product_id
        contract = order.contract_id
        kind = product.alarm_charge_kind or "fixed"
        values = {
            "contract_id": contract.id,
            "sale_line_id": self.id,
            "product_id": product.id,
            "name": self.name,
            "sequence": self.sequence,
            "quantity": self.product_uom_qty,
            "uom_id": self.product_uom_id.id,
            "specific_price": self.price_unit,
            "discount": self.discount,
            "charge_kind": kind,
            "period_months": MONTHS.get(self.alarm_recurrence, 1),
            "begins": "live",
            "waiting": not contract.live_on or bool(order._open_work_order()),
            "subscriber_id": order.subscriber_id.id,
            "date_start": self.company_id._alarm_today(),
        }
        if kind == "per_attendance":
            values.update({"free_quota": product.alarm_free_quota, "quota_months": 12})
        return values
