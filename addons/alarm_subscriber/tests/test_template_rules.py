from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.template_values import nearest, nearest_numbers, own_after

names = st.sampled_from("abcde")
own = st.sets(names)
said = st.dictionaries(names, st.tuples(st.integers(0, 2), st.integers(0, 2)))


class Row(NamedTuple):
    number: str
    level: int


@tagged("post_install", "-at_install")
class TestTemplateRules(BaseCase):
    def test_the_nearest_template_that_says_it_wins(self):
        levels = [("model", {"a"}), ("maker", {"a", "b"}), ("family", {"c"})]
        self.assertEqual(
            [nearest(levels, name) for name in "abcd"], ["model", "maker", "family", None]
        )

    @given(st.lists(own), names)
    def test_nobody_nearer_says_it(self, levels, name):
        numbered = list(enumerate(levels))
        found = nearest(numbered, name)
        nearer = numbered if found is None else numbered[:found]
        self.assertFalse(any(name in said for _key, said in nearer))
        self.assertTrue(found is None or name in levels[found])

    def test_what_differs_becomes_own_and_what_is_repeated_does_not(self):
        self.assertEqual(own_after((), {"a": (60, 90), "b": (90, 90)}, ()), {"a"})

    def test_what_is_own_stays_own_when_the_template_says_the_same(self):
        self.assertEqual(own_after({"a"}, {"a": (90, 90)}, ()), {"a"})

    def test_zero_is_a_value_and_emptiness_is_none(self):
        self.assertEqual(own_after((), {"a": (False, 60)}, ()), {"a"})
        self.assertEqual(own_after({"a"}, {"a": (False, "3")}, {"a"}), set())

    @given(own, said, own)
    def test_what_was_not_said_stays_as_it_was(self, before, said, clearable):
        after = own_after(before, said, clearable)
        self.assertEqual(after - said.keys(), before - said.keys())

    @given(own, said, own)
    def test_saying_the_same_again_changes_nothing(self, before, said, clearable):
        once = own_after(before, said, clearable)
        self.assertEqual(own_after(once, said, clearable), once)

    @given(st.lists(st.lists(st.integers(1, 12))))
    def test_each_number_is_there_once_from_the_nearest_level(self, levels):
        rows = [[Row(f"{n:03}", k) for n in level] for k, level in enumerate(levels)]
        found = nearest_numbers(rows)
        numbers = [int(row.number) for row in found]
        self.assertEqual(numbers, sorted({n for level in levels for n in level}))
        for row in found:
            self.assertFalse(any(int(row.number) in level for level in levels[: row.level]))
