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
    assert shown == {
        "pending": {"sg-1": 1},
        "dead": {"sg-1": 1},
        "delivered": 1,
        "warnings": [],
    }
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


def test_all_since_a_time_is_sent_again(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    later = "2999-01-01T00:00:00Z"
    assert run(capsys, "replay", "--since", later, "--config", config).startswith("0 signals")
    assert run(capsys, "replay", "--since", "2026-01-01", "--config", config).startswith("2 ")
    shown = json.loads(run(capsys, "status", "--json", "--config", config))
    assert (shown["pending"], shown["dead"]) == ({"sg-1": 3}, {})


def test_all_that_were_rejected_are_sent_again(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "replay", "--dead", "--config", config).startswith("1 signals")
    shown = json.loads(run(capsys, "status", "--json", "--config", config))
    assert (shown["pending"], shown["dead"], shown["delivered"]) == ({"sg-1": 2}, {}, 1)


@pytest.mark.parametrize("what", [[], ["--dead", "uid"], ["--since", "2026-01-01", "--dead"]])
def test_what_to_replay_is_said_in_one_way(
    config: str, capsys: pytest.CaptureFixture[str], what: list[str]
) -> None:
    assert main(["journal", "replay", *what, "--config", config]) == 2
    assert "one of UID" in capsys.readouterr().err


def test_the_journal_is_exported_with_states(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [json.loads(line) for line in run(capsys, "export", "--config", config).splitlines()]
    assert [row["state"] for row in rows] == ["delivered", "dead", "pending"]
    assert [row["signal"]["account"] for row in rows] == ["1001", "1002", "1003"]
    assert rows[1]["reason"] == "no time"
    table = run(capsys, "export", "--format", "csv", "--config", config).splitlines()
    assert table[0].startswith("uid,receiver,journaled_at,state,settled_at,reason,repeat_of,")
    assert len(table) == 4
    assert run(capsys, "export", "--receiver", "other", "--config", config) == ""
    assert run(capsys, "export", "--until", "2026-01-01", "--config", config) == ""
    assert run(capsys, "export", "--since", "2999-01-01T00:00Z", "--config", config) == ""


def test_a_time_that_is_none_is_said(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["journal", "export", "--since", "yesterday", "--config", config])
    assert ended.value.code == 2
    assert "2026-11-20T08:00:00Z" in capsys.readouterr().err


def test_a_damaged_file_put_aside_is_shown(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "journal.db.damaged-20261120T080000Z").touch()
    assert "WARNING" in run(capsys, "status", "--config", config)
    [warning] = json.loads(run(capsys, "status", "--json", "--config", config))["warnings"]
    assert "journal.db.damaged-20261120T080000Z" in warning


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
