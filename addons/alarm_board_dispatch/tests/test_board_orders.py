import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.alarm_dispatch.tests.common import DispatchCase


@tagged("post_install", "-at_install")
class TestBoardOrders(DispatchCase):
    """Sending responders from the alarm board, and seeing where they are."""

    def orders(self):
        return json.loads(json.dumps(self.incident.board_detail()))["orders"]

    def facts(self):
        incident = self.env["alarm.incident"].browse(self.incident.id)
        return incident._prepare_board_facts().get(incident.id, {}).get("responders")

    def test_the_nearest_suitable_are_proposed_first(self):
        proposal = self.incident.board_propose()
        names = [candidate["name"] for candidate in proposal["candidates"]]
        self.assertEqual(names[-1], "Rudi")
        self.assertTrue(proposal["located"])
        self.assertLess(proposal["candidates"][0]["distance"], 10)
        self.assertGreaterEqual(proposal["crew_size"], 1)

    def test_order_is_shown_with_its_state_and_clock(self):
        self.assertFalse(self.orders())
        self.assertIsNone(self.facts())
        self.dispatch()
        [order] = self.orders()
        self.assertEqual((order["state"], order["next"]), ("proposed", "accept"))
        self.assertEqual(order["members"][0]["name"], "Ralf")
        self.assertTrue(order["since"])
        self.assertEqual(self.facts()["state"], "proposed")

    def test_who_reports_by_telephone_is_spoken_for(self):
        self.dispatch()
        order_id = self.orders()[0]["id"]
        for state in ("accepted", "en_route", "on_site"):
            self.incident.board_order_step(order_id)
            self.assertEqual(self.orders()[0]["state"], state)
            self.assertEqual(self.facts()["state"], state)
        with self.assertRaises(UserError):
            self.incident.board_order_step(order_id)

    def test_finding_comes_back_to_the_board(self):
        order = self.dispatch()
        mine = self.bring(order, "on_site")
        self.report(mine, "false")
        mine.action_finish()
        [shown] = self.orders()
        self.assertEqual((shown["state"], shown["finding"]), ("finished", "false"))
        self.assertTrue(shown["finding_words"])
        self.assertIsNone(self.facts())

    def test_called_back_and_asked_more(self):
        self.dispatch()
        order_id = self.orders()[0]["id"]
        self.incident.board_order_add(order_id, [self.rosa.id])
        self.assertEqual(len(self.orders()[0]["members"]), 2)
        self.incident.board_order_cancel(order_id, "customer is there")
        self.assertEqual(self.orders()[0]["end_reason"], "customer is there")

    def test_order_of_another_incident_is_not_touched(self):
        for act in (
            lambda: self.incident.board_order_step(0),
            lambda: self.incident.board_order_cancel(0, "x"),
            lambda: self.incident.board_order_add(0, [self.rosa.id]),
        ):
            with self.assertRaises(UserError):
                act()

    def test_only_dispatchers_send(self):
        reader = new_test_user(self.env, "board-reader", groups="alarm_subscriber.group_reader")
        with self.assertRaises(AccessError):
            self.incident.with_user(reader).board_propose()

    def test_detail_costs_the_same_queries_for_many_orders(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.incident.board_detail()
            return self.env.cr.sql_log_count - before

        self.dispatch()
        queries()
        one = queries()
        self.dispatch(self.rosa)
        self.dispatch(self.rudi)
        self.assertLessEqual(queries(), one + 1)
