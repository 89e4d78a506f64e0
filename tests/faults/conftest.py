"""One Odoo process for the session; bridges are the scenarios' own."""

from __future__ import annotations

import pytest

from tests.stack import running_odoo


@pytest.fixture(scope="session")
def odoo(tmp_path_factory):
    with running_odoo(tmp_path_factory.mktemp("odoo"), "faults") as server:
        yield server
