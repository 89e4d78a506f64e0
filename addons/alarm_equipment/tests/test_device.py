from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import EquipmentCase


@tagged("post_install", "-at_install")
class TestDevice(EquipmentCase):
    """The card of a piece of equipment."""

    def foreign(self, **values):
        return self.env["alarm.device"].create(
            {"kind": "panel", "ownership": "foreign", "subscriber_id": self.subscriber.id, **values}
        )

    def test_a_delivery_makes_the_card(self):
        self.deliver(["DET-1"])
        card = self.card("DET-1")
        self.assertEqual(card.subscriber_id, self.subscriber)
        self.assertEqual(card.location_id, self.location())
        self.assertEqual((card.state, card.ownership, card.kind), ("at_site", "sold", "detector"))
        self.assertEqual(card.owner_id, self.customer)
        self.assertEqual(card.supplier_id, self.vendor)
        self.assertEqual(card.installed_on, fields.Date.context_today(card))
        self.assertEqual(card.serial, "DET-1")
        self.assertEqual(card.display_name, "Test Detector DET-1")

    def test_what_is_in_stock_and_never_was_out_has_no_card(self):
        self.assertFalse(self.card("DET-1"))

    def test_what_is_leased_is_ours(self):
        self.deliver(["DET-1"], "leased")
        self.assertEqual(self.card("DET-1").ownership, "leased")
        self.assertEqual(self.card("DET-1").owner_id, self.company.partner_id)

    def test_a_piece_without_serial_number_has_a_quantity_but_no_card(self):
        self.deliver(["DET-1"], cable=10)
        self.assertEqual(self.subscriber.device_ids, self.card("DET-1"))
        action = self.subscriber.with_user(self.reader).action_view_quantities()
        quants = self.env["stock.quant"].with_user(self.reader).search(action["domain"])
        self.assertEqual(
            {quant.product_id: quant.quantity for quant in quants},
            {self.detector: 1, self.cable: 10},
        )

    def test_a_card_may_exist_without_stock(self):
        card = self.foreign(name="Old Panel of the Customer", panel_id=self.panel.id)
        self.assertEqual((card.state, card.owner_id), ("at_site", self.customer))
        recorder = self.env["alarm.device"].create({"kind": "recorder", "ownership": "leased"})
        self.assertEqual((recorder.state, recorder.name), ("elsewhere", "Recorder"))
        self.assertEqual(recorder.owner_id, self.company.partner_id)

    def test_several_devices_serve_one_zone(self):
        self.deliver(["DET-1", "DET-2"])
        cards = self.card("DET-1") + self.card("DET-2")
        cards.zone_ids = self.zone
        self.assertEqual(self.zone.device_ids, cards)

    def test_a_zone_of_other_premises_cannot_be_served(self):
        other = self.env["alarm.subscriber"].create(
            {"name": "Test Other", "partner_id": self.customer.id}
        )
        with self.assertRaisesRegex(ValidationError, "is not of .*Test Other"):
            self.foreign(subscriber_id=other.id, zone_ids=[(4, self.zone.id)])
        with self.assertRaisesRegex(ValidationError, "is not of .*Test Other"):
            self.foreign(subscriber_id=other.id, panel_id=self.panel.id)

    def test_a_panel_is_one_piece_of_equipment(self):
        self.foreign(panel_id=self.panel.id)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.foreign(panel_id=self.panel.id)

    def test_a_serial_number_has_one_card(self):
        self.deliver(["DET-1"])
        values = {"product_id": self.detector.id, "lot_id": self.lot("DET-1").id}
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["alarm.device"].create(values)

    def test_a_serial_number_is_of_the_cards_product(self):
        with self.assertRaisesRegex(ValidationError, "is of Test Detector, not of Test Cable"):
            self.foreign(product_id=self.cable.id, lot_id=self.lot("DET-1").id)

    def test_the_product_says_what_kind_it_is(self):
        with Form(self.env["alarm.device"].with_user(self.back_office)) as form:
            form.kind = "siren"
            form.product_id = self.detector
            form.serial = "X-7"
        self.assertEqual(form.record.kind, "detector")
        self.assertEqual(form.record.name, "Test Detector X-7")

    def test_a_name_that_somebody_gave_stays(self):
        with Form(self.env["alarm.device"].with_user(self.back_office)) as form:
            form.name = "Hall"
            form.product_id = self.detector
            form.serial = "X-7"
        self.assertEqual(form.record.name, "Hall")

    def test_who_moves_it_on_the_card_is_told_to_move_it_in_stock(self):
        self.deliver(["DET-1"])
        card = self.card("DET-1").with_user(self.back_office)
        with self.assertRaisesRegex(UserError, "by a transfer of the stock"):
            card.subscriber_id = False
        card.note = "Above the door"
        self.assertEqual(card.subscriber_id, self.subscriber)

    def test_lost_and_found(self):
        self.deliver(["DET-1"])
        card = self.card("DET-1").with_user(self.back_office)
        card.action_lose()
        self.assertEqual((card.state, card.subscriber_id), ("lost", self.subscriber))
        card.action_find()
        self.assertEqual(card.state, "at_site")

    def test_a_card_with_a_serial_number_of_ours_is_archived_not_deleted(self):
        self.deliver(["DET-1"])
        with self.assertRaisesRegex(UserError, "archive its card"):
            self.card("DET-1").unlink()
        card = self.foreign()
        card.unlink()
        self.assertFalse(card.exists())

    def test_warranty_starts_for_what_was_sold_and_runs_once(self):
        self.deliver(["DET-1"])
        self.deliver(["DET-2"], "leased")
        foreign = self.foreign(product_id=self.detector.id)
        day = fields.Date.to_date("2026-01-31")
        devices = self.subscriber.device_ids
        devices._start_warranty(day)
        self.assertEqual(self.card("DET-1").warranty_end, fields.Date.to_date("2028-01-31"))
        self.assertFalse(self.card("DET-2").warranty_end)
        self.assertFalse(foreign.warranty_end)
        devices._start_warranty(fields.Date.to_date("2027-01-31"))
        self.assertEqual(self.card("DET-1").warranty_end, fields.Date.to_date("2028-01-31"))

    def test_product_subscriber_and_serial_number_lead_to_the_cards(self):
        self.deliver(["DET-1", "DET-2"])
        Device = self.env["alarm.device"]
        template = self.detector.product_tmpl_id
        self.assertEqual((template.device_count, self.subscriber.device_count), (2, 2))
        for action in (template.action_view_devices(), self.subscriber.action_view_devices()):
            self.assertEqual(Device.search(action["domain"]), self.subscriber.device_ids)
        action = self.lot("DET-1").action_view_device()
        self.assertEqual(Device.browse(action["res_id"]), self.card("DET-1"))
