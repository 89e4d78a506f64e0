"""Runs the bridge until SIGTERM or SIGINT; then every outstanding reply goes out and it ends."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys

from ..bridge import Bridge
from ..config import Config
from ..journal import JournalError, JournalUnavailable
from ..logs import set_up_logs
from ..outage import tell_odoo
from .configured import add_config_argument, read_config

_logger = logging.getLogger(__name__)

_OPEN_AGAIN = 5.0
"""Seconds between two tries to open a journal whose disk is full."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("run", help="run the bridge", description=__doc__)
    parser.set_defaults(run=run)
    add_config_argument(parser)
    parser.add_argument("--log-format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--log-level", choices=("debug", "info", "warning", "error"), default="info"
    )


def run(arguments: argparse.Namespace) -> int:
    config = read_config(arguments.config)
    if config is None:
        return 2
    set_up_logs(arguments.log_format, arguments.log_level)
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
    bridge = await _make(config, stop)
    if bridge is None:
        return
    try:
        await bridge.start()
        await stop.wait()
        _logger.info("stopping")
    finally:
        await bridge.stop()


async def _make(config: Config, stop: asyncio.Event) -> Bridge | None:
    """The bridge, once its journal can be opened; None when it is stopped before."""
    while True:
        try:
            return Bridge(config)
        except JournalUnavailable as error:
            cause = str(error)
        _logger.critical("%s; no door is opened until it can be written", cause)
        told = asyncio.get_running_loop().run_in_executor(None, tell_odoo, config, cause)
        try:
            await asyncio.wait_for(stop.wait(), _OPEN_AGAIN)
        except (asyncio.TimeoutError, TimeoutError):
            await told
        else:
            return None
