from odoo import Command, models
from odoo.exceptions import UserError


class AlarmDevice(models.Model):
    """How a leased piece leaves the books without coming back: lost, handed over, bought."""

    _inherit = "alarm.device"

    def action_lose(self):
        result = super().action_lose()
        today = self.company_id._alarm_today()
        self._running_assets()._alarm_dispose(today, "lost", reason=self.env._("Lost"))
        return result

    def action_find(self):
        result = super().action_find()
        self._assets_written_off()._alarm_undo_removal()
        return result

    def _derecognise(self, day, reason, owner=None):
        """Hand these leased pieces over without compensation: their assets leave the books, what
        was not depreciated is a loss, and the stock has them as equipment that is not ours.

        The machinery's: who may, the caller has checked. Pieces that are no asset just change
        hands.

        :param owner: res.partner whose they are from now on; the customer of the premises
        :return: the entries of the assets
        """
        entries = self.env["account.move"].sudo()
        for asset in self._running_assets():
            # A list of the day before may be handed over when the month is booked already.
            last = asset._alarm_day_after_board(day)
            entries |= asset._alarm_dispose(last, "transferred", reason=reason)
        self._hand_over(owner)
        return entries

    def _hand_over(self, owner=None):
        """The stock and the cards say that these are not ours any more."""
        devices = self.sudo()
        leased = devices.filtered(lambda device: device.location_id.equipment_ownership == "leased")
        leased._move_to("sold")
        (devices - leased).ownership = "sold"
        if owner:
            devices.owner_id = owner

    def _take_back(self):
        """They are ours again and on lease where they stand: what `_hand_over` did is undone."""
        devices = self.sudo()
        sold = devices.filtered(lambda device: device.location_id.equipment_ownership == "sold")
        sold._move_to("leased")
        (devices - sold).ownership = "leased"

    def _move_to(self, ownership):
        """To where the premises that these stand at have sold, or leased, equipment."""
        pickings = self.env["stock.picking"]
        for (company, source), devices in self.grouped(
            lambda device: (device.company_id, device.location_id)
        ).items():
            subscriber = source.subscriber_id
            target = (
                subscriber._equipment_locations(ownership)[subscriber]
                if subscriber
                else company._get_equipment_location(ownership)
            )
            warehouse = self.env["stock.warehouse"].search(
                [("company_id", "=", company.id)], limit=1
            )
            pickings |= pickings.with_company(company).create(
                {
                    "picking_type_id": warehouse.int_type_id.id,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "move_ids": [
                        Command.create(group._prepare_move_to(product, source, target))
                        for product, group in devices.grouped("product_id").items()
                    ],
                }
            )
        pickings.action_confirm()
        for move in pickings.move_ids:
            lots = self.filtered(
                lambda device, move=move: device.product_id == move.product_id
                and device.location_id == move.location_id
            ).lot_id
            move.move_line_ids.unlink()
            move.move_line_ids = [Command.create(move._prepare_leased_line(lot)) for lot in lots]
            move.picked = True
        pickings._action_done()
        return pickings

    def _prepare_move_to(self, product, source, target):
        return {
            "product_id": product.id,
            "product_uom_qty": len(self),
            "location_id": source.id,
            "location_dest_id": target.id,
        }

    def _running_assets(self):
        """Assets of these that are not removed."""
        return self.env["account.asset"].sudo()._alarm_running("device_id", self)

    def _assets_written_off(self):
        """Assets of these that a loss took from the books, and nothing followed."""
        deliveries = self.sudo().lot_id._leased_deliveries()
        return (
            self.env["account.asset"]
            .sudo()
            .search(
                [
                    ("device_id", "in", self.ids),
                    ("alarm_end", "=", "lost"),
                    ("stock_move_line_id", "in", [line.id for line in deliveries.values()]),
                ]
            )
        )

    def _check_running_assets(self):
        """The assets of these, all of which have one."""
        assets = self._running_assets()
        missing = self - assets.device_id
        if missing:
            raise UserError(
                self.env._("No asset in the books: %s.", ", ".join(missing.mapped("display_name")))
            )
        return assets
