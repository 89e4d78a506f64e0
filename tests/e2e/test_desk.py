"""The desk: a session that ends loses nothing that is typed, and nobody leaves unasked."""

from playwright.sync_api import expect

from tests.browser import seek

REPORT = ".o_alarm_report"
TEXT = ".o_alarm_report_text"


def _begin_shift(page):
    page.locator(".o_alarm_start_shift").click()
    page.locator(".o_alarm_desk_button", has_text="Shift since").wait_for()
    notes = page.locator(".o_alarm_notes_read")
    if notes.count():
        notes.click()
        notes.wait_for(state="detached")


def _report(page, account, text):
    page.keyboard.press("o")
    page.locator(".o_alarm_lookup_input input").fill(account)
    page.locator(".o_alarm_found li", has_text=account).first.click()
    page.locator(".o_alarm_caller_choice").first.click()
    page.locator("[data-class=burglary]").click()
    page.locator(TEXT).fill(text)


def test_an_ended_session_asks_for_the_password_and_loses_nothing(odoo, board):
    page = board("dispatcher2")
    _begin_shift(page)
    _report(page, "1033", "smoke in the yard")
    page.context.request.get(f"{odoo.url}/web/session/logout")
    password = page.locator("#o_alarm_login_password")
    password.wait_for()
    assert page.locator(TEXT).input_value() == "smoke in the yard"
    password.fill("not the password")
    password.press("Enter")
    page.locator(".o_alarm_login_failure").wait_for()
    password.fill(odoo.access["logins"]["dispatcher2"])
    password.press("Enter")
    page.locator(".o_alarm_login").wait_for(state="detached")
    page.locator(".o_alarm_link_connected[data-link='server']").wait_for()
    page.locator(".o_alarm_report_queue").click()
    page.locator(REPORT).wait_for(state="detached")
    seek(page, "1033")
    page.locator(".o_alarm_row", has_text="D1033").wait_for()
    stored = page.evaluate("Object.keys(sessionStorage).filter((key) => key.includes('.report'))")
    assert stored == []


def test_what_is_typed_survives_a_reload_and_is_nobody_elses(odoo, board):
    page = board("dispatcher2")
    _report(page, "1034", "a window is broken")
    page.reload()
    page.locator(".o_alarm_link_connected[data-link='server']").wait_for()
    page.keyboard.press("o")
    page.locator(TEXT).wait_for()
    assert page.locator(TEXT).input_value() == "a window is broken"
    owners = page.evaluate(
        "Object.keys(sessionStorage).filter((key) => key.startsWith('alarm_board.draft.'))"
    )
    assert owners
    assert all(odoo.database in key for key in owners)


def test_who_logs_out_with_incidents_in_hand_is_asked(odoo, board):
    page = board("dispatcher2")
    _begin_shift(page)
    _report(page, "1035", "the glass door is broken")
    page.locator(".o_alarm_report_take").click()
    page.locator(".o_alarm_card_caller").wait_for()
    page.locator(".o_user_menu button").click()
    page.locator("[data-menu=logout]").click()
    held = page.locator(".o_alarm_in_hand_release")
    held.first.wait_for()
    while count := held.count():
        held.first.click()
        # It is busy until the incident is gone from the list.
        expect(held).to_have_count(count - 1)
    empty = page.locator(".o_alarm_leave_empty")
    if empty.count():
        empty.check()
    page.locator(".o_alarm_end_note").fill("all quiet")
    page.locator(".o_alarm_end_submit").click()
    page.wait_for_url("**/web/login**")
    with odoo.sql() as sql:
        ((state, holder),) = sql(
            """SELECT i.state, i.user_id FROM alarm_incident i
                 JOIN alarm_subscriber s ON s.id = i.subscriber_id WHERE s.ref = 'D1035'"""
        )
        (shift,) = sql(
            """SELECT shift.note, shift.end_kind FROM alarm_shift shift
                 JOIN res_users u ON u.id = shift.user_id
                WHERE u.login = 'dispatcher2' ORDER BY shift.id DESC LIMIT 1"""
        )
    assert (state, holder) == ("queued", None)
    assert shift == ("all quiet", "ended")
