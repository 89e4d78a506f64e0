"""One Odoo process for the session, one bridge process for each test, real Chromium."""

import functools
import os

import pytest

from tests.browser import new_context, open_board, running_chromium
from tests.stack import own_database, running_bridge, running_odoo


@pytest.fixture(scope="session")
def odoo(tmp_path_factory):
    with running_odoo(tmp_path_factory.mktemp("odoo"), own_database("e2e")) as server:
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
def session(chromium, request):
    """``session(open_board, "dispatcher2")`` -> the page of somebody in a browser session of
    their own; ``log_in`` or ``open_board`` of tests.browser opens it, of another server where one
    is given."""
    contexts = []

    def open_for(opener, login, server=None):
        contexts.append(new_context(chromium))
        return opener(contexts[-1], server or request.getfixturevalue("odoo"), login)

    yield open_for
    for number, context in enumerate(contexts):
        folder = os.environ.get("ARC_STACK_LOGS")
        if folder and context.pages:
            context.pages[0].screenshot(path=f"{folder}/e2e-{request.node.name}-{number}.png")
        context.close()


@pytest.fixture
def board(session):
    """A function that opens the alarm board as somebody: ``board("dispatcher2")`` -> page."""
    return functools.partial(session, open_board)
