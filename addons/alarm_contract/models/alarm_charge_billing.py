from odoo import api, fields, models


class AlarmCharge(models.Model):
    """A charge as the preview of a billing run shows it, be it made already or not."""

    _inherit = "alarm.charge"

    def _prepare_preview_values(self):
        """As what is not made yet: values of a charge that waits for its invoice."""
        self.ensure_one()
        return {
            "contract_id": self.contract_id.id,
            "kind": self.kind,
            "name": self.name,
            "product_id": (self.product_id or self.contract_line_id.product_id).id,
            "period_start": self.period_start,
            "period_end": self.period_end,
            "date_due": self.date_due,
            "quantity": self.quantity,
            "counted": self.counted,
            "unit_price": self.unit_price,
            "discount": self.discount,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
        }

    @api.model
    def _prepare_preview_row(self, values):
        """What is shown of a charge with these values."""
        product = self.env["product.product"].browse(values.get("product_id"))
        return {
            "payer": self._get_payer_of(values).display_name or "",
            "service": product.name or "",
            "name": values["name"],
            "period_start": fields.Date.to_string(values.get("period_start")) or "",
            "period_end": fields.Date.to_string(values.get("period_end")) or "",
            "date_due": fields.Date.to_string(values["date_due"]),
            "quantity": values["quantity"],
            "counted": values.get("counted") or "",
            "unit_price": values["unit_price"],
            "discount": values.get("discount", 0.0),
            "amount": values["amount"],
            "waits": self._get_wait_of(values),
        }

    @api.model
    def _read_for_preview(self, values_list):
        """Names that the rows of these show: read at once, for they are asked for one by one."""
        self.env["res.partner"].union(*map(self._get_payer_of, values_list)).mapped("display_name")
        products = {values["product_id"] for values in values_list if values.get("product_id")}
        self.env["product.product"].browse(products).mapped("name")

    @api.model
    def _get_payer_of(self, values):
        """Who is invoiced for a charge with these values."""
        return self.env["contract.contract"].browse(values["contract_id"]).invoice_partner_id

    @api.model
    def _get_wait_of(self, values):
        """For what a charge with these values waits before it is invoiced; empty: for nothing."""
        return ""
