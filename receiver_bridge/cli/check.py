"""Says every mistake in a configuration with file, key, what was found and what is allowed."""

from __future__ import annotations

import argparse

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
    print(
        f"{arguments.config}: bridge {config.name}, {len(config.receivers)} receivers, no mistake"
    )
    for receiver in config.receivers:
        print(f"  {receiver.name}: {receiver.format} on {receiver.door}")
    return 0
