"""``receiver-bridge decode``: bytes from standard input, one JSON object a frame out."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime, timezone
from typing import Any

from receiver_bridge.codecs import (
    AccountRules,
    Codec,
    DecodeOptions,
    Frame,
    NeedData,
    codec_names,
    get_codec,
    wrong_settings,
)
from receiver_bridge.codecs.aes import KEY_SIZES
from receiver_bridge.codecs.base import TOLERABLE


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command with its options; argparse ends with exit code 2 where one is wrong."""
    parser = subparsers.add_parser(
        "decode",
        help="decode bytes from standard input, one JSON object a frame",
        description="Decodes bytes from standard input and prints one JSON object a frame. "
        "The stream may hold several frames, partial frames and noise.",
    )
    parser.add_argument(
        "--format",
        required=True,
        type=_codec,
        metavar="FORMAT",
        help=f"what the bytes are: {', '.join(codec_names())}",
    )
    key = parser.add_mutually_exclusive_group()
    key.add_argument(
        "--key",
        type=_key_from_hex,
        metavar="HEX",
        help="AES key as 32, 48 or 64 hex digits",
    )
    key.add_argument(
        "--key-text",
        dest="key",
        type=_key_from_text,
        metavar="TEXT",
        help="AES key as the 16, 24 or 32 characters themselves",
    )
    parser.add_argument(
        "--now",
        type=_time,
        metavar="ISO",
        help="check the frames' times against this time (UTC unless it says otherwise)",
    )
    parser.add_argument(
        "--tolerate",
        type=_checks,
        default=frozenset(),
        metavar="CHECKS",
        help=f"checks to waive, separated by commas: {', '.join(TOLERABLE)}",
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        type=_option,
        metavar="NAME=VALUE",
        help="a choice that the format leaves open, as options in bridge.toml; again for more",
    )
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Decode all of standard input. A frame that is rejected is a result, not an error: exit 0."""
    codec: Codec = args.format
    rules = AccountRules(args.key, "check" if args.now else "ignore", args.tolerate)
    chosen = dict(args.option)
    for name, allowed in wrong_settings(codec, chosen).items():
        # Only now are both the format and its options known.
        args.parser.error(f"argument --option: {name}={chosen[name]}; allowed: {allowed}")
    options = DecodeOptions(lambda account: rules, settings=chosen)
    data = sys.stdin.buffer.read()
    for frame in _frames(codec, data, options, args.now or datetime.now(timezone.utc)):
        # JSON is UTF-8, whatever the terminal's language.
        line = json.dumps(as_json(frame), ensure_ascii=False) + "\n"
        sys.stdout.buffer.write(line.encode())
        sys.stdout.buffer.flush()
    return 0


def _frames(codec: Codec, data: bytes, options: DecodeOptions, now: datetime) -> list[Frame]:
    """All frames of ``data``; padding behind the last is counted as consumed by it, so that the
    sum is the input's length."""
    decoder = codec.decoder(options)
    decoder.receive_data(data)
    frames: list[Frame] = []
    while not isinstance(frame := decoder.next_frame(now), NeedData):
        frames.append(frame)
    rest = decoder.finish()
    if rest is not None:
        frames.append(rest)
    if frames:
        padding = len(data) - sum(frame.consumed for frame in frames)
        frames[-1] = frames[-1]._replace(consumed=frames[-1].consumed + padding)
    return frames


def as_json(frame: Frame) -> dict[str, Any]:
    """The JSON object of a frame, as the command prints it."""
    return {
        "format": frame.format,
        "verdict": frame.verdict,
        "reason": frame.reason,
        "token": frame.token,
        "sequence": frame.sequence,
        "receiver": frame.receiver,
        "line": frame.line,
        "account": frame.account,
        "encrypted": frame.encrypted,
        "timestamp": _format_time(frame.timestamp),
        "kind": frame.kind,
        "signals": [event._asdict() for event in frame.events],
        "extended": [list(pair) for pair in frame.extended],
        "raw_hex": frame.raw.hex(),
        "reply_hex": None if (reply := frame.reply) is None else reply.hex(),
        "consumed": frame.consumed,
    }


def _format_time(moment: datetime | None) -> str | None:
    """``2026-11-20T08:00:00Z``."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _codec(name: str) -> Codec:
    try:
        return get_codec(name)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _key_from_hex(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise argparse.ArgumentTypeError("not hex digits (for characters: --key-text)") from None
    return _sized(key)


def _key_from_text(text: str) -> bytes:
    return _sized(text.encode())


def _sized(key: bytes) -> bytes:
    # The key itself is never repeated: what is typed may be right but for one digit.
    if len(key) not in KEY_SIZES:
        allowed = ", ".join(map(str, KEY_SIZES))
        raise argparse.ArgumentTypeError(f"a key of {len(key)} bytes; allowed: {allowed}")
    return key


def _time(text: str) -> datetime:
    # Python 3.10 does not know the Z.
    iso = text[:-1] + "+00:00" if text[-1:] in ("Z", "z") else text
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no ISO 8601 time such as 2026-11-20T08:00:00Z"
        ) from None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone.utc)
    try:
        return moment.astimezone(timezone.utc)
    except OverflowError:
        raise argparse.ArgumentTypeError(f"{text!r} is in no year from 1 to 9999 of UTC") from None


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is no NAME=VALUE")
    return name, value


def _checks(text: str) -> frozenset[str]:
    checks = frozenset(filter(None, text.split(",")))
    unknown = sorted(checks.difference(TOLERABLE))
    if unknown:
        raise argparse.ArgumentTypeError(
            f"unknown check {', '.join(unknown)}; allowed: {', '.join(TOLERABLE)}"
        )
    return checks
