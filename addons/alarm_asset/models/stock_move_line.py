from odoo import api, fields, models
from odoo.exceptions import AccessError


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    leased_value = fields.Monetary(
        string="Value Leased",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        # What things cost, the stock need not know.
        groups="account.group_account_invoice,account.group_account_readonly",
        help="What this piece took with it from the stock to leased equipment when it was "
        "delivered; negative: what it brought back.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")

    _leased_idx = models.Index(
        "(lot_id, date, id) WHERE leased_value IS NOT NULL AND leased_value != 0"
    )

    @api.model
    def default_get(self, fields):
        # Neither a context nor a user's own default may give what the books are reckoned from.
        values = super().default_get(fields)
        values.pop("leased_value", None)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        self._check_leased_value(set().union(*vals_list))
        return super().create(vals_list)

    def _check_leased_value(self, names):
        if "leased_value" in names and not self.env.su:
            raise AccessError(self.env._("What a leased piece is worth follows from its transfer."))

    def write(self, vals):
        self._check_leased_value(vals)
        res = super().write(vals)
        if "lot_id" in vals:
            self._follow_assets()
        return res

    def _follow_assets(self):
        """A wrong serial number of a delivery that is corrected: it was another piece that
        became the asset."""
        lines = self.sudo().filtered(lambda line: line.state == "done" and line.leased_value > 0)
        if not lines:
            return
        assets = self.env["account.asset"].sudo().search([("stock_move_line_id", "in", lines.ids)])
        for asset in assets:
            lot = asset.stock_move_line_id.lot_id
            if lot != asset.lot_id:
                asset._alarm_become(lot)
