"""One Odoo process for the session, one bridge process for each test, real Chromium."""

import os

import pytest
from playwright.sync_api import sync_playwright

from tests.stack import Bridge, Odoo

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="session")
def odoo(tmp_path_factory):
    server = Odoo(tmp_path_factory.mktemp("odoo"), "e2e")
    server.create()
    server.start()
    yield server
    server.stop()
    server.drop()


@pytest.fixture
def bridge(odoo, tmp_path):
    process = Bridge(tmp_path, odoo)
    process.start()
    yield process
    process.stop()
    process.serial.close()


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
                  "--no-first-run", "--disable-background-networking", "--disable-component-update",
                  "--disable-sync", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
        )  # fmt: skip
        yield browser
        browser.close()


@pytest.fixture
def board(odoo, chromium, request):
    """A function that opens the alarm board as somebody: ``board("dispatcher2")`` -> page."""
    contexts = []

    def open_board(login):
        context = chromium.new_context(viewport={"width": 1366, "height": 768})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(f"{odoo.url}/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", odoo.access["logins"][login])
        page.click("button[type=submit]")
        page.wait_for_url("**/odoo**")
        page.goto(f"{odoo.url}/odoo/alarm-board")
        page.locator(".o_alarm_link_connected[data-link='server']").wait_for()
        return page

    yield open_board
    for number, context in enumerate(contexts):
        folder = os.environ.get("ARC_STACK_LOGS")
        if folder and context.pages:
            context.pages[0].screenshot(path=f"{folder}/e2e-{request.node.name}-{number}.png")
        context.close()
