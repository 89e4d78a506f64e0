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


def unpack(packed):
    """Rows as the server sends them, with every field and the event itself."""
    empty = {
        "company_id": False,
        "user": None,
        "subscriber": None,
        "delay": 0,
        "over": False,
        "ticked": False,
        "restored": False,
        "facts": {},
    }
    return [{**empty, **row, "event": packed["events"][row["event"]]} for row in packed["rows"]]


def prepare_signal(uid, **values):
    """A signal as a bridge sends it, received hours ago: a burglary unless told."""
    return {
        "uid": uid,
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
        "account": "7001",
        "code_system": "cid",
        "code": "130",
        "qualifier": "new",
        "area": "01",
        "zone": "005",
        "user": None,
        "address": "005",
        "text": None,
        "extended": [],
        "raw_hex": "00",
        **values,
    }


def hand_over(cls, signals):
    """Let the bridge hand over signals as `prepare_signal` makes them."""
    text = json.dumps({"bridge": "board-test", "signals": signals})
    answer = cls.env["alarm.receiver"].with_user(cls.bridge).ingest(text)
    assert answer["stored"] == len(signals), answer
    # What reads it is another request, with a cache of its own.
    cls.env.invalidate_all()
    return [signal["uid"] for signal in signals]


def ingest(cls, *signals):
    """Let the bridge hand over signals: ``(account, Contact ID code, qualifier)`` each."""
    epoch = uuid.uuid4().hex
    return hand_over(
        cls,
        [
            prepare_signal(
                f"{epoch}:board-1:{sequence}", account=account, code=code, qualifier=qualifier
            )
            for sequence, (account, code, qualifier) in enumerate(signals, start=1)
        ],
    )


def tick(cls, uid, note):
    """Let somebody at the bridge's own display handle the signal of this uid."""
    said = [["uid", uid], ["by", "Emil"], ["at", "2026-11-20T08:05:00Z"]]
    return hand_over(
        cls,
        [
            prepare_signal(
                f"{uuid.uuid4().hex}:board-1:1",
                kind="handled",
                code_system="bridge",
                code="handled",
                qualifier=None,
                zone=None,
                address=None,
                text=note,
                extended=said,
            )
        ],
    )
