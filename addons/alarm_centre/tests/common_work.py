from datetime import datetime, timedelta

from odoo.tests import new_test_user

from odoo.addons.alarm_dispatch.tests.common import PIXEL


def tell_equipment(cls):
    """A camera that the customer brought."""
    cls.device = cls.env["alarm.device"].create(
        {
            "name": "Camera",
            "kind": "camera",
            "ownership": "foreign",
            "subscriber_id": cls.subscriber.id,
        }
    )


def tell_work(cls):
    """A crew puts a system into operation: planned, begun, photographed, and half tested."""
    env, company = cls.env, cls.subscriber.company_id
    technician = new_test_user(env, "t-tina", "alarm_work_order.group_technician", name="Tina")
    env["alarm.checklist.template"].search([]).active = False
    env["alarm.checklist.template"].create(
        {
            "name": "Ours",
            "company_id": company.id,
            "kind": "installation",
            "line_ids": [(0, 0, {"name": "Is the door shut?"})],
        }
    )
    env["alarm.training.topic"].create(
        {"name": "Ours", "company_id": company.id, "kind": "installation"}
    )
    site = cls.make_panel("7099", state="draft")
    env["alarm.zone"].create({"panel_id": site.id, "number": "1", "name": "Front door"})
    crew = env["alarm.crew"].create(
        {
            "name": "Ours",
            "company_id": company.id,
            "member_ids": [(0, 0, {"name": "Tina", "user_id": technician.id})],
        }
    )
    cable = env["product.product"].create({"name": "Cable", "type": "consu"})
    cls.work_order = env["alarm.work.order"].create(
        {
            "kind": "installation",
            "subscriber_id": site.subscriber_id.id,
            "crew_id": crew.id,
            "planned_start": datetime.utcnow(),
            "planned_end": datetime.utcnow() + timedelta(hours=2),
            "material_ids": [(0, 0, {"product_id": cable.id})],
        }
    )
    cls.work_order.action_schedule()
    cls.work_order.checklist_ids.checked = True
    mine = cls.work_order.with_user(technician)
    mine.action_start()
    cls.work_photo = mine.env["alarm.work.order.photo"].create(
        {"work_order_id": mine.id, "moment": "before", "image": PIXEL}
    )
    mine.env["alarm.work.order.charge"].create(
        {"work_order_id": mine.id, "product_id": cable.id, "quantity": 20}
    )
    row = mine.material_ids
    mine.work_send(
        [
            {
                "key": "told-by-a-phone",
                "order": mine.id,
                "verb": "material",
                "values": {"id": row.id, "quantity": 0},
            }
        ]
    )
    mine.action_test()
    # One zone that is known, one that is not.
    cls.ingest(
        cls.signal(account="7099", zone="1", address="1"),
        cls.signal(account="7099", zone="88", address="88"),
    )
    cls.beat()
    env.invalidate_all()


def tell_sale(cls):
    """A lead that was called on, surveyed and quoted."""
    env, company = cls.env, cls.subscriber.company_id
    cls.lead = env["crm.lead"].create(
        {
            "name": "Bakery",
            "type": "opportunity",
            "partner_name": "Bakery Ltd.",
            "street": "3 Mill Lane",
            "company_id": company.id,
        }
    )
    env["alarm.visit"].create({"lead_id": cls.lead.id, "note": "Wants a quotation"})
    detector = env["product.product"].create(
        {
            "name": "Detector",
            "type": "consu",
            "alarm_device_kind": "detector",
            "alarm_detector_type": "motion",
        }
    )
    cls.survey = env["alarm.survey"].create(
        {
            "lead_id": cls.lead.id,
            "line_ids": [(0, 0, {"room": "Shop", "product_id": detector.id})],
            "plan_ids": [(0, 0, {"name": "Shop", "image": PIXEL})],
        }
    )
    cls.survey.action_quotation()
