from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.supervision import arming_of, forgotten_at, local_words, pack, unpack

NOW = datetime(2026, 1, 1)
HOURS = st.integers(0, 200).map(lambda hours: timedelta(hours=hours))
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "UTC")


@tagged("post_install", "-at_install")
class TestSupervisionRules(BaseCase):
    @given(HOURS, HOURS, HOURS, HOURS, st.booleans())
    def test_a_test_is_forgotten_while_it_runs_and_never_too_early(
        self, lasts, active, quiet, total, told
    ):
        found = forgotten_at(NOW, NOW + lasts, NOW + active, quiet, total, told=told)
        if not found:
            self.assertTrue(not quiet or active + quiet >= lasts)
            self.assertTrue(told or not total or total >= lasts)
            return
        self.assertLess(found.at, NOW + lasts)
        self.assertIn(found.why, ("quiet", "total"))
        if found.why == "quiet":
            self.assertEqual(found.at, NOW + active + quiet)
        else:
            self.assertFalse(told)
            self.assertEqual(found.at, NOW + total)

    @given(HOURS, HOURS, HOURS, HOURS)
    def test_activity_only_ever_puts_it_off(self, lasts, active, quiet, more):
        before = forgotten_at(NOW, NOW + lasts, NOW + active, quiet, timedelta())
        after = forgotten_at(NOW, NOW + lasts, NOW + active + more, quiet, timedelta())
        if after:
            self.assertLessEqual(before.at, after.at)

    @given(st.lists(st.text("ab |/:", max_size=8), min_size=1, max_size=5))
    def test_a_reason_is_unpacked_into_as_many_parts(self, parts):
        found = unpack(pack(*parts), len(parts))
        self.assertEqual(found, [part.replace("|", "/").strip() for part in parts])

    @given(st.text(max_size=30), st.integers(0, 6))
    def test_any_reason_is_unpacked(self, detail, count):
        self.assertEqual(len(unpack(detail, count)), count)

    @given(
        st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)),
        st.sampled_from(ZONES),
    )
    def test_times_are_by_the_clock_of_the_premises(self, moment, tz):
        local = datetime.strptime(local_words(moment, tz), "%Y-%m-%d %H:%M")
        back = {local.replace(tzinfo=ZoneInfo(tz), fold=fold).timestamp() for fold in (0, 1)}
        # Of an hour that the clock repeats either is meant.
        there = moment.replace(second=0, microsecond=0, tzinfo=ZoneInfo("UTC")).timestamp()
        self.assertIn(there, back)

    @given(st.sampled_from(("cid", "sia", "surgard", "x")), st.text(max_size=3))
    def test_no_code_opens_and_closes_at_once(self, code_system, code):
        self.assertIn(arming_of(code_system, code), (None, "opens", "closes", "qualifier"))
