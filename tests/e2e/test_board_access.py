"""Nothing keeps a dispatcher with poor sight, or without a mouse, from the board: no serious
finding of axe-core, light and dark, in English and Chinese. Pictures of it are kept."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import open_board
from tests.e2e.wire import burglary, dc09
from tests.stack import tcp_exchange

BOARD = ".o_alarm_board"


@pytest.fixture
def alarms(odoo, bridge):
    accounts = [n for n, entry in odoo.access["accounts"].items() if entry["receiver"] == "ip-1"]
    for number, account in enumerate(accounts[:6], 1):
        reply = tcp_exchange(bridge.tcp_port, dc09(account, burglary("001"), number))
        assert b'"ACK"' in reply


def _findings(page):
    """What axe-core calls serious or critical, each with the elements concerned."""
    answer = Axe().run(page, context=BOARD).response
    return [
        (found["id"], found["impact"], [node["html"][:160] for node in found["nodes"][:5]])
        for found in answer["violations"]
        if found["impact"] in ("serious", "critical")
    ]


def _picture(page, name):
    folder = os.environ.get("ARC_STACK_LOGS")
    if folder:
        page.screenshot(path=f"{folder}/board-{name}.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("login", ["dispatcher1", "dispatcher2"])
def test_the_board_has_no_serious_finding_of_axe(odoo, alarms, session, login, scheme):
    page = session(open_board, login)
    # Frames that flash are not read while they fade.
    page.emulate_media(reduced_motion="reduce")
    if scheme == "dark":
        page.locator(".o_alarm_scheme_button").click()
    page.locator(".o_alarm_row").first.wait_for()
    found = {"queue": _findings(page)}
    _picture(page, f"queue-{login}-{scheme}")
    page.locator(".o_alarm_start_shift").click()
    page.locator(".o_alarm_row").first.click()
    page.locator(".o_alarm_panel").wait_for()
    page.wait_for_timeout(1500)
    found["incident"] = _findings(page)
    _picture(page, f"incident-{login}-{scheme}")
    page.keyboard.press("Escape")
    for name in ("on_test", "unrestored"):
        page.locator(f"[data-filter='{name}']").click()
        page.locator(f"[data-list='{name}']").wait_for()
        found[name] = _findings(page)
        _picture(page, f"{name}-{login}-{scheme}")
    assert not any(found.values()), found
