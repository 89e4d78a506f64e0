import json
import uuid

from odoo.tests import new_test_user


def setup_board(cls):
    """Give a test class a receiver, a subscriber with a panel, and the people around a board."""
    cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True, no_reset_password=True))
    cls.company = cls.env.company
    cls.dispatcher = new_test_user(
        cls.env, "board_dispatcher", groups="alarm_monitoring.group_dispatcher"
    )
    cls.colleague = new_test_user(
        cls.env, "board_colleague", groups="alarm_monitoring.group_dispatcher"
    )
    cls.reader = new_test_user(cls.env, "board_reader", groups="alarm_subscriber.group_reader")
    cls.bridge = new_test_user(cls.env, "board_bridge", groups="alarm_monitoring.group_bridge")
    cls.group = cls.env["alarm.receiver.group"].create({"name": "Test", "code": "board_test"})
    cls.receiver = cls.env["alarm.receiver"].create(
        {"name": "board-1", "receiver_group_id": cls.group.id}
    )
    cls.customer = cls.env["res.partner"].create(
        {"name": "Test Customer", "company_id": cls.company.id}
    )
    cls.subscriber = make_subscriber(cls, "Test Shop", "7001")


def make_subscriber(cls, name, account):
    """An active subscriber with one panel, one zone (005) and one person to call."""
    subscriber = cls.env["alarm.subscriber"].create(
        {
            "name": name,
            "partner_id": cls.customer.id,
            "street": "Harbour Road 4",
            "city": "Testville",
            "note": "<p>Dog in the <b>yard</b></p>",
        }
    )
    panel = cls.env["alarm.panel"].create(
        {
            "subscriber_id": subscriber.id,
            "account": account,
            "receiver_group_id": cls.group.id,
        }
    )
    cls.env["alarm.zone"].create(
        {
            "panel_id": panel.id,
            "number": "005",
            "name": "Back door",
            "detector_type": "contact",
            "position": "Ground floor",
        }
    )
    cls.env["alarm.contact"].create(
        {
            "subscriber_id": subscriber.id,
            "partner_id": cls.env["res.partner"]
            .create({"name": "Test Keyholder", "phone": "555 0100"})
            .id,
            "role": "keyholder",
        }
    )
    subscriber.with_user(cls.env.ref("base.user_admin")).action_submit()
    subscriber.sudo().action_approve()
    return subscriber


def ingest(cls, *signals):
    """Let the bridge hand over signals: ``(account, Contact ID code, qualifier)`` each."""
    epoch = uuid.uuid4().hex
    batch = {
        "bridge": "board-test",
        "signals": [
            {
                "uid": f"{epoch}:board-1:{sequence}",
                "receiver": "board-1",
                "format": "surgard",
                "kind": "event",
                "source": "test",
                "received_at": "2026-11-20T08:00:00.000000Z",
                "journaled_at": "2026-11-20T08:00:00.000000Z",
                "occurred_at": None,
                "repeat_of": None,
                "wire_receiver": "01",
                "line": "1",
                "account": account,
                "code_system": "cid",
                "code": code,
                "qualifier": qualifier,
                "area": "01",
                "zone": "005",
                "user": None,
                "address": "005",
                "text": None,
                "extended": [],
                "raw_hex": "00",
            }
            for sequence, (account, code, qualifier) in enumerate(signals, start=1)
        ],
    }
    answer = cls.env["alarm.receiver"].with_user(cls.bridge).ingest(json.dumps(batch))
    assert answer["stored"] == len(signals), answer
    # What reads it is another request, with a cache of its own.
    cls.env.invalidate_all()
    return [signal["uid"] for signal in batch["signals"]]
