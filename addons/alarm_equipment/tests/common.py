from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.alarm_subscriber.tests.common import RegisterCase


def setup_equipment(cls):
    """Real-time valuation, a vendor, a storekeeper, a detector with serial numbers that costs 100,
    and cable by the metre that costs 2; both are in stock: DET-1 to DET-4, and 50 of cable."""
    env = cls.env
    cls.company = env.company
    cls.storekeeper = new_test_user(env, "t-storekeeper", "stock.group_stock_user")
    cls.vendor = env["res.partner"].create({"name": "Test Detectors Inc."})
    cls.warehouse = env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
    cls.stock = cls.warehouse.lot_stock_id
    cls.accounts = {
        name: env["account.account"].create(
            {"name": f"Test {name}", "code": f"T9{number}", "account_type": kind}
        )
        for number, (name, kind) in enumerate(
            (
                ("Leased Equipment", "asset_fixed"),
                ("Stock", "asset_current"),
                ("Cost of Sale", "expense_direct_cost"),
                ("Sales", "income"),
            )
        )
    }
    cls.company.leased_equipment_account_id = cls.accounts["Leased Equipment"]
    cls.category = env["product.category"].create(
        {
            "name": "Test Equipment",
            "property_valuation": "real_time",
            "property_cost_method": "average",
            "property_stock_valuation_account_id": cls.accounts["Stock"].id,
            "property_account_expense_categ_id": cls.accounts["Cost of Sale"].id,
            "property_account_income_categ_id": cls.accounts["Sales"].id,
        }
    )
    cls.detector = make_product(
        cls, "Test Detector", tracking="serial", alarm_device_kind="detector", standard_price=100
    )
    cls.detector.write({"alarm_detector_type": "motion", "alarm_warranty_months": 24})
    cls.cable = make_product(cls, "Test Cable", tracking="none", standard_price=2)
    receive(cls, cls.detector, [f"DET-{number}" for number in range(1, 5)])
    receive(cls, cls.cable, quantity=50)


def make_product(cls, name, **values):
    return cls.env["product.product"].create(
        {
            "name": name,
            "type": "consu",
            "is_storable": True,
            "categ_id": cls.category.id,
            "taxes_id": [Command.clear()],
            **values,
        }
    )


def receive(cls, product, serials=(), quantity=0):
    """A validated receipt from the vendor."""
    suppliers = cls.env.ref("stock.stock_location_suppliers")
    picking = make_picking(
        cls, cls.warehouse.in_type_id, suppliers, cls.stock, {product: quantity or len(serials)}
    )
    picking.partner_id = cls.vendor
    for number, serial in enumerate(serials):
        lot = cls.env["stock.lot"].create({"name": serial, "product_id": product.id})
        picking.move_line_ids[number].lot_id = lot
    validate(picking)
    return picking


def make_picking(cls, type_, source, destination, quantities):
    picking = cls.env["stock.picking"].create(
        {
            "picking_type_id": type_.id,
            "location_id": source.id,
            "location_dest_id": destination.id,
            "move_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": quantity,
                        "location_id": source.id,
                        "location_dest_id": destination.id,
                    }
                )
                for product, quantity in quantities.items()
            ],
        }
    )
    picking.action_confirm()
    picking.action_assign()
    return picking


def validate(picking):
    picking.move_ids.picked = True
    picking.button_validate()


class EquipmentCase(RegisterCase):
    """Premises and a stock of equipment for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The days of the tests are those of UTC, whatever the hour they run at.
        cls.env.company.partner_id.tz = "UTC"
        setup_equipment(cls)
        cls.area = cls.env["alarm.area"].create(
            {"panel_id": cls.panel.id, "number": "1", "name": "Shop"}
        )
        cls.zone = cls.env["alarm.zone"].create(
            {"panel_id": cls.panel.id, "number": "1", "name": "Door", "area_id": cls.area.id}
        )

    def lot(self, serial):
        return self.env["stock.lot"].search(
            [("name", "=", serial), ("product_id", "=", self.detector.id)]
        )

    def card(self, serial):
        return self.env["alarm.device"].search([("lot_id", "=", self.lot(serial).id)])

    def location(self, ownership="sold", subscriber=None):
        subscriber = subscriber or self.subscriber
        return subscriber._equipment_locations(ownership)[subscriber]

    def deliver(self, serials, ownership="sold", subscriber=None, cable=0):
        """A delivery that the storekeeper validates."""
        quantities = {self.detector: len(serials), self.cable: cable}
        picking = make_picking(
            self,
            self.warehouse.out_type_id,
            self.stock,
            self.location(ownership, subscriber),
            {product: quantity for product, quantity in quantities.items() if quantity},
        ).with_user(self.storekeeper)
        move = picking.move_ids.filtered(lambda move: move.product_id == self.detector)
        move.lot_ids = self.lot(serials[0]).union(*map(self.lot, serials))
        validate(picking)
        self.assertEqual(picking.state, "done")
        return picking.with_env(self.env)

    def take_back(self, picking, serials):
        """The return of what a delivery brought, that the storekeeper validates."""
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.storekeeper)
            .with_context(active_id=picking.id, active_ids=picking.ids, active_model=picking._name)
            .create({})
        )
        for line in wizard.product_return_moves:
            line.quantity = len(serials) if line.product_id == self.detector else 0
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back = back.with_user(self.storekeeper)
        back.move_ids.lot_ids = self.lot(serials[0]).union(*map(self.lot, serials))
        validate(back)
        self.assertEqual(back.state, "done")
        return back.with_env(self.env)

    def balance(self, name):
        """Debit minus credit of what is posted on an account."""
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.accounts[name].id), ("parent_state", "=", "posted")]
        )
        return sum(lines.mapped("balance"))
