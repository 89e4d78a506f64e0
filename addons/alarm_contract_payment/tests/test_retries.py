from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools.retries import RETRY_AFTER, next_try


@tagged("post_install", "-at_install")
class TestRetries(BaseCase):
    def test_it_is_tried_three_times_more_and_then_given_up(self):
        day, days = date(2026, 3, 1), []
        for tries in range(1, 10):
            following = next_try(day, tries)
            if not following:
                break
            days.append((following - day).days)
            day = following
        self.assertEqual(tuple(days), RETRY_AFTER)

    def test_without_a_try_there_is_nothing_to_try_again(self):
        self.assertIsNone(next_try(date(2026, 3, 1), 0))
