import json
from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.alarm_contract.tests.test_dunning import START, DunningCase


@tagged("post_install", "-at_install")
class TestBoardFees(DunningCase):
    """What a dispatcher sees of the fees."""

    def setUp(self):
        super().setUp()
        self.ingest(self.signal())
        self.incident = self.open_incident().with_user(self.dispatcher)

    def facts(self):
        incident = self.env["alarm.incident"].browse(self.incident.id)
        return incident._prepare_board_facts().get(incident.id, {}).get("fees")

    def test_nothing_is_shown_while_all_is_paid(self):
        self.assertIsNone(self.facts())
        self.assertIsNone(self.incident.board_detail()["fees"])

    def test_state_is_shown_to_who_may_not_read_contracts(self):
        self.dun(1, 37)
        self.assertEqual(self.facts(), "notice")
        detail = json.loads(json.dumps(self.incident.board_detail()))
        self.assertEqual(detail["fees"]["state"], "notice")
        text = json.dumps(detail)
        self.assertNotIn(self.contract.code, text)
        self.assertNotIn(self.invoice.name, text)

    def test_customer_who_is_leaving_is_shown(self):
        self.assertEqual(self.incident.board_detail()["contract_notice"], "")

    def test_board_is_told_when_the_state_changes(self):
        precommit = self.env.cr.precommit
        precommit.data.pop("alarm_board.incidents", None)
        self.dun(1, 7)
        self.assertIn(self.incident.id, precommit.data.get("alarm_board.incidents", ()))
        precommit.data.pop("alarm_board.incidents", None)
        self.contract._dun(START + timedelta(days=8))
        self.assertNotIn(self.incident.id, precommit.data.get("alarm_board.incidents", ()))
        self.pay(self.invoice)
        self.assertIn(self.incident.id, precommit.data.get("alarm_board.incidents", ()))
        self.assertIsNone(self.facts())

    def test_facts_cost_one_more_query_for_all(self):
        panels = [self.make_panel(f"72{number:02}") for number in range(6)]
        for panel in panels:
            self.ingest(self.signal(account=panel.account))
        incidents = self.env["alarm.incident"].search(
            [("subscriber_id", "in", [panel.subscriber_id.id for panel in panels])]
        )
        self.assertEqual(len(incidents), 6)
        incidents._prepare_board_facts()

        def cost(some):
            self.env.invalidate_all()
            some.env.flush_all()
            before = self.env.cr.sql_log_count
            some._prepare_board_facts()
            return self.env.cr.sql_log_count - before

        self.assertEqual(cost(incidents[:1]), cost(incidents))
