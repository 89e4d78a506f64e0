"""Nothing keeps a dispatcher with poor sight, or without a mouse, from the board, its dialogs and
the wall: no serious finding of axe-core, light and dark, in English and Chinese. Pictures of it
are kept."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import open_board
from tests.e2e.wire import burglary, dc09
from tests.stack import tcp_exchange

BOARD = ".o_alarm_board"
# What a dialog of Odoo's has around it is not ours.
DIALOG = ".modal-content"


@pytest.fixture
def alarms(odoo, bridge):
    accounts = [n for n, entry in odoo.access["accounts"].items() if entry["receiver"] == "ip-1"]
    for number, account in enumerate(accounts[:6], 1):
        reply = tcp_exchange(bridge.tcp_port, dc09(account, burglary("001"), number))
        assert b'"ACK"' in reply


def _findings(page, context=BOARD):
    """What axe-core calls serious or critical, each with the elements concerned."""
    answer = Axe().run(page, context=context).response
    return [
        (found["id"], found["impact"], [node["html"][:160] for node in found["nodes"][:5]])
        for found in answer["violations"]
        if found["impact"] in ("serious", "critical")
    ]


def _picture(page, name):
    folder = os.environ.get("ARC_STACK_LOGS")
    if folder:
        page.screenshot(path=f"{folder}/board-{name}.png")


def _open(session, login, scheme):
    page = session(open_board, login)
    # Frames that flash are not read while they fade.
    page.emulate_media(reduced_motion="reduce")
    if scheme == "dark":
        page.locator(".o_alarm_scheme_button").click()
    page.locator(".o_alarm_row").first.wait_for()
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("login", ["dispatcher1", "dispatcher2"])
def test_the_board_has_no_serious_finding_of_axe(odoo, alarms, session, login, scheme):
    page = _open(session, login, scheme)
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


def _choose_caller(page):
    page.keyboard.press("o")
    page.locator(".o_alarm_lookup_input input").fill("1033")
    page.locator(".o_alarm_found li", has_text="1033").first.click()
    page.locator(".o_alarm_caller_choice").first.click()
    page.locator("[data-class=burglary]").click()


def _choose_signal(page):
    page.locator(".o_alarm_desk_button").click()
    page.locator(".o_alarm_desk_inject").click()
    page.locator(".o_alarm_lookup_input input").fill("1033")
    page.locator(".o_alarm_found li", has_text="1033").first.click()
    page.locator(".o_alarm_injection_code").fill("130")
    page.locator(".o_alarm_found li").first.wait_for()


def _end_shift(page):
    page.locator(".o_alarm_desk_button").click()
    page.locator(".o_alarm_desk_end").click()
    page.locator(".o_alarm_end_note").wait_for()


def _open_group_of_storm(page):
    page.locator(".o_alarm_storm_badge").click()
    page.locator(".o_alarm_storm_group input").first.check()
    page.locator(".o_alarm_storm_group .btn-link").first.click()
    page.locator(".o_alarm_storm_row").first.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("login", ["supervisor", "manager"])
def test_dialogs_and_the_wall_have_no_serious_finding_of_axe(odoo, alarms, session, login, scheme):
    page = _open(session, login, scheme)
    if page.locator(".o_alarm_start_shift").count():
        page.locator(".o_alarm_start_shift").click()
    page.locator(".o_alarm_desk_button", has_text=":").wait_for()
    if page.locator(".o_alarm_notes_read").count():
        page.locator(".o_alarm_notes_read").click()
    found = {}
    for name, opens in (
        ("report", _choose_caller),
        ("injection", _choose_signal),
        ("end_shift", _end_shift),
        ("storm", _open_group_of_storm),
    ):
        opens(page)
        page.wait_for_timeout(500)
        found[name] = _findings(page, DIALOG)
        _picture(page, f"{name}-{login}-{scheme}")
        page.keyboard.press("Escape")
        page.locator(DIALOG).wait_for(state="detached")
    page.keyboard.press("?")
    page.locator(".o_alarm_help").wait_for()
    found["help"] = _findings(page)
    _picture(page, f"help-{login}-{scheme}")
    page.context.request.get(f"{odoo.url}/web/session/logout")
    page.locator(".o_alarm_login").wait_for()
    found["login"] = _findings(page, ".o_alarm_login")
    _picture(page, f"login-{login}-{scheme}")
    page.locator("#o_alarm_login_password").fill(odoo.access["logins"][login])
    page.keyboard.press("Enter")
    page.locator(".o_alarm_login").wait_for(state="detached")
    page.goto(f"{odoo.url}/odoo/alarm-wall")
    page.locator(".o_alarm_wall_body").wait_for()
    page.wait_for_timeout(1500)
    found["wall"] = _findings(page)
    _picture(page, f"wall-{login}-{scheme}")
    assert not any(found.values()), found
