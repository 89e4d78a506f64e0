from odoo import models
from odoo.tools import format_date


class AccountMove(models.Model):
    """The short invoice: who pays for many sites reads one line for each service and price, and the
    sites in an annex. In the books each charge keeps a line of its own: only so it is known what
    was charged, deferred and given back of each."""

    _inherit = "account.move"

    def _is_printed_short(self):
        self.ensure_one()
        # As superuser: whoever prints it need not keep customers or contracts.
        move = self.sudo()
        return bool(move.partner_id.commercial_partner_id.alarm_short_invoice) and bool(
            move.alarm_charge_ids
        )

    def _get_short_rows(self):
        """What is printed of the lines: those of the same service, price and taxes in one row."""
        self.ensure_one()
        groups = {}
        for line in self._get_product_lines():
            key = (
                line.product_id or line,
                line.account_id,
                line.tax_ids,
                line.price_unit,
                line.discount,
            )
            groups[key] = groups.get(key, line.browse()) | line
        return [self._prepare_short_row(lines) for lines in groups.values()]

    def _get_annex_rows(self):
        """Each line with its site, for the annex."""
        self.ensure_one()
        return [
            {
                "site": line._get_charged_site(),
                "name": line.name,
                "quantity": line.quantity,
                "amount": line.price_subtotal,
            }
            for line in self._get_product_lines()
        ]

    def _get_product_lines(self):
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        return lines.sorted(lambda line: (line.sequence, line.id))

    def _prepare_short_row(self, lines):
        first = lines[0]
        return {
            "name": lines._get_short_name(),
            "quantity": sum(lines.mapped("quantity")),
            "price_unit": first.price_unit,
            "discount": first.discount,
            "taxes": ", ".join(filter(None, first.tax_ids.mapped("tax_label"))),
            "subtotal": sum(lines.mapped("price_subtotal")),
            "total": sum(lines.mapped("price_total")),
        }


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _get_short_name(self):
        """What these lines, of one service, are called together."""
        if len(self) == 1:
            return self.name
        # As superuser: the periods are written on the invoice anyway.
        charges = self.sudo().alarm_charge_id
        starts, ends = (
            list(filter(None, charges.mapped(name))) for name in ("period_start", "period_end")
        )
        texts = [self[0].product_id.display_name]
        if starts and ends:
            first, last = (format_date(self.env, day) for day in (min(starts), max(ends)))
            texts.append(f"{first} – {last}")
        texts.append(self.env._("%s items, see the annex", len(self)))
        return "\n".join(texts)

    def _get_charged_site(self):
        """For which premises the line is, else for which customer."""
        self.ensure_one()
        charge = self.sudo().alarm_charge_id
        contract = charge.contract_id
        sites = charge.subscriber_id or contract.subscriber_ids
        return ", ".join(sites.mapped("display_name")) or contract.partner_id.display_name or ""
