"""While Odoo is away a dispatcher works at the bridge's display: Odoo hears of it, once."""

import json
import os
import sqlite3
import sys
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

from receiver_bridge.journal.sqlite_schema import checksum
from tests.browser import seek
from tests.e2e.wire import burglary, dc09
from tests.stack import ROOT, tcp_exchange, wait_for

sys.path.append(str(ROOT / "tests" / "receiver_bridge"))

from terminal import Terminal  # noqa: E402

ACCOUNT = "1032"
MINUTES = 7


def _wait_in_the_journal(journal: Path) -> None:
    """As if what waits there had been received some minutes ago; the bridge must not run."""
    then = (datetime.now(timezone.utc) - timedelta(minutes=MINUTES)).strftime(
        "%Y-%m-%dT%H:%M:%S.%fZ"
    )
    with closing(sqlite3.connect(journal)) as connection, connection:
        waiting = connection.execute("SELECT uid, body FROM signal WHERE state = 'pending'")
        for uid, body in waiting.fetchall():
            aged = json.dumps({**json.loads(body), "received_at": then, "journaled_at": then})
            connection.execute(
                "UPDATE signal SET body = ?, journaled_at = ?, checksum = ? WHERE uid = ?",
                (aged, then, checksum(uid, aged), uid),
            )


def test_what_was_handled_at_the_emergency_display_is_on_the_board_later(odoo, bridge, board):
    odoo.stop()
    try:
        frame = dc09(ACCOUNT, burglary("003"))
        assert b'"ACK"' in tcp_exchange(bridge.tcp_port, frame)
        bridge.stop()
        _wait_in_the_journal(bridge.journal)
        command = [sys.executable, "-m", "receiver_bridge", "watch", "--config", str(bridge.config)]
        with Terminal([*command, "--operator", "Li Na"]) as terminal:
            terminal.wait_for("UNHANDLED ALARMS: 1", ACCOUNT)
            terminal.type("t")
            terminal.wait_for("Tick as handled")
            terminal.type("keyholder on the way\r")
            terminal.wait_for("No unhandled alarm")
        bridge.start()
    finally:
        odoo.start()
    page = board("dispatcher2")
    seek(page, ACCOUNT)
    row = page.locator(".o_alarm_row", has_text=f"D{ACCOUNT}")
    row.locator(".o_alarm_mark_ticked").wait_for()
    assert row.count() == 1
    assert f"delivered late, {MINUTES} min" in row.inner_text()
    row.click()
    entry = page.locator(".o_alarm_entry_text", has_text="Li Na")
    entry.wait_for()
    assert "keyholder on the way" in entry.inner_text()
    with odoo.sql() as sql:
        ((incidents, signals, ticks),) = sql(
            """SELECT count(DISTINCT l.incident_id), count(*) FILTER (WHERE l.role <> 'tick'),
                      count(*) FILTER (WHERE l.role = 'tick')
                 FROM alarm_incident_signal l JOIN alarm_signal s ON s.id = l.signal_id
                WHERE s.account = %s""",
            ACCOUNT,
        )
    assert (incidents, signals, ticks) == (1, 1, 1)
    wait_for("nothing left to hand over", lambda: not any(bridge.health()["backlog"].values()))
    if folder := os.environ.get("ARC_STACK_LOGS"):
        page.screenshot(path=f"{folder}/e2e-handled.png")
