"""Acknowledged is delivered, once: with Odoo away, and with the bridge killed in the middle."""

import threading

from tests.e2e.wire import burglary, dc09
from tests.stack import tcp_exchange, wait_for

TEST_SIGNALS = 200


def _delivered(sql, account):
    return [
        zone
        for (zone,) in sql(
            "SELECT address FROM alarm_signal WHERE account = %s AND repeat_of IS NULL", account
        )
    ]


def _send_all(port, account, zones, acknowledged):
    for number, zone in enumerate(zones, 1):
        try:
            if b'"ACK"' in tcp_exchange(port, dc09(account, burglary(zone), number), timeout=2):
                acknowledged.append(zone)
        except OSError:
            # The bridge is being killed. A panel would send again; this one counts promises.
            continue


def test_signals_that_arrive_while_odoo_is_down_are_all_there_once(odoo, bridge):
    account = "88001"
    zones = [f"{number:03d}" for number in range(1, TEST_SIGNALS + 1)]
    odoo.stop()
    acknowledged = []
    try:
        _send_all(bridge.tcp_port, account, zones, acknowledged)
    finally:
        odoo.start()
    assert len(acknowledged) == TEST_SIGNALS
    with odoo.sql() as sql:
        wait_for(
            "all signals in Odoo", lambda: len(_delivered(sql, account)) >= TEST_SIGNALS, timeout=60
        )
        assert sorted(_delivered(sql, account)) == zones


def test_a_bridge_killed_in_the_middle_of_a_burst_loses_and_doubles_nothing(odoo, bridge):
    account = "88002"
    zones = [f"{number:03d}" for number in range(1, TEST_SIGNALS + 1)]
    acknowledged = []
    sender = threading.Thread(
        target=_send_all, args=(bridge.tcp_port, account, zones, acknowledged)
    )
    sender.start()
    wait_for("a part of the burst", lambda: len(acknowledged) > TEST_SIGNALS // 4)
    bridge.kill()
    bridge.start()
    sender.join()
    assert len(acknowledged) > TEST_SIGNALS // 4
    with odoo.sql() as sql:
        wait_for(
            "every acknowledged signal",
            lambda: set(acknowledged) <= set(_delivered(sql, account)),
            timeout=60,
        )
        delivered = _delivered(sql, account)
    # One may have been journaled but not acknowledged when the bridge died; none is there twice.
    assert len(delivered) == len(set(delivered))
