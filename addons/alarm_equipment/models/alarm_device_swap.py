from odoo import fields, models
from odoo.exceptions import UserError


class AlarmDevice(models.Model):
    """One piece takes the place of another."""

    _inherit = "alarm.device"

    def _swap(self, lot, ownership=None):
        """Let the piece with this serial number stand for this one from now on: it takes over its
        panel, its zones, the name that somebody gave it and the warranty that still runs; this card
        says by what it was replaced. The stock moves the pieces, before or after.

        The card is the machinery's: who may swap, the caller has checked.

        :param lot: stock.lot of the new piece
        :param ownership: of the new piece; None: that of this one
        :return: the card of the new piece
        """
        self.ensure_one()
        old = self.sudo()
        subscriber = old.subscriber_id
        if not subscriber:
            raise UserError(
                self.env._("%s stands at no subscriber: nothing to replace.", old.display_name)
            )
        new = old.with_context(active_test=False).search([("lot_id", "=", lot.id)])
        if new == old:
            raise UserError(self.env._("%s cannot replace itself.", old.display_name))
        if new.subscriber_id and new.subscriber_id != subscriber:
            raise UserError(
                self.env._(
                    "%(device)s stands at %(subscriber)s; it has to return to the stock first.",
                    device=new.display_name,
                    subscriber=new.subscriber_id.display_name,
                )
            )
        today = self.company_id._alarm_today()
        values = old._prepare_successor(lot, ownership or old.ownership, today)
        old.write(
            {
                "subscriber_id": False,
                "panel_id": False,
                "zone_ids": [fields.Command.clear()],
                "ownership": False,
                "removed_on": today,
            }
        )
        # First gone, then there: a panel is one piece of equipment at a time.
        old.flush_recordset()
        if new.subscriber_id:
            # Delivered before: it stands there since then.
            values.pop("installed_on")
        if new:
            new.write(values)
        else:
            supplier = old._suppliers_of(lot).get(lot, old.supplier_id.browse())
            new = old.create({**values, "supplier_id": supplier.id})
        old.replaced_by_id = new
        return new.with_env(self.env)

    def _prepare_successor(self, lot, ownership, day):
        """Values of the card of the piece that takes this one's place."""
        self.ensure_one()
        values = {
            "active": True,
            "product_id": lot.product_id.id,
            "lot_id": lot.id,
            "location_id": lot.sudo().location_id.id,
            "subscriber_id": self.subscriber_id.id,
            "company_id": self.subscriber_id.company_id.id,
            "ownership": ownership,
            "panel_id": self.panel_id.id,
            "zone_ids": [fields.Command.set(self.zone_ids.ids)],
            "installed_on": day,
            "removed_on": False,
            "replaces_id": self.id,
            "replaced_by_id": False,
        }
        if self.name != self._default_name():
            values["name"] = self.name
        if self.warranty_end and self.warranty_end >= day:
            values["warranty_end"] = self.warranty_end
        return values
