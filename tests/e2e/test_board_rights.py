"""Who is a dispatcher no longer hears nothing more, also on a websocket that is open already.

The websockets are served by a process of their own, which knows nothing of what another process
has in its caches.
"""

import json
import secrets
from datetime import datetime, timezone

import pytest

from tests.sockets import BoardSocket
from tests.stack import Odoo, own_database


@pytest.fixture
def workers(tmp_path):
    server = Odoo(tmp_path, own_database("board_rights"), workers=2)
    server.create()
    server.start()
    yield server
    server.stop()
    server.drop()


@pytest.fixture
def sockets(workers):
    opened = []

    def open_for(login):
        opened.append(BoardSocket(workers, login))
        # The subscription is served before what happens from now on.
        opened[-1].incidents(1)
        return opened[-1]

    yield open_for
    for socket in opened:
        socket.close()


def _alarm(odoo, account):
    now = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
    batch = json.dumps({
        "bridge": "test-1",
        "signals": [{
            "uid": f"{secrets.token_hex(16)}:sg-1:1", "receiver": "sg-1", "format": "surgard",
            "kind": "event", "source": "test", "received_at": now, "journaled_at": now,
            "occurred_at": None, "repeat_of": None, "wire_receiver": "01", "line": "1",
            "account": account, "code_system": "cid", "code": "130", "qualifier": "new",
            "area": "01", "zone": "001", "user": None, "address": "001", "text": None,
            "extended": [], "raw_hex": "00",
        }],
    })  # fmt: skip
    assert odoo.bridge_rpc()("alarm.receiver", "ingest", batch)["stored"] == 1


def _accounts(odoo):
    return [n for n, entry in odoo.access["accounts"].items() if entry["receiver"] == "sg-1"]


def _heard(socket, account, seconds=10):
    end = datetime.now().timestamp() + seconds
    while datetime.now().timestamp() < end and not socket.closed:
        if any(row.get("account") == account for row in socket.incidents(0.5)):
            return True
    return False


def test_rights_that_are_taken_away_end_what_an_open_websocket_is_sent(workers, sockets):
    first, second, third, *_rest = _accounts(workers)
    stays, loses, leaves = map(sockets, ("dispatcher1", "dispatcher2", "supervisor"))
    _alarm(workers, first)
    assert all(_heard(socket, first) for socket in (stays, loses, leaves))

    admin = workers.login("admin")
    ids = {user["login"]: user["id"] for user in admin("res.users", "search_read", [], ["login"])}
    groups = admin(
        "ir.model.data", "search_read", [("model", "=", "res.groups")], ["module", "name", "res_id"]
    )
    reader = next(
        group["res_id"]
        for group in groups
        if (group["module"], group["name"]) == ("alarm_subscriber", "group_reader")
    )
    admin("res.users", "write", [ids["dispatcher2"]], {"group_ids": [(6, 0, [reader])]})
    _alarm(workers, second)
    assert _heard(stays, second)
    assert not _heard(loses, second, 3)
    assert _heard(leaves, second)

    admin("res.users", "write", [ids["supervisor"]], {"active": False})
    _alarm(workers, third)
    assert _heard(stays, third)
    assert not _heard(loses, third, 2)
    assert not _heard(leaves, third, 2)
