from odoo.tests import new_test_user

from odoo.addons.alarm_monitoring.tests.common import MonitoringCase

GROUP = "alarm_dispatch.group_responder"
# A picture of one pixel.
PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9Q"
    b"DwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def setup_dispatch(cls):
    """A subscriber with a position, an incident in Anna's hands, and three responders: Ralf and
    Rosa with logins near by, Rudi without one far away."""
    cls.subscriber.address_id.write({"partner_latitude": 31.0, "partner_longitude": 121.0})
    cls.ralf_user = new_test_user(cls.env, "test-ralf", f"base.group_portal,{GROUP}", name="Ralf")
    cls.rosa_user = new_test_user(cls.env, "test-rosa", f"base.group_user,{GROUP}", name="Rosa")
    cls.near = make_territory(cls, "Near", 31.01, 121.0)
    cls.far = make_territory(cls, "Far", 31.5, 121.5)
    cls.ralf = make_responder(cls, "Ralf", cls.ralf_user, cls.near)
    cls.rosa = make_responder(cls, "Rosa", cls.rosa_user, cls.near)
    cls.rudi = make_responder(cls, "Rudi", cls.env["res.users"], cls.far)
    cls.ingest(cls.signal())
    cls.incident = cls.open_incident().with_user(cls.dispatcher)
    cls.incident.action_take()


def make_territory(cls, name, latitude, longitude):
    return cls.env["alarm.territory"].create(
        {"name": f"Test {name}", "latitude": latitude, "longitude": longitude, "radius_km": 5}
    )


def make_responder(cls, name, user, territories):
    employee = cls.env["hr.employee"].create({"name": name, "mobile_phone": "100 0000 0001"})
    return cls.env["alarm.responder"].create(
        {
            "employee_id": employee.id,
            "user_id": user.id,
            "duty": "always",
            "territory_ids": [(6, 0, territories.ids)],
        }
    )


class DispatchCase(MonitoringCase):
    """Responders, and an incident that a dispatcher handles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What a demo company brings does not take part in the proposals of tests.
        cls.env["alarm.responder"].search([]).active = False
        setup_dispatch(cls)

    def dispatch(self, *responders):
        """The order of sending these responders, Ralf when none are named."""
        ids = [one.id for one in responders or (self.ralf,)]
        order = self.env["alarm.dispatch"].browse(self.incident.action_dispatch(ids, "back door"))
        return order.with_user(self.dispatcher)

    def bring(self, order, state):
        """Bring Ralf's order to a state by its verbs."""
        mine = order.with_user(self.ralf_user)
        for target, verb in (
            ("accepted", mine.action_accept),
            ("en_route", mine.action_depart),
            ("on_site", mine.action_arrive),
        ):
            if order.state != state:
                verb()
                self.assertEqual(order.state, target)
        return mine

    def report(self, order, finding="false", **values):
        """A complete report of a finding."""
        causes = {
            "false": "alarm_dispatch.cause_animal",
            "real": "alarm_dispatch.cause_burglary",
            "undecided": "alarm_dispatch.cause_other",
        }
        complete = {
            "finding": finding,
            "cause_id": self.env.ref(causes[finding]).id,
            "description": "a cat",
            "customer_state": "present",
            "responder_signature": PIXEL,
            "responder_signed_by": "Ralf",
        }
        if finding == "real":
            complete |= {
                "police_state": "notified",
                "insurer_state": "notified",
                "loss_state": "none",
            }
        order.write({**complete, **values})

    def last(self):
        self.env.invalidate_all()
        return self.incident.entry_ids.sorted("id")[-1]
