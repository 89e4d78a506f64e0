from odoo.tests import BaseCase, tagged

from ..tools.pairing import Heard, pair

DOOR = ("panel", "5")
WINDOW = ("panel", "6")


def alarm(number, source=DOOR, code=130, event_class="burglary"):
    return Heard(number, source, code, event_class, False)


def restore(number, source=DOOR, code=130, event_class="burglary", restores=()):
    return Heard(number, source, code, event_class, True, frozenset(restores))


@tagged("post_install", "-at_install")
class TestPairing(BaseCase):
    def test_restore_takes_back_every_open_alarm_of_its_source(self):
        self.assertEqual(pair([alarm(1), alarm(2), restore(3)]), {1: 3, 2: 3})

    def test_restore_of_another_zone_takes_back_nothing(self):
        self.assertEqual(pair([alarm(1), restore(2, WINDOW)]), {})

    def test_restore_takes_back_nothing_that_came_after_it(self):
        self.assertEqual(pair([restore(1), alarm(2)]), {})

    def test_what_was_taken_back_is_not_taken_back_again(self):
        self.assertEqual(pair([alarm(1), restore(2), alarm(3), restore(4)]), {1: 2, 3: 4})

    def test_restoring_code_takes_back_the_codes_that_it_names(self):
        trouble = alarm(1, code=301, event_class="trouble")
        ac_restored = restore(2, code=9, event_class="supervisory", restores={301})
        self.assertEqual(pair([trouble, ac_restored]), {1: 2})

    def test_restore_of_another_class_leaves_it_open(self):
        self.assertEqual(pair([alarm(1), restore(2, code=301, event_class="trouble")]), {})
