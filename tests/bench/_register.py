"""A register of the size of a centre, made by SQL from one demo subscriber: thousands of records
through the forms would take longer than the bench."""

from __future__ import annotations

from typing import Any

import psycopg2

from tests.stack import Odoo

RECEIVER = "ip-1"

_PARTS = ("alarm_area", "alarm_zone", "alarm_panel_user")


def grow(odoo: Odoo, number: int) -> dict[str, dict[str, Any]]:
    """Add active subscribers with panels, areas, zones and users like those of a demo account that
    reports to `RECEIVER`; account -> object with the name of its receiver, as ./arc status gives
    them.

    Accounts are hexadecimal from 500000 on.
    """
    pattern = min(
        account for account, entry in odoo.access["accounts"].items()
        if entry["receiver"] == RECEIVER
    )  # fmt: skip
    with psycopg2.connect(dbname=odoo.database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id, subscriber_id FROM alarm_panel WHERE account = %s", [pattern])
        ((panel, subscriber),) = cursor.fetchall()
        accounts = [f"{0x500000 + n:X}" for n in range(number)]
        cursor.execute("CREATE TEMP TABLE grown (account text, subscriber int, panel int)")
        cursor.execute(
            """
            INSERT INTO grown
            SELECT account, nextval('alarm_subscriber_id_seq'), nextval('alarm_panel_id_seq')
              FROM unnest(%s::text[]) AS account
            """,
            [accounts],
        )
        _copy(
            cursor, "alarm_subscriber", f"one.id = {subscriber}",
            id="grown.subscriber", ref="'B' || grown.account", name="'Bench ' || grown.account",
        )  # fmt: skip
        _copy(
            cursor, "alarm_panel", f"one.id = {panel}",
            id="grown.panel", subscriber_id="grown.subscriber", account="grown.account",
            account_key="grown.account",
        )  # fmt: skip
        for table in _PARTS:
            own = {"area_id": "NULL::int"} if table == "alarm_zone" else {}
            _copy(
                cursor, table, f"one.panel_id = {panel}", id=f"nextval('{table}_id_seq')",
                panel_id="grown.panel", subscriber_id="grown.subscriber", **own,
            )  # fmt: skip
        cursor.execute("ANALYZE")
    return {account: {"receiver": RECEIVER} for account in accounts}


def _copy(cursor: Any, table: str, where: str, **changed: str) -> None:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY 1",
        [table],
    )
    columns = [name for (name,) in cursor.fetchall()]
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changed.get(name, f'one."{name}"') for name in columns)
    cursor.execute(
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} one, grown WHERE {where}"
    )
