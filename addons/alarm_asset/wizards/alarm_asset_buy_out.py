from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class AlarmAssetBuyOut(models.TransientModel):
    _name = "alarm.asset.buy.out"
    _description = "Sale of Leased Equipment"

    contract_id = fields.Many2one("contract.contract", required=True, readonly=True)
    company_id = fields.Many2one(related="contract_id.company_id")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    date = fields.Date(required=True, default=lambda self: self.env.company._alarm_today())
    line_ids = fields.One2many(
        "alarm.asset.buy.out.line",
        "buy_out_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("contract_id", "date")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "asset_id": asset.id,
                        "price": wizard._get_price(asset),
                    }
                )
                for asset in wizard.contract_id._running_assets()
            ]

    def _get_price(self, asset):
        """In the currency of the contract; the books have it in the company's."""
        price = asset._alarm_residual_price(self.contract_id, self.date)
        return asset.currency_id._convert(price, self.currency_id, self.company_id, self.date)

    def action_sell(self):
        self.ensure_one()
        # Who makes this makes invoices and closes assets.
        self.contract_id.check_access("write")
        if not self.line_ids:
            raise UserError(self.env._("Nothing of the contract is an asset that could be sold."))
        if self.date > self.env.company._alarm_today():
            raise UserError(self.env._("What is sold on a day to come is sold on that day."))
        lines = self.line_ids
        gone = lines.asset_id.sudo() - self.contract_id._running_assets()
        if gone:
            raise UserError(
                self.env._(
                    "No asset of the contract any more: %s.",
                    ", ".join(gone.mapped("display_name")),
                )
            )
        prices = {line.asset_id.device_id: line.price for line in lines}
        # As superuser: stock, assets and invoice follow from what the form names of the contract.
        devices = lines.asset_id.device_id.sudo()
        invoices = devices._buy_out(
            self.contract_id.sudo(),
            {device.sudo(): price for device, price in prices.items()},
            self.date,
        )
        return self.contract_id._action_view_moves(invoices.sudo(False))


class AlarmAssetBuyOutLine(models.TransientModel):
    _name = "alarm.asset.buy.out.line"
    _description = "Leased Equipment to Sell"

    buy_out_id = fields.Many2one("alarm.asset.buy.out", required=True, ondelete="cascade")
    asset_id = fields.Many2one("account.asset", required=True)
    device_id = fields.Many2one(related="asset_id.device_id")
    currency_id = fields.Many2one(related="buy_out_id.currency_id")
    company_currency_id = fields.Many2one(related="asset_id.currency_id", string="Book Currency")
    purchase_value = fields.Monetary(
        related="asset_id.purchase_value", currency_field="company_currency_id", string="Cost"
    )
    net_value = fields.Monetary(
        compute="_compute_net_value",
        currency_field="company_currency_id",
        string="Worth in the Books",
    )
    price = fields.Monetary(required=True)
    gain = fields.Monetary(
        compute="_compute_net_value",
        currency_field="company_currency_id",
        help="Negative: loss. Before tax.",
    )

    _price_not_negative = models.Constraint(
        "CHECK(price >= 0)", "Nobody is paid for taking equipment."
    )

    @api.depends("asset_id", "price", "buy_out_id.date")
    def _compute_net_value(self):
        for line in self:
            day = line.buy_out_id.date or line.company_id._alarm_today()
            line.net_value = line.asset_id.sudo()._alarm_net_value_on(day) if line.asset_id else 0
            price = line.price
            if line.currency_id and line.currency_id != line.company_currency_id:
                price = line.currency_id._convert(
                    price, line.company_currency_id, line.buy_out_id.company_id, day
                )
            line.gain = price - line.net_value
