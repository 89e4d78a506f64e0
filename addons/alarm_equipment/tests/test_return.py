from datetime import date

from freezegun import freeze_time

from odoo.tests import new_test_user, tagged

from .common import EquipmentCase

DUE = date(2030, 5, 10)


@tagged("post_install", "-at_install")
class TestReturn(EquipmentCase):
    """Equipment of ours that is lent has a day on which it is due back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = new_test_user(cls.env, "t-lender", "alarm_subscriber.group_back_office")

    def lend(self, *serials):
        picking = self.deliver(list(serials), "leased")
        cards = self.card(serials[0]).union(*map(self.card, serials))
        cards.with_user(self.office).return_due = DUE
        return picking, cards

    def ask(self, day):
        with freeze_time(day):
            self.env["alarm.device"]._cron_ask_for_returns()

    def activities(self):
        return self.subscriber.activity_ids.filtered(
            lambda activity: activity.user_id == self.office
        )

    def test_who_lends_it_sees_to_it(self):
        _picking, card = self.lend("DET-1")
        self.assertEqual(card.return_user_id, self.office)

    def test_what_comes_back_is_due_no_more(self):
        picking, cards = self.lend("DET-1", "DET-2")
        self.take_back(picking, ["DET-1"])
        self.assertFalse(self.card("DET-1").return_due)
        self.assertFalse(self.card("DET-1").return_user_id)
        self.assertEqual(self.card("DET-2").return_due, DUE)
        self.assertEqual(len(cards.filtered("return_due")), 1)

    def test_what_becomes_the_customers_is_due_no_more(self):
        _picking, card = self.lend("DET-1")
        card.sudo().ownership = "sold"
        self.assertFalse(card.return_due)

    def test_the_piece_that_takes_its_place_is_due_on_the_same_day(self):
        _picking, card = self.lend("DET-1")
        new = card._swap(self.lot("DET-2"))
        self.assertEqual((new.return_due, new.return_user_id), (DUE, self.office))
        self.assertFalse(card.return_due)

    def test_overdue_pieces_of_a_place_are_one_activity_once(self):
        self.lend("DET-1", "DET-2")
        self.ask(DUE)
        self.assertFalse(self.activities())
        self.ask(date(2030, 5, 11))
        self.assertEqual(len(self.activities()), 1)
        for serial in ("DET-1", "DET-2"):
            self.assertIn(serial, self.activities().note)
        self.ask(date(2030, 5, 12))
        self.assertEqual(len(self.activities()), 1)

    def test_another_day_is_asked_for_anew(self):
        _picking, card = self.lend("DET-1")
        self.ask(date(2030, 5, 11))
        card.with_user(self.office).return_due = date(2030, 5, 20)
        self.ask(date(2030, 5, 12))
        self.assertEqual(len(self.activities()), 1)
        self.ask(date(2030, 5, 21))
        self.assertEqual(len(self.activities()), 2)

    def test_what_nobody_could_be_told_is_asked_for_when_somebody_can(self):
        _picking, card = self.lend("DET-1")
        card.return_user_id.active = False
        self.ask(date(2030, 5, 11))
        self.assertFalse(self.activities() or card.return_asked)
        card.return_user_id.active = True
        self.ask(date(2030, 5, 12))
        self.assertEqual(len(self.activities()), 1)

    def test_nobody_asks_for_what_is_lost(self):
        _picking, card = self.lend("DET-1")
        card.action_lose()
        self.ask(date(2030, 5, 11))
        self.assertFalse(self.activities())

    def test_it_goes_by_the_day_of_the_company(self):
        self.lend("DET-1")
        self.company.partner_id.tz = "Asia/Shanghai"
        # The morning of the 11th in Shanghai.
        with freeze_time("2030-05-10 18:00"):
            self.env["alarm.device"]._cron_ask_for_returns()
        self.assertEqual(len(self.activities()), 1)

    def test_the_history_does_not_tell_who_was_asked(self):
        self.assertNotIn("return_asked", self.env["alarm.device"]._revision_fields())
        self.assertIn("return_due", self.env["alarm.device"]._revision_fields())
