"""Two real Odoo processes at the same moment: one incident, one holder."""

import json
import secrets
import threading
import xmlrpc.client
from datetime import datetime, timezone
from functools import partial

import pytest

from tests.stack import Odoo


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory):
    server = Odoo(tmp_path_factory.mktemp("odoo"), "races", workers=2)
    server.create()
    server.start()
    yield server
    server.stop()
    server.drop()


def _batch(epoch, sequence, account, zone, receiver="sg-1"):
    now = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
    return json.dumps({
        "bridge": "test-1",
        "signals": [{
            "uid": f"{epoch}:{receiver}:{sequence}", "receiver": receiver, "format": "surgard",
            "kind": "event", "source": "test", "received_at": now, "journaled_at": now,
            "occurred_at": None, "repeat_of": None, "wire_receiver": "01", "line": "1",
            "account": account, "code_system": "cid", "code": "130", "qualifier": "new",
            "area": "01", "zone": zone, "user": None, "address": zone, "text": None,
            "extended": [], "raw_hex": "00",
        }],
    })  # fmt: skip


def _together(*calls):
    """Run the calls at the same moment, each in a thread; their results or exceptions."""
    barrier = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(number, call):
        barrier.wait()
        try:
            results[number] = call()
        except xmlrpc.client.Fault as fault:
            results[number] = fault

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def _accounts(odoo, receiver):
    return [
        name for name, entry in odoo.access["accounts"].items() if entry["receiver"] == receiver
    ]


def test_two_processes_that_report_one_subscriber_at_once_make_one_incident(two_workers):
    """Each by a receiver of its own: two zones of one site, which confirm each other."""
    epoch = secrets.token_hex(16)
    supervisor = two_workers.login("supervisor")
    [known] = supervisor(
        "alarm.receiver", "search_read", [("name", "=", "sg-1")], ["receiver_group_id"]
    )
    supervisor(
        "alarm.receiver",
        "create",
        {"name": "sg-2", "receiver_group_id": known["receiver_group_id"][0], "format": "surgard"},
    )
    senders = [two_workers.bridge_rpc(), two_workers.bridge_rpc()]
    for number, account in enumerate(_accounts(two_workers, "sg-1")[:10], 1):
        results = _together(
            partial(
                senders[0],
                "alarm.receiver",
                "ingest",
                _batch(epoch, number, account, "001"),
            ),
            partial(
                senders[1],
                "alarm.receiver",
                "ingest",
                _batch(epoch, number, account, "002", receiver="sg-2"),
            ),
        )
        assert [result["stored"] for result in results] == [1, 1], results
        with two_workers.sql() as sql:
            ((incidents, signals),) = sql(
                """SELECT count(DISTINCT l.incident_id), count(*) FROM alarm_incident_signal l
                     JOIN alarm_signal s ON s.id = l.signal_id WHERE s.account = %s""",
                account,
            )
            assert (incidents, signals) == (1, 2), f"account {account}"
            found = sql(
                """SELECT i.priority, i.two_knock,
                          count(e.id) FILTER (WHERE e.kind = 'two_knock'),
                          (SELECT count(*) FROM alarm_unrestored u WHERE u.incident_id = i.id)
                     FROM alarm_incident i JOIN alarm_incident_entry e ON e.incident_id = i.id
                    WHERE i.id = (SELECT l.incident_id FROM alarm_incident_signal l
                                    JOIN alarm_signal s ON s.id = l.signal_id
                                   WHERE s.account = %s LIMIT 1)
                    GROUP BY i.id""",
                account,
            )
            assert found == [("1", True, 1, 2)], f"account {account}"
            faults = sql("SELECT count(*) FROM alarm_signal_pending WHERE attempts > 0")
            assert faults == [(0,)]


def test_two_dispatchers_who_take_one_incident_at_once_leave_one_holder(two_workers):
    epoch = secrets.token_hex(16)
    bridge = two_workers.bridge_rpc()
    first, second = two_workers.login("dispatcher1"), two_workers.login("dispatcher2")
    for number, account in enumerate(_accounts(two_workers, "sg-1")[10:20], 1):
        bridge("alarm.receiver", "ingest", _batch(epoch, number, account, "001"))
        with two_workers.sql() as sql:
            ((incident,),) = sql(
                """SELECT l.incident_id FROM alarm_incident_signal l
                     JOIN alarm_signal s ON s.id = l.signal_id WHERE s.account = %s""",
                account,
            )
        results = _together(
            partial(first, "alarm.incident", "action_take", [incident]),
            partial(second, "alarm.incident", "action_take", [incident]),
        )
        refused = [result for result in results if isinstance(result, xmlrpc.client.Fault)]
        assert len(refused) == 1, results
        with two_workers.sql() as sql:
            ((holder, taken),) = sql(
                """SELECT i.user_id, count(e.id) FILTER (WHERE e.kind = 'taken')
                     FROM alarm_incident i JOIN alarm_incident_entry e ON e.incident_id = i.id
                    WHERE i.id = %s GROUP BY i.user_id""",
                incident,
            )
        winner = first if results[0] not in refused else second
        assert (holder, taken) == (winner.uid, 1)
