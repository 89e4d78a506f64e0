from odoo import fields, models
from odoo.exceptions import UserError


class AlarmWorkOrder(models.Model):
    """What the customer pays for beside what was sold: said by the technician, charged when the
    work is done."""

    _inherit = "alarm.work.order"

    charge_ids = fields.One2many("alarm.work.order.charge", "work_order_id", string="Charges")

    def _report_fields(self):
        return super()._report_fields() | {"charge_ids"}

    def action_propose_charges(self):
        """Add the sold material that was used and is not among the charges yet."""
        self._check_actor("start")
        for order in self._locked():
            values = order._prepare_material_charges()
            if order.state not in ("in_progress", "testing", "accepted") or not values:
                raise UserError(
                    self.env._(
                        "%s: no material was used that is sold and not among the charges yet.",
                        order.name,
                    )
                )
            order.charge_ids.create(values)
        return True

    def _prepare_material_charges(self):
        """Values of the charges of what was used. What stays ours is charged by its fees."""
        self.ensure_one()
        known = self.charge_ids.product_id
        return [
            {
                "work_order_id": self.id,
                "product_id": row.product_id.id,
                "quantity": row._get_quantity_to_charge(),
            }
            for row in self.material_ids
            if row.ownership == "sold"
            and row.product_id.sale_ok
            and row.product_id not in known
            and row._get_quantity_to_charge() > 0
        ]

    def _on_state(self, verb):
        res = super()._on_state(verb)
        # As superuser: who finishes or cancels need not be one who writes charges, and what follows
        # from it is the same for everybody.
        if verb == "finish":
            self.sudo().charge_ids._charge()
        elif verb == "cancel":
            drafts = self.sudo().charge_ids.filtered(lambda line: line.state == "draft")
            drafts._write_by_verb({"state": "cancelled"})
        return res


class AlarmWorkOrderMaterial(models.Model):
    _inherit = "alarm.work.order.material"

    def _get_quantity_to_charge(self):
        """How much of it was used and is not paid for otherwise."""
        self.ensure_one()
        return self.quantity_used
