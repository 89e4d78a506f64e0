"""Runs the bridge until SIGTERM or SIGINT; then every outstanding reply goes out and it ends.
SIGHUP reads the configuration anew; with a mistake in it all stays as it was."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import signal
import sys

from ..bridge import Bridge
from ..codecs import codec_names
from ..config import Config, ConfigError, load_config
from ..journal import JournalError, JournalUnavailable
from ..logs import set_up_logs
from ..outage import tell_odoo
from ..systemd import Notifier
from .configured import add_config_argument, read_config

_logger = logging.getLogger(__name__)

_OPEN_AGAIN = 5.0
"""Seconds between two tries to open a journal whose disk is full."""


_OBJECTS_BETWEEN_COLLECTIONS = 20_000


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("run", help="run the bridge", description=__doc__)
    parser.set_defaults(run=run)
    add_config_argument(parser)
    parser.add_argument(
        "--log-format", choices=("text", "json"), help="instead of log.format of the file"
    )
    parser.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        help="instead of log.level of the file",
    )
    parser.add_argument("--log-signals", action="store_true", help="as log.signals of the file")


def run(arguments: argparse.Namespace) -> int:
    config = read_config(arguments.config)
    if config is None:
        return 2
    _log_as_asked(config, arguments)
    # A hundred frames under way are thousands of objects, and none of them is garbage in a circle:
    # the collector need not look at them ten times in each turn.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        asyncio.run(_run(config, arguments))
    except (JournalError, OSError) as error:
        print(f"receiver-bridge: {error}", file=sys.stderr)
        return 1
    return 0


def _log_as_asked(config: Config, arguments: argparse.Namespace) -> None:
    set_up_logs(
        arguments.log_format or config.log.format,
        arguments.log_level or config.log.level,
        arguments.log_signals or config.log.signals,
    )


async def _run(config: Config, arguments: argparse.Namespace) -> None:
    stop, reload, either = asyncio.Event(), asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask(event: asyncio.Event) -> None:
        event.set()
        either.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask, stop)
    loop.add_signal_handler(signal.SIGHUP, ask, reload)
    notifier = Notifier()
    bridge = await _make(config, stop)
    if bridge is None:
        return
    watchdog: asyncio.Task[None] | None = None
    try:
        await bridge.start()
        notifier.ready(bridge.summary())
        watchdog = asyncio.create_task(notifier.feed_watchdog(bridge.beat, bridge.summary))
        while not stop.is_set():
            await either.wait()
            either.clear()
            if reload.is_set() and not stop.is_set():
                reload.clear()
                notifier.reloading()
                await _reload(bridge, arguments)
                notifier.ready(bridge.summary())
        _logger.info("stopping")
    finally:
        if watchdog is not None:
            watchdog.cancel()
        notifier.stopping()
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


async def _reload(bridge: Bridge, arguments: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    try:
        config = await loop.run_in_executor(None, load_config, arguments.config, codec_names())
        await bridge.reload(config, arguments.config)
    except ConfigError as error:
        for mistake in error.mistakes:
            _logger.error("%s", mistake)
        _logger.error("the configuration stays as it was; mistakes: %d", len(error.mistakes))
        bridge.conditions.set("configuration_refused", str(error.mistakes[0]))
    except Exception:
        # Whatever it is, the lines go on.
        _logger.exception("the reload failed")
        bridge.conditions.set("configuration_refused", "the reload failed; see the log")
    else:
        _log_as_asked(config, arguments)
        bridge.conditions.clear("configuration_refused")
