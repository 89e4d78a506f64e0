from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.billing_batches import grouped, halves, whole_groups

KEYS = st.lists(st.sampled_from("abcdefg"), max_size=40).map(sorted)


@tagged("post_install", "-at_install")
class TestBillingBatches(BaseCase):
    @given(KEYS, st.integers(1, 10))
    def test_batches_lose_nothing_and_cut_no_group(self, keys, size):
        keyed = [(key, number) for number, key in enumerate(keys)]
        rest, seen = keyed, []
        while rest:
            batch = whole_groups(rest, size, more=False)
            self.assertTrue(batch)
            for group in batch:
                wanted = [number for key, number in keyed if key == keyed[group[0]][0]]
                self.assertEqual(group, wanted)
                seen += group
            self.assertTrue(len(batch) == 1 or sum(map(len, batch)) <= size)
            rest = [one for one in rest if one[1] not in seen]
        self.assertEqual(seen, [number for _key, number in keyed])

    def test_the_last_group_waits_while_more_may_come(self):
        keyed = [("a", 1), ("b", 2), ("b", 3)]
        self.assertEqual(whole_groups(keyed, 10, more=True), [[1]])
        self.assertEqual(whole_groups(keyed, 10, more=False), [[1], [2, 3]])

    @given(KEYS.filter(lambda keys: len(set(keys)) > 1))
    def test_halves_are_smaller_and_lose_nothing(self, keys):
        groups = grouped((key, number) for number, key in enumerate(keys))
        first, second = halves(groups)
        self.assertEqual(first + second, groups)
        self.assertTrue(first and second)
