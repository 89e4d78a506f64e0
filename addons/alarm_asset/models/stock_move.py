from decimal import Decimal

from odoo import models

from ..tools.depreciation import split


class StockMove(models.Model):
    """What each serial number takes from the stock to leased equipment, and what it brings back.

    What comes back is in stock again for what the books say it is worth that day (IAS 16, 68A: at
    its carrying amount), not for what it once cost. So stock, leased equipment and the assets agree
    to the cent when the asset is removed."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        done = moves.filtered(lambda move: move.state == "done").sudo()
        done._note_leased_values()
        done._assets_follow()
        return moves

    def _note_leased_values(self):
        """Keep per serial number what the move took there or brought back."""
        for move in self:
            if move.product_id.tracking != "serial":
                continue
            if move.is_out and move.location_dest_id.equipment_ownership == "leased":
                lines, sign = move._get_out_move_lines(), 1
            elif move.is_in and move.location_id.equipment_ownership == "leased":
                lines, sign = move._get_in_move_lines(), -1
            else:
                continue
            for line, value in move._share_leased_value(lines).items():
                line.leased_value = sign * float(value)

    def _share_leased_value(self, lines):
        """{line: what it is worth of the move's value}, which they add up to."""
        self.ensure_one()
        quantities = [line.quantity_product_uom for line in lines]
        if not any(quantities):
            return {}
        cent = Decimal(str(self.company_id.currency_id.rounding))
        weights = quantities
        if self.is_in:
            values = self._leased_values_on(lines, self._leased_day())
            known = [values.get(line) for line in lines]
            if all(value is not None for value in known) and sum(known) == self.value:
                return dict(zip(lines, known, strict=True))
            if any(known):
                weights = [value or 0 for value in known]
        elif self.product_id.lot_valuated:
            priced = [
                line.quantity_product_uom * (line.lot_id or self.product_id).standard_price
                for line in lines
            ]
            if any(priced):
                weights = priced
        return dict(zip(lines, split(self.value, weights, cent), strict=True))

    def _leased_day(self):
        """The day on which leased equipment that this move brings back is no asset any more."""
        return self.env.context.get("force_period_date") or self.company_id._alarm_today()

    def _get_value_from_returns(self, quantity, at_date=None):
        data = super()._get_value_from_returns(quantity, at_date)
        if self.location_id.equipment_ownership != "leased" or not quantity:
            return data
        move = self.sudo()
        # A standard price is what a piece is worth in stock, whatever happened to it.
        if move.product_id.cost_method == "standard":
            return data
        lines = move._get_in_move_lines()
        values = move._leased_values_on(lines, move._leased_day())
        if not values:
            return data
        rest = sum(line.quantity_product_uom for line in lines if line not in values)
        value = sum(values.values())
        if rest:
            unit = (
                data["value"] / data["quantity"]
                if data["quantity"]
                else move.product_id.standard_price
            )
            value += unit * rest
        return {
            "value": value,
            "quantity": quantity,
            "description": self.env._("What it is worth as an asset when it comes back"),
        }

    def _leased_values_on(self, lines, day):
        """{line: what its piece is worth on a day as it stands there}.

        Of a move that was booked, what was booked. Of an asset, its net value; of one that was
        written off, nothing; of what has not become an asset yet, what it took there."""
        values = {line: -line.leased_value for line in lines if line.leased_value}
        rest = lines.filtered(lambda line: line not in values and line.lot_id)
        deliveries = rest.lot_id._leased_deliveries()
        assets = {
            asset.stock_move_line_id: asset
            for asset in self.env["account.asset"]
            .sudo()
            .search([("stock_move_line_id", "in", [line.id for line in deliveries.values()])])
        }
        for line in rest:
            delivery = deliveries.get(line.lot_id)
            if not delivery:
                continue
            asset = assets.get(delivery)
            if asset and asset.state == "removed" and asset.alarm_end == "returned":
                # Booked by this very move.
                continue
            values[line] = asset._alarm_net_value_on(day) if asset else delivery.leased_value
        return values

    def _assets_follow(self):
        """What came back or was scrapped is no asset any more, what was delivered may be one, and
        what went to other premises is there under another contract."""
        Asset = self.env["account.asset"].sudo()
        moved = self.filtered(
            lambda move: move.location_id.equipment_ownership
            == move.location_dest_id.equipment_ownership
            == "leased"
            and move.location_id.subscriber_id != move.location_dest_id.subscriber_id
        )
        Asset.concat(*Asset._alarm_running_of(moved.move_line_ids.lot_id).values())._alarm_move()
        for move in self:
            places = (
                move.location_id.equipment_ownership,
                move.location_dest_id.equipment_ownership,
            )
            if places[0] != "leased" or places[1] == "leased":
                continue
            day = move._leased_day()
            assets = Asset._alarm_running_of(move.move_line_ids.lot_id)
            if move.is_in:
                brought = {
                    assets[line.lot_id]: -line.leased_value if move.account_move_id else 0
                    for line in move._get_in_move_lines()
                    if line.lot_id in assets
                }
                account = move.location_id.valuation_account_id
                Asset.concat(*brought)._alarm_dispose(day, "returned", brought, account)
            elif move.location_dest_id.usage in ("inventory", "production"):
                Asset.concat(*assets.values())._alarm_dispose(
                    day, "lost", reason=self.env._("Scrapped")
                )
        leased = self.filtered(
            lambda move: move.location_dest_id.equipment_ownership == "leased"
        ).move_line_ids.lot_id
        if leased:
            devices = (
                self.env["alarm.device"]
                .sudo()
                .with_context(active_test=False)
                .search([("lot_id", "in", leased.ids)])
            )
            devices._capitalise_in_use()

    def _prepare_leased_line(self, lot):
        """Values of the line of this move that brings one serial number."""
        self.ensure_one()
        return {
            "picking_id": self.picking_id.id,
            "product_id": self.product_id.id,
            "product_uom_id": self.product_id.uom_id.id,
            "lot_id": lot.id,
            "quantity": 1,
            "location_id": self.location_id.id,
            "location_dest_id": self.location_dest_id.id,
            "company_id": self.company_id.id,
        }
