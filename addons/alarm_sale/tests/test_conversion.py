from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import SaleCase, drawing


@tagged("post_install", "-at_install")
class TestConversion(SaleCase):
    """Confirming a quotation makes subscriber and work order; nothing is typed a second time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey = cls.make_survey()
        cls.survey.zone_ids[0]._place(cls.survey.plan_ids, 0.25, 0.75)
        cls.order = cls.quote(cls.survey)

    def confirm(self):
        self.order.action_confirm()
        return self.order.sudo().subscriber_id

    def test_the_quotation_is_the_survey_and_nothing_else(self):
        once = self.order.order_line.filtered(
            lambda line: not line.display_type and not line.alarm_recurrence
        )
        fees = self.order.order_line.filtered("alarm_recurrence")
        self.assertEqual(
            [(line.product_id, line.product_uom_qty, line.alarm_ownership) for line in once],
            [
                (self.unit, 1, "sold"),
                (self.contact, 2, "sold"),
                (self.motion, 1, "sold"),
                (self.camera, 1, "leased"),
                (self.work, 2, "sold"),
            ],
        )
        self.assertEqual(fees.product_id, self.fee | self.lease)
        self.assertEqual(
            self.order.order_line.filtered("display_type").mapped("name"),
            ["Equipment and Installation", "Fees of the Service: Monthly"],
        )

    def test_the_customer_is_made_once_and_the_address_typed_once(self):
        customer = self.order.partner_id.commercial_partner_id
        self.assertEqual(customer.name, "Gold & Co.")
        self.assertEqual(self.order.partner_id.name, "Ada Gold")
        premises = self.order.partner_shipping_id
        self.assertEqual(premises.parent_id, customer)
        self.assertEqual(
            (premises.street, premises.city, premises.zip, premises.partner_latitude),
            ("19 Harbour Road", "Testville", "200001", 31.2),
        )
        again = self.quote(self.survey)
        self.assertEqual(again.partner_shipping_id, premises)

    def test_the_subscriber_has_all_that_was_said_before(self):
        subscriber = self.confirm()
        self.assertEqual(subscriber.state, "draft")
        self.assertEqual(subscriber.name, "Gold Harbour Road")
        self.assertEqual(subscriber.partner_id.name, "Gold & Co.")
        self.assertEqual(subscriber.address_id, self.order.partner_shipping_id)
        self.assertEqual((subscriber.street, subscriber.latitude), ("19 Harbour Road", 31.2))
        self.assertEqual(subscriber.category_id, self.kind)
        self.assertEqual(subscriber.service_level_id, self.level)
        self.assertEqual(subscriber.risk, "4")
        self.assertEqual(subscriber.contact_ids.partner_id.name, "Ada Gold")
        self.assertEqual(subscriber.contact_ids.phone, "+86 21 5550 1234")

    def test_the_panel_has_areas_zones_and_their_places(self):
        subscriber = self.confirm()
        self.assertEqual(len(subscriber.panel_ids), 1)
        self.assertTrue(subscriber.panel_ids.account)
        self.assertEqual(subscriber.area_ids.mapped("number"), ["1", "2"])
        self.assertEqual(
            [
                (zone.number, zone.name, zone.detector_type, zone.area_id.number, zone.position)
                for zone in subscriber.zone_ids
            ],
            [
                ("1", "Shop Door or Window Contact", "contact", "1", "Shop, front door"),
                ("2", "Shop Door or Window Contact", "contact", "1", "Shop, front door"),
                ("3", "Back room Motion Detector", "motion", "2", "Back room"),
            ],
        )
        first = subscriber.zone_ids[0]
        self.assertEqual(first.site_plan_id.name, "Ground floor")
        self.assertEqual((first.plan_x, first.plan_y), (0.25, 0.75))

    def test_an_account_that_was_typed_is_taken(self):
        self.survey.account = "77A1"
        self.assertEqual(self.confirm().panel_ids.account, "77A1")

    def test_an_account_that_is_taken_is_not_given_again(self):
        sequence = self.env.ref("alarm_sale.sequence_panel_account")
        self.env["alarm.panel"].create(
            {
                "subscriber_id": self.env["alarm.subscriber"]
                .create({"name": "Old", "partner_id": self.env.company.partner_id.id})
                .id,
                "account": str(sequence.number_next_actual).rjust(5, "0"),
            }
        )
        expected = sequence.number_next_actual + 1
        self.assertEqual(int(self.confirm().panel_ids.account), expected)

    def test_the_work_order_knows_where_what_and_for_whom(self):
        subscriber = self.confirm()
        work = self.order.sudo().work_order_ids
        self.assertEqual(len(work), 1)
        self.assertEqual(
            (work.kind, work.state, work.subscriber_id, work.origin),
            ("installation", "draft", subscriber, self.order.name),
        )
        self.assertEqual(
            {(row.product_id, row.ownership, row.quantity) for row in work.material_ids},
            {
                (self.unit, "sold", 1),
                (self.contact, "sold", 2),
                (self.motion, "sold", 1),
                (self.camera, "leased", 1),
            },
        )

    def test_the_hook_for_contracts_finds_everything(self):
        seen = []
        self.patch(
            type(self.env["sale.order"]),
            "_alarm_after_confirm",
            lambda orders: seen.extend(
                (order.sudo().subscriber_id, order.sudo().work_order_ids, order.picking_ids)
                for order in orders
            ),
        )
        self.confirm()
        self.assertEqual(len(seen), 1)
        self.assertTrue(all(seen[0]))

    def test_a_plain_order_of_goods_makes_no_subscriber(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Passer-by"}).id,
                "order_line": [(0, 0, {"product_id": self.motion.id})],
            }
        )
        order.action_confirm()
        self.assertFalse(order.subscriber_id or order.work_order_ids)
        self.assertEqual(
            order.picking_ids.location_dest_id, order.partner_id.property_stock_customer
        )

    def test_confirmed_again_it_is_the_same_subscriber(self):
        subscriber = self.confirm()
        self.order._action_cancel()
        self.assertEqual(self.order.sudo().work_order_ids.state, "cancelled")
        self.order.action_draft()
        self.order.action_confirm()
        self.assertEqual(self.order.sudo().subscriber_id, subscriber)
        self.assertEqual(len(subscriber.zone_ids), 3)
        self.assertEqual(self.order.sudo().work_order_ids.mapped("state"), ["cancelled", "draft"])
        self.assertEqual(set(self.order.sudo().work_order_ids.mapped("kind")), {"installation"})

    def test_two_quotations_of_one_survey_are_one_subscriber(self):
        other = self.quote(self.survey)
        subscriber = self.confirm()
        other.action_confirm()
        self.assertEqual(other.sudo().subscriber_id, subscriber)
        self.assertFalse(other.subscriber_made)
        self.assertEqual(other.sudo().work_order_ids.kind, "extension")
        self.assertEqual(len(subscriber.panel_ids), 1)

    def test_work_that_has_begun_holds_the_sale(self):
        self.confirm()
        work = self.order.sudo().work_order_ids
        work._write_by_verb({"state": "in_progress"})
        with self.assertRaisesRegex(UserError, "has begun"):
            self.order._action_cancel()

    def test_an_order_for_somebody_else_than_was_surveyed_is_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRaisesRegex(ValidationError, "Stranger"):
            self.order.partner_id = stranger

    def test_an_extension_grows_the_system_that_is_there(self):
        subscriber = self.confirm()
        survey = (
            self.env["alarm.survey"]
            .with_user(self.seller)
            .create(
                {
                    "subscriber_id": subscriber.id,
                    "line_ids": [
                        (0, 0, {"room": "Cellar", "product_id": self.motion.id, "quantity": 1})
                    ],
                    "plan_ids": [(0, 0, {"name": "Cellar plan", "image": drawing()})],
                }
            )
        )
        self.assertEqual(survey.zone_ids.number, "4")
        order = self.quote(survey)
        order.action_confirm()
        self.assertEqual(order.sudo().subscriber_id, subscriber)
        self.assertFalse(order.subscriber_made)
        work = order.sudo().work_order_ids
        self.assertEqual(work.kind, "extension")
        self.assertEqual(len(subscriber.zone_ids), 3, "nothing hangs there yet")
        work._on_state("start")
        self.assertEqual(subscriber.zone_ids.mapped("number"), ["1", "2", "3", "4"])
        work._on_state("start")
        self.assertEqual(len(subscriber.zone_ids), 4)
        plans = self.env["alarm.site.plan"].search([("subscriber_id", "=", subscriber.id)])
        self.assertEqual(plans.mapped("name").count("Cellar plan"), 1)
