"""What is typed into a panel in Odoo is what the running bridge does with its frames."""

import secrets

import pytest

from tests.e2e.wire import dc09, periodic_test
from tests.stack import running_bridge, tcp_exchange, wait_for

HOUR = 3600.0


@pytest.fixture
def bridge(odoo, tmp_path):
    with running_bridge(tmp_path, odoo, refresh=1) as process:
        yield process


class Transmitter:
    """A panel on the door that checks the time of every frame."""

    def __init__(self, bridge, account):
        self._port, self._account, self._number = bridge.aes_port, account, 0

    def acknowledged(self, key=None, late=0.0):
        self._number += 1
        frame = dc09(self._account, periodic_test(), self._number, key, late)
        return b'ACK"' in tcp_exchange(self._port, frame, timeout=2)


def _panel(odoo, account):
    office = odoo.login("backoffice")
    (panel,) = office("alarm.panel", "search", [("account", "=", account)])
    return office, panel


def test_key_clock_and_clear_frames_follow_what_the_panel_says_in_odoo(odoo, bridge):
    rpc, panel = _panel(odoo, "1029")
    sent = Transmitter(bridge, "1029")
    key = secrets.token_bytes(32)
    assert sent.acknowledged()
    assert not sent.acknowledged(key)

    rpc("alarm.panel", "write", [panel], {"dc09_key": key.hex()})
    wait_for("the new key", lambda: sent.acknowledged(key))
    assert not sent.acknowledged(secrets.token_bytes(32))
    assert not sent.acknowledged(key, late=HOUR)

    rpc("alarm.panel", "write", [panel], {"dc09_timestamps": "ignore", "dc09_clear": "accept"})
    wait_for("a clock that is an hour late", lambda: sent.acknowledged(key, late=HOUR))
    assert sent.acknowledged(late=HOUR)

    rpc("alarm.panel", "write", [panel], {"dc09_clear": "refuse"})
    wait_for("no clear frames any more", lambda: not sent.acknowledged())
    assert sent.acknowledged(key)

    rpc("alarm.panel", "action_remove_dc09_key", [panel])
    wait_for("the key to be gone", lambda: not sent.acknowledged(key))
    assert sent.acknowledged()


def test_a_restarted_bridge_knows_the_keys_while_odoo_is_away(odoo, bridge):
    rpc, panel = _panel(odoo, "1030")
    sent = Transmitter(bridge, "1030")
    key = secrets.token_bytes(16)
    rpc("alarm.panel", "write", [panel], {"dc09_key": key.hex()})
    wait_for("the new key", lambda: sent.acknowledged(key))
    bridge.stop()
    odoo.stop()
    try:
        bridge.start()
        assert sent.acknowledged(key)
        assert not sent.acknowledged(secrets.token_bytes(16))
        for file in bridge.config.parent.iterdir():
            said = file.read_bytes().lower() if file.is_file() else b""
            assert key not in said and key.hex().encode() not in said, file
    finally:
        odoo.start()
        rpc("alarm.panel", "action_remove_dc09_key", [panel])
