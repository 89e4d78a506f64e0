import json

from hypothesis import given
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, new_test_user, tagged

from ..models import alarm_signal_injection
from ..tools.batch import stream_of
from ..tools.injection import PREFIX, is_injected, new_uid
from ..tools.triage import subscriber_key
from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestInjectionRules(BaseCase):
    @given(st.text(max_size=40), st.integers(1, 10**6))
    def test_no_matter_is_shared_by_real_and_injected_signals(self, uid, subscriber_id):
        self.assertEqual(
            subscriber_key(subscriber_id, uid) == subscriber_key(subscriber_id, new_uid()),
            is_injected(uid),
        )

    def test_no_signal_is_missed_for_an_injected_one(self):
        self.assertIsNone(stream_of(new_uid()))


@tagged("post_install", "-at_install")
class TestInjection(MonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.code = cls.env["alarm.event.code"].search(
            [("code_system", "=", "cid"), ("code", "=", "130")]
        )

    def inject(self, user=None, code=None, **values):
        answer = self.panel.with_user(user or self.supervisor).action_inject(
            (code or self.code).id, **values
        )
        self.env.invalidate_all()
        signal = self.env["alarm.signal"].search([("uid", "=", answer["uid"])])
        return answer, signal

    def injected_incident(self):
        return self.open_incident(f"subscriber:{self.subscriber.id}:injected")

    def test_an_injected_signal_goes_the_true_way_and_is_marked(self):
        answer, signal = self.inject(zone_id=self.zone.id, text="after the rewiring")
        incident = self.injected_incident()
        self.assertEqual(answer["incident_id"], incident.id)
        self.assertTrue(signal.injected)
        self.assertEqual(signal.zone_id, self.zone)
        self.assertEqual(signal.text, "TEST after the rewiring")
        self.assertEqual((signal.format, signal.bridge), ("injected", "injector"))
        self.assertEqual(signal.source, "injected by test-supervisor")
        self.assertTrue(incident.injected)
        self.assertEqual(incident.subscriber_id, self.subscriber)
        entry = incident.entry_ids.filtered(lambda entry: entry.kind == "injected")
        self.assertEqual((entry.author, entry.text), ("Carla", "TEST after the rewiring"))

    def test_a_test_resolution_is_suggested(self):
        self.env["alarm.response.scope"].search([]).unlink()
        self.inject()
        self.assertEqual(self.injected_incident().suggested_resolution_id.kind, "test")

    def test_a_real_alarm_neither_joins_nor_is_joined(self):
        self.ingest(self.signal())
        real = self.open_incident()
        self.inject()
        test = self.injected_incident()
        self.ingest(self.signal())
        self.assertNotEqual(real, test)
        self.assertEqual((len(real.link_ids), len(test.link_ids)), (2, 1))
        self.assertFalse(real.injected)

    def test_an_injected_restore_restores_nothing_real(self):
        self.ingest(self.signal())
        unrestored = self.env["alarm.unrestored"].search([("panel_id", "=", self.panel.id)])
        self.assertTrue(unrestored)
        self.inject(zone_id=self.zone.id, qualifier="restore")
        self.assertTrue(unrestored.exists())
        self.assertNotIn("restore", self.open_incident().link_ids.mapped("role"))

    def test_an_injected_alarm_is_not_waited_for(self):
        self.inject(zone_id=self.zone.id)
        self.assertFalse(self.env["alarm.unrestored"].search([("panel_id", "=", self.panel.id)]))

    def test_an_injected_signal_leaves_no_gap_and_counts_on_no_day(self):
        ranges = self.env["alarm.signal.range"].search_count([])
        self.inject()
        self.assertEqual(self.env["alarm.signal.range"].search_count([]), ranges)
        self.env["alarm.signal.day"]._fold()
        self.assertFalse(
            self.env["alarm.signal.day"].search([("subscriber_id", "=", self.subscriber.id)])
        )

    def test_supervision_takes_no_notice(self):
        closing = self.env["alarm.event.code"].search(
            [("code_system", "=", "cid"), ("code", "=", "401")]
        )
        self.env["alarm.signal.follow"]._follow()
        self.inject(code=closing)
        self.env["alarm.signal.follow"]._follow()
        self.assertFalse(
            self.env["alarm.arming"].search([("subscriber_id", "=", self.subscriber.id)])
        )

    def test_no_line_shows_where_it_came_from(self):
        self.inject()
        receivers = self.env["alarm.receiver"]
        self.assertFalse(receivers.search([("name", "=", "injector-TEST")]))
        hidden = receivers.with_context(active_test=False).search([("name", "=", "injector-TEST")])
        self.assertEqual(hidden.receiver_group_id, self.group)

    def test_no_bridge_can_hand_over_what_looks_injected(self):
        signal = self.signal(uid=f"{PREFIX}0011")
        answer = self.ingest(signal)
        self.assertEqual(answer["stored"], 0)
        self.assertIn(PREFIX, answer["rejected"][0]["reason"])
        self.assertFalse(self.stored(signal))
        self.assertTrue(self.open_incident("rejected:test-bridge-1"))

    def test_a_bridge_called_injector_sends_real_alarms(self):
        text = json.dumps(
            {"bridge": "injector", "signals": [self.signal(format="injected", text="TEST")]}
        )
        self.env["alarm.receiver"].with_user(self.bridge).ingest(text)
        self.assertFalse(self.open_incident().injected)

    def test_a_site_on_test_only_logs_it(self):
        self.subscriber.with_user(self.supervisor).action_begin_test(
            60, "service", {"authorised_name": "Li", "override": "known voice"}
        )
        answer, signal = self.inject()
        self.assertEqual(signal.decision, "log_test")
        self.assertFalse(answer["incident_id"])

    def test_only_the_permitted_inject_and_only_in_their_companies(self):
        with self.assertRaises(AccessError):
            self.inject(self.dispatcher)
        tester = new_test_user(self.env, "test-injector", groups="alarm_monitoring.group_injector")
        self.assertTrue(self.inject(tester)[1])
        company = self.env["res.company"].create({"name": "Other Centre"})
        stranger = new_test_user(
            self.env,
            "test-stranger",
            groups="alarm_monitoring.group_supervisor",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        with self.assertRaises(AccessError):
            self.inject(stranger)

    def test_a_zone_of_another_panel_is_refused(self):
        other = self.make_panel("7002")
        zone = self.env["alarm.zone"].create({"panel_id": other.id, "number": "1", "name": "Door"})
        with self.assertRaises(UserError):
            self.inject(zone_id=zone.id)

    def test_what_a_bridge_says_itself_is_refused(self):
        for code in self.env["alarm.event.code"].search([("code_system", "=", "bridge")]):
            with self.assertRaisesRegex(UserError, "a bridge says that itself"):
                self.inject(code=code)

    def test_injecting_is_limited(self):
        self.patch(alarm_signal_injection, "PER_MINUTE", 2)
        self.inject()
        self.inject()
        with self.assertRaises(UserError):
            self.inject()
        self.assertEqual(
            self.env["alarm.signal"].search_count(
                [("injected", "=", True), ("received_at", ">", fields.Datetime.today())]
            ),
            2,
        )
