"""Run in an Odoo shell by the bench ``onboard``: brings so many subscribers from a quotation to
service, every step by whoever does it, each in a transaction of its own as a click is.

Variable ONBOARD_NUMBERS: how many at a time, one batch after the other, e.g. "10 100". All of a
batch take a step before any takes the next, so all of them are under way at once. Prints one line
"batch {json}" for each: the seconds that each step took
of each subscriber, its queries, and what there is at the end.
"""

import base64
import io
import json
import os
import time
from datetime import datetime, timedelta, timezone

from PIL import Image, ImageDraw

from odoo.fields import Command
from odoo.tests.common import new_test_user

DETECTORS = 6
CABLE = 40


def as_of_a_click():
    """What the next request finds: nothing in its cache, everything committed."""
    env.cr.commit()  # noqa: F821
    env.transaction.reset()  # noqa: F821


def signature():
    """As large as one that is drawn on a phone."""
    picture, file = Image.new("RGB", (600, 200), "white"), io.BytesIO()
    ImageDraw.Draw(picture).line(
        [(20 + 14 * step, 100 + 60 * (-1) ** step) for step in range(40)], fill="black", width=3
    )
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


SIGNATURE = signature()


class Centre:
    """Who works there and what it sells."""

    def __init__(self, env):
        env = env(context=dict(env.context, no_reset_password=True))
        self.env, self.company = env, env.company
        self.seller = self._user("bench-seller", "sales_team.group_sale_salesman")
        self.planner = self._user("bench-planner", "alarm_work_order.group_planner")
        self.storekeeper = self._user("bench-storekeeper", "stock.group_stock_user")
        self.technician = self._user("bench-technician", "alarm_work_order.group_technician")
        self.approver = self._user("bench-approver", "alarm_subscriber.group_approver")
        env["alarm.receiver"]._rotate_bridge_key("bench-bridge", 30)
        self.bridge = env["res.users"].search([("login", "=", "bench-bridge")])
        self.group = env["alarm.panel"]._default_receiver_group_id()
        self.receiver = env["alarm.receiver"].create(
            {"name": "bench-1", "receiver_group_id": self.group.id}
        )
        employee = env["hr.employee"].create({"name": "Bench", "user_id": self.technician.id})
        self.crew = env["alarm.crew"].create(
            {"name": "Bench", "member_ids": [Command.set(employee.ids)]}
        )
        self.warehouse = env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.unit = self._product("Bench Panel", "serial", "panel")
        self.detector = self._product("Bench Detector", "serial", "detector")
        self.detector.alarm_detector_type = "motion"
        self.cable = self._product("Bench Cable", "none", False)
        self.fee = env["product.product"].create(
            {"name": "Bench Fee", "type": "service", "alarm_recurrence": "monthly"}
        )
        self.signals = 0

    def _user(self, login, group):
        return new_test_user(self.env, login, group)

    def _product(self, name, tracking, kind):
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "tracking": tracking,
                "alarm_device_kind": kind,
                "list_price": 100,
                "standard_price": 60,
            }
        )

    def stock_up(self, number):
        """What so many subscribers need is on the shelf."""
        shelf = self.warehouse.lot_stock_id
        Quant = self.env["stock.quant"]
        for product, quantity in ((self.unit, number), (self.detector, number * DETECTORS)):
            lots = self.env["stock.lot"].create(
                [
                    {"name": f"{product.id}-{number}-{index}", "product_id": product.id}
                    for index in range(quantity)
                ]
            )
            Quant.with_context(inventory_mode=True).create(
                [
                    {
                        "product_id": product.id,
                        "location_id": shelf.id,
                        "lot_id": lot.id,
                        "inventory_quantity": 1,
                    }
                    for lot in lots
                ]
            ).action_apply_inventory()
        Quant._update_available_quantity(self.cable, shelf, number * CABLE)

    def quotation(self, name):
        """Lead, survey and quotation of one premises."""
        env = self.env(user=self.seller)
        lead = env["crm.lead"].create(
            {
                "name": name,
                "type": "opportunity",
                "partner_name": name,
                "contact_name": f"{name} Owner",
                "site_name": name,
                "street": f"{name} Street",
                "city": "Bench",
            }
        )
        rows = (
            (self.unit, 1, "leased"),
            (self.detector, DETECTORS, "sold"),
            (self.cable, CABLE, "sold"),
        )
        survey = env["alarm.survey"].create(
            {
                "lead_id": lead.id,
                "fee_ids": [Command.set(self.fee.ids)],
                "line_ids": [
                    Command.create(
                        {
                            "room": "Shop",
                            "product_id": product.id,
                            "quantity": quantity,
                            "ownership": ownership,
                        }
                    )
                    for product, quantity, ownership in rows
                ],
            }
        )
        return survey.action_quotation()["res_id"]

    def signal(self, account, zone, qualifier):
        self.signals += 1
        now = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
        return {
            "uid": f"bench:bench-1:{self.signals}", "receiver": "bench-1", "format": "dc09",
            "kind": "event", "source": "192.0.2.1:40000", "received_at": now, "journaled_at": now,
            "occurred_at": None, "repeat_of": None, "wire_receiver": "01", "line": "1",
            "account": account, "code_system": "cid", "code": "130", "qualifier": qualifier,
            "area": "01", "zone": zone, "user": None, "address": zone, "text": None,
            "extended": None, "raw_hex": "3530",
        }  # fmt: skip


class Steps:
    """One method for each step, in the order in which a subscriber takes them."""

    def __init__(self, centre):
        self.centre = centre
        self.start = datetime(2030, 1, 7, 0, 0)

    def _work(self, order_id, user):
        orders = self.centre.env(user=user)["alarm.work.order"]
        return orders.search([("origin", "=", self._order(order_id).name)])

    def _order(self, order_id):
        return self.centre.env["sale.order"].browse(order_id)

    def confirm(self, order_id):
        self._order(order_id).with_user(self.centre.seller).action_confirm()

    def schedule(self, order_id):
        work = self._work(order_id, self.centre.planner)
        self.start += timedelta(hours=4)
        work.write(
            {
                "crew_id": self.centre.crew.id,
                "planned_start": self.start,
                "planned_end": self.start + timedelta(hours=4),
            }
        )
        work.action_schedule()

    def issue(self, order_id):
        pickings = self.centre.env["stock.picking"].search(
            [("sale_id", "=", order_id), ("state", "not in", ("done", "cancel"))]
        )
        pickings = pickings.with_user(self.centre.storekeeper)
        pickings.action_assign()
        pickings.move_ids.picked = True
        for picking in pickings:
            picking.with_context(skip_backorder=True).button_validate()

    def install(self, order_id):
        work = self._work(order_id, self.centre.technician)
        work.action_start()
        # The serial numbers are what the technician reads on the pieces.
        pieces = work.with_env(self.centre.env).material_ids
        work.action_report_material(
            [
                {"id": row.id, "quantity": row.quantity, "serials": row.lot_ids.mapped("name")}
                for row in pieces
            ]
        )
        for line in work.checklist_ids:
            line.write({"checked": True, "value": "1"})
        work.action_test()

    def walk(self, order_id):
        """Each zone once: alarm and restore, as the bridge hands them over."""
        panel = self._order(order_id).subscriber_id.panel_ids
        account, zones = panel.account, panel.zone_ids.mapped("number")
        Receiver = self.centre.env["alarm.receiver"].with_user(self.centre.bridge)
        as_of_a_click()
        for zone in zones:
            number = zone.zfill(3)
            batch = [self.centre.signal(account, number, way) for way in ("new", "restore")]
            answer = Receiver.ingest(json.dumps({"bridge": "bench", "signals": batch}))
            assert answer["stored"] == len(batch), answer
            as_of_a_click()

    def hand_over(self, order_id):
        work = self._work(order_id, self.centre.technician)
        work.training_ids.write({"done": True})
        work.action_give_codes("Owner")
        work.action_sign("crew", "Bench", SIGNATURE)
        work.action_sign("customer", "Owner", SIGNATURE)
        work.action_accept()

    def approve(self, order_id):
        subscriber = self._order(order_id).subscriber_id
        subscriber.with_user(self.centre.approver).action_approve()


STEPS = ("confirm", "schedule", "issue", "install", "walk", "hand_over", "approve")


def bring_into_service(centre, name, number):
    centre.stock_up(number)
    order_ids = []
    for index in range(number):
        order_ids.append(centre.quotation(f"{name} {index}"))
        as_of_a_click()
    steps, seconds, queries = Steps(centre), {}, {}
    cursor = centre.env.cr
    for step in STEPS:
        before, seconds[step] = cursor.sql_log_count, []
        for order_id in order_ids:
            began = time.perf_counter()
            getattr(steps, step)(order_id)
            as_of_a_click()
            seconds[step].append(time.perf_counter() - began)
        queries[step] = cursor.sql_log_count - before
    found = {"number": number, "seconds": seconds, "queries": queries}
    return found | outcome(centre, order_ids)


def outcome(centre, order_ids):
    orders = centre.env["sale.order"].browse(order_ids)
    deliveries = centre.env["stock.picking"].search([("sale_id", "in", order_ids)])
    return {
        "active": len(orders.subscriber_id.filtered(lambda one: one.state == "active")),
        "done": len(orders.work_order_ids.filtered(lambda work: work.state == "done")),
        "devices": len(orders.subscriber_id.device_ids),
        "delivered": sum(deliveries.move_ids.filtered(
            lambda move: move.state == "done").mapped("quantity")),
        "under_warranty": len(orders.subscriber_id.device_ids.filtered("warranty_end")),
    }  # fmt: skip


def main():
    centre = Centre(env)  # noqa: F821
    as_of_a_click()
    for place, number in enumerate(map(int, os.environ["ONBOARD_NUMBERS"].split())):
        found = bring_into_service(centre, f"Bench {place}", number)
        print("batch", json.dumps(found), flush=True)


main()
