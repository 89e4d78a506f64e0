"""``receiver-bridge``: one module for each subcommand, named in one table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from .. import __version__
from . import check, decode, journal, run, simulate, watch

_COMMANDS = (run, check, decode, simulate, journal, watch)
"""Each module has ``add_parser(subparsers)``, which sets ``run(arguments) -> exit code``."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; 0 is success, 1 a failure, 2 a mistake in what was asked."""
    parser = argparse.ArgumentParser(
        prog="receiver-bridge",
        description="Takes what alarm receivers and panels send and hands every signal on, once.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in _COMMANDS:
        command.add_parser(subparsers)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        return 0
