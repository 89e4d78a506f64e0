from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.walk_test import (
    AWAITED_FOR,
    KINDS,
    RESTORE_GRACE,
    STATES,
    Awaited,
    Line,
    Sighting,
    overdue,
    passed,
    walk,
)

NOW = datetime(2026, 1, 1, 10)

CLASSES = ("burglary", "fire", "panic", "tamper", "trouble", "test", "open_close", "other")

lines = st.lists(
    st.builds(
        Line,
        id=st.integers(1, 10**6),
        panel_id=st.sampled_from((1, 2)),
        zone_id=st.sampled_from((0, 11, 12, 13, 14)),
        area_key=st.sampled_from(("", "1", "2")),
        classes=st.sampled_from(((), ("burglary",), ("fire", "other"), ("test",))),
        restore_expected=st.booleans(),
        state=st.sampled_from(STATES),
        seen_at=st.sampled_from((None, NOW - timedelta(minutes=1))),
    ),
    max_size=8,
    unique_by=lambda line: line.id,
)
sightings = st.lists(
    st.builds(
        Sighting,
        id=st.integers(1, 10**6),
        panel_id=st.sampled_from((1, 2, 3)),
        zone_id=st.sampled_from((0, 11, 12, 13, 15)),
        address=st.sampled_from(("", "5", "99")),
        area_key=st.sampled_from(("", "1", "2")),
        event_class=st.sampled_from(CLASSES),
        role=st.sampled_from(("alarm", "restore", "report")),
        known=st.booleans(),
        at=st.integers(0, 600).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    ),
    max_size=20,
    unique_by=lambda sighting: sighting.id,
).map(lambda found: sorted(found, key=lambda one: one.at))


def after(given_lines, walked):
    return [walked.lines.get(line.id, line) for line in given_lines]


def found_in(walked):
    return walked.findings + walked.settled


@tagged("post_install", "-at_install")
class TestWalkTestRules(BaseCase):
    @given(lines, sightings, st.integers(0, 10**6))
    def test_what_has_passed_stays_passed(self, given_lines, found, awaited):
        walked = walk(given_lines, found, Awaited(awaited, NOW))
        for line, now in zip(given_lines, after(given_lines, walked), strict=True):
            if line.passed and line.state != "waived":
                self.assertEqual(now, line)
            self.assertNotEqual((line.state, now.state), ("pending", "waived"))

    @given(lines, sightings)
    def test_only_an_event_of_its_own_zone_and_class_ticks_a_line(self, given_lines, found):
        walked = walk(given_lines, found)
        by_id = {line.id: line for line in given_lines}
        for line_id, sighting in [*walked.alarms.items(), *walked.ends.items()]:
            line = by_id[line_id]
            self.assertEqual(line.panel_id, sighting.panel_id)
            self.assertTrue(line.accepts(sighting.event_class))
            self.assertTrue(sighting.known)
            if line.zone_id:
                self.assertEqual(line.zone_id, sighting.zone_id)
                if line_id in walked.alarms and line.area_key and sighting.role == "alarm":
                    self.assertIn(sighting.area_key, ("", line.area_key))

    @given(lines, sightings)
    def test_the_same_signals_once_more_tick_nothing(self, given_lines, found):
        first = walk(given_lines, found)
        lines_now = after(given_lines, first)
        again = walk(lines_now, found)
        for line, now in zip(lines_now, after(lines_now, again), strict=True):
            if line.passed:
                self.assertEqual(now, line)

    @given(lines, sightings, st.integers(0, 20))
    def test_how_signals_are_batched_makes_no_difference(self, given_lines, found, cut):
        whole = walk(given_lines, found)
        first = walk(given_lines, found[:cut])
        second = walk(after(given_lines, first), found[cut:], first.awaited)
        self.assertEqual(
            after(given_lines, whole),
            after(after(given_lines, first), second),
        )
        self.assertCountEqual(found_in(whole), found_in(first) + found_in(second))

    @given(lines, sightings, st.integers(0, 10**6))
    def test_every_finding_names_its_signal_and_a_known_line_or_none(
        self, given_lines, found, awaited
    ):
        ids = {0, *(line.id for line in given_lines)}
        for finding in found_in(walk(given_lines, found, Awaited(awaited, NOW))):
            self.assertIn(finding.kind, KINDS)
            self.assertIn(finding.line_id, ids)
            self.assertIn(finding.sighting, found)

    @given(lines, st.integers(0, 600))
    def test_only_a_seen_line_that_owes_a_restore_becomes_overdue(self, given_lines, seconds):
        moment = NOW + timedelta(seconds=seconds)
        late = {line.id for line in overdue(given_lines, moment)}
        for line in given_lines:
            owes = line.state == "seen" and line.restore_expected and line.seen_at
            self.assertEqual(line.id in late, bool(owes and moment - line.seen_at >= RESTORE_GRACE))

    def test_alarm_and_restore_pass_a_line(self):
        door = Line(1, 1, 11, classes=("burglary",))
        alarm = Sighting(1, 1, 11, event_class="burglary", at=NOW)
        end = Sighting(2, 1, 11, event_class="burglary", role="restore", at=NOW)
        walked = walk([door], [alarm, end])
        self.assertEqual(walked.lines[1].state, "restored")
        self.assertEqual((walked.alarms[1], walked.ends[1]), (alarm, end))
        self.assertFalse(walked.findings)

    def test_a_restore_without_its_alarm_ticks_nothing(self):
        door = Line(1, 1, 11, classes=("burglary",))
        end = Sighting(2, 1, 11, event_class="burglary", role="restore", at=NOW)
        self.assertFalse(walk([door], [end]).lines)

    def test_a_wrong_area_is_flagged_and_healed_by_the_right_one(self):
        door = Line(1, 1, 11, area_key="1", classes=("burglary",), restore_expected=False)
        wrong = Sighting(1, 1, 11, area_key="2", event_class="burglary", at=NOW)
        walked = walk([door], [wrong])
        self.assertEqual(walked.lines[1].state, "wrong")
        self.assertEqual(walked.findings[0].kind, "wrong_area")
        right = Sighting(2, 1, 11, area_key="1", event_class="burglary", at=NOW)
        # Also when both come together.
        together = walk([door], [wrong, right])
        self.assertEqual((together.findings, len(together.settled)), ([], 1))
        # But not what comes afterwards.
        late = walk([door], [right, wrong])
        self.assertEqual((len(late.findings), late.settled), (1, []))
        healed = walk(after([door], walked), [right])
        self.assertEqual(healed.lines[1].state, "seen")
        self.assertEqual(healed.healed, {1})

    def test_what_arrives_instead_of_the_awaited_line_is_a_wrong_number(self):
        door, window = (Line(id_, 1, 10 + id_, classes=("burglary",)) for id_ in (1, 2))
        other = Sighting(1, 1, 12, event_class="burglary", at=NOW)
        walked = walk([door, window], [other], Awaited(1, NOW))
        self.assertEqual([one.kind for one in walked.findings], ["wrong_number"])
        self.assertEqual({id_: line.state for id_, line in walked.lines.items()}, {1: "wrong"})
        self.assertEqual(walked.awaited.line_id, 0)
        # Without a word on what comes next, it is simply the window.
        self.assertEqual(set(walk([door, window], [other]).lines), {2})
        # Nor is anybody still waiting an hour later.
        stale = Awaited(1, NOW - AWAITED_FOR - timedelta(seconds=1))
        self.assertEqual(set(walk([door, window], [other], stale).lines), {2})

    def test_an_unknown_number_and_a_zone_outside_the_order_are_flagged(self):
        door = Line(1, 1, 11, classes=("burglary",))
        unknown = Sighting(1, 1, 0, address="77", event_class="burglary", at=NOW)
        outside = Sighting(2, 1, 99, address="9", event_class="burglary", at=NOW)
        walked = walk([door], [unknown, outside])
        self.assertEqual([one.kind for one in walked.findings], ["unknown_zone", "unexpected_zone"])
        self.assertFalse(walked.lines)

    def test_a_test_report_passes_the_line_of_the_panel(self):
        report = Line(1, 1, 0, classes=("test",), restore_expected=False)
        sent = Sighting(1, 1, 0, event_class="test", role="report", at=NOW)
        self.assertEqual(walk([report], [sent]).lines[1].state, "seen")

    def test_a_missing_restore_is_healed_when_it_comes_after_all(self):
        door = Line(1, 1, 11, classes=("burglary",), state="missing_restore", seen_at=NOW)
        end = Sighting(2, 1, 11, event_class="burglary", role="restore", at=NOW)
        walked = walk([door], [end])
        self.assertEqual(walked.lines[1].state, "restored")
        self.assertEqual(walked.healed, {1})

    def test_passed(self):
        self.assertEqual([state for state in STATES if passed(state, True)], ["restored", "waived"])
        self.assertEqual(
            [state for state in STATES if passed(state, False)], ["seen", "restored", "waived"]
        )
