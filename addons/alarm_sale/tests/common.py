import base64
import io

from PIL import Image, ImageDraw

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user


def drawing(width=400, height=300):
    """A floor plan as base64 text."""
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((20, 20, width - 20, height - 20), outline="black", width=3)
    pen.line((width // 2, 20, width // 2, height - 20), fill="black", width=3)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


class SaleCase(TransactionCase):
    """A salesperson without any other right, products of a small system, and a lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, no_reset_password=True)
        )
        # The days of the tests are those of UTC, whatever the hour they run at.
        cls.env.company.partner_id.tz = "UTC"
        # Fees that are proposed in a database with demo data are none of ours.
        cls.env["product.template"].search([("alarm_monitoring_fee", "=", True)]).write(
            {"alarm_monitoring_fee": False}
        )
        cls.seller = new_test_user(
            cls.env, "t-seller", "sales_team.group_sale_salesman", name="Sal Seller"
        )
        cls.colleague = new_test_user(
            cls.env, "t-colleague", "sales_team.group_sale_salesman", name="Col League"
        )
        cls.leader = new_test_user(cls.env, "t-leader", "sales_team.group_sale_salesman_all_leads")
        cls.storekeeper = new_test_user(cls.env, "t-keeper", "stock.group_stock_user")
        cls.approver = new_test_user(cls.env, "t-approves", "alarm_subscriber.group_approver")
        cls.office = new_test_user(cls.env, "t-office", "alarm_subscriber.group_back_office")
        cls._make_products()
        cls.level = cls.env["alarm.service.level"].create({"name": "Fast"})
        cls.kind = cls.env["alarm.subscriber.category"].create(
            {"name": "Jeweller", "risk": "4", "service_level_id": cls.level.id}
        )
        # Zones are called in the language of the company.
        cls.env.company.partner_id.lang = "en_US"
        cls.lead = cls.env["crm.lead"].with_user(cls.seller).create(cls.lead_values())

    @classmethod
    def _make_products(cls):
        Product = cls.env["product.product"]
        common = {"invoice_policy": "order", "taxes_id": [Command.clear()]}
        goods = common | {"type": "consu", "is_storable": True}
        cls.fee = Product.create(
            common
            | {
                "name": "Monitoring",
                "type": "service",
                "list_price": 100,
                "alarm_recurrence": "monthly",
                "alarm_monitoring_fee": True,
            }
        )
        cls.upkeep = Product.create(
            common
            | {
                "name": "Maintenance",
                "type": "service",
                "list_price": 240,
                "alarm_recurrence": "yearly",
            }
        )
        cls.lease = Product.create(
            common
            | {
                "name": "Lease of a camera",
                "type": "service",
                "list_price": 30,
                "alarm_recurrence": "monthly",
            }
        )
        cls.unit = Product.create(
            goods
            | {
                "name": "Panel",
                "list_price": 1000,
                "standard_price": 600,
                "tracking": "serial",
                "alarm_device_kind": "panel",
            }
        )
        cls.motion = Product.create(
            goods
            | {
                "name": "Motion detector",
                "list_price": 200,
                "standard_price": 80,
                "alarm_device_kind": "detector",
                "alarm_detector_type": "motion",
            }
        )
        cls.contact = Product.create(
            goods
            | {
                "name": "Door contact",
                "list_price": 50,
                "standard_price": 20,
                "alarm_device_kind": "detector",
                "alarm_detector_type": "contact",
            }
        )
        cls.camera = Product.create(
            goods
            | {
                "name": "Camera",
                "list_price": 700,
                "standard_price": 400,
                "alarm_device_kind": "camera",
                "alarm_lease_fee_id": cls.lease.id,
            }
        )
        cls.work = Product.create(
            common
            | {
                "name": "Installation",
                "type": "service",
                "list_price": 300,
                "standard_price": 150,
            }
        )

    @classmethod
    def lead_values(cls, **values):
        return {
            "name": "Jeweller wants protection",
            "type": "opportunity",
            "user_id": cls.seller.id,
            "partner_name": "Gold & Co.",
            "contact_name": "Ada Gold",
            "phone": "+86 21 5550 1234",
            "email_from": "ada@gold.example.com",
            "lang_id": cls.env["res.lang"]._get_data(code="en_US").id,
            "site_name": "Gold Harbour Road",
            "street": "19 Harbour Road",
            "city": "Testville",
            "zip": "200001",
            "category_id": cls.kind.id,
            "latitude": 31.2,
            "longitude": 121.4,
        } | values

    @classmethod
    def make_survey(cls, lead=None, user=None, **values):
        """A survey as a salesperson types it: two rooms, five rows, one drawing."""
        lead = lead or cls.lead
        survey = (
            cls.env["alarm.survey"]
            .with_user(user or cls.seller)
            .create(
                {
                    "lead_id": lead.id,
                    "line_ids": [
                        Command.create({"room": "Office", "product_id": cls.unit.id}),
                        Command.create(
                            {
                                "room": "Shop",
                                "risk": "intrusion",
                                "product_id": cls.contact.id,
                                "quantity": 2,
                                "note": "front door",
                            }
                        ),
                        Command.create(
                            {
                                "room": "Back room",
                                "risk": "intrusion",
                                "product_id": cls.motion.id,
                                "area": "2",
                            }
                        ),
                        Command.create(
                            {
                                "room": "Shop",
                                "risk": "hold_up",
                                "product_id": cls.camera.id,
                                "ownership": "leased",
                            }
                        ),
                        Command.create({"product_id": cls.work.id, "quantity": 2}),
                    ],
                    "plan_ids": [Command.create({"name": "Ground floor", "image": drawing()})],
                }
                | values
            )
        )
        return survey

    @classmethod
    def quote(cls, survey):
        action = survey.action_quotation()
        return cls.env["sale.order"].with_user(survey.env.user).browse(action["res_id"])

    @classmethod
    def stock_up(cls, order):
        """What the order needs is on the shelf, each serial number by itself."""
        shelf = order.warehouse_id.lot_stock_id
        for line in order.sudo().order_line.filtered("product_id.is_storable"):
            product = line.product_id
            if product.tracking == "serial":
                for number in range(int(line.product_uom_qty)):
                    lot = cls.env["stock.lot"].create(
                        {"name": f"{product.name}-{order.id}-{number}", "product_id": product.id}
                    )
                    cls.env["stock.quant"]._update_available_quantity(product, shelf, 1, lot_id=lot)
            else:
                cls.env["stock.quant"]._update_available_quantity(
                    product, shelf, line.product_uom_qty
                )

    @classmethod
    def deliver(cls, order):
        """The storekeeper issues everything."""
        pickings = order.sudo().picking_ids.with_user(cls.storekeeper).sudo(False)
        pickings.action_assign()
        for picking in pickings:
            picking.move_ids.picked = True
        pickings.button_validate()
        return pickings
