"""The promise of the way from a lead to a monitored customer: every fact is entered once.

Six people go it, each at a screen of his own: a salesperson, the customer, a planner, a storekeeper,
a technician with a telephone, an approver; in the end a dispatcher sees the first alarm. The ledger
has every value that one of them entered.
"""

from datetime import datetime, timedelta, timezone

import pytest

from receiver_bridge.codecs.base import Event
from tests.browser import log_in, new_context, open_board
from tests.e2e.typist import Ledger, Typist, draw_signature
from tests.e2e.wire import dc09
from tests.stack import tcp_exchange, wait_for

ACCOUNT = "6127"
# Zone -> Contact ID code of what its detector reports, in the order of the survey's rows.
ZONES = {"1": "130", "2": "120", "3": "110"}


class Journey:
    """Everybody who takes part, at the screens where they work; what one step leaves to the next."""

    def __init__(self, odoo, bridge, session, ledger):
        self.odoo, self.bridge, self._session, self.ledger = odoo, bridge, session, ledger
        self._frame = 0

    def at(self, login, opener=log_in):
        """Somebody of the centre at a desk of his own."""
        page = self._session(opener, login)
        return Typist(page, login.rstrip("1"), self.ledger, self.odoo.url)

    def sql(self, statement, *values):
        with self.odoo.sql() as run:
            return run(statement, *values)

    def one(self, statement, *values):
        ((value,),) = self.sql(statement, *values)
        return value

    def send(self, zone, code, qualifier="new", area="01"):
        """What the panel says, as a frame of its own to the bridge's door."""
        self._frame += 1
        event = Event("cid", code, qualifier=qualifier, area=area, zone=zone, address=zone)
        reply = tcp_exchange(self.bridge.tcp_port, dc09(ACCOUNT, event, self._frame))
        assert b'"ACK"' in reply


def find(journey):
    """A salesperson notes the lead."""
    sales = journey.at("sales1")
    sales.open("odoo/crm/new", "lead")
    sales.page.locator(".o_form_view").wait_for()
    sales.type("name", "Bakery at the canal")
    sales.make("partner_id", "Lin Demo")
    sales.type("email_from", "lin@demo.example.com")
    sales.type("phone", "555 0100 6127")
    sales.turn_to("Premises")
    sales.type("site_name", "Moonlight Bakery (demo)", sales.TAB)
    sales.choose("category_id", "Shop", sales.TAB)
    sales.type("street", "27 Canal Street", sales.TAB)
    sales.type("city", "Demo Town", sales.TAB)
    sales.select("alarm_classification", "Requirement", sales.TAB)
    sales.select("alarm_channel", "Visit", sales.TAB)
    return sales


def survey(sales):
    """Rooms, risks and what is to be installed against them."""
    sales.press("action_alarm_survey")
    sales.screen = "survey"
    sales.field("line_ids").wait_for()
    sales.shows("partner_id", "Lin Demo")
    sales.shows("address", "27 Canal Street, Demo Town")
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
    for product in ("DEMO-IP64", "DEMO-GB", "DEMO-HU", "DEMO-SD", "DEMO-SR", "DEMO-DVR"):
        lines.get_by_text(product).wait_for()
    sales.page.locator("button", has_text="Send").first.click()
    # Printing the quotation takes a browser of the server's own.
    sales.page.locator(sales.DIALOG).wait_for(timeout=90_000)
    sales.press("action_send_mail", sales.DIALOG)
    sales.page.locator(".o_arrow_button_current", has_text="Quotation Sent").wait_for()


def sign(journey, chromium):
    """The customer signs on the portal, by the link of his mail."""
    order, token = journey.sql("SELECT id, access_token FROM sale_order ORDER BY id DESC LIMIT 1")[0]
    context = new_context(chromium)
    try:
        page = context.new_page()
        page.goto(f"{journey.odoo.url}/my/orders/{order}?access_token={token}")
        page.locator("a[data-bs-target='#modalaccept']:visible").first.click()
        name = page.locator("#modalaccept input[type=text]:visible").first
        name.wait_for()
        # Who he is, is known.
        assert name.input_value() == "Lin Demo"
        page.locator("#modalaccept button", has_text="Accept & Sign").click()
        page.wait_for_url("**message=sign_ok**", timeout=90_000)
    finally:
        context.close()
    journey.order = order
    journey.subscriber = journey.one("SELECT subscriber_id FROM sale_order WHERE id = %s", order)
    journey.work = journey.one("SELECT id FROM alarm_work_order WHERE sale_order_id = %s", order)


def plan(journey):
    """A planner says who goes when; where and with what is known."""
    planner = journey.at("planner")
    planner.open(f"odoo/work-orders/{journey.work}", "work order")
    planner.shows("subscriber_id", "Moonlight Bakery (demo)")
    planner.shows("partner_id", "Lin Demo")
    now = datetime.now(timezone.utc) + timedelta(hours=8)  # as the clock in Shanghai says
    planner.choose("crew_id", "演示施工一组")
    planner.type("planned_start", now.strftime("%Y-%m-%d %H:%M:%S"))
    planner.type("planned_end", (now + timedelta(hours=3)).strftime("%Y-%m-%d %H:%M:%S"))
    planner.press("action_schedule")
    planner.page.locator("button[name='action_start']:visible").wait_for()
