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


def _workers(odoo):
    """Ids of the processes that have answered calls: the third word of a line of the log."""
    lines = odoo.log.read_text("utf-8", "replace").splitlines()
    return {line.split()[2] for line in lines if "POST /xmlrpc/2/object" in line}


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
    assert len(_workers(two_workers)) == 2, two_workers.tail()


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


def test_two_dispatchers_who_ask_for_the_next_one_at_once_get_two(two_workers):
    """Nobody is refused, nobody gets what the other has, and nothing stays behind."""
    epoch, bridge = secrets.token_hex(16), two_workers.bridge_rpc()
    for number, account in enumerate(_accounts(two_workers, "sg-1"), 1):
        bridge("alarm.receiver", "ingest", _batch(epoch, number, account, "001"))
    with two_workers.sql() as sql:
        waiting = {id_ for (id_,) in sql("SELECT id FROM alarm_incident WHERE state = 'queued'")}
    assert len(waiting) >= 10
    dispatchers = [two_workers.login("dispatcher1"), two_workers.login("dispatcher2")]
    taken = []
    for _round in waiting:
        results = _together(
            *(
                partial(dispatcher, "alarm.incident", "action_take_next")
                for dispatcher in dispatchers
            )
        )
        assert not [one for one in results if isinstance(one, xmlrpc.client.Fault)], results
        taken += filter(None, results)
        if not any(results):
            break
    assert len(taken) == len(set(taken))
    assert waiting <= set(taken)
    with two_workers.sql() as sql:
        holders = sql(
            """SELECT i.id, count(e.id) FROM alarm_incident i
                 JOIN alarm_incident_entry e ON e.incident_id = i.id AND e.kind = 'taken'
                WHERE i.id = ANY(%s) GROUP BY i.id""",
            taken,
        )
    assert sorted(holders) == sorted((incident, 1) for incident in taken)


def test_a_signal_that_comes_while_its_incident_is_resolved_is_not_lost(two_workers):
    """It joins before the end and is in the log before it, or it makes an incident of its own."""
    epoch = secrets.token_hex(16)
    bridge, supervisor = two_workers.bridge_rpc(), two_workers.login("supervisor")
    for number, account in enumerate(_accounts(two_workers, "sg-1")[:10], 1):
        bridge("alarm.receiver", "ingest", _batch(epoch, number, account, "001"))
        with two_workers.sql() as sql:
            [(incident,)] = sql(
                """SELECT l.incident_id FROM alarm_incident_signal l
                     JOIN alarm_signal s ON s.id = l.signal_id WHERE s.uid = %s""",
                f"{epoch}:sg-1:{number}",
            )
        supervisor("alarm.incident", "action_take_over", [incident])
        late = 100 + number
        results = _together(
            partial(supervisor, "alarm.incident", "action_resolve", [incident], "FA", "x"),
            partial(bridge, "alarm.receiver", "ingest", _batch(epoch, late, account, "002")),
        )
        assert not [one for one in results if isinstance(one, xmlrpc.client.Fault)], results
        with two_workers.sql() as sql:
            [(holder, state)] = sql(
                """SELECT i.id, i.state FROM alarm_incident i
                     JOIN alarm_incident_signal l ON l.incident_id = i.id
                     JOIN alarm_signal s ON s.id = l.signal_id WHERE s.uid = %s""",
                f"{epoch}:sg-1:{late}",
            )
            if holder == incident:
                [(joined, ended)] = sql(
                    """SELECT max(e.at) FILTER (WHERE e.kind = 'signal'),
                              max(e.at) FILTER (WHERE e.kind = 'resolved')
                         FROM alarm_incident_entry e WHERE e.incident_id = %s""",
                    incident,
                )
                assert joined < ended, f"account {account}"
            else:
                assert state == "queued", f"account {account}"
