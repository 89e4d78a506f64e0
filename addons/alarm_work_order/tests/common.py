from datetime import datetime, timedelta

from odoo.tests import TransactionCase, new_test_user

GROUP = "alarm_work_order.group_"


class WorkCase(TransactionCase):
    """A subscriber in commissioning, a crew of two, a planner and a storekeeper with a stocked
    warehouse."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, no_reset_password=True)
        )
        cls.company = cls.env.company
        # The days of the tests are those of UTC, whatever the hour they run at.
        cls.company.partner_id.tz = "UTC"
        cls.technician = new_test_user(cls.env, "t-technician", f"{GROUP}technician", name="Tina")
        cls.mate = new_test_user(cls.env, "t-mate", f"{GROUP}technician", name="Tom")
        cls.stranger = new_test_user(cls.env, "t-stranger", f"{GROUP}technician")
        cls.planner = new_test_user(cls.env, "t-planner", f"{GROUP}planner", name="Paula")
        cls.storekeeper = new_test_user(cls.env, "t-store", "stock.group_stock_user")
        employees = cls.env["hr.employee"].create(
            [{"name": user.name, "user_id": user.id} for user in (cls.technician, cls.mate)]
        )
        cls.crew = cls.env["alarm.crew"].create(
            {"name": "Test Crew", "member_ids": [(6, 0, employees.ids)]}
        )
        cls.customer = cls.env["res.partner"].create({"name": "Test Customer"})
        cls.subscriber = cls.env["alarm.subscriber"].create(
            {"name": "Test Shop", "partner_id": cls.customer.id}
        )
        cls.subscriber.action_commission()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.vendor = cls.env["res.partner"].create({"name": "Test Supplier"})
        cls.detector = cls.product("Test Detector", "serial")
        cls.cable = cls.product("Test Cable", "none")
        cls.lots = cls.env["stock.lot"].create(
            [
                {"name": f"SN{number}", "product_id": cls.detector.id, "company_id": cls.company.id}
                for number in range(1, 5)
            ]
        )
        # What a demo company brings does not take part.
        cls.env["alarm.checklist.template"].search([]).active = False

    @classmethod
    def product(cls, name, tracking, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "tracking": tracking,
                "standard_price": 10.0,
                "seller_ids": [(0, 0, {"partner_id": cls.vendor.id, "price": 9.0})],
                **values,
            }
        )

    @classmethod
    def stock(cls, product, quantity=0.0, lots=(), location=None):
        """Put pieces into the warehouse."""
        location = location or cls.warehouse.lot_stock_id
        Quant = cls.env["stock.quant"]
        for lot in lots:
            Quant._update_available_quantity(product, location, 1.0, lot_id=lot)
        if quantity:
            Quant._update_available_quantity(product, location, quantity)

    @classmethod
    def order(cls, kind="installation", **values):
        start = datetime(2030, 1, 7, 8, 0)
        return (
            cls.env["alarm.work.order"]
            .with_user(cls.planner)
            .create(
                {
                    "kind": kind,
                    "subscriber_id": cls.subscriber.id,
                    "crew_id": cls.crew.id,
                    "planned_start": start,
                    "planned_end": start + timedelta(hours=4),
                    **values,
                }
            )
        )

    @classmethod
    def soon(cls, kind, **values):
        """An order whose crew may begin now, also where the premises are in service."""
        start = datetime.utcnow().replace(microsecond=0) + timedelta(hours=1)
        return cls.order(
            kind, planned_start=start, planned_end=start + timedelta(hours=4), **values
        )

    @classmethod
    def need(cls, order, product, quantity, ownership="sold"):
        row = (
            cls.env["alarm.work.order.material"]
            .with_user(cls.planner)
            .create(
                {
                    "work_order_id": order.id,
                    "product_id": product.id,
                    "quantity": quantity,
                    "ownership": ownership,
                }
            )
        )
        return row.with_env(cls.env)

    def issue(self, order, lots=None):
        """The storekeeper issues what is reserved, with these serial numbers."""
        self.env.invalidate_all()
        pickings = order.with_user(self.storekeeper).picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        for picking in pickings:
            for move in picking.move_ids:
                if lots and move.has_tracking == "serial":
                    move.lot_ids = lots
                move.picked = True
            picking.with_context(skip_backorder=True).button_validate()
            self.assertEqual(picking.state, "done")
        self.env.invalidate_all()
        return pickings

    def mine(self, order):
        return order.with_user(self.technician)
