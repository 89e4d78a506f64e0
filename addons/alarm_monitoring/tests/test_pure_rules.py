from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.arming import is_closing
from ..tools.rules import ANY, SCOPES, Rule, find_rule, index_rules
from ..tools.runaway import seconds_to_fill, take
from ..tools.test_mode import Coverage
from .test_plan import facts

NOW = datetime(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestPureRules(BaseCase):
    @given(st.lists(st.tuples(st.sampled_from(SCOPES), st.sampled_from((7, "burglary", ANY)))))
    def test_the_narrowest_scope_wins_then_the_narrowest_subject(self, given_rules):
        rows = []
        for scope, subject in dict.fromkeys(given_rules):
            code = subject if isinstance(subject, int) else 0
            klass = subject if isinstance(subject, str) else ""
            rule = Rule(scope=scope, scope_id=0 if scope == "all" else 1, handling=str(subject))
            rows.append(("handling", code, klass, rule))
        scopes = [(scope, 0 if scope == "all" else 1) for scope in SCOPES]
        found = find_rule("handling", scopes, [index_rules(rows)], 7, "burglary")
        subjects = ["7", "burglary", ANY]
        expected = min(
            (row[3] for row in rows),
            key=lambda rule: (SCOPES.index(rule.scope), subjects.index(rule.handling)),
            default=None,
        )
        self.assertEqual(found, expected)

    @given(
        st.integers(1, 60),
        st.integers(1, 50),
        st.lists(st.integers(0, 600), max_size=80),
    )
    def test_a_bucket_never_holds_more_than_its_burst_nor_less_than_nothing(
        self, rate, burst, gaps
    ):
        bucket, at, passed = None, NOW, 0
        for gap in gaps:
            at += timedelta(seconds=gap)
            bucket = take(bucket, at, rate, burst)
            passed += 1
            self.assertGreaterEqual(bucket.tokens, 0)
            self.assertLessEqual(bucket.tokens, burst)
            if passed <= burst:
                self.assertFalse(bucket.flooding)
        if bucket:
            later = at + timedelta(seconds=seconds_to_fill(rate, burst))
            self.assertEqual(take(bucket, later, rate, burst).flooding, burst < 1)

    def test_a_steady_source_at_its_rate_is_no_flood(self):
        bucket = None
        for number in range(500):
            bucket = take(bucket, NOW + timedelta(seconds=10 * number), 6, 5)
        self.assertFalse(bucket.flooding)

    def test_what_comes_out_of_order_turns_no_clock_back(self):
        bucket = take(take(None, NOW, 6, 5), NOW - timedelta(hours=1), 6, 5)
        self.assertEqual((bucket.at, bucket.tokens), (NOW, 3.0))

    def test_a_test_covers_from_its_start_to_just_before_its_end(self):
        coverage = Coverage(1, NOW, NOW + timedelta(hours=1))
        for minutes, covered in ((-1, False), (0, True), (59, True), (60, False)):
            signal = facts(received_at=NOW + timedelta(minutes=minutes))
            self.assertEqual(coverage.covers(signal, "fire", exempt=False), covered)

    def test_closings_of_each_code_system(self):
        self.assertTrue(is_closing("cid", "401", "restore"))
        self.assertFalse(is_closing("cid", "401", "new"))
        self.assertTrue(is_closing("sia", "CL", None))
        self.assertFalse(is_closing("sia", "OP", None))
