import base64
import json
from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image

from odoo.tests import new_test_user

from .common import WorkCase


def drawn():
    """A signature: a small picture."""
    picture = BytesIO()
    Image.new("RGB", (20, 10), "white").save(picture, "PNG")
    return base64.b64encode(picture.getvalue()).decode()


class CommissioningCase(WorkCase):
    """An order under test at premises with one panel, three zones, and a bridge to send signals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env
        cls.group = env["alarm.receiver.group"].create({"name": "Walk", "code": "WALK"})
        cls.receiver = env["alarm.receiver"].create(
            {"name": "walk-1", "receiver_group_id": cls.group.id}
        )
        env["alarm.receiver"]._rotate_bridge_key("walk-bridge", 30)
        cls.bridge = env["res.users"].search([("login", "=", "walk-bridge")])
        cls.panel = env["alarm.panel"].create(
            {
                "subscriber_id": cls.subscriber.id,
                "account": "7100",
                "receiver_group_id": cls.group.id,
            }
        )
        cls.area = env["alarm.area"].create(
            {"panel_id": cls.panel.id, "number": "1", "name": "Shop"}
        )
        cls.door, cls.hall, cls.button = env["alarm.zone"].create(
            [
                {
                    "panel_id": cls.panel.id,
                    "number": number,
                    "name": name,
                    "detector_type": detector,
                    "area_id": cls.area.id,
                }
                for number, name, detector in (
                    ("1", "Front door", "contact"),
                    ("2", "Hall", "motion"),
                    ("3", "Counter", "hold_up"),
                )
            ]
        )
        cls.approver = new_test_user(env, "c-approver", "alarm_subscriber.group_approver")
        cls.supervisor = new_test_user(env, "c-supervisor", "alarm_monitoring.group_supervisor")
        cls.numbers = iter(range(1, 10**6))

    @classmethod
    def signal(cls, zone="001", code="130", qualifier="new", **values):
        """One Contact ID signal as the bridge hands it over."""
        now = (datetime.utcnow() + timedelta(milliseconds=next(cls.numbers))).isoformat() + "Z"
        return {
            "uid": f"w1:walk-1:{next(cls.numbers)}",
            "receiver": "walk-1",
            "format": "dc09",
            "kind": "event",
            "source": "203.0.113.5:40112",
            "received_at": now,
            "journaled_at": now,
            "occurred_at": None,
            "repeat_of": None,
            "wire_receiver": "01",
            "line": "1",
            "account": "7100",
            "code_system": "cid",
            "code": code,
            "qualifier": qualifier,
            "area": "01",
            "zone": zone,
            "user": None,
            "address": zone,
            "text": None,
            "extended": None,
            "raw_hex": "3530",
            **values,
        }

    @classmethod
    def ingest(cls, *signals):
        text = json.dumps({"bridge": "walk-bridge-1", "signals": list(signals)})
        answer = cls.env["alarm.receiver"].with_user(cls.bridge).ingest(text)
        cls.env.invalidate_all()
        return answer

    @classmethod
    def under_test(cls, **values):
        """An order that the crew has just begun to test, as its technician sees it."""
        order = cls.order(**values)
        order.action_schedule()
        order = order.with_user(cls.technician)
        order.action_start()
        order.action_test()
        return order

    def line(self, order, zone):
        return order.walk_line_ids.filtered(lambda line: line.zone_id == zone)

    def walk_all(self):
        """Every zone as it should be, and a test report."""
        self.ingest(
            self.signal("001"),
            self.signal("001", qualifier="restore"),
            self.signal("002"),
            self.signal("002", qualifier="restore"),
            self.signal("003", code="122"),
        )

    def hand_over(self, order):
        """What else an acceptance asks."""
        order.training_ids.write({"done": True})
        order.action_give_codes("Mr Li")
        order.action_sign("crew", "Tina", drawn())
        order.action_sign("customer", "Mr Li", drawn())

    def accepted(self, **values):
        order = self.under_test(**values)
        self.walk_all()
        self.hand_over(order)
        order.action_accept()
        return order
