"""Runs the bridge until SIGTERM or SIGINT; then every outstanding reply goes out and it ends."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys

from ..bridge import Bridge
from ..config import Config
from ..journal import JournalError
from ..logs import set_up_logs
from .configured import add_config_argument, read_config

_logger = logging.getLogger(__name__)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("run", help="run the bridge", description=__doc__)
    parser.set_defaults(run=run)
    add_config_argument(parser)
    parser.add_argument("--log-format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--log-level", choices=("debug", "info", "warning", "error"), default="info"
    )
    parser.add_argument("--log-signals", action="store_true", help="a line for every signal, too")


def run(arguments: argparse.Namespace) -> int:
    config = read_config(arguments.config)
    if config is None:
        return 2
    set_up_logs(arguments.log_format, arguments.log_level, arguments.log_signals)
    try:
        asyncio.run(_run(config))
    except (JournalError, OSError) as error:
        print(f"receiver-bridge: {error}", file=sys.stderr)
        return 1
    return 0


async def _run(config: Config) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    bridge = Bridge(config)
    try:
        await bridge.start()
        await stop.wait()
        _logger.info("stopping")
    finally:
        await bridge.stop()
