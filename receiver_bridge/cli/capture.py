"""Shows what a capture holds, or plays its senders again against a door."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..capture import CaptureError, Record, escape, read_capture
from ..clock import to_iso
from ..codecs import DecodeOptions, Decoder, Frame, get_codec
from ..simulator.links import LINK_FORMS, LinkEnd, parse_link
from ..simulator.replay import Outcome, conversations, replay
from .decode import as_json
from .numbers import not_negative

_ROW = 16


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "capture", help="what was captured of a line: show, replay", description=__doc__
    )
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    show = actions.add_parser("show", help="every byte in both directions, or the frames in them")
    show.add_argument("file", type=Path, metavar="FILE")
    show.add_argument(
        "--decode",
        action="store_true",
        help="one JSON object for each frame instead of the bytes; encrypted ones stay closed",
    )
    show.set_defaults(act=_show)
    play = actions.add_parser(
        "replay",
        help="send again what was received, and tell which answers differ; exit 1 if any do",
    )
    play.add_argument("file", type=Path, metavar="FILE")
    play.add_argument(
        "--connect", required=True, type=_door, metavar="URL", help=f"the door: {LINK_FORMS}"
    )
    play.add_argument(
        "--speed", type=not_negative, default=1.0, metavar="N", help="times as fast; 0: at once"
    )
    play.add_argument("--timeout", type=not_negative, default=5.0, metavar="SECONDS")
    play.set_defaults(act=_replay)


def run(arguments: argparse.Namespace) -> int:
    try:
        with arguments.file.open(encoding="ascii") as lines:
            format_name, records = read_capture(lines)
            return int(arguments.act(arguments, format_name, records))
    except BrokenPipeError:
        raise
    except (OSError, UnicodeDecodeError, CaptureError) as error:
        cause = error.strerror if isinstance(error, OSError) and error.strerror else error
        print(f"receiver-bridge capture: {arguments.file}: {cause}", file=sys.stderr)
        return 2


def _show(arguments: argparse.Namespace, format_name: str, records: Iterable[Record]) -> int:
    if arguments.decode:
        for line in _decoded(format_name, records):
            print(line)
        return 0
    for record in records:
        size = f"{len(record.data)} bytes" if record.mark in "<>" else record.text
        run_, number = record.connection
        print(f"{to_iso(record.time)} {run_}.{number} {record.mark} {size}".rstrip())
        for row in range(0, len(record.data), _ROW):
            data = record.data[row : row + _ROW]
            text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
            print(f"    {row:04x}  {data.hex(' '):<{3 * _ROW}} {text}")
    return 0


def _decoded(format_name: str, records: Iterable[Record]) -> Iterator[str]:
    try:
        codec = get_codec(format_name)
    except ValueError:
        raise CaptureError(f"line 1: no format {format_name!r} in this installation") from None
    decoders: dict[tuple[int, int], Decoder] = {}
    for record in records:
        decoder = decoders.setdefault(record.connection, codec.decoder(DecodeOptions()))
        if record.mark == "<":
            decoder.receive_data(record.data)
            while isinstance(frame := decoder.next_frame(None), Frame):
                yield _line(record, frame)
        elif record.mark == "-":
            rest = decoders.pop(record.connection).finish()
            if rest is not None:
                yield _line(record, rest)


def _line(record: Record, frame: Frame) -> str:
    connection = ".".join(map(str, record.connection))
    # What would be answered is not what was; that is in the capture itself.
    shown = {name: value for name, value in as_json(frame).items() if name != "reply_hex"}
    return json.dumps(
        {"time": to_iso(record.time), "connection": connection, **shown}, ensure_ascii=False
    )


def _replay(arguments: argparse.Namespace, format_name: str, records: Iterable[Record]) -> int:
    talks = conversations(records)
    worse = asyncio.run(
        replay(talks, arguments.connect, format_name, arguments.speed, arguments.timeout, _tell)
    )
    print(f"{len(talks)} conversations, {len(talks) - worse} answered as captured")
    return 1 if worse else 0


def _tell(outcome: Outcome) -> None:
    for before, now in outcome.differences:
        captured, answered = escape(before) or "no answer", escape(now) or "no answer"
        print(f"{outcome.source}: captured {captured}; now {answered}")
    if outcome.cause is not None:
        print(f"{outcome.source}: after {outcome.sent} bytes: {outcome.cause}")


def _door(text: str) -> LinkEnd:
    try:
        return parse_link(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: {error}") from None
