from odoo.tests import HttpCase, tagged

from odoo.addons.alarm_board.tests.hoot import run_unit_tests


@tagged("post_install", "-at_install")
class TestUnitTests(HttpCase):
    def test_fees_of_a_row(self):
        run_unit_tests(self, "alarm_board_contract")
