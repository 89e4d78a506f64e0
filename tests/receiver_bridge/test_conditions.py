"""Conditions begin and end once, whoever sets them and however often."""

from __future__ import annotations

import importlib.util
import re
import threading
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from receiver_bridge.conditions import Condition, Conditions
from receiver_bridge.metrics import Metrics
from receiver_bridge.supervision.accounts import MASS_LOSS
from receiver_bridge.uplink.configuration import STALE, UNREADABLE

ROOT = Path(__file__).parents[2]


def test_a_condition_holds_from_set_to_clear_with_its_newest_detail() -> None:
    conditions = Conditions()
    conditions.set("disk_low", "10 MB left")
    conditions.set("clock_jump", "an hour back")
    conditions.set("disk_low", "9 MB left")
    assert conditions.current() == [
        Condition("clock_jump", "an hour back"),
        Condition("disk_low", "9 MB left"),
    ]
    assert "disk_low" in conditions
    conditions.clear("disk_low")
    assert [condition.as_dict() for condition in conditions.current()] == [
        {"code": "clock_jump", "detail": "an hour back"}
    ]
    assert "disk_low" not in conditions


def test_a_condition_is_logged_when_it_begins_and_when_it_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    conditions = Conditions()
    conditions.clear("disk_low")
    for megabytes in (10, 9, 8):
        conditions.set("disk_low", f"{megabytes} MB left")
    conditions.clear("disk_low")
    conditions.clear("disk_low")
    assert [record.getMessage() for record in caplog.records] == [
        "condition disk_low: 10 MB left",
        "condition disk_low has ended: 8 MB left",
    ]


def test_prometheus_sees_what_holds_and_not_what_has_ended() -> None:
    conditions, metrics = Conditions(), Metrics()
    metrics.show_conditions(conditions)
    conditions.set("disk_low", "10 MB left")
    conditions.set("clock_jump", "an hour back")
    conditions.clear("clock_jump")
    page = generate_latest(metrics.registry).decode()
    assert 'receiver_bridge_condition{code="disk_low"} 1.0' in page
    assert "clock_jump" not in page
    assert 'receiver_bridge_build_info{python="' in page
    assert "process_resident_memory_bytes" in page


def test_many_threads_lose_no_condition() -> None:
    conditions = Conditions()

    def work(number: int) -> None:
        for _round in range(200):
            conditions.set(f"code_{number}", "on")
            conditions.clear(f"code_{number}")
        conditions.set(f"code_{number}", "at last")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert conditions.current() == [Condition(f"code_{n}", "at last") for n in range(8)]


def test_odoo_knows_every_condition_that_the_bridge_can_be_in() -> None:
    """An unknown one would be shown there as its code; of a door's only the beginning counts."""
    source = "".join(file.read_text() for file in (ROOT / "receiver_bridge").rglob("*.py"))
    said = set(re.findall(r'conditions\.set\(\s*"(\w+)"', source)) | {MASS_LOSS, STALE, UNREADABLE}
    assert {"journal_failing", "disk_low", "clock_jump"} < said
    addon = ROOT / "addons/alarm_monitoring"
    spec = importlib.util.spec_from_file_location("conditions", addon / "tools/conditions.py")
    assert spec is not None and spec.loader is not None
    known = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(known)
    assert set(known.PRIORITIES) == said
    words = (addon / "models/alarm_bridge_condition.py").read_text()
    assert {code for code in said if f'case "{code}":' not in words} == set()
