"""The first promise: what a panel or a receiver sends is a row that a dispatcher handles."""

from tests.browser import seek
from tests.e2e.wire import burglary, dc09, surgard
from tests.stack import tcp_exchange, wait_for


def _incident_of(sql, account):
    rows = sql(
        """SELECT i.id, i.state FROM alarm_incident i
             JOIN alarm_incident_signal l ON l.incident_id = i.id
             JOIN alarm_signal s ON s.id = l.signal_id
            WHERE s.account = %s ORDER BY i.id DESC LIMIT 1""",
        account,
    )
    return rows[0] if rows else None


def _handle(page, incident_id):
    """Take, note and resolve one incident as a dispatcher does."""
    row = page.locator(f"[data-incident-id='{incident_id}']")
    row.get_by_role("button", name="Take").click()
    panel = page.locator(f"[data-panel-incident-id='{incident_id}']")
    panel.locator(".o_alarm_verb_note").click()
    note = panel.locator(".o_alarm_note_form")
    note.get_by_label("Note").fill("called the keyholder")
    note.get_by_role("button", name="Save").click()
    panel.locator(".o_alarm_entry_text", has_text="called the keyholder").wait_for()
    # The standing notes of some premises have to be read before anything else is done.
    unread = panel.get_by_role("button", name="Read")
    if unread.count():
        unread.click()
        unread.wait_for(state="detached")
    panel.locator(".o_alarm_verb_resolve").click()
    panel.locator("[data-resolution='FA']").click()
    panel.locator(".o_alarm_resolve_note").fill("opened by mistake")
    panel.locator(".o_alarm_resolve_submit").click()
    row.wait_for(state="detached")


def test_an_encrypted_dc09_frame_is_handled_on_the_board(odoo, bridge, board):
    page = board("dispatcher2")
    account, panel = next(
        (name, entry)
        for name, entry in odoo.access["accounts"].items()
        if entry["receiver"] == "ip-aes"
    )
    key = bytes.fromhex(panel["key"])
    wait_for(
        "the bridge to have the panel's key from Odoo",
        lambda: b'"*ACK"' in tcp_exchange(bridge.aes_port, dc09(account, burglary("001"), 1, key)),
    )
    with odoo.sql() as sql:
        incident_id, _state = wait_for("the incident", lambda: _incident_of(sql, account))
        seek(page, account)
        _handle(page, incident_id)
        (state, resolved_at, user), = sql(
            """SELECT i.state, i.resolved_at, u.login FROM alarm_incident i
                 LEFT JOIN res_users u ON u.id = i.user_id WHERE i.id = %s""",
            incident_id,
        )  # fmt: skip
    assert state in ("resolved", "closed")
    assert resolved_at is not None
    assert user == "dispatcher2"


def test_a_surgard_record_from_the_serial_line_is_handled_on_the_board(odoo, bridge, board):
    page = board("dispatcher2")
    account = next(
        name for name, entry in odoo.access["accounts"].items() if entry["receiver"] == "sg-1"
    )
    assert bridge.serial.send(surgard(account, burglary("001"))) == b"\x06"
    with odoo.sql() as sql:
        incident_id, _state = wait_for("the incident", lambda: _incident_of(sql, account))
        seek(page, account)
        row = page.locator(f"[data-incident-id='{incident_id}']")
        row.wait_for()
        assert row.get_attribute("data-priority") == "2"
        ((uid,),) = sql("SELECT uid FROM alarm_signal WHERE account = %s", account)
        assert row.get_attribute("data-signal-uid") == uid
        _handle(page, incident_id)
        ((state,),) = sql("SELECT state FROM alarm_incident WHERE id = %s", incident_id)
    assert state in ("resolved", "closed")
