"""One readable line for a person, one JSON object for a machine, and no forged lines."""

from __future__ import annotations

import json
import logging
import re

import pytest

from receiver_bridge.intake import describe
from receiver_bridge.logs import set_up_logs
from receiver_bridge.signal import Draft, Signal

DRAFT = Draft(
    receiver="dc-1",
    format="dc09",
    kind="event",
    source="tcp://192.0.2.7:40000",
    received_at="2026-11-20T08:00:00.000000Z",
    account="1234",
    code_system="cid",
    code="130",
    qualifier="new",
    area="01",
    zone="005",
)


@pytest.fixture(autouse=True)
def restore_logging() -> object:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_a_signal_is_one_readable_line() -> None:
    signal = Signal("e:dc-1:1", "2026-11-20T08:00:00.000000Z", None, DRAFT)
    assert describe(signal) == "dc-1 1234 cid 130 Burglary area 01 zone 005"
    repeat = Signal("e:dc-1:2", "2026-11-20T08:00:00.000000Z", "e:dc-1:1", DRAFT)
    assert describe(repeat).endswith("(repeat)")


def test_text_from_the_wire_forges_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("text", "info")
    logging.getLogger("x").info("account %s", "1\n2026-11-20 all is well\x1b[2J 火警")
    [line] = capsys.readouterr().err.splitlines()
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d INFO ", line)
    assert line.endswith(r"account 1\n2026-11-20 all is well\x1b[2J 火警")


def test_json_logs_carry_the_signal(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "info")
    signal = Signal("e:dc-1:1", "2026-11-20T08:00:00.000000Z", None, DRAFT)
    logging.getLogger("x").info("told", extra={"signal": signal.as_dict()})
    try:
        raise ValueError("why")
    except ValueError:
        logging.getLogger("x").exception("failed")
    told, failed = map(json.loads, capsys.readouterr().err.splitlines())
    assert told["signal"]["uid"] == "e:dc-1:1"
    assert (told["level"], told["message"]) == ("INFO", "told")
    assert "ValueError: why" in failed["exception"]
