"""`receiver-bridge journal`: what waits, what was set aside, and sending it again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bridge_process import write_config

from receiver_bridge.cli import main
from receiver_bridge.journal import Append, SqliteJournal
from receiver_bridge.signal import Draft

RECEIVER = '[[receiver]]\nname = "sg-1"\nformat = "surgard"\nconnect = "tcp-listen://[::1]:1025"\n'


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A configuration whose journal holds a delivered, a dead and a waiting signal."""
    path = write_config(tmp_path, "http://127.0.0.1:1", RECEIVER)
    journal = SqliteJournal(tmp_path / "journal.db")
    for account in ("1001", "1002", "1003"):
        draft = Draft("sg-1", "surgard", "event", "x", "2026-11-20T08:00:00Z", account=account)
        journal.append(Append((draft,)))
    journal.remember("all", "written")
    first, second, _third = journal.reader.pending("sg-1", 10)
    journal.settle([first], {second.uid: "no time"})
    journal.close()
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["journal", *arguments]) == 0
    return capsys.readouterr().out


def test_status_counts_what_waits_and_what_was_set_aside(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = json.loads(run(capsys, "status", "--json", "--config", config))
    assert shown == {"pending": {"sg-1": 1}, "dead": {"sg-1": 1}, "delivered": 1}
    assert "sg-1: 1 pending, 1 dead" in run(capsys, "status", "--config", config)


def test_pending_and_dead_are_listed(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "event 1003" in run(capsys, "pending", "--config", config)
    assert json.loads(run(capsys, "pending", "--json", "--config", config))["account"] == "1003"
    assert "no time" in run(capsys, "dead", "--config", config)
    assert json.loads(run(capsys, "dead", "--json", "--config", config))["reason"] == "no time"


def test_replay_sends_again_and_says_what_it_does_not_know(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    uid = json.loads(run(capsys, "dead", "--json", "--config", config))["uid"]
    assert "is sent again" in run(capsys, "replay", uid, "--config", config)
    assert run(capsys, "dead", "--config", config) == ""
    assert main(["journal", "replay", uid, "--config", config]) == 1
    assert "still waits" in capsys.readouterr().out


def test_without_a_journal_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_config(tmp_path, "http://127.0.0.1:1", RECEIVER)
    assert main(["journal", "status", "--config", str(path)]) == 1
    assert "unable to open" in capsys.readouterr().err


@pytest.mark.parametrize("limit", ["0", "-5", "x", "9" * 30])
def test_a_limit_that_is_none_is_said(
    config: str, capsys: pytest.CaptureFixture[str], limit: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["journal", "dead", "--limit", limit, "--config", config])
    assert ended.value.code == 2
    assert "a whole number from 1" in capsys.readouterr().err
