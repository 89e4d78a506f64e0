from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from odoo.addons.alarm_contract.models.alarm_charge_invoicing import QUIET

# The source of a charge that is the price of a leased piece.
BUY_OUT = "buyout"


class AlarmCharge(models.Model):
    """The price of a leased piece: the piece is sold as long as its price is charged. What is
    credited on the whole is leased again, and what is charged again is sold again."""

    _inherit = "alarm.charge"

    def _prepare_invoice_line(self):
        """The price of a leased piece is no sale of goods from the stock, which it left when it was
        delivered: it is what the removal of the asset is set against."""
        values = super()._prepare_invoice_line()
        if self._get_sold_id():
            company = self.company_id
            taxes = self._get_fiscal_position().map_tax(company.account_sale_tax_id)
            values.update(
                {
                    "product_id": False,
                    "account_id": company._get_asset_disposal_account().id,
                    "tax_ids": [Command.set(taxes.ids)],
                }
            )
        return values

    def _get_sold_id(self):
        """The id of the asset of which this is the price."""
        self.ensure_one()
        kind, _colon, rest = (self.source_ref or "").partition(":")
        return int(rest.partition(":")[0]) if kind == BUY_OUT else False

    def _get_sold_assets(self):
        """{charge: the asset of which it is the price}"""
        assets = self.env["account.asset"].sudo()
        return {charge: assets.browse(sold) for charge in self if (sold := charge._get_sold_id())}

    def _sell_pieces(self):
        """What is invoiced here leaves the books with gain or loss, and is the customer's on the
        cards and in stock."""
        sold = {}
        for charge, asset in self._as_machinery()._get_sold_assets().items():
            if charge.state != "charged" or charge.move_id.state != "posted":
                continue
            if asset.state == "removed":
                charge._check_sold_by_this(asset)
                continue
            line = charge.move_line_id
            asset._alarm_dispose(
                asset._alarm_day_after_board(charge.move_id.date),
                "sold",
                # In the company's currency, whichever the contract has.
                proceeds={asset: -line.balance},
                account=line.account_id,
                reason=charge.move_id.name,
            )
            asset.sale_charge_id = charge
            sold.setdefault(charge.contract_id.partner_id, []).append(asset.device_id.id)
        for partner, ids in sold.items():
            self._as_machinery().env["alarm.device"].browse(ids)._hand_over(partner)

    def _check_sold_by_this(self, asset):
        if asset.alarm_end == "sold" and asset.sale_charge_id == self:
            return
        ends = dict(asset._fields["alarm_end"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(invoice)s cannot sell %(piece)s, which is no asset any more: %(end)s.",
                invoice=self.move_id.display_name,
                piece=asset.display_name,
                end=", ".join(filter(None, (ends.get(asset.alarm_end), asset.alarm_end_reason))),
            )
        )

    def _lease_again(self):
        """The sale of these was taken back: the asset goes on as if it had not been sold, and the
        piece is ours again where it stands."""
        for charge, asset in self._as_machinery()._get_sold_assets().items():
            if asset.state == "removed" and asset.sale_charge_id == charge:
                device = asset.device_id
                charge._check_is_where_it_was_sold(device)
                credits = charge.move_id.reversal_move_ids.filtered(
                    lambda move: move.state == "posted"
                )
                asset._alarm_undo_removal(max(credits.mapped("date"), default=charge.move_id.date))
                asset.sale_charge_id = False
                device._take_back()

    def _check_is_where_it_was_sold(self, device):
        place = device.location_id
        is_as = place.equipment_ownership if place else device.ownership
        if is_as != "sold" or device.state in ("lost", "scrapped"):
            raise UserError(
                self.env._(
                    "%(piece)s was sold by %(invoice)s and is not in use as sold equipment any "
                    "more, so that it cannot be leased again: bring it back there first, or "
                    "credit less than the whole invoice.",
                    piece=device.display_name,
                    invoice=self.move_id.display_name,
                )
            )

    def _get_fixed_by(self):
        """What is sold was sold at its price: gain or loss is in the books."""
        asset = self.env["account.asset"].sudo().search([("sale_charge_id", "=", self.id)], limit=1)
        return asset.display_name if asset else super()._get_fixed_by()

    def _as_machinery(self):
        """As superuser, with nothing of what a form or a billing run said of its own records: who
        keeps invoices need not keep stock and assets. What is sold is not chosen by him."""
        context = clean_context(self.env.context) | dict.fromkeys(QUIET, False)
        return self.with_env(self.env(context=context, su=True))

    def _mark_credited(self):
        charged = self.filtered(lambda charge: charge.state == "charged")
        result = super()._mark_credited()
        charged._lease_again()
        return result

    def _mark_charged(self):
        credited = self.filtered(lambda charge: charge.state == "credited")
        result = super()._mark_charged()
        credited._sell_pieces()
        return result
