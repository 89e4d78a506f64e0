from contextlib import closing
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import new_test_user, tagged

from ..models import alarm_incident_bulk
from ..tools.locks import NAMESPACE, lock_numbers
from ..tools.storm import is_calm, is_storm, left_out
from .common import MonitoringCase


class StormCase(MonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.write(
            {
                "alarm_storm_incidents": 3,
                "alarm_storm_minutes": 5,
                "alarm_storm_calm_minutes": 10,
            }
        )
        # What the demonstration database holds is no part of the storm.
        cls.env.cr.execute("UPDATE alarm_incident SET queued_at = queued_at - interval '1 day'")
        cls.env.invalidate_all()
        cls.accounts = [str(number) for number in range(7101, 7105)]
        cls.panels = {account: cls.make_panel(account) for account in cls.accounts}

    def rain(self, code="130", accounts=None):
        """An incident at each of the accounts."""
        accounts = accounts or self.accounts
        self.ingest(*(self.signal(account=account, code=code) for account in accounts))
        return self.incidents(accounts)

    def incidents(self, accounts):
        keys = [f"subscriber:{self.panels[account].subscriber_id.id}" for account in accounts]
        return self.env["alarm.incident"].search([("key", "in", keys)], order="id")

    def begin(self, reason="Thunderstorm in the north", user=None):
        storms = self.env["alarm.storm"].with_user(user or self.supervisor)
        return self.env["alarm.storm"].browse(storms.action_begin(reason))


@tagged("post_install", "-at_install")
class TestStormRules(MonitoringCase):
    def test_so_many_are_a_storm(self):
        self.assertTrue(is_storm(3, 3))
        self.assertFalse(is_storm(2, 3))
        self.assertFalse(is_storm(999, 0))

    def test_half_as_many_are_calm(self):
        self.assertTrue(is_calm(2, calm_minutes=10, threshold=3, minutes=5))
        self.assertFalse(is_calm(3, calm_minutes=10, threshold=3, minutes=5))

    def test_who_holds_it_comes_first(self):
        queued = {"queued"}
        self.assertEqual(left_out("working", True, True, queued), "held")
        self.assertEqual(left_out("queued", True, False, queued), "held")
        self.assertEqual(left_out("closed", False, True, queued), "over")
        self.assertEqual(left_out("queued", False, True, queued), "protected")
        self.assertIsNone(left_out("queued", False, False, queued))


@tagged("post_install", "-at_install")
class TestStormMode(StormCase):
    def test_a_supervisor_switches_it_on_with_a_reason(self):
        self.rain()
        storm = self.begin()
        self.assertEqual(storm.started_by_id, self.supervisor)
        self.assertEqual(storm.inflow, 4)
        [entry] = storm.entry_ids
        self.assertEqual((entry.kind, entry.text), ("begun", "Thunderstorm in the north"))
        self.assertEqual(entry.author, "Carla")
        self.assertTrue(entry.mac)

    def test_nobody_else_does_and_never_without_a_reason(self):
        with self.assertRaises(AccessError):
            self.begin(user=self.dispatcher)
        for reason in ("", "  ", None):
            with self.assertRaises(UserError):
                self.begin(reason)

    def test_there_is_one_at_a_time(self):
        self.begin()
        with self.assertRaisesRegex(UserError, "Carla: Thunderstorm"):
            self.begin("again")

    def test_only_for_companies_that_one_looks_at(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        storms = self.env["alarm.storm"].with_user(self.supervisor)
        with self.assertRaises(AccessError):
            storms.action_begin("not mine", elsewhere.id)

    def test_it_is_not_seen_elsewhere(self):
        storm = self.begin()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "storm-stranger",
            groups="alarm_monitoring.group_supervisor",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        self.assertFalse(self.env["alarm.storm"].with_user(stranger).search([]))
        self.assertFalse(self.env["alarm.storm.entry"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            storm.with_user(stranger).action_end()

    def test_it_ends_by_hand_once(self):
        storm = self.begin()
        with self.assertRaises(AccessError):
            storm.with_user(self.dispatcher).action_end()
        storm.with_user(self.supervisor).action_end("rain has stopped")
        self.assertEqual((storm.end_kind, storm.ended_by_id), ("by_hand", self.supervisor))
        self.assertEqual(storm.entry_ids[0].text, "rain has stopped")
        with self.assertRaisesRegex(UserError, "over already"):
            storm.with_user(self.supervisor).action_end()
        self.begin("the next one")

    def test_it_ends_by_itself_when_calm(self):
        self.rain()
        storm = self.begin()
        self.env["alarm.storm"]._watch_inflow()
        self.assertFalse(storm.ended_at, "It has only just begun")
        storm.started_at = fields.Datetime.now() - timedelta(minutes=11)
        self.env["alarm.storm"]._watch_inflow()
        self.assertFalse(storm.ended_at, "4 in 10 minutes are more than half of 3 in 5")
        self.env.cr.execute(
            "UPDATE alarm_incident SET queued_at = queued_at - interval '12 min'"
            " WHERE id = ANY(%s)",
            [self.incidents(self.accounts[:2]).ids],
        )
        self.env.invalidate_all()
        self.env["alarm.storm"]._watch_inflow()
        self.assertEqual(storm.end_kind, "calm")
        self.assertFalse(storm.ended_by_id)
        self.assertEqual(storm.entry_ids[0].kind, "calm")

    def test_a_storm_that_comes_is_told(self):
        told = []
        self.patch(
            type(self.env["alarm.storm"]), "_on_inflow", lambda _self, inflows: told.append(inflows)
        )
        self.rain(accounts=self.accounts[:2])
        self.env["alarm.storm"]._watch_inflow()
        self.assertFalse(any(self.company in inflows for inflows in told))
        self.rain(accounts=self.accounts[2:])
        self.env["alarm.storm"]._watch_inflow()
        self.assertEqual(told[-1][self.company], 4)
        self.company.alarm_storm_incidents = 0
        told.clear()
        self.env["alarm.storm"]._watch_inflow()
        self.assertFalse(any(self.company in inflows for inflows in told))

    def test_nobody_writes_it_by_hand(self):
        storm = self.begin()
        with self.assertRaises(UserError):
            storm.with_user(self.supervisor).write({"reason": "other"})
        with self.assertRaises(UserError):
            storm.unlink()
        with self.assertRaises(UserError):
            storm.entry_ids.write({"text": "other"})

    def test_its_evidence_is_checked(self):
        self.begin().with_user(self.supervisor).action_end()
        check = self.env["alarm.evidence.check"].create({"ledger": "alarm.storm.entry"})
        while check.state == "running":
            check._check_some()
        self.assertEqual(check.state, "intact")
        self.assertTrue(check.row_count)


@tagged("post_install", "-at_install")
class TestBulkClosing(StormCase):
    def close(self, incidents, reason="Power failure", **kwargs):
        answer = incidents.with_user(self.supervisor).action_cancel_together(reason, **kwargs)
        self.env.invalidate_all()
        return answer

    def why(self, answer):
        return {line["id"]: line["why"] for line in answer["left"]}

    def test_what_waits_is_closed_and_each_log_says_so(self):
        incidents = self.rain()
        storm = self.begin()
        self.assertEqual(self.close(incidents), {"closed": 4, "left": []})
        self.assertEqual(set(incidents.mapped("state")), {"cancelled"})
        for incident in incidents:
            entry = incident.entry_ids[0]
            self.assertEqual((entry.kind, entry.text), ("cancelled_together", "Power failure"))
            self.assertEqual(entry.author, "Carla")
        entry = storm.entry_ids[0]
        self.assertEqual((entry.kind, entry.count), ("closed_together", 4))

    def test_a_supervisor_alone_and_with_a_reason(self):
        incidents = self.rain()
        with self.assertRaises(AccessError):
            incidents.with_user(self.dispatcher).action_cancel_together("because")
        with self.assertRaises(UserError):
            self.close(incidents, reason=" ")
        with self.assertRaises(ValidationError):
            self.close(incidents, with_protected="yes")
        self.assertEqual(set(incidents.mapped("state")), {"queued"})

    def test_what_somebody_holds_stays(self):
        incidents = self.rain()
        incidents[0].with_user(self.dispatcher).action_take()
        incidents[1].with_user(self.colleague).action_take()
        incidents[1].with_user(self.colleague).action_hold(5, "calls back")
        answer = self.close(incidents)
        self.assertEqual(answer["closed"], 2)
        self.assertEqual(self.why(answer), {incidents[0].id: "held", incidents[1].id: "held"})
        self.assertEqual(incidents[0].state, "working")
        self.assertEqual(incidents[1].state, "held")

    def test_what_is_over_is_said(self):
        incidents = self.rain()
        self.close(incidents[0])
        self.assertEqual(self.why(self.close(incidents)), {incidents[0].id: "over"})

    def test_fire_and_hold_up_and_duress_stay_unless_ticked(self):
        for code in ("110", "120", "121", "122", "100"):
            with self.subTest(code=code):
                incidents = self.rain(code, self.accounts[:1])[-1]
                self.assertEqual(self.why(self.close(incidents)), {incidents.id: "protected"})
                self.assertEqual(self.close(incidents, with_protected=True)["closed"], 1)
                self.assertEqual(incidents.state, "cancelled")

    def test_a_fire_behind_a_more_urgent_burglary_stays_too(self):
        incidents = self.rain(accounts=self.accounts[:1])
        self.rain("110", self.accounts[:1])
        self.env.cr.execute(
            "UPDATE alarm_incident SET event_class = 'burglary', priority = '1' WHERE id = %s",
            [incidents.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.why(self.close(incidents)), {incidents.id: "protected"})

    def test_what_is_locked_is_left_and_the_rest_is_closed(self):
        incidents = self.rain()
        key = incidents[2].key
        cr = self.enterContext(closing(db_connect(self.env.cr.dbname).cursor()))
        # A signal of this subscriber is being decided.
        cr.execute("SELECT pg_advisory_lock(%s, %s)", [NAMESPACE, *lock_numbers([key])])
        with patch.object(alarm_incident_bulk, "ALONE_TIMEOUT", "50ms"):
            answer = self.close(incidents)
        cr.execute("SELECT pg_advisory_unlock(%s, %s)", [NAMESPACE, *lock_numbers([key])])
        self.assertEqual(answer["closed"], 3)
        self.assertEqual(self.why(answer), {incidents[2].id: "busy"})
        self.assertEqual(incidents[2].state, "queued")

    def test_no_signal_is_decided_while_it_is_being_closed(self):
        incidents = self.rain(accounts=self.accounts[:1])
        cr = self.enterContext(closing(db_connect(self.env.cr.dbname).cursor()))
        cancel_all = type(incidents)._cancel_all
        free = []

        def look(records, *args):
            cr.execute(
                "SELECT pg_try_advisory_lock(%s, %s)",
                [NAMESPACE, *lock_numbers(records.mapped("key"))],
            )
            free.extend(cr.fetchone())
            return cancel_all(records, *args)

        with patch.object(type(incidents), "_cancel_all", look):
            self.close(incidents)
        self.assertEqual(free, [False])

    def test_the_next_signal_makes_a_new_incident(self):
        [closed] = self.rain(accounts=self.accounts[:1])
        self.close(closed)
        both = self.rain(accounts=self.accounts[:1])
        self.assertEqual(both.mapped("state"), ["cancelled", "queued"])
        self.assertEqual(len(closed.link_ids), 1, "Nothing joins what is closed")

    def test_incidents_of_other_companies_are_refused(self):
        incidents = self.rain()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "bulk-stranger",
            groups="alarm_monitoring.group_supervisor",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        with self.assertRaises(AccessError):
            incidents.with_user(stranger).action_cancel_together("not mine")

    def test_not_more_than_can_be_locked_for_a_moment(self):
        many = self.env["alarm.incident"].browse(range(1, alarm_incident_bulk.MOST_TOGETHER + 2))
        with (
            patch.object(type(many), "_check_supervisor"),
            self.assertRaisesRegex(UserError, "200"),
        ):
            many.with_user(self.supervisor).action_cancel_together("all of them")

    def test_the_number_of_queries_does_not_depend_on_how_many(self):
        def queries(accounts):
            incidents = self.rain(accounts=accounts).filtered(lambda one: one.state == "queued")
            before = self.env.cr.sql_log_count
            self.close(incidents)
            return self.env.cr.sql_log_count - before

        queries(self.accounts[:1])
        self.assertEqual(queries(self.accounts[:1]), queries(self.accounts))
