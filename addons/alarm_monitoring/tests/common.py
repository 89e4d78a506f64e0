import json
from datetime import datetime, timedelta

from odoo.tests import TransactionCase, new_test_user


class MonitoringCase(TransactionCase):
    """A receiver group with one receiver, active subscribers, and a bridge to send signals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, no_reset_password=True)
        )
        cls.group = cls.env["alarm.receiver.group"].create({"name": "Test", "code": "TEST"})
        cls.receiver = cls.env["alarm.receiver"].create(
            {"name": "test-1", "receiver_group_id": cls.group.id}
        )
        cls.customer = cls.env["res.partner"].create({"name": "Test Customer"})
        cls.approver = new_test_user(
            cls.env, "test-approver", groups="alarm_subscriber.group_approver"
        )
        cls.dispatcher = new_test_user(
            cls.env, "test-dispatcher", groups="alarm_monitoring.group_dispatcher", name="Anna"
        )
        cls.colleague = new_test_user(
            cls.env, "test-colleague", groups="alarm_monitoring.group_dispatcher", name="Bert"
        )
        cls.supervisor = new_test_user(
            cls.env, "test-supervisor", groups="alarm_monitoring.group_supervisor", name="Carla"
        )
        cls.env["alarm.receiver"]._rotate_bridge_key("test-bridge", 30)
        cls.bridge = cls.env["res.users"].search([("login", "=", "test-bridge")])
        cls.panel = cls.make_panel("7001")
        cls.subscriber = cls.panel.subscriber_id
        cls.zone = cls.env["alarm.zone"].create(
            {"panel_id": cls.panel.id, "number": "5", "name": "Back door"}
        )
        cls.numbers = iter(range(1, 10**6))

    @classmethod
    def make_panel(cls, account, state="active"):
        subscriber = cls.env["alarm.subscriber"].create(
            {"name": f"Site {account}", "partner_id": cls.customer.id}
        )
        panel = cls.env["alarm.panel"].create(
            {
                "subscriber_id": subscriber.id,
                "account": account,
                "receiver_group_id": cls.group.id,
            }
        )
        cls.bring_to(subscriber, state)
        return panel

    @classmethod
    def bring_to(cls, subscriber, state):
        if state == "commissioning":
            subscriber.action_commission()
        elif state != "draft":
            subscriber.action_submit()
            subscriber.with_user(cls.approver).action_approve()
            if state == "suspended":
                subscriber.action_suspend()
            elif state == "terminated":
                subscriber.action_terminate()

    @classmethod
    def signal(cls, **values):
        """One signal as the bridge sends it: a burglary in zone 5 of account 7001 unless told."""
        number = next(cls.numbers)
        now = (datetime.utcnow() - timedelta(milliseconds=5)).isoformat() + "Z"
        return {
            "uid": f"e1:test-1:{number}",
            "receiver": "test-1",
            "format": "surgard",
            "kind": "event",
            "source": "/dev/null",
            "received_at": now,
            "journaled_at": now,
            "occurred_at": None,
            "repeat_of": None,
            "wire_receiver": "01",
            "line": "1",
            "account": "7001",
            "code_system": "cid",
            "code": "130",
            "qualifier": "new",
            "area": "01",
            "zone": "005",
            "user": None,
            "address": "005",
            "text": None,
            "extended": [["V", "https://video.example.com/1"]],
            "raw_hex": "3530",
            **values,
        }

    @classmethod
    def ingest(cls, *signals):
        text = json.dumps({"bridge": "test-bridge-1", "signals": list(signals)})
        answer = cls.env["alarm.receiver"].with_user(cls.bridge).ingest(text)
        cls.env.invalidate_all()
        return answer

    @classmethod
    def stored(cls, signal):
        return cls.env["alarm.signal"].search([("uid", "=", signal["uid"])])

    @classmethod
    def open_incident(cls, key=None):
        key = key or f"subscriber:{cls.subscriber.id}"
        return cls.env["alarm.incident"].search(
            [("key", "=", key), ("state", "not in", ("resolved", "closed", "cancelled"))]
        )

    @classmethod
    def beat(cls, **values):
        status = {"bridge": "test-bridge-1", "receivers": [{"name": "test-1", "state": "online"}]}
        text = json.dumps({**status, **values})
        answer = cls.env["alarm.receiver"].with_user(cls.bridge).heartbeat(text)
        cls.env.invalidate_all()
        return answer
