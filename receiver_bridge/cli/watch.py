"""Shows in the terminal what comes in, also while Odoo or the bridge is down, and lets a dispatcher
tick alarms as handled; Odoo is told of the ticks as soon as it is back."""

from __future__ import annotations

import argparse
import os
import sys

from ..watch.words import LANGUAGES, Words, language_of
from .configured import add_config_argument, read_config
from .numbers import whole_number


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "watch", help="live display, also while Odoo is down", description=__doc__
    )
    parser.set_defaults(run=run)
    add_config_argument(parser)
    parser.add_argument(
        "--operator", default="", metavar="NAME", help="who ticks; asked for otherwise"
    )
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        default=language_of(os.environ),
        help="of the display (as LANG says)",
    )
    parser.add_argument("--no-bell", action="store_true", help="do not ring on a new alarm")
    parser.add_argument(
        "--last",
        type=whole_number,
        default=2000,
        metavar="N",
        help="signals to show from before the start; older alarms that wait for Odoo show anyway",
    )


def run(arguments: argparse.Namespace) -> int:
    config = read_config(arguments.config)
    if config is None:
        return 2
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(
            "receiver-bridge watch: needs a terminal; `journal pending` prints to a file or pipe",
            file=sys.stderr,
        )
        return 2
    # Nobody else should wait for the terminal library to be loaded.
    from ..watch.app import WatchApp

    app = WatchApp(
        config,
        Words(arguments.language),
        operator=" ".join(arguments.operator.split()),
        bell=not arguments.no_bell,
        last=arguments.last,
    )
    app.run()
    return app.return_code or 0
