"""Looks into the journal of a bridge, which may be running meanwhile."""

from __future__ import annotations

import argparse
import json
import sys

from ..config import Config
from ..journal import JournalError, JournalReader, open_admin, open_reader
from .configured import add_config_argument, read_config
from .numbers import whole_number


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "journal",
        help="what is in the journal: status, pending, dead; replay",
        description=__doc__,
    )
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for name, help_, show in (
        ("status", "how many signals wait, were delivered or were set aside", _status),
        ("pending", "signals that Odoo does not have yet, oldest first", _pending),
        ("dead", "signals that Odoo rejected, newest first, with the reason", _dead),
    ):
        action = actions.add_parser(name, help=help_, description=help_)
        add_config_argument(action)
        action.add_argument("--json", action="store_true", help="JSON, one object a line")
        action.add_argument(
            "--limit", type=whole_number, default=100, metavar="N", help="at most N rows"
        )
        action.set_defaults(act=show)
    help_ = "send signals again that were delivered or set aside"
    action = actions.add_parser("replay", help=help_, description=help_)
    add_config_argument(action)
    action.add_argument("uid", nargs="+", metavar="UID")
    action.set_defaults(act=_replay)


def run(arguments: argparse.Namespace) -> int:
    config = read_config(arguments.config)
    if config is None:
        return 2
    try:
        reader = open_reader(config.journal)
        try:
            return int(arguments.act(reader, config, arguments))
        finally:
            reader.close()
    except JournalError as error:
        print(f"receiver-bridge: {error}", file=sys.stderr)
        return 1


def _status(reader: JournalReader, config: Config, arguments: argparse.Namespace) -> int:
    pending, dead = reader.pending_counts(), reader.dead_counts()
    delivered = reader.delivered_count()
    if arguments.json:
        print(json.dumps({"pending": pending, "dead": dead, "delivered": delivered}))
        return 0
    for receiver in sorted({*pending, *dead, *(item.name for item in config.receivers)}):
        print(f"{receiver}: {pending.get(receiver, 0)} pending, {dead.get(receiver, 0)} dead")
    print(f"{delivered} delivered and kept for {config.journal.retention_days:g} days")
    return 0


def _pending(reader: JournalReader, config: Config, arguments: argparse.Namespace) -> int:
    left = arguments.limit
    for receiver in sorted(reader.pending_counts()):
        rows = reader.pending(receiver, left)
        left -= len(rows)
        for row in rows:
            print(row.body if arguments.json else f"{row.uid}  {_words(row.body)}")
    return 0


def _dead(reader: JournalReader, config: Config, arguments: argparse.Namespace) -> int:
    for row in reader.dead(arguments.limit):
        if arguments.json:
            signal = json.loads(row.body)
            print(json.dumps({"uid": row.uid, "reason": row.reason, "signal": signal}))
        else:
            print(f"{row.uid}  {row.settled_at}  {row.reason}  {_words(row.body)}")
    return 0


def _replay(reader: JournalReader, config: Config, arguments: argparse.Namespace) -> int:
    admin = open_admin(config.journal)
    found = admin.replay(arguments.uid)
    admin.close()
    for uid in arguments.uid:
        print(f"{uid}  {'is sent again' if uid in found else 'is unknown or still waits'}")
    return 0 if len(found) == len(arguments.uid) else 1


def _words(body: str) -> str:
    signal = json.loads(body)
    parts = ("received_at", "kind", "account", "code_system", "code", "qualifier", "area", "zone")
    return " ".join(str(signal[part]) for part in parts if signal[part])
