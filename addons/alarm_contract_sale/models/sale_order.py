from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class SaleOrder(models.Model):
    """By which business model the service of a quotation runs, and the contract it became."""

    _inherit = "sale.order"
    # Whose contract the order extends, its salesperson reads.
    _bound_fields = ("survey_id", "subscriber_id", "business_model_id", "contract_id")

    business_model_id = fields.Many2one(
        "alarm.business.model",
        string="Business Model",
        compute="_compute_business_model_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Who funds and owns the equipment, who pays, for how long, and how it ends. The "
        "contract that the signature makes begins with these terms.",
    )
    fee_payer_id = fields.Many2one(
        "res.partner",
        string="Fees Paid By",
        compute="_compute_fee_payer_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Who is billed for the fees: the customer, or whoever pays them for him, e.g. the "
        "carrier.",
    )
    contract_id = fields.Many2one(
        "contract.contract",
        string="Contract",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        copy=False,
        readonly=True,
        tracking=True,
        help="Made of this order, or extended by it.",
    )
    contract_state = fields.Selection(related="contract_id.alarm_state", string="Contract State")
    alarm_fee_state = fields.Selection(related="partner_id.alarm_fee_state")
    alarm_fee_notice = fields.Char(related="partner_id.alarm_fee_notice")
    alarm_contract_notice = fields.Char(
        compute="_compute_alarm_contract_notice",
        compute_sudo=True,
        help="Says so when the contract is under notice.",
    )
    contract_lacking = fields.Boolean(
        compute="_compute_contract_lacking",
        compute_sudo=True,
        help="The order has fees, but no contract charges them.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        if orders.sudo().contract_id:
            # Also by a default of the context.
            self._check_contract_not_written()
        return orders

    def write(self, vals):
        if "contract_id" in vals:
            self._check_contract_not_written()
        return super().write(vals)

    @api.model
    def _check_contract_not_written(self):
        # What is added to an order is charged under its contract, and with the order it may end.
        if not self.env.su:
            raise AccessError(
                self.env._("Which contract an order makes or extends follows from the order.")
            )

    @api.depends("order_line.alarm_recurrence", "order_line.alarm_ownership", "subscriber_id")
    def _compute_business_model_id(self):
        for order in self:
            if order.business_model_id or order.state in ("sale", "cancel"):
                continue
            # What was agreed, or chosen, stays; else the model that fits what is quoted.
            order.business_model_id = order._propose_business_model()

    @api.depends("partner_invoice_id")
    def _compute_fee_payer_id(self):
        for order in self:
            previous = order._origin.partner_invoice_id
            if not order.fee_payer_id or order.fee_payer_id == previous:
                order.fee_payer_id = order.partner_invoice_id

    @api.depends("contract_id", "subscriber_id", "partner_id")
    def _compute_alarm_contract_notice(self):
        for order in self:
            order.alarm_contract_notice = (
                order.contract_id.cancellation_notice
                or order.subscriber_id.contract_notice
                or order.partner_id.alarm_contract_notice
            )

    @api.depends("state", "contract_id", "order_line.alarm_recurrence")
    def _compute_contract_lacking(self):
        for order in self:
            order.contract_lacking = (
                order.state == "sale"
                and not order.contract_id
                and bool(order._fee_lines() or order._leased_lines())
            )

    def _propose_business_model(self):
        """That of the contract which the order extends; else the first in order that fits: who
        only leases does not own in the term, who buys does."""
        self.ensure_one()
        if not (self._fee_lines() or self._leased_lines()):
            return self.env["alarm.business.model"]
        contract = self._find_contract_to_extend()
        if contract:
            return contract.business_model_id
        # As superuser: the customer who signs need not read business models. Only those of the
        # company of the order are looked at.
        models = (
            self.env["alarm.business.model"]
            .sudo()
            .search([("company_id", "in", (False, self.company_id.id))])
        )
        bought = self.order_line.filtered(
            lambda line: line.product_id.alarm_device_kind and line.alarm_ownership == "sold"
        )
        owner = "operator" if self._leased_lines() and not bought else "customer"
        fitting = models.filtered(
            lambda model: model.owner_in_term == owner and model.payer == "customer"
        )
        return fitting[:1].with_env(self.env)

    def _leased_lines(self):
        return self.order_line.filtered(
            lambda line: line.alarm_ownership == "leased" and not line.display_type
        )

    def _find_contract_to_extend(self):
        """The contract that the order adds to: that of the same customer for the same premises,
        as long as nobody has left. Empty, or several of them: it makes one of its own."""
        self.ensure_one()
        if not self.subscriber_id:
            return self.env["contract.contract"]
        # As superuser: what the order becomes does not depend on who confirms it.
        contracts = (
            self.env["contract.contract"]
            .sudo()
            .search(
                Domain("subscriber_ids", "in", self.subscriber_id.ids)
                & Domain("business_model_id", "!=", False)
                & Domain("alarm_state", "in", ("draft", "signed", "running", "suspended"))
                & Domain("commercial_partner_id", "=", self.partner_id.commercial_partner_id.id)
                & Domain("company_id", "=", self.company_id.id)
            )
            .filtered(lambda contract: contract.currency_id == self.currency_id)
        )
        if self.state == "sale" and self.business_model_id:
            contracts = contracts.filtered(
                lambda contract: contract.business_model_id == self.business_model_id
            )
        return contracts if len(contracts) == 1 else contracts.browse()

    def action_view_contract(self):
        self.ensure_one()
        form = self.env.ref("alarm_contract_sale.contract_contract_view_form_sales").id
        if self.env.user.has_group("alarm_contract.group_clerk"):
            form = self.contract_id.get_formview_id()
        return {
            "type": "ir.actions.act_window",
            "res_model": "contract.contract",
            "res_id": self.contract_id.id,
            "views": [(form, "form")],
        }

    def action_make_contract(self):
        """Make the contract of an order that was confirmed before there was a model for it."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "sale":
            raise UserError(self.env._("A contract is made of an order that was confirmed."))
        self._make_contracts()
        return self.action_view_contract() if self.contract_id else True
