from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.alarm_equipment.tests.common import (
    make_product,
    receive,
)

from .common import AssetCase


@tagged("post_install", "-at_install")
class TestLife(AssetCase):
    """What a leased piece is in the books, from delivery to its end, to the cent."""

    def test_what_is_leased_is_an_asset_when_the_premises_go_live(self):
        with freeze_time("2027-01-10"):
            self.deliver(["DET-1", "DET-2"], "leased")
            self.assertFalse(self.asset("DET-1"))
            self.check_books(Leased_Equipment=200, Stock=-200)
            self.activate(self.subscriber)
        asset = self.asset("DET-1")
        self.assertEqual(asset.purchase_value, 100)
        self.assertEqual(asset.state, "open")
        self.assertEqual(asset.device_id, self.card("DET-1"))
        self.assertEqual(asset.subscriber_id, self.subscriber)
        self.assertEqual(asset.partner_id, self.customer)
        self.assertEqual(self.card("DET-1").asset_id, asset)
        lines = asset.depreciation_line_ids.filtered(lambda line: line.type == "depreciate")
        self.assertEqual(lines.mapped("amount"), [10] * 10)
        self.assertEqual(lines[0].line_date, date(2027, 1, 31))
        # Becoming an asset posts nothing: the stock has.
        self.check_books(Leased_Equipment=200, Stock=-200)

    def test_what_was_sold_is_no_asset(self):
        with freeze_time("2027-01-10"):
            self.deliver(["DET-1"], "sold")
            self.activate(self.subscriber)
        self.assertFalse(self.asset("DET-1"))

    def test_whoever_asks_twice_gets_nothing_more(self):
        self.lease(["DET-1"])
        asset = self.asset("DET-1")
        self.env["alarm.device"]._cron_capitalise()
        self.assertFalse(self.card("DET-1")._capitalise())
        self.assertEqual(
            self.env["account.asset"].search([("lot_id", "=", self.lot("DET-1").id)]), asset
        )

    def test_the_job_finds_what_was_delivered_to_premises_in_service(self):
        self.activate(self.subscriber)
        with freeze_time("2027-01-10"):
            picking = self.deliver(["DET-1"], "leased")
            # At once, as no crew is at work there.
            self.assertTrue(self.asset("DET-1"))
            self.assertTrue(picking.move_line_ids.leased_value)
        keeper = new_test_user(self.env, "t-keeper", "stock.group_stock_manager")
        lines = picking.move_line_ids.with_user(keeper)
        with self.assertRaises(AccessError):
            lines.read(["leased_value"])
        clerk = new_test_user(
            self.env, "t-books", "stock.group_stock_manager,account.group_account_invoice"
        )
        lines = lines.with_user(clerk)
        self.assertTrue(lines.read(["leased_value"]))
        with self.assertRaises(AccessError):
            lines.write({"leased_value": 1.0})

    def test_months_are_booked_when_they_are_over(self):
        self.lease(["DET-1"])
        self.depreciate(date(2027, 3, 31))
        self.depreciate(date(2027, 3, 31))
        self.check_books(Leased_Equipment=100, Stock=-100, Depreciation=-30, Expense=30)
        self.assertEqual(self.asset("DET-1").net_value, 70)

    def test_pieces_share_the_entry_of_a_month(self):
        self.lease(["DET-1", "DET-2"])
        created = self.depreciate(date(2027, 2, 28))
        entries = self.env["account.move"].browse(created)
        self.assertEqual(entries.mapped("date"), [date(2027, 1, 31), date(2027, 2, 28)])
        self.assertEqual(entries.line_ids.asset_id, self.asset("DET-1") + self.asset("DET-2"))
        self.assertEqual(set(entries.mapped("state")), {"posted"})
        line = self.asset("DET-1").depreciation_line_ids.filtered(
            lambda line: line.move_id == entries[1]
        )
        with self.assertRaisesRegex(UserError, "depreciates 2 assets"):
            line.unlink_move()
        entries[1]._reverse_moves([{"date": date(2027, 2, 28)}], cancel=True)
        self.check_books(Leased_Equipment=200, Stock=-200, Depreciation=-20, Expense=20)
        self.assertEqual(self.asset("DET-1").net_value, 90)
        # And it is booked anew.
        self.depreciate(date(2027, 2, 28))
        self.check_books(Leased_Equipment=200, Stock=-200, Depreciation=-40, Expense=40)

    def test_a_piece_that_is_gone_stays_depreciated_when_its_month_is_booked_anew(self):
        picking = self.lease(["DET-1", "DET-2"])
        created = self.depreciate(date(2027, 3, 31))
        with freeze_time("2027-04-05"):
            self.take_back(picking, ["DET-1"])
        gone = self.asset("DET-1", running=False)
        books = {"Leased_Equipment": 100, "Stock": -130, "Depreciation": -30, "Expense": 60}
        self.check_books(**books)
        march = self.env["account.move"].browse(created)[-1]
        with freeze_time("2027-04-06"):
            reversal = march._reverse_moves([{"date": date(2027, 4, 6)}], cancel=True)
        # DET-2 waits for the job, DET-1 is booked at once, on the same day.
        self.check_books(**books | {"Depreciation": -20, "Expense": 50})
        again = gone.depreciation_line_ids.filtered(
            lambda line: line.line_date == date(2027, 3, 31)
        ).move_id
        self.assertEqual((again.date, again.state), (date(2027, 4, 6), "posted"))
        self.assertEqual(again.line_ids.asset_id, gone)
        self.assertEqual(reversal.line_ids.asset_id, gone | self.asset("DET-2"))
        self.depreciate(date(2027, 3, 31))
        self.check_books(**books)
        self.assertEqual(self.asset("DET-2").net_value, 70)
        # Nor is it taken back alone.
        line = gone.depreciation_line_ids.filtered(lambda line: line.move_id == again)
        with self.assertRaisesRegex(UserError, "no asset any more"):
            line.unlink_move()

    def test_a_reversal_that_waits_takes_nothing_back_yet(self):
        self.lease(["DET-1", "DET-2"])
        entry = self.env["account.move"].browse(self.depreciate(date(2027, 1, 31)))
        reversal = entry._reverse_moves([{"date": date(2027, 1, 31)}])
        self.assertFalse(self.depreciate(date(2027, 1, 31)))
        reversal._post(soft=False)
        self.assertTrue(self.depreciate(date(2027, 1, 31)))
        self.check_books(Leased_Equipment=200, Stock=-200, Depreciation=-20, Expense=20)

    def test_what_is_depreciated_to_the_end_is_closed_and_comes_back_for_nothing(self):
        picking = self.lease(["DET-1"])
        self.depreciate(date(2028, 1, 31))
        self.assertEqual(self.asset("DET-1").state, "close")
        with freeze_time("2028-02-05"):
            back = self.take_back(picking, ["DET-1"])
        self.assertEqual(back.move_ids.value, 0)
        self.check_books(Stock=-100, Expense=100)

    def test_the_job_leaves_months_that_are_closed(self):
        self.lease(["DET-1"])
        self.company.fiscalyear_lock_date = date(2027, 1, 31)
        with freeze_time("2027-03-01"):
            self.env["account.asset"]._cron_depreciate()
        self.check_books(Leased_Equipment=100, Stock=-100, Depreciation=-10, Expense=10)

    def test_what_is_scrapped_at_the_premises_is_written_off(self):
        self.lease(["DET-1"])
        with freeze_time("2027-03-10"):
            self.env["stock.scrap"].create(
                {
                    "product_id": self.detector.id,
                    "lot_id": self.lot("DET-1").id,
                    "location_id": self.location("leased").id,
                }
            ).action_validate()
        self.assertEqual(self.card("DET-1").state, "scrapped")
        self.check_books(Stock=-100, Expense=20, Loss=80)

    def test_what_moves_to_other_premises_goes_on(self):
        other = self.env["alarm.subscriber"].create(
            {"name": "Test Other", "partner_id": self.customer.id}
        )
        self.lease(["DET-1"])
        asset = self.asset("DET-1")
        self.move_on("DET-1", other)
        self.assertEqual(self.asset("DET-1"), asset)
        self.assertEqual(self.card("DET-1").subscriber_id, other)
        self.assertEqual(asset.subscriber_id, other)
        self.check_books(Leased_Equipment=100, Stock=-100)

    def test_a_return_is_in_stock_again_for_what_it_is_worth(self):
        picking = self.lease(["DET-1", "DET-2"])
        self.depreciate(date(2027, 1, 31))
        with freeze_time("2027-04-05"):
            # February and March were not booked yet.
            back = self.take_back(picking, ["DET-1"])
        self.assertEqual(back.move_ids.value, 70)
        self.assertEqual(back.move_line_ids.leased_value, -70)
        asset = self.asset("DET-1", running=False)
        self.assertEqual((asset.state, asset.alarm_end), ("removed", "returned"))
        self.assertEqual(asset.date_remove, date(2027, 4, 5))
        self.assertEqual(asset.net_value, 0)
        # DET-2 is an asset still, of which January is booked.
        self.check_books(Leased_Equipment=100, Stock=-130, Depreciation=-10, Expense=40)
        self.assertEqual(self.asset("DET-2").net_value, 90)

    def test_in_china_the_month_of_the_return_is_depreciated_not_that_of_acceptance(self):
        self.company.asset_first_month = "next"
        picking = self.lease(["DET-1"])
        self.assertEqual(self.asset("DET-1").date_start, date(2027, 2, 1))
        with freeze_time("2027-04-05"):
            back = self.take_back(picking, ["DET-1"])
        self.assertEqual(back.move_ids.value, 70)
        self.check_books(Stock=-30, Expense=30)

    def test_what_comes_back_before_its_first_month_is_worth_what_it_was(self):
        self.company.asset_first_month = "next"
        picking = self.lease(["DET-1"])
        with freeze_time("2027-01-20"):
            self.take_back(picking, ["DET-1"])
        self.check_books()

    def test_what_came_back_and_is_leased_again_is_a_new_asset(self):
        picking = self.lease(["DET-1"])
        with freeze_time("2027-04-05"):
            self.take_back(picking, ["DET-1"])
            first = self.asset("DET-1", running=False)
            self.deliver(["DET-1"], "leased")
        asset = self.asset("DET-1")
        self.assertNotEqual(asset, first)
        # At the average of the stock, as Odoo values it.
        self.assertEqual(asset.purchase_value, asset.stock_move_line_id.leased_value)
        self.assertEqual(self.balances("Leased Equipment")[0], asset.purchase_value)

    def test_valued_by_serial_number_each_keeps_its_own_value(self):
        recorder = make_product(
            self, "Test Recorder", tracking="serial", lot_valuated=True, standard_price=300
        )
        receive(self, recorder, ["REC-1"])
        receive(self, recorder, ["REC-2"]).move_ids.value_manual = 500
        self.activate(self.subscriber)
        self.detector = recorder
        with freeze_time("2027-01-10"):
            self.deliver(["REC-1", "REC-2"], "leased")
        self.assertEqual(self.asset("REC-1").purchase_value, 300)
        self.assertEqual(self.asset("REC-2").purchase_value, 500)
        self.assertEqual(self.balances("Leased Equipment"), (800,))

    def test_cents_of_a_delivery_that_do_not_divide(self):
        self.detector.standard_price = 33.335
        self.lease(["DET-1", "DET-2", "DET-3"])
        values = [self.asset(f"DET-{number}").purchase_value for number in (1, 2, 3)]
        self.assertEqual(self.balances("Leased Equipment")[0], round(sum(values), 2))

    def test_what_is_lost_is_written_off_and_comes_back_when_it_is_found(self):
        picking = self.lease(["DET-1"])
        with freeze_time("2027-03-10"):
            self.card("DET-1").action_lose()
        self.check_books(Stock=-100, Expense=20, Loss=80)
        self.assertFalse(self.card("DET-1").asset_id)
        with freeze_time("2027-03-20"):
            self.card("DET-1").action_find()
        self.check_books(Leased_Equipment=100, Stock=-100, Expense=20, Depreciation=-20)
        self.assertEqual(self.asset("DET-1").net_value, 80)
        with freeze_time("2027-04-01"):
            self.take_back(picking, ["DET-1"])
        self.check_books(Stock=-30, Expense=30)

    def test_what_was_written_off_comes_back_for_nothing(self):
        picking = self.lease(["DET-1"])
        with freeze_time("2027-03-10"):
            self.card("DET-1").action_lose()
            back = self.take_back(picking, ["DET-1"])
        self.assertEqual(back.move_ids.value, 0)
        self.check_books(Stock=-100, Expense=20, Loss=80)

    def test_what_never_went_live_comes_back_for_what_it_cost(self):
        with freeze_time("2027-01-10"):
            picking = self.deliver(["DET-1"], "leased")
            # What the stock buys meanwhile changes nothing.
            self.detector.standard_price = 500
            self.take_back(picking, ["DET-1"])
        self.assertEqual(self.balances("Leased Equipment"), (0,))

    def test_handed_over_without_compensation(self):
        self.lease(["DET-1", "DET-2"])
        government = self.env["res.partner"].create({"name": "Test Government"})
        with freeze_time("2027-12-31"):
            cards = self.card("DET-1") + self.card("DET-2")
            entries = cards._derecognise(date(2027, 12, 31), "End of concession", government)
        self.assertEqual(len(entries), 2)
        self.assertEqual(cards.mapped("ownership"), ["sold", "sold"])
        self.assertEqual(cards.owner_id, government)
        self.assertEqual(self.lot("DET-1").location_id, self.location("sold"))
        self.assertEqual(self.card("DET-1").subscriber_id, self.subscriber)
        # Depreciated to the end: nothing is left to lose.
        self.check_books(Stock=-200, Expense=200)

    def test_handed_over_early_the_rest_is_a_loss(self):
        self.lease(["DET-1"])
        with freeze_time("2027-03-10"):
            self.card("DET-1")._derecognise(date(2027, 3, 10), "Given")
        self.check_books(Stock=-100, Expense=20, Loss=80)

    def test_what_is_handed_over_late_leaves_after_what_was_booked(self):
        self.lease(["DET-1"])
        self.depreciate(date(2027, 3, 31))
        with freeze_time("2027-04-02"):
            entry = self.card("DET-1")._derecognise(date(2027, 3, 20), "Given")
        self.assertEqual(entry.date, date(2027, 3, 31))
        self.check_books(Stock=-100, Expense=30, Loss=70)

    def test_a_swap_is_the_end_of_one_asset_and_the_beginning_of_another(self):
        picking = self.lease(["DET-1"])
        with freeze_time("2027-03-10"):
            self.card("DET-1")._swap(self.lot("DET-2"))
            self.deliver(["DET-2"], "leased")
            self.take_back(picking, ["DET-1"])
        self.assertEqual(self.asset("DET-1", running=False).alarm_end, "returned")
        self.assertEqual(self.asset("DET-2").date_start, date(2027, 3, 10))
        self.check_books(Leased_Equipment=100, Stock=-120, Expense=20)

    def test_a_wrong_serial_number_that_is_corrected_makes_the_other_piece_the_asset(self):
        picking = self.lease(["DET-1"])
        asset = self.asset("DET-1")
        picking.move_line_ids.with_user(self.storekeeper).lot_id = self.lot("DET-2")
        self.assertEqual((asset.lot_id, asset.code), (self.lot("DET-2"), "DET-2"))
        self.assertEqual(asset.device_id, self.card("DET-2"))

    def test_months_that_are_closed_are_booked_when_it_goes(self):
        picking = self.lease(["DET-1"])
        self.company.fiscalyear_lock_date = date(2027, 2, 28)
        with freeze_time("2027-03-10"):
            self.take_back(picking, ["DET-1"])
        self.check_books(Stock=-20, Expense=20)
        moves = self.env["account.move"].search(
            [("journal_id", "=", self.profile.journal_id.id), ("date", ">=", "2027-01-01")]
        )
        self.assertEqual(set(moves.mapped("date")), {date(2027, 3, 10)})

    def test_many_pieces_become_assets_by_the_set(self):
        counts = {}
        for number in (2, 12):
            serials = [f"SET-{number}-{index}" for index in range(number)]
            receive(self, self.detector, serials)
            with freeze_time("2027-01-10"):
                self.deliver(serials, "leased")
            cards = self.env["alarm.device"].search([("serial", "in", serials)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            deliveries = cards._deliveries_without_asset()
            self.assertEqual(len(deliveries), number)
            counts[number] = self.env.cr.sql_log_count - before
        self.assertLessEqual(counts[12], counts[2] + 2)
