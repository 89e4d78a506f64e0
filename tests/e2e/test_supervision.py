"""A panel that is polled is missed when it falls silent: once, and only then."""

import time

import pytest

from tests.browser import seek
from tests.e2e.wire import polling
from tests.stack import running_bridge, wait_for

INTERVAL = 2
"""Seconds; a panel is lost after five of silence."""


@pytest.fixture
def bridge(odoo, tmp_path):
    with running_bridge(tmp_path, odoo, refresh=1, grace=4) as process:
        yield process


@pytest.fixture
def account(odoo):
    """Of a demo panel that has told nothing yet: where an incident is open, the loss joins it."""
    with odoo.sql() as sql:
        heard = {name for (name,) in sql("SELECT DISTINCT account FROM alarm_signal")}
    return next(
        name
        for name, entry in odoo.access["accounts"].items()
        if entry["receiver"] == "ip-1" and not entry["supervision"] and name not in heard
    )


def _told(sql, account):
    return [
        qualifier
        for (qualifier,) in sql(
            "SELECT qualifier FROM alarm_signal"
            " WHERE account = %s AND code_system = 'bridge' AND code = 'lost' ORDER BY id",
            account,
        )
    ]


def test_a_polled_panel_is_lost_once_and_found_again(odoo, bridge, board, account):
    rpc = odoo.login("backoffice")
    (panel,) = rpc("alarm.panel", "search", [("account", "=", account)])
    page = board("dispatcher2")
    with odoo.sql() as sql:
        wait_for("the configuration", lambda: bridge.metric("receiver_bridge_accounts") > 0)
        with polling(bridge.tcp_port, account, 0.3):
            before = bridge.metric("receiver_bridge_accounts_supervised")
            rpc("alarm.panel", "write", [panel], {"supervision_interval": INTERVAL})
            wait_for(
                "the interval at the bridge",
                lambda: bridge.metric("receiver_bridge_accounts_supervised") > before,
            )
            bridge.stop()
            bridge.start()
            # Longer than what the restart gives and the silence that would be too long.
            calm = time.monotonic() + 10
            wait_for("a calm time", lambda: _told(sql, account) or time.monotonic() > calm)
            assert _told(sql, account) == []
        wait_for("the loss", lambda: _told(sql, account) == ["new"])
        ((incident,),) = wait_for(
            "its incident",
            lambda: sql(
                "SELECT i.id FROM alarm_incident i JOIN alarm_incident_signal l"
                " ON l.incident_id = i.id JOIN alarm_signal s ON s.id = l.signal_id"
                " WHERE s.account = %s AND s.code = 'lost'",
                account,
            ),
        )
        seek(page, account)
        row = page.locator(f"[data-incident-id='{incident}']")
        row.wait_for()
        assert "Panel lost" in row.inner_text()
        with polling(bridge.tcp_port, account, 0.3):
            row.locator(".o_alarm_mark_restored").wait_for()
            assert _told(sql, account) == ["new", "restore"]
    rpc("alarm.panel", "write", [panel], {"supervision_interval": 0})
