"""``--config FILE`` as several subcommands take it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..codecs import codec_names
from ..config import Config, ConfigError, load_config


def add_config_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="bridge.toml of this bridge"
    )


def read_config(path: Path) -> Config | None:
    """The configuration, or None after every mistake in it has been printed."""
    try:
        return load_config(path, codec_names())
    except ConfigError as error:
        for mistake in error.mistakes:
            print(mistake, file=sys.stderr)
        return None
