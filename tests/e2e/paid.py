"""How a contract is charged and paid: the clerk at his desk, the customer on the portal. What is
charged to whom follows from what was signed: neither of them enters anything."""

from tests.browser import new_context
from tests.e2e.typist import Typist
from tests.stack import wait_for


def charge(journey, customer, site):
    """A clerk finds the contract running, looks at what is owed, charges it, and books the payment
    as it is proposed."""
    journey.contract = journey.one(
        "SELECT contract_id FROM sale_order WHERE id = %s", journey.order
    )
    clerk: Typist = journey.at_desk("accounts1")
    clerk.open(
        f"odoo/action-alarm_contract.contract_contract_action/{journey.contract}", "contract"
    )
    clerk.shows("partner_id", customer)
    clerk.shows("name", site)
    clerk.press("action_charge")
    clerk.screen = "invoice"
    clerk.press("action_register_payment")
    clerk.page.locator(clerk.DIALOG).wait_for()
    clerk.press("action_create_payments", clerk.DIALOG)
    wait_for("the payment", lambda: set(_payment_states(journey)) == {"paid"})


def read(journey, chromium, order_token):
    """The customer finds the contract behind the link of the quotation, and the invoice paid."""
    context = new_context(chromium)
    try:
        page = context.new_page()
        page.goto(f"{journey.odoo.url}/my/orders/{journey.order}?access_token={order_token}")
        page.locator("a.o_alarm_contract_link:visible").click()
        invoices = page.locator(".o_alarm_invoice")
        invoices.first.wait_for()
        number = journey.one(
            "SELECT name FROM account_move WHERE id = ANY(%s)", _invoices(journey)[:1]
        )
        invoices.filter(has_text=number).locator(".text-bg-success").wait_for()
    finally:
        context.close()


def check_charges(journey):
    """Each fee of the order is a line of the contract, charged once, for what was agreed."""
    rows = journey.sql(
        """SELECT sold.price_unit, sold.product_uom_qty, fee.specific_price, fee.quantity,
                  count(charge.id), min(charge.period_start), max(site.id)
             FROM sale_order_line sold
             JOIN contract_line fee ON fee.sale_line_id = sold.id
             JOIN alarm_charge charge ON charge.contract_line_id = fee.id
             JOIN alarm_subscriber site ON site.id = fee.subscriber_id
            WHERE sold.order_id = %s AND charge.state = 'charged'
            GROUP BY sold.id, fee.id""",
        journey.order,
    )
    fees = journey.one(
        "SELECT count(*) FROM sale_order_line WHERE order_id = %s AND alarm_recurrence IS NOT NULL",
        journey.order,
    )
    assert len(rows) == fees
    live = journey.one("SELECT live_on FROM contract_contract WHERE id = %s", journey.contract)
    for price, quantity, charged_price, charged_quantity, times, start, site in rows:
        assert (price, quantity) == (charged_price, charged_quantity)
        assert (times, start, site) == (1, live, journey.subscriber)


def _invoices(journey):
    return [
        move
        for (move,) in journey.sql(
            "SELECT DISTINCT move_id FROM alarm_charge WHERE contract_id = %s AND move_id > 0",
            journey.contract,
        )
    ]


def _payment_states(journey):
    return [
        state
        for (state,) in journey.sql(
            "SELECT payment_state FROM account_move WHERE id = ANY(%s)", _invoices(journey)
        )
    ] or [None]
