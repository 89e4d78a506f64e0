"""Looks into the journal of a bridge, which may be running meanwhile."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields
from datetime import datetime
from typing import Any

from ..clock import to_iso
from ..config import Config
from ..journal import ExportedSignal, JournalError, open_admin, open_reader, warnings
from ..signal import Draft
from .configured import add_config_argument, read_config
from .numbers import whole_number

_Act = Callable[[Config, argparse.Namespace], int]
_EXPORTED = tuple(field.name for field in fields(ExportedSignal))[:-1]
_CSV = (
    *_EXPORTED,
    "repeat_of",
    *(name for name in Draft._fields if name != "receiver"),
)
_MOST = 1_000_000_000


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "journal",
        help="what is in the journal: status, pending, dead; replay, export",
        description=__doc__,
    )
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def add(name: str, help_: str, act: _Act) -> argparse.ArgumentParser:
        action: argparse.ArgumentParser = actions.add_parser(name, help=help_, description=help_)
        add_config_argument(action)
        action.set_defaults(act=act)
        return action

    for name, help_, show in (
        ("status", "how many signals wait, were delivered or were set aside", _status),
        ("pending", "signals that Odoo does not have yet, oldest first", _pending),
        ("dead", "signals that Odoo rejected, newest first, with the reason", _dead),
    ):
        action = add(name, help_, show)
        action.add_argument("--json", action="store_true", help="JSON, one object a line")
        action.add_argument(
            "--limit", type=whole_number, default=100, metavar="N", help="at most N rows"
        )
    action = add(
        "replay", "send signals again that were delivered or set aside; Odoo takes each once",
        _replay,
    )  # fmt: skip
    action.add_argument("uid", nargs="*", metavar="UID")
    action.add_argument(
        "--since", type=_time, metavar="TIME",
        help="all journaled since then, such as the time of the backup that Odoo was restored from",
    )  # fmt: skip
    action.add_argument("--dead", action="store_true", help="all that Odoo rejected")
    action = add("export", "write the journal to the standard output, oldest first", _export)
    action.add_argument("--since", type=_time, metavar="TIME", help="journaled then or later")
    action.add_argument("--until", type=_time, metavar="TIME", help="journaled before")
    action.add_argument("--receiver", metavar="NAME", help="of this receiver only")
    action.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")


def run(arguments: argparse.Namespace) -> int:
    config = read_config(arguments.config)
    if config is None:
        return 2
    try:
        return int(arguments.act(config, arguments))
    except JournalError as error:
        print(f"receiver-bridge: {error}", file=sys.stderr)
        return 1


def _time(text: str) -> str:
    """ISO 8601; without a zone it is the time of this machine. Given back in UTC."""
    try:
        moment = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    except ValueError:
        allowed = "2026-11-20T08:00:00Z or 2026-11-20T09:00+01:00; without a zone: local time"
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: a time such as {allowed}") from None
    return to_iso(moment.astimezone())


def _status(config: Config, arguments: argparse.Namespace) -> int:
    with closing(open_reader(config.journal)) as reader:
        pending, dead = reader.pending_counts(), reader.dead_counts()
        delivered = reader.delivered_count()
    wrong = warnings(config.journal)
    if arguments.json:
        counts: dict[str, Any] = {"pending": pending, "dead": dead, "delivered": delivered}
        print(json.dumps(counts | {"warnings": wrong}))
        return 0
    for receiver in sorted({*pending, *dead, *(item.name for item in config.receivers)}):
        print(f"{receiver}: {pending.get(receiver, 0)} pending, {dead.get(receiver, 0)} dead")
    print(f"{delivered} delivered and kept for {config.journal.retention_days:g} days")
    for warning in wrong:
        print(f"WARNING: {warning}")
    return 0


def _pending(config: Config, arguments: argparse.Namespace) -> int:
    left = arguments.limit
    with closing(open_reader(config.journal)) as reader:
        for receiver in sorted(reader.pending_counts()):
            rows = reader.pending(receiver, left)
            left -= len(rows)
            for row in rows:
                print(row.body if arguments.json else f"{row.uid}  {_words(row.body)}")
    return 0


def _dead(config: Config, arguments: argparse.Namespace) -> int:
    with closing(open_reader(config.journal)) as reader:
        rows = reader.dead(arguments.limit)
    for row in rows:
        if arguments.json:
            signal = json.loads(row.body)
            print(json.dumps({"uid": row.uid, "reason": row.reason, "signal": signal}))
        else:
            print(f"{row.uid}  {row.settled_at}  {row.reason}  {_words(row.body)}")
    return 0


def _replay(config: Config, arguments: argparse.Namespace) -> int:
    if sum((bool(arguments.uid), arguments.since is not None, arguments.dead)) != 1:
        print(
            "receiver-bridge journal replay: allowed: one of UID…, --since TIME, --dead",
            file=sys.stderr,
        )
        return 2
    with closing(open_admin(config.journal)) as admin:
        if arguments.since is not None:
            print(f"{admin.replay_since(arguments.since)} signals are sent again")
            return 0
        if arguments.dead:
            with closing(open_reader(config.journal)) as reader:
                dead = [row.uid for row in reader.dead(_MOST)]
            # The oldest first, as they came.
            print(f"{len(admin.replay(dead[::-1]))} signals are sent again")
            return 0
        found = admin.replay(arguments.uid)
    for uid in arguments.uid:
        print(f"{uid}  {'is sent again' if uid in found else 'is unknown or still waits'}")
    return 0 if len(found) == len(arguments.uid) else 1


def _export(config: Config, arguments: argparse.Namespace) -> int:
    with closing(open_admin(config.journal)) as admin:
        rows = (
            row
            for row in admin.export(arguments.since)
            if (arguments.until is None or row.journaled_at < arguments.until)
            and (arguments.receiver is None or row.receiver == arguments.receiver)
        )
        return _write_csv(rows) if arguments.format == "csv" else _write_jsonl(rows)


def _write_jsonl(rows: Iterator[ExportedSignal]) -> int:
    for row in rows:
        about = {name: getattr(row, name) for name in _EXPORTED}
        print(json.dumps(about | {"signal": json.loads(row.body)}, separators=(",", ":")))
    return 0


def _write_csv(rows: Iterator[ExportedSignal]) -> int:
    """The signal's members as columns; ``extended`` as JSON."""
    writer = csv.DictWriter(sys.stdout, _CSV, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        signal = json.loads(row.body)
        signal["extended"] = json.dumps(signal["extended"]) if signal.get("extended") else ""
        writer.writerow(signal | {name: getattr(row, name) for name in _EXPORTED})
    return 0


def _words(body: str) -> str:
    signal = json.loads(body)
    parts = ("received_at", "kind", "account", "code_system", "code", "qualifier", "area", "zone")
    return " ".join(str(signal[part]) for part in parts if signal[part])
