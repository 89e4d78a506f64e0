from odoo.tests import HttpCase, tagged


def hoot_id(path):
    """The id that hoot gives to a suite: a 32-bit hash of its path."""
    number = 0
    for char in path:
        number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"


@tagged("post_install", "-at_install")
class TestContractForm(HttpCase):
    def test_unit_tests_of_the_contract_form(self):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={hoot_id('@alarm_contract/contract_fields')}",
            "",
            "",
            login="admin",
            timeout=180,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )

    def test_unit_tests_of_the_charges_on_the_phone(self):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={hoot_id('@alarm_contract/charges_section')}",
            "",
            "",
            login="admin",
            timeout=180,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )
