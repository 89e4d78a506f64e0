"""The alarm board in real Chromium."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.stack import Odoo

CHROMIUM = "/usr/bin/chromium"


@contextlib.contextmanager
def running_chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
                  "--no-first-run", "--disable-background-networking", "--disable-component-update",
                  "--disable-sync", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
        )  # fmt: skip
        try:
            yield browser
        finally:
            browser.close()


def new_context(browser: Browser) -> BrowserContext:
    """A browser session of its own, on a screen as dispatchers have."""
    return browser.new_context(viewport={"width": 1366, "height": 768})


def new_phone(browser: Browser) -> BrowserContext:
    """A browser session of its own, on a telephone as technicians have."""
    return browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )


def log_in(context: BrowserContext, odoo: Odoo, login: str) -> Page:
    """A page that somebody has logged in on."""
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{odoo.url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", odoo.access["logins"][login])
    page.click("button[type=submit]")
    page.wait_for_url("**/odoo**")
    return page


def open_board(context: BrowserContext, odoo: Odoo, login: str) -> Page:
    """Log in and open the board; it is connected when this returns."""
    page = log_in(context, odoo, login)
    page.goto(f"{odoo.url}/odoo/alarm-board")
    page.locator(".o_alarm_link_connected[data-link='server']").wait_for()
    return page


def seek(page: Page, text: str) -> None:
    """Narrow the board's queue to rows with this text; rows far below are not drawn."""
    page.locator(".o_alarm_search").fill(text)
