"""One Odoo process for the session, one PostgreSQL for each module of tests with a shared journal;
bridges are the scenarios' own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.shared_journal import (
    OdooServer,
    PostgresqlServer,
    serve_odoo,
    serve_postgresql,
)
from tests.stack import Odoo, own_database, running_odoo


@pytest.fixture(scope="session")
def odoo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Odoo]:
    with running_odoo(tmp_path_factory.mktemp("odoo"), own_database("faults")) as running:
        yield running


@pytest.fixture
def bookkeeper() -> Iterator[OdooServer]:
    """A server that answers as Odoo does and keeps book of every call."""
    with serve_odoo() as running:
        yield running


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresqlServer]:
    with serve_postgresql() as running:
        yield running


@pytest.fixture
def server(cluster: PostgresqlServer) -> PostgresqlServer:
    """Without a journal."""
    with cluster.session() as sql:
        sql.execute("DROP SCHEMA IF EXISTS receiver_bridge CASCADE")
    return cluster
