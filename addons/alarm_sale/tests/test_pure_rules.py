from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged

from ..tools.premises import address_key, box_around, phone_key
from ..tools.recurrence import creation_multiple, per_month
from ..tools.zone_numbers import (
    MOST,
    format_zone_numbers,
    free_numbers,
    parse_zone_numbers,
)


@tagged("post_install", "-at_install")
class TestPureRules(TransactionCase):
    def test_an_address_is_the_same_however_it_is_written(self):
        key = address_key("19 Harbour Road", "", "Testville")
        self.assertEqual(key, address_key("19  harbour-road", None, "TESTVILLE"))
        self.assertEqual(
            address_key("海港路19号", None, "上海"), address_key("海港路１９号 ", "", "上海")
        )
        self.assertNotEqual(key, address_key("91 Harbour Road", "", "Testville"))

    def test_a_town_alone_is_no_address(self):
        self.assertEqual(address_key("", None, "Testville"), "")

    def test_a_telephone_is_the_same_with_and_without_its_prefix(self):
        self.assertEqual(phone_key("+86 21 5550 1234"), phone_key("021-55501234"))
        self.assertEqual(phone_key("110"), "")

    def test_the_box_holds_its_middle_and_no_other_street(self):
        south, north, west, east = box_around(31.2, 121.4)
        self.assertTrue(south < 31.2 < north and west < 121.4 < east)
        self.assertFalse(south < 31.201 < north)
        self.assertFalse(west < 121.401 < east)

    def test_fees_count_by_the_month(self):
        self.assertEqual(per_month(120, "yearly"), 10)
        self.assertEqual(per_month(120, "quarterly"), 40)
        self.assertEqual(per_month(120, False), 0)

    def test_without_a_fee_there_is_no_multiple(self):
        self.assertEqual(creation_multiple(1200, 100), 12)
        self.assertEqual(creation_multiple(1200, 0), 0)
        self.assertEqual(creation_multiple(-5, 100), 0)

    def test_zone_numbers_are_read_as_people_write_them(self):
        self.assertEqual(parse_zone_numbers("1-3, 7"), ["1", "2", "3", "7"])
        self.assertEqual(parse_zone_numbers("001-003、007"), ["001", "002", "003", "007"])
        self.assertEqual(parse_zone_numbers("2 2 2"), ["2"])
        self.assertEqual(parse_zone_numbers(None), [])

    def test_what_is_no_zone_number_is_named(self):
        for text in ("x-3", "3-1", "1-", f"1-{MOST + 1}", "1/2"):
            with self.assertRaises(ValueError, msg=text):
                parse_zone_numbers(text)

    @given(st.lists(st.integers(1, 900), unique=True, max_size=40))
    def test_zone_numbers_survive_being_written_and_read(self, numbers):
        texts = [str(number) for number in numbers]
        self.assertEqual(parse_zone_numbers(format_zone_numbers(texts)), texts)

    @given(st.integers(0, 30), st.sets(st.integers(1, 60)))
    def test_free_numbers_are_free_and_the_lowest(self, count, taken):
        found = [int(number) for number in free_numbers(count, taken)]
        self.assertEqual(len(found), count)
        self.assertTrue(taken.isdisjoint(found))
        if found:
            self.assertEqual(set(range(1, found[-1] + 1)) - taken, set(found))
