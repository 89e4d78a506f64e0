"""The promise of the way from a lead to a customer who is monitored and pays: every fact is entered
once.

Eight people go it, each at a screen of their own: a salesperson, the customer, a planner, a
storekeeper, a technician with a telephone, an approver; a dispatcher sees the first alarm, and a
clerk charges the contract that the signature made. The ledger has every value that one of them
entered; it is kept with the logs, as `lead_to_live.txt`.
"""

import os
import pathlib
import re
from datetime import datetime, timedelta, timezone

from receiver_bridge.codecs.base import Event
from tests.browser import log_in, new_context, new_phone, open_board, seek
from tests.e2e import paid
from tests.e2e.typist import Ledger, Typist, draw_signature
from tests.e2e.wire import dc09
from tests.stack import tcp_exchange, wait_for

CUSTOMER, SITE, STREET = "Lin Demo", "Moonlight Bakery (demo)", "27 Canal Street"
ACCOUNT = "6127"
# Zone -> Contact ID code of what its detector reports, in the order of the survey's rows.
ZONES = {"001": "130", "002": "120", "003": "110"}
EQUIPMENT = ("DEMO-IP64", "DEMO-GB", "DEMO-HU", "DEMO-SD", "DEMO-SR", "DEMO-DVR")


class Journey:
    """What the steps share: the parts that run, the ledger, what one leaves to the next."""

    def __init__(self, odoo, bridge, session, ledger):
        self.odoo, self.bridge, self._session, self.ledger = odoo, bridge, session, ledger
        self._frame = 0

    def at_desk(self, login, opener=log_in):
        """Somebody of the centre, logged in."""
        return self.typist(self._session(opener, login), login)

    def typist(self, page, login):
        return Typist(page, login, self.ledger, self.odoo.url)

    def sql(self, statement, *values):
        with self.odoo.sql() as run:
            return run(statement, *values)

    def one(self, statement, *values):
        ((value,),) = self.sql(statement, *values)
        return value

    def send(self, zone, code, qualifier="new"):
        """What the panel says, as a frame to the bridge's door."""
        self._frame += 1
        event = Event("cid", code, qualifier=qualifier, area="01", zone=zone, address=zone)
        reply = tcp_exchange(self.bridge.tcp_port, dc09(ACCOUNT, event, self._frame))
        assert b'"ACK"' in reply


def find(journey):
    """A salesperson notes the lead."""
    sales = journey.at_desk("sales1")
    sales.open("odoo/crm/new", "lead")
    sales.page.locator(".o_form_view").wait_for()
    sales.type("name", "Bakery at the canal")
    sales.make("partner_id", CUSTOMER)
    sales.type("email_from", "lin@demo.example.com")
    sales.type("phone", "555 0100 6127")
    sales.turn_to("Premises")
    sales.type("site_name", SITE, sales.TAB)
    sales.choose("category_id", "Shop", sales.TAB)
    sales.type("street", STREET, sales.TAB)
    sales.type("city", "Demo Town", sales.TAB)
    sales.select("alarm_classification", "Requirement", sales.TAB)
    sales.select("alarm_channel", "Visit", sales.TAB)
    return sales


def survey(sales):
    """Rooms, risks, and what is to be installed against them."""
    sales.press("action_alarm_survey")
    sales.screen = "survey"
    sales.field("line_ids").wait_for()
    sales.shows("partner_id", CUSTOMER)
    sales.shows("address", STREET)
    sales.choose("receiver_group_id", "Demo IP")
    sales.type("account", ACCOUNT)
    for room, risk, product, where in (
        ("Office", "", "DEMO-IP64", "above the cellar door"),
        ("Shop window", "Intrusion", "DEMO-GB", "left pane"),
        ("Till", "Hold-up", "DEMO-HU", "under the drawer"),
        ("Flour store", "Fire", "DEMO-SD", "middle of the ceiling"),
        ("Back yard", "", "DEMO-SR", "north wall"),
    ):
        sales.add_row("line_ids")
        sales.type("room", room, sales.ROW)
        if risk:
            sales.select("risk", risk, sales.ROW)
        sales.choose("product_id", product, sales.ROW)
        sales.type("note", where, sales.ROW)
    sales.add_row("line_ids")
    sales.choose("product_id", "DEMO-DVR", sales.ROW)
    sales.select("ownership", "Leased", sales.ROW)
    sales.add_row("line_ids")
    sales.choose("product_id", "DEMO-WORK", sales.ROW)
    sales.type("quantity", "5.5", sales.ROW)


def quote(sales):
    """The quotation is made of the survey, and mailed."""
    sales.press("action_quotation")
    sales.screen = "quotation"
    lines = sales.field("order_line")
    lines.wait_for()
    for product in EQUIPMENT:
        lines.get_by_text(product).wait_for()
    sales.page.locator("button", has_text="Send").first.click()
    # Printing the quotation takes a browser of the server's own.
    sales.page.locator(sales.DIALOG).wait_for(timeout=90_000)
    sales.press("action_send_mail", sales.DIALOG)
    sales.page.locator(".o_arrow_button_current", has_text="Quotation Sent").wait_for()


def sign(journey, chromium):
    """The customer signs on the portal, by the link of the mail."""
    order, token = journey.sql("SELECT id, access_token FROM sale_order ORDER BY id DESC LIMIT 1")[
        0
    ]
    context = new_context(chromium)
    try:
        page = context.new_page()
        page.goto(f"{journey.odoo.url}/my/orders/{order}?access_token={token}")
        page.locator("a[data-bs-target='#modalaccept']:visible").first.click()
        name = page.locator("#modalaccept input[type=text]:visible").first
        name.wait_for()
        # Who that is, is known.
        assert name.input_value() == CUSTOMER
        page.locator("#modalaccept button", has_text="Accept & Sign").click()
        page.wait_for_url("**message=sign_ok**", timeout=90_000)
    finally:
        context.close()
    journey.order, journey.token = order, token
    journey.subscriber = journey.one("SELECT subscriber_id FROM sale_order WHERE id = %s", order)
    journey.work = journey.one("SELECT id FROM alarm_work_order WHERE sale_order_id = %s", order)


def plan(journey):
    """A planner says who goes when; where, and with what, is known."""
    planner = journey.at_desk("planner")
    planner.open(f"odoo/work-orders/{journey.work}", "work order")
    planner.shows("subscriber_id", SITE)
    planner.shows("partner_id", CUSTOMER)
    now = datetime.now(timezone.utc) + timedelta(hours=8)  # as the clock in Shanghai says
    planner.choose("crew_id", "演示施工一组")
    planner.type("planned_start", now.strftime("%Y-%m-%d %H:%M:%S"))
    planner.type("planned_end", (now + timedelta(hours=3)).strftime("%Y-%m-%d %H:%M:%S"))
    planner.press("action_schedule")
    planner.page.locator("button[name='action_start']:visible").wait_for()


def issue(journey):
    """A storekeeper issues what is reserved; of one piece he takes another than was proposed."""
    keeper = journey.at_desk("storekeeper")
    journey.serial = journey.one(
        """SELECT max(lot.name) FROM stock_quant quant
             JOIN stock_lot lot ON lot.id = quant.lot_id
             JOIN stock_location place ON place.id = quant.location_id AND place.usage = 'internal'
            WHERE quant.quantity = 1 AND quant.reserved_quantity = 0
              AND lot.name LIKE 'DEMO-IP64-%%'"""
    )
    pickings = journey.sql(
        "SELECT id FROM stock_picking WHERE work_order_id = %s ORDER BY id", journey.work
    )
    for number, (picking,) in enumerate(pickings):
        keeper.open(f"odoo/action-stock.action_picking_tree_all/{picking}", "delivery")
        keeper.shows("partner_id", SITE)
        if not number:
            keeper.press("action_detailed_operations")
            row = keeper.page.locator("tr.o_data_row", has_text="DEMO-IP64")
            row.locator("td[name=quant_id]").click()
            keeper.choose("quant_id", journey.serial, keeper.ROW)
            keeper.page.locator(".o_list_button_save:visible").first.click()
            keeper.page.locator(keeper.ROW).wait_for(state="detached")
            keeper.page.go_back()
        keeper.press("button_validate")
        keeper.page.locator("button[name='button_validate']").wait_for(state="detached")


def install(journey, phone):
    """The technician works through the order on the telephone."""
    page = phone.page
    phone.open("odoo/work", "phone")
    page.locator(f"[data-order-id='{journey.work}']").click()
    page.locator("[data-section='site']").get_by_text(STREET).wait_for()
    page.locator("[data-verb='start']").click()
    page.locator("[data-verb='test']").wait_for()
    checklist = page.locator("[data-section='checklist']")
    for box in checklist.locator("input[type=checkbox]").all():
        box.check()
    for field, value in zip(
        checklist.locator(".o_work_measure input").all(), ("229", "12.9"), strict=True
    ):
        phone.fill(field, "measured", value)
        field.press("Tab")
    for row in page.locator("[data-material-id]").all():
        # What was issued is there to be tapped.
        row.locator(".o_work_serial").click()
        row.locator("[data-action='report']").click()
        row.locator(".badge").wait_for()
    page.locator(".o_work_missing").wait_for(state="detached")
    page.locator("[data-verb='test']").click()
    page.locator(".o_walk_line[data-state='pending']").nth(len(ZONES) - 1).wait_for()


def walk(journey, phone):
    """Every detector is tried; what the bridge hears ticks it off by itself, on the telephone."""
    page = phone.page
    for zone, code in ZONES.items():
        line = page.locator(".o_walk_line").filter(
            has=page.locator(".o_walk_number", has_text=re.compile(f"^{zone.lstrip('0')}$"))
        )
        journey.send(zone, code)
        line.locator(".o_walk_times", has_text=":").wait_for()
        journey.send(zone, code, "restore")
        if code != "120":
            # A hold-up button reports no restore.
            line.and_(page.locator("[data-state='restored']")).wait_for()
    # A zone that nobody planned.
    journey.send("009", "130")
    finding = page.locator(".o_walk_finding")
    finding.wait_for()
    phone.fill(finding.locator("input[name=remark]"), "remark", "a wire too many, taken off")
    finding.locator("form button").click()
    finding.wait_for(state="detached")


def hand_over(journey, phone):
    """Users trained, codes given, both parties sign; who they are is known."""
    page = phone.page
    section = page.locator("[data-section='handover']")
    for topic in section.locator("[data-topic-id] input").all():
        topic.check()
    assert section.locator("input[name=codes]").input_value() == CUSTOMER
    section.locator("form button").first.click()
    section.locator("[data-codes='given']").wait_for()
    for who, name in (("crew", "演示技术员一"), ("customer", CUSTOMER)):
        party = section.locator(f"[data-party='{who}']")
        party.locator("[data-sign='open']").click()
        assert party.locator("input[name=signer]").input_value() == name
        draw_signature(page, party.locator("canvas"))
        party.locator("[data-sign='done']").click()
        party.locator(".text-success", has_text=name).wait_for()
    page.locator(".o_work_missing").wait_for(state="detached")
    page.locator("[data-verb='accept']").click()
    wait_for("the acceptance", lambda: _state(journey) == ("accepted", "submitted"))


def approve(journey):
    """Somebody else puts it into service."""
    approver = journey.at_desk("approver")
    approver.open(
        f"odoo/action-alarm_subscriber.alarm_subscriber_action/{journey.subscriber}", "subscriber"
    )
    approver.press("action_approve")
    wait_for("the approval", lambda: _state(journey) == ("done", "active"))


def _state(journey):
    return journey.sql(
        """SELECT work.state, site.state FROM alarm_work_order work
             JOIN alarm_subscriber site ON site.id = work.subscriber_id WHERE work.id = %s""",
        journey.work,
    )[0]


def alarm(journey):
    """The first alarm is on the board, with all that was entered on the way."""
    dispatcher = journey.at_desk("dispatcher2", open_board)
    journey.send("001", "130")
    seek(dispatcher.page, ACCOUNT)
    row = dispatcher.page.locator(".o_alarm_row, [data-incident-id]").filter(has_text=SITE)
    row.first.wait_for()
    said = row.first.inner_text()
    for fact in (STREET, ACCOUNT, "Shop window"):
        assert fact in said, said


def check_books(journey):
    """One delivery of each piece, no invoice for what comes back every month, cards and ledgers."""
    delivered = journey.sql(
        """SELECT template.default_code, sum(move.quantity), count(*) FROM stock_move move
             JOIN stock_picking picking ON picking.id = move.picking_id
             JOIN product_product product ON product.id = move.product_id
             JOIN product_template template ON template.id = product.product_tmpl_id
            WHERE picking.work_order_id = %s AND move.state = 'done' GROUP BY 1""",
        journey.work,
    )
    assert sorted(delivered) == sorted((product, 1, 1) for product in EQUIPMENT)
    assert not journey.sql(
        """SELECT move.id FROM stock_move move JOIN sale_order_line line
               ON line.id = move.sale_line_id AND line.order_id = %s
             JOIN stock_picking picking ON picking.id = move.picking_id
            WHERE picking.work_order_id IS DISTINCT FROM %s""",
        journey.order,
        journey.work,
    )
    fees = journey.sql(
        """SELECT qty_to_invoice, qty_invoiced FROM sale_order_line
            WHERE order_id = %s AND alarm_recurrence IS NOT NULL""",
        journey.order,
    )
    assert fees and all(not to_do and not done for to_do, done in fees)
    cards = journey.sql(
        "SELECT kind, ownership, serial FROM alarm_device WHERE subscriber_id = %s AND active",
        journey.subscriber,
    )
    assert len(cards) == len(EQUIPMENT)
    assert ("panel", "sold", journey.serial) in cards
    assert [kind for kind, ownership, _serial in cards if ownership == "leased"] == ["recorder"]
    accepted, approved = journey.sql(
        """SELECT work.accepted_by_id, site.approved_by_id FROM alarm_work_order work
             JOIN alarm_subscriber site ON site.id = work.subscriber_id WHERE work.id = %s""",
        journey.work,
    )[0]
    assert accepted != approved
    assert journey.one("SELECT alarm_stage FROM sale_order WHERE id = %s", journey.order) == "live"


def test_from_lead_to_the_first_alarm_and_the_paid_invoice_nothing_is_entered_twice(
    odoo, bridge, session, chromium
):
    ledger = Ledger()
    journey = Journey(odoo, bridge, session, ledger)
    sales = find(journey)
    survey(sales)
    quote(sales)
    sign(journey, chromium)
    plan(journey)
    issue(journey)
    context = new_phone(chromium)
    try:
        phone = journey.typist(log_in(context, odoo, "technician1"), "technician1")
        install(journey, phone)
        walk(journey, phone)
        hand_over(journey, phone)
    finally:
        context.close()
    approve(journey)
    alarm(journey)
    check_books(journey)
    paid.charge(journey, CUSTOMER, SITE)
    paid.read(journey, chromium, journey.token)
    paid.check_charges(journey)
    if folder := os.environ.get("ARC_STACK_LOGS"):
        pathlib.Path(folder, "lead_to_live.txt").write_text(f"{ledger}\n", "utf-8")
    assert len(ledger.entries) > 40
    assert ledger.twice() == {}
