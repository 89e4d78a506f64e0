"""Says every mistake in a configuration with file, key, what was found and what is allowed."""

from __future__ import annotations

import argparse
import asyncio
import errno
import sys

from ..config import Config, Mistake
from ..listeners import probe_door
from .configured import add_config_argument, read_config


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "check",
        help="check a configuration file; exit 2 on mistakes",
        description=__doc__,
    )
    parser.set_defaults(run=run)
    add_config_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    config = read_config(arguments.config)
    if config is None:
        return 2
    mistakes, remarks = asyncio.run(_try_doors(config, arguments))
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    if mistakes:
        return 2
    print(
        f"{arguments.config}: bridge {config.name}, {len(config.receivers)} receivers, no mistake"
    )
    for receiver in config.receivers:
        print(f"  {receiver.name}: {receiver.format} on {receiver.door}")
    for remark in remarks:
        print(f"  {remark}")
    return 0


async def _try_doors(
    config: Config, arguments: argparse.Namespace
) -> tuple[list[Mistake], list[str]]:
    """A mistake for each door that can never open, a remark where a port is taken now, as it is
    while the bridge runs."""
    mistakes, remarks = [], []
    for number, receiver in enumerate(config.receivers, start=1):
        error = await probe_door(receiver.door)
        if error is None:
            continue
        found = f"{receiver.door}: {error.strerror or error}"
        if error.errno == errno.EADDRINUSE:
            remarks.append(f"{receiver.name}: {found}, or by a bridge that runs")
        else:
            key = f"receiver[{number}] ({receiver.name}).connect"
            mistakes.append(Mistake(arguments.config, key, found, "a door that opens"))
    return mistakes, remarks
