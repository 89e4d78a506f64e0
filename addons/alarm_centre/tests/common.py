import base64
from io import BytesIO

from PIL import Image

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.alarm_dispatch.tests.common import PIXEL, DispatchCase

from .common_contract import tell_contracts
from .common_work import tell_equipment, tell_sale, tell_work

# Models whose records belong to no company: lists that all share, and the machinery.
SHARED = {
    "alarm.bridge.condition",
    "alarm.bridge.status",
    "alarm.dispatch.cause",
    "alarm.duty",
    "alarm.duty.job",
    "alarm.event.code",
    "alarm.evidence.check",
    "alarm.evidence.head",
    "alarm.person.key",
    "alarm.resolution",
    "alarm.responder.skill",
    "alarm.signal.follow",
    "alarm.signal.named",
    "alarm.signal.range",
    "alarm.signal.stream",
    "alarm.system.type",
}

# Models of others that the suite gives verbs to.
EXTENDED = ("contract.contract", "contract.line")

# Of these the story below leaves no record: they are emptied again at once, or written by a job.
NOT_TOLD = {
    "alarm.signal.archive",
    "alarm.signal.day.change",
    "alarm.signal.pending",
    "alarm.signal.removal",
    "alarm.watch.request",
}


def picture():
    stream = BytesIO()
    Image.new("RGB", (4, 4), "white").save(stream, "PNG")
    return base64.b64encode(stream.getvalue())


class KnownBefore(TransactionCase):
    """Notes what is there before any test has made something."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls.all_ids()

    @classmethod
    def all_ids(cls):
        """Model -> set of ids, of all models of the suite that have records."""
        return {
            name: set(cls.env[name].with_context(active_test=False).search([("id", "!=", 0)]).ids)
            for name in cls.env.registry
            if (name.startswith("alarm.") or name in EXTENDED) and not cls.env[name]._abstract
        }


class CentreCase(DispatchCase, KnownBefore):
    """One company with a record of nearly everything the suite knows, and somebody with every right
    in another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other Centre"})
        cls.stranger = new_test_user(
            cls.env,
            "t-stranger",
            "alarm_centre.group_manager",
            company_id=cls.other_company.id,
            company_ids=[(6, 0, cls.other_company.ids)],
        )
        cls.manager = new_test_user(cls.env, "t-manager", "alarm_centre.group_manager")
        cls.tell_register()
        cls.tell_monitoring()
        cls.tell_dispatch()
        tell_equipment(cls)
        tell_work(cls)
        tell_sale(cls)
        tell_contracts(cls)
        cls.env.flush_all()
        cls.env.invalidate_all()
        cls.story = {name: sorted(ids - cls.known[name]) for name, ids in cls.all_ids().items()}

    @classmethod
    def tell_register(cls):
        env, subscriber, company = cls.env, cls.subscriber, cls.subscriber.company_id
        part = {"panel_id": cls.panel.id, "number": "9", "name": "Part"}
        cls.area = env["alarm.area"].create(part)
        env["alarm.panel.user"].create(part)
        keyholder = env["res.partner"].create(
            {"name": "Keyholder", "phone": "555 0100", "company_id": company.id}
        )
        cls.contact = env["alarm.contact"].create(
            {"subscriber_id": subscriber.id, "partner_id": keyholder.id, "passcode": "bluebell"}
        )
        env["alarm.contact.availability"].create(
            {
                "contact_id": cls.contact.id,
                "kind": "absence",
                "first_day": "2030-01-01",
            }
        )
        env["alarm.subscriber.note"].create({"subscriber_id": subscriber.id, "text": "A dog"})
        cls.site_plan = env["alarm.site.plan"].create(
            {"subscriber_id": subscriber.id, "name": "Ground floor", "image": picture()}
        )
        cls.document = env["ir.attachment"].create(
            {
                "name": "letter.txt",
                "raw": b"Dear Sir",
                "res_model": subscriber._name,
                "res_id": subscriber.id,
            }
        )
        schedule = env["alarm.schedule"].create(
            {
                "subscriber_id": subscriber.id,
                "line_ids": [
                    (0, 0, {"days": "daily", "kind": "may_open", "hour_from": 8, "hour_to": 18})
                ],
            }
        )
        env["alarm.schedule.change"].create(
            {
                "schedule_id": schedule.id,
                "reason": "Works",
                "authorised_by": "Kim",
                "line_ids": [(0, 0, {"kind": "may_open", "hour_from": 9, "hour_to": 10})],
            }
        )
        env["alarm.holiday"].create(
            {
                "name": "Ours",
                "company_id": company.id,
                "subscriber_ids": [(4, subscriber.id)],
                "day_ids": [(0, 0, {"name": "Day", "date_from": "2030-01-01"})],
            }
        )
        env["alarm.service.level"].create({"name": "Ours", "company_id": company.id})
        env["alarm.subscriber.category"].create({"name": "Ours", "company_id": company.id})
        env["alarm.panel.type"].create(
            {
                "name": "Ours",
                "company_id": company.id,
                "area_ids": [(0, 0, {"number": "1", "name": "House"})],
                "zone_ids": [(0, 0, {"number": "1", "name": "Door"})],
            }
        )
        cls.schedule = schedule
        env["alarm.change.request"].create(
            {
                "subscriber_id": subscriber.id,
                "reason": "Moved",
                "line_ids": [(0, 0, {"field": "alarm.subscriber:name", "new_text": "New"})],
            }
        )
        env["alarm.register.import"].create(
            {"name": "no workbook", "file": base64.b64encode(b"no workbook")}
        )

    @classmethod
    def tell_monitoring(cls):
        env, company = cls.env, cls.subscriber.company_id
        cls.group.company_id = company
        cls.beat()
        plan = env["alarm.response.plan"].create(
            {
                "name": "Ours",
                "company_id": company.id,
                "step_ids": [(0, 0, {"kind": "note", "name": "Write"})],
                "scope_ids": [(0, 0, {"zone_id": cls.zone.id})],
            }
        )
        env["alarm.response.branch"].create(
            {
                "step_id": plan.step_ids.id,
                "outcome": "done",
                "resolution_id": env.ref("alarm_monitoring.resolution_fa").id,
            }
        )
        env["alarm.event.target"].search([("company_id", "!=", False)]).unlink()
        env["alarm.event.target"].create({"event_class": "fire", "company_id": company.id})
        env["alarm.event.rule"].create(cls.prepare_rule())
        env["alarm.legal.hold"].create({"subscriber_id": cls.subscriber.id, "reason": "The court"})
        env["alarm.note.template"].create({"text": "Told the guard", "company_id": company.id})
        env["alarm.storm"].with_user(cls.supervisor).action_begin("Thunder", company.id)
        shifts = env["alarm.shift"].with_user(cls.dispatcher)
        shifts.action_start()
        shifts.action_end("All is calm", ("incidents", "last"))
        env["alarm.shift"].search([("user_id", "=", cls.dispatcher.id)]).with_user(
            cls.supervisor
        ).action_read()
        env["alarm.schedule.deviation"].create(
            {
                "subscriber_id": cls.subscriber.id,
                "company_id": company.id,
                "schedule_id": cls.schedule.id,
                "action": "close",
                "judgement": "early",
                "at": "2026-01-01 20:00:00",
                "signal_key": 1,
            }
        )
        cls.ingest(
            cls.signal(code="401", qualifier="new", zone=None, user="001", address="001"),
            cls.signal(code="130"),
        )
        cls.beat()
        incident = cls.incident.with_user(cls.dispatcher)
        incident.action_log_call(phone="555 0199", outcome="busy")
        incident.action_notify("police", "told")
        cls.contact.with_user(cls.dispatcher).action_verify_passcode("wrong")
        cls.subscriber.with_user(cls.dispatcher).action_begin_test(
            5,
            "walk test",
            {
                "authorised_name": "Kim",
                "scope": "area",
                "area_id": cls.area.id,
                "contact_id": cls.contact.id,
                "word": "bluebell",
            },
        )

    @classmethod
    def prepare_rule(cls):
        return {
            "kind": "handling",
            "scope": "subscriber",
            "subscriber_id": cls.subscriber.id,
            "event_class": "burglary",
        }

    @classmethod
    def tell_dispatch(cls):
        company = cls.subscriber.company_id
        cls.env["alarm.dispatch.policy"].create({"name": "Ours", "company_id": company.id})
        incident = cls.incident.with_user(cls.dispatcher)
        cls.order = cls.env["alarm.dispatch"].browse(incident.action_dispatch([cls.ralf.id]))
        mine = cls.order.with_user(cls.ralf_user)
        mine.action_accept()
        mine.action_depart()
        mine.action_arrive()
        cls.photo = mine.env["alarm.dispatch.photo"].create(
            {"dispatch_id": mine.id, "image": PIXEL}
        )
        mine.env["alarm.dispatch.loss"].create({"dispatch_id": mine.id, "name": "Till"})

    @classmethod
    def told(cls, name):
        """The company's records of a model, as superuser."""
        return cls.env[name].browse(cls.story[name])

    def models_of_companies(self):
        """Names of the models whose records belong to a company."""
        return [
            name
            for name in sorted(self.env.registry)
            if name.startswith("alarm.")
            and not self.env[name]._abstract
            and not self.env[name]._transient
            and name not in SHARED
        ]
