"""A board that was cut off, one of two tabs, and two dispatchers who reach for one alarm."""

import pytest

from tests.browser import log_in, open_board
from tests.e2e.wire import burglary, dc09
from tests.front import running_front
from tests.stack import Odoo, own_database, running_bridge, tcp_exchange, wait_for

# Counts what this tab plays.
LISTEN = """
window.played = [];
HTMLMediaElement.prototype.play = function () {
    window.played.push(new URL(this.src).pathname.split("/").pop());
    return Promise.resolve();
};
"""


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    server = Odoo(tmp_path_factory.mktemp("odoo"), own_database("board_cut"), workers=2)
    server.create()
    server.start()
    yield server
    server.stop()
    server.drop()


@pytest.fixture
def front(workers, tmp_path):
    with running_front(tmp_path, workers) as process:
        yield process


@pytest.fixture
def panels(workers, tmp_path):
    """``panels(n)`` lets the n-th demo panel report a burglary; its account."""
    accounts = [
        name for name, entry in workers.access["accounts"].items() if entry["receiver"] == "ip-1"
    ]
    with running_bridge(tmp_path, workers) as bridge:

        def report(number):
            account = accounts[number]
            reply = tcp_exchange(bridge.tcp_port, dc09(account, burglary("001"), number + 1))
            assert b'"ACK"' in reply
            return account

        yield report


class _By:
    """An Odoo as seen through the front."""

    def __init__(self, front, odoo):
        self.url, self.access = front.url, odoo.access


def _row(page, account):
    return page.locator(".o_alarm_row", has_text=account)


def test_a_board_that_was_cut_off_is_right_within_5_s_and_says_that_it_was_not(
    workers, front, panels, session
):
    page = session(open_board, "dispatcher2", _By(front, workers))
    _row(page, panels(0)).wait_for()
    front.kill()
    page.locator(".o_alarm_not_connected").wait_for(timeout=5000)
    account = panels(1)
    with workers.sql() as sql:
        wait_for(
            "the incident",
            lambda: sql("SELECT 1 FROM alarm_incident WHERE account = %s", account),
        )
    assert not _row(page, account).count()
    front.start()
    _row(page, account).wait_for(timeout=5000)
    page.locator(".o_alarm_gap_over").wait_for(timeout=15000)
    assert not page.locator(".o_alarm_not_connected").count()
    # Notifications arrive again, not only what is asked for.
    _row(page, panels(2)).wait_for(timeout=2000)


def test_of_two_tabs_both_are_right_and_one_sounds(workers, front, panels, session):
    first = session(log_in, "dispatcher2", _By(front, workers))
    second = first.context.new_page()
    tabs = (first, second)
    for tab in tabs:
        tab.add_init_script(LISTEN)
        tab.goto(f"{front.url}/odoo/alarm-board")
        tab.locator(".o_alarm_link_connected[data-link='server']").wait_for()
        tab.locator(".o_alarm_start_shift").click()
        tab.evaluate("() => { window.played = []; }")
    account = panels(3)
    for tab in tabs:
        _row(tab, account).wait_for()

    def sounding():
        return [tab.evaluate("() => window.played.includes('burglary.wav')") for tab in tabs]

    wait_for("a sound", lambda: any(sounding()), 10)
    first.wait_for_timeout(6000)
    assert sorted(sounding()) == [False, True]
    silent, loud = sorted(tabs, key=lambda tab: sounding()[tabs.index(tab)])
    loud.close()
    wait_for(
        "the other tab to sound",
        lambda: silent.evaluate("() => window.played.includes('burglary.wav')"),
        15,
    )


def test_two_dispatchers_who_click_at_once_leave_one_holder_and_both_know(
    workers, front, panels, session
):
    pages = [
        session(open_board, login, _By(front, workers)) for login in ("dispatcher1", "dispatcher2")
    ]
    for number in (4, 5, 6):
        account = panels(number)
        for page in pages:
            _row(page, account).locator(".o_alarm_take").wait_for()
        # From the pages' own clocks, at the same moment: one thread drives both browsers.
        start = pages[0].evaluate("() => Date.now()") + 700
        for page in pages:
            page.evaluate(
                """([account, at]) => {
                    const row = [...document.querySelectorAll(".o_alarm_row")]
                        .find((row) => row.textContent.includes(account));
                    setTimeout(() => row.querySelector(".o_alarm_take").click(),
                               at - Date.now());
                }""",
                [account, start],
            )
        with workers.sql() as sql:
            ((holder, times),) = wait_for(
                "a holder",
                lambda: sql(
                    """SELECT user_id, (SELECT count(*) FROM alarm_incident_entry entry
                                         WHERE entry.incident_id = incident.id
                                           AND entry.kind = 'taken')
                         FROM alarm_incident incident
                        WHERE account = %s AND user_id IS NOT NULL""",  # noqa: B023
                    account,  # noqa: B023
                ),
            )
        assert times == 1 and holder
        panels_open = [page.locator(".o_alarm_panel") for page in pages]
        wait_for("one panel", lambda: sum(found.count() for found in panels_open) == 1)  # noqa: B023
        loser = next(page for page in pages if not page.locator(".o_alarm_panel").count())
        loser.locator(".o_notification", has_text=r"").first.wait_for()
        _row(loser, account).and_(loser.locator(".o_alarm_row_others")).wait_for(timeout=5000)
        winner = next(page for page in pages if page is not loser)
        _row(winner, account).and_(winner.locator(".o_alarm_row_mine")).wait_for(timeout=5000)
        winner.keyboard.press("Escape")
