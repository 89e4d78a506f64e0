from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..models.alarm_signal import DECISIONS
from ..tools.plan import Item, Matter, make_plan
from ..tools.rules import Rule, index_rules
from ..tools.test_mode import Coverage
from ..tools.triage import MAX_KEY, triage
from .test_plan import BOOK, facts

NOW = datetime(2026, 1, 1)
LOGGED = {decision for decision, _label in DECISIONS if decision.startswith("log_")}

# All that the centre may have ruled, at once: a second zone, a flood, a delay.
RULED = replace(
    BOOK,
    rules=index_rules(
        [
            ("two_knock", 0, "burglary", Rule(seconds=300, count=2, priority="1")),
            ("runaway", 0, "", Rule(rate=6, burst=3)),
            ("delay", 0, "nowhere", Rule(seconds=60)),
        ]
    ),
)

names = st.text(max_size=12)
signals = st.builds(
    dict,
    code_system=st.sampled_from(("cid", "sia", "bridge", "")),
    code=st.sampled_from(("130", "401", "999", "BA", "BR", "silent", "handled", "x", "")),
    qualifier=st.sampled_from(("new", "restore", "status", "")),
    kind=st.sampled_from(("event", "unparsed", "receiver_status")),
    address=st.sampled_from(("", "5", "6")),
    receiver=st.one_of(names, st.just("r" * 3000)),
    receiver_id=st.integers(0, 1),
    group_id=st.integers(0, 1),
    account=names,
    panel_id=st.integers(0, 2),
    subscriber_id=st.integers(1, 2),
    subscriber_state=st.sampled_from(("active", "suspended", "commissioning", "draft")),
    received_at=st.integers(0, 3600).map(lambda seconds: NOW + timedelta(seconds=seconds)),
)


@tagged("post_install", "-at_install")
class TestTriage(BaseCase):
    @given(signals)
    def test_every_signal_gets_a_verdict(self, values):
        verdict = triage(facts(**values), RULED)
        if verdict.decision == "pending":
            self.assertTrue(0 < len(verdict.key) <= MAX_KEY)
            self.assertIn(verdict.priority, "12345")
        else:
            self.assertIn(verdict.decision, LOGGED)

    @given(signals)
    def test_what_nothing_is_known_of_is_never_only_logged(self, values):
        unknown = facts(**{**values, "panel_id": 0, "kind": "event", "code": "x"})
        self.assertEqual(triage(unknown, RULED).decision, "pending")

    @given(signals)
    def test_a_test_changes_what_is_covered_and_nothing_else(self, values):
        signal = facts(**values)
        elsewhere = (Coverage(1, NOW - timedelta(hours=2), NOW - timedelta(hours=1)),)
        other_zone = (Coverage(1, NOW, NOW + timedelta(hours=2), zone_id=77),)
        before = triage(signal, RULED)
        for tests in (elsewhere, other_zone):
            self.assertEqual(triage(replace(signal, tests=tests), RULED), before)
        whole = (Coverage(1, NOW, NOW + timedelta(hours=2)),)
        during = triage(replace(signal, tests=whole), RULED)
        if during != before:
            self.assertTrue(during.on_test or during.decision == "log_test")

    @given(st.lists(signals, max_size=25))
    def test_a_plan_decides_every_signal_and_attaches_each_to_one_matter(self, some):
        items = []
        for number, values in enumerate(some, 1):
            found = facts(number, **values)
            verdict = triage(found, RULED)
            if verdict.decision == "pending" and verdict.role != "tick":
                items.append(Item(found, verdict))
        known = {"subscriber:1": Matter("subscriber:1", 7)}
        plan = make_plan(items, known, {})
        self.assertEqual(set(plan.decisions), {item.facts.signal_id for item in items})
        linked = [link.item.facts.signal_id for link in plan.links]
        self.assertEqual(len(linked), len(set(linked)))
        for item in items:
            if item.verdict.role == "alarm":
                self.assertIn(item.facts.signal_id, linked)
        open_keys = [matter.key for matter in plan.new if matter.is_open]
        self.assertEqual(len(open_keys), len(set(open_keys)))
        self.assertFalse(known["subscriber:1"] in plan.new)

    @given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
    def test_a_flood_makes_one_incident_however_long_it_lasts(self, gaps):
        at, items = NOW, []
        for number, gap in enumerate(gaps, 1):
            at += timedelta(seconds=gap)
            found = facts(number, received_at=at)
            items.append(Item(found, triage(found, RULED)))
        plan = make_plan(items, {}, {})
        self.assertEqual(len(plan.new), 1)
        self.assertEqual(len(plan.links), len(items))
        self.assertEqual(plan.links[0].role, "alarm")
