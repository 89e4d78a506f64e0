"""Two bridges with one journal and one Odoo: one dies, and the line lives."""

import sys

import pytest

from tests.browser import seek
from tests.e2e.wire import dc09, periodic_test
from tests.stack import ROOT, running_bridge, tcp_exchange, wait_for

sys.path.append(str(ROOT / "tests" / "receiver_bridge"))

from postgresql_server import serve_postgresql  # noqa: E402

ACCOUNT = "88003"
SENT = 40


@pytest.fixture
def bridges(odoo, tmp_path):
    folders = tmp_path / "a", tmp_path / "b"
    for folder in folders:
        folder.mkdir()
    with (
        serve_postgresql() as server,
        running_bridge(folders[0], odoo, name="pair-a", journal=server.url) as first,
        running_bridge(folders[1], odoo, name="pair-b", journal=server.url) as second,
    ):
        yield first, second


def _bridges(sql):
    return sql(
        """SELECT b.name, s.sending, b.silent FROM alarm_receiver_status s
             JOIN alarm_bridge_status b ON b.id = s.bridge_status_id
             JOIN alarm_receiver r ON r.id = s.receiver_id
            WHERE r.name = 'ip-1' AND b.name LIKE 'pair-%%' ORDER BY b.name"""
    )


def _sends(sql):
    """The one that hands over, when it is known and is the only one."""
    found = [name for name, sending, silent in _bridges(sql) if sending and not silent]
    return found[0] if len(found) == 1 and len(_bridges(sql)) == 2 else None


def _deliver(bridges, zones):
    """Each signal to the next bridge that answers, as panels with two addresses do."""
    for number, zone in enumerate(zones, 1):
        frame = dc09(ACCOUNT, periodic_test(), number)
        assert any(b'"ACK"' in _exchange(bridge.tcp_port, frame) for bridge in bridges), zone


def _exchange(port, frame):
    try:
        return tcp_exchange(port, frame)
    except OSError:
        return b""


def test_one_of_two_bridges_is_killed_and_nothing_is_lost_or_double(odoo, bridges, board):
    rpc = odoo.login("supervisor")
    page = board("dispatcher2")
    with odoo.sql() as sql:
        name = wait_for("both bridges at the receiver", lambda: _sends(sql))
        killed, other = sorted(bridges, key=lambda bridge: bridge.name != name)
        link = page.locator("[data-link='ip-1']")
        link.locator(f".o_alarm_bridge_sending[data-bridge='{killed.name}']").wait_for(
            state="attached"
        )
        link.locator(f".o_alarm_bridge_ready[data-bridge='{other.name}']").wait_for(
            state="attached"
        )
        _deliver((killed, other), range(SENT // 2))
        killed.kill()
        _deliver((other, killed), range(SENT // 2, SENT))
        # As if the time in which it should have been heard were over.
        sql(
            "UPDATE alarm_bridge_status SET last_heartbeat_at = last_heartbeat_at"
            " - interval '1 minute' WHERE name = %s",
            killed.name,
        )
        link.locator(f".o_alarm_bridge_silent[data-bridge='{killed.name}']").wait_for(
            state="attached"
        )
        link.locator(f".o_alarm_bridge_sending[data-bridge='{other.name}']").wait_for(
            state="attached"
        )
        seek(page, "pair-")
        page.locator(".o_alarm_row", has_text=killed.name).wait_for()
        assert page.locator(".o_alarm_row", has_text=f"Bridge {other.name}").count() == 0
        (receiver,) = rpc(
            "alarm.receiver", "search_read", [("name", "=", "ip-1")], ["state", "bridge"]
        )
        assert (receiver["state"], receiver["bridge"].split(", ")[0]) == ("online", other.name)
        wait_for(
            "every acknowledged signal",
            lambda: sql(
                "SELECT 1 FROM alarm_signal WHERE account = %s HAVING count(*) >= %s", ACCOUNT, SENT
            ),
        )
        wait_for("nothing left to hand over", lambda: not any(other.health()["backlog"].values()))
        ((signals,),) = sql(
            "SELECT count(*) FROM alarm_signal WHERE account = %s AND repeat_of IS NULL", ACCOUNT
        )
    assert signals == SENT
