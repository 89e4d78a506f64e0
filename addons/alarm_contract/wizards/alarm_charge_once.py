from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AlarmChargeOnce(models.TransientModel):
    """Charges something once under a contract: a call, a spare part, a set-up fee. However often
    the button is pressed, one dialog makes one charge."""

    _name = "alarm.charge.once"
    _description = "Charge Once"

    contract_id = fields.Many2one("contract.contract", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="contract_id.company_id")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    site_ids = fields.Many2many(
        related="contract_id.subscriber_ids", string="Sites of the Contract"
    )
    product_id = fields.Many2one(
        "product.product",
        string="What",
        required=True,
        ondelete="cascade",
        domain="[('sale_ok', '=', True)]",
    )
    name = fields.Text(
        string="Text on the Invoice",
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    quantity = fields.Float(default=1.0, required=True)
    unit_price = fields.Float(
        string="Price",
        digits="Product Price",
        compute="_compute_unit_price",
        store=True,
        precompute=True,
        readonly=False,
    )
    amount = fields.Monetary(compute="_compute_amount", help="Before tax.")
    subscriber_id = fields.Many2one(
        "alarm.subscriber", string="Site", ondelete="cascade", domain="[('id', 'in', site_ids)]"
    )
    when = fields.Selection(
        [("next", "With the Next Invoice"), ("now", "At Once, by an Invoice of Its Own")],
        required=True,
        default="next",
    )

    @api.depends("product_id", "contract_id")
    def _compute_name(self):
        for wizard in self:
            lang = wizard.contract_id._payer().lang or self.env.lang
            product = wizard.product_id.with_context(lang=lang)
            wizard.name = product.get_product_multiline_description_sale() if product else False

    @api.depends("product_id", "contract_id")
    def _compute_unit_price(self):
        for wizard in self:
            product, company = wizard.product_id, wizard.company_id or self.env.company
            wizard.unit_price = (
                product.currency_id._convert(
                    product.lst_price,
                    wizard.currency_id or company.currency_id,
                    company,
                    self.env.company._alarm_today(),
                )
                if product
                else 0.0
            )

    @api.depends("quantity", "unit_price", "currency_id")
    def _compute_amount(self):
        for wizard in self:
            currency = wizard.currency_id or self.env.company.currency_id
            wizard.amount = currency.round(wizard.quantity * wizard.unit_price)

    @api.constrains("quantity", "unit_price")
    def _check_amount(self):
        if any(wizard.quantity <= 0 or wizard.unit_price <= 0 for wizard in self):
            raise ValidationError(
                self.env._("What is charged costs something; what is given back is a credit note.")
            )

    @api.constrains("subscriber_id", "contract_id")
    def _check_site(self):
        for wizard in self:
            site = wizard.subscriber_id
            if site and site not in wizard.contract_id.subscriber_ids:
                raise ValidationError(
                    self.env._("%s is no site of this contract.", site.display_name)
                )

    def action_apply(self):
        """Charge it. Opens the invoice where there is one."""
        self.ensure_one()
        contract = self.contract_id
        contract.check_access("write")
        today = contract.company_id._alarm_today()
        charge = contract._charge_once(
            product=self.product_id,
            text=self.name,
            quantity=self.quantity,
            unit_price=self.unit_price,
            site=self.subscriber_id,
            source_ref=f"once:{self.id}:{self.create_date:%Y%m%d%H%M%S}",
            date_due=today if self.when == "now" else None,
        )
        if self.when == "now" and charge:
            return contract._action_view_moves(charge._invoice(today))
        return {"type": "ir.actions.act_window_close"}
