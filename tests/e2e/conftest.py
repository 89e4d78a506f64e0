"""One Odoo process for the session, one bridge process for each test, real Chromium."""

import os

import pytest

from tests.browser import new_context, open_board, running_chromium
from tests.stack import running_bridge, running_odoo


@pytest.fixture(scope="session")
def odoo(tmp_path_factory):
    with running_odoo(tmp_path_factory.mktemp("odoo"), "e2e") as server:
        yield server


@pytest.fixture
def bridge(odoo, tmp_path):
    with running_bridge(tmp_path, odoo) as process:
        yield process


@pytest.fixture(scope="session")
def chromium():
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def board(odoo, chromium, request):
    """A function that opens the alarm board as somebody: ``board("dispatcher2")`` -> page."""
    contexts = []

    def open_for(login):
        contexts.append(new_context(chromium))
        return open_board(contexts[-1], odoo, login)

    yield open_for
    for number, context in enumerate(contexts):
        folder = os.environ.get("ARC_STACK_LOGS")
        if folder and context.pages:
            context.pages[0].screenshot(path=f"{folder}/e2e-{request.node.name}-{number}.png")
        context.close()
