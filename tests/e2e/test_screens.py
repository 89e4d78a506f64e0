"""Every menu of the suite opens, in every view it has, in both languages, with no error.

The manager of the demo company reads English, the supervisor Chinese.
"""

import pytest

from tests.browser import log_in
from tests.e2e.wire import burglary, dc09
from tests.stack import tcp_exchange


def _settled(page, selector):
    """Wait for a view or an error dialog; the dialog's text, or None."""
    page.locator(f"{selector}, .modal:has(.o_error_dialog)").first.wait_for()
    dialog = page.locator(".modal:has(.o_error_dialog)")
    return dialog.first.inner_text()[:600] if dialog.count() else None


def _open(page, url, modes):
    """Walk through one action's views; (view, error) of the first that fails, or None."""
    page.goto(url)
    if error := _settled(page, ".o_action_manager .o_view_controller"):
        return "action", error
    for mode in modes:
        switch = page.locator(f".o_switch_view.o_{mode}")
        if switch.count():
            switch.click()
            if error := _settled(page, f".o_{mode}_view"):
                return mode, error
        row = page.locator(
            ".o_data_row .o_data_cell:not(.o_handle_cell), .o_kanban_record:not(.o_kanban_ghost)"
        )
        if mode in ("list", "kanban") and "form" in modes and row.count():
            row.first.click()
            if error := _settled(page, ".o_form_view"):
                return "form", error
            page.go_back()
            if error := _settled(page, f".o_{mode}_view"):
                return mode, error
    return None


def _send_something(bridge):
    """So that the lists of signals and incidents have rows to show."""
    assert b'"ACK"' in tcp_exchange(bridge.tcp_port, dc09("1026", burglary("001")))


@pytest.mark.parametrize("login", ["manager", "supervisor"])
def test_every_screen_opens(odoo, bridge, session, login):
    _send_something(bridge)
    page = session(log_in, login)
    # The incident waits longer than its target meanwhile: its notice lies over the views' switches.
    page.add_locator_handler(
        page.locator(".o_notification_close").first,
        lambda: page.locator(".o_notification_close").evaluate_all(
            "buttons => buttons.forEach((button) => button.click())"
        ),
        no_wait_after=True,
    )
    menus = page.evaluate("fetch('/web/webclient/load_menus').then((answer) => answer.json())")
    actions = {
        menu["actionID"]
        for menu in menus.values()
        if menu["actionModel"] == "ir.actions.act_window" and menu["xmlid"].startswith("alarm_")
    }
    assert len(actions) > 5
    with odoo.sql() as sql:
        actions = sql("SELECT id, view_mode FROM ir_act_window WHERE id = ANY(%s)", list(actions))
    broken = {}
    for action, modes in actions:
        if fault := _open(page, f"{odoo.url}/odoo/action-{action}", modes.split(",")):
            broken[action] = fault
    assert not broken
