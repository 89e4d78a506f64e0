from odoo import api, models
from odoo.exceptions import UserError

# So many products are offered without a search.
_OFFERED = 6
_OFFERED_KEY = "alarm_contract.offered_to_technician"


class AlarmWorkOrder(models.Model):
    """What the customer pays for, said on the phone page: there nobody sees a price."""

    _inherit = "alarm.work.order"

    @api.model
    def _work_verbs(self):
        return {
            **super()._work_verbs(),
            "charge": "_work_charge",
            "charge_change": "_work_charge_change",
            "charge_material": "_work_charge_material",
        }

    def _work_charge(self, values):
        self._check_actor("start")
        product_id, quantity = values.get("product"), self._quantity(values.get("quantity"))
        product = self.env["product.product"]
        if isinstance(product_id, int):
            product = product.search([("id", "=", product_id), ("sale_ok", "=", True)])
        if not product or not quantity:
            raise UserError(self.env._("Say what the customer pays for, and how many."))
        line = self.charge_ids.create(
            {"work_order_id": self.id, "product_id": product.id, "quantity": quantity}
        )
        text = str(values.get("text") or "").strip()
        if text:
            line.name = f"{line.name}\n{text}"

    def _work_charge_change(self, values):
        """Another quantity; 0: not at all."""
        self._check_actor("start")
        line = self.charge_ids.filtered(lambda one: one.id == values.get("id"))
        quantity = self._quantity(values.get("quantity"))
        if not line and quantity:
            raise UserError(self.env._("This charge is no longer there."))
        if quantity:
            line.quantity = quantity
        else:
            line.unlink()

    def _work_charge_material(self, _values):
        self.action_propose_charges()

    def _work_data(self):
        return {
            **super()._work_data(),
            "charges": [line._work_data() for line in self.charge_ids],
            "charges_open": self.state not in ("done", "cancelled"),
            "charge_material": self.state in ("in_progress", "testing", "accepted")
            and bool(self._prepare_material_charges()),
            "charge_products": self._work_charge_products(),
        }

    @api.model
    def _work_charge_products(self):
        """What this user has charged most often: offered where there is no network to search."""
        cache, key = self.env.cr.cache, (_OFFERED_KEY, self.env.uid)
        if key not in cache:
            groups = self.env["alarm.work.order.charge"]._read_group(
                [("create_uid", "=", self.env.uid), ("product_id.sale_ok", "=", True)],
                ["product_id"],
                order="__count DESC, product_id",
                limit=_OFFERED,
            )
            cache[key] = [
                {"id": product.id, "name": product.display_name, "unit": product.uom_id.name}
                for [product] in groups
            ]
        return cache[key]


class AlarmWorkOrderCharge(models.Model):
    _inherit = "alarm.work.order.charge"

    def _work_data(self):
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "product": self.product_id.display_name,
            "text": self.name,
            "quantity": self.quantity,
            "unit": self.uom_id.name,
            "state_label": states[self.state],
            "open": self.state == "draft",
        }
