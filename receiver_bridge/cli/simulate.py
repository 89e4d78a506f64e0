"""Simulated panels and receivers: one signal, a load, or the demo's calm day without end."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import re
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from ..codecs import Codec, Encoder, Event, encodable_codecs, encoder_of
from ..config import ConfigError
from ..simulator import Dc09Panel, Outcome, SimulatedReceiver, SimulatedSender, open_link
from ..simulator.demo import Demo, load_demo, run_demo
from ..simulator.events import TOLD_SYSTEMS, load_mix, make_event
from ..simulator.links import LINK_FORMS, LinkEnd, LinkError, parse_link
from ..simulator.load import LoadPlan, run_load, write_report
from ..simulator.play import Cast, play
from ..simulator.scenario import Scenario, find_scenario, load_scenario, scenario_names
from .numbers import not_negative, whole_number

Senders = tuple[Callable[[str], SimulatedSender], dict[str, SimulatedSender]]
"""Makes the sender of an account; and all that were made."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "simulate", help="simulated panels and receivers", description=__doc__
    )
    parser.set_defaults(run=run)
    kinds = parser.add_subparsers(metavar="KIND", required=True)
    _add_dc09(kinds.add_parser("dc09", help="panels that speak SIA DC-09"))
    for codec in encodable_codecs():
        if codec.name != "dc09":
            _add_receiver(kinds.add_parser(codec.name, help=f"a receiver, {codec.name}"), codec)
    _add_play(
        kinds.add_parser(
            "play", help="a scenario at many subscribers: a burglary, a cut line, a storm, a day"
        )
    )
    demo = kinds.add_parser("demo", help="a calm day at some sites, without end")
    demo.add_argument("--config", type=Path, required=True, metavar="FILE", help="the demo's file")
    demo.add_argument(
        "--mean-interval", type=not_negative, metavar="SECONDS", help="instead of the file's"
    )
    demo.set_defaults(simulate=_demo)


def run(arguments: argparse.Namespace) -> int:
    try:
        return int(arguments.simulate(arguments))
    except ConfigError as error:
        for mistake in error.mistakes:
            print(mistake, file=sys.stderr)
        return 2
    except (ValueError, LinkError) as error:
        print(f"receiver-bridge simulate: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"receiver-bridge simulate: {error}", file=sys.stderr)
        return 1


def _add_dc09(parser: argparse.ArgumentParser) -> None:
    _add_signal_arguments(parser, encoder_of("dc09"))
    parser.add_argument("--key", type=_key, metavar="HEX", help="AES key; encrypts everything")
    parser.add_argument("--timeout", type=not_negative, default=5.0, metavar="SECONDS")
    parser.set_defaults(simulate=_dc09)


def _add_receiver(parser: argparse.ArgumentParser, codec: Codec) -> None:
    _add_signal_arguments(parser, encoder_of(codec.name))
    _add_receiver_arguments(parser)
    parser.set_defaults(simulate=_receiver, format=codec.name)


def _add_receiver_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--receiver", metavar="RR", help="number of the receiver, as on the wire")
    add("--line", help="as on the wire; Sur-Gard: one digit for MLR2, three for System III")
    add("--heartbeat", type=not_negative, default=30.0, metavar="SECONDS")
    add("--timeout", type=not_negative, default=4.0, metavar="SECONDS")


def _add_play(parser: argparse.ArgumentParser) -> None:
    names = ", ".join(scenario_names())
    add = parser.add_argument
    add("scenario", type=_scenario, metavar="SCENARIO", help=f"{names}, or a file of your own")
    add("--format", required=True, type=_encodable, metavar="FORMAT")
    _add_door_arguments(parser)
    add("--system", choices=TOLD_SYSTEMS, help="of the codes; as usual in the format")
    add("--speed", type=_speed, default=1.0, metavar="X", help="so many times as fast as written")
    add("--key", type=_key, metavar="HEX", help="AES key of DC-09 panels")
    _add_receiver_arguments(parser)
    parser.set_defaults(simulate=_play)


def _add_signal_arguments(parser: argparse.ArgumentParser, encoder: Encoder) -> None:
    _add_door_arguments(parser)
    add = parser.add_argument
    add("--system", choices=encoder.systems, default=_usual_system(encoder))
    add("--code", help="one code for all; without it a load is a mix of cid's or sia's codes")
    add("--qualifier", choices=("new", "restore", "status"), default="new")
    add("--area", default="1")
    add("--zone", "--user", dest="zone", default="1", help="number of the zone or user")
    add("--count", type=whole_number, metavar="N", help="how many signals (1 without a duration)")
    add("--duration", type=not_negative, metavar="SECONDS", help="send for so long")
    add(
        "--rate", type=not_negative, default=0.0, metavar="R", help="a second, over all; 0: at once"
    )


def _usual_system(encoder: Encoder) -> str:
    """Contact ID where the format can carry it, as most receivers do."""
    return next((name for name in TOLD_SYSTEMS if name in encoder.systems), encoder.systems[0])


def _add_door_arguments(parser: argparse.ArgumentParser) -> None:
    """Who sends, to whom, for how long, and what is told of it."""
    add = parser.add_argument
    add("--connect", required=True, type=_door, metavar="URL", help=f"the door: {LINK_FORMS}")
    add("--account", required=True, type=_account, help="the first account where there are several")
    add("--accounts", type=whole_number, default=1, metavar="N", help="so many, numbered on")
    add("--seed", type=int, default=1, help="the same dice again")
    add(
        "--patience",
        type=not_negative,
        default=30.0,
        metavar="SECONDS",
        help="then a signal is given up",
    )
    add("--report", type=_report, metavar="FILE", help="write what was sent and acknowledged, JSON")
    add("--quiet", action="store_true", help="print the sum only")


def _dc09(arguments: argparse.Namespace) -> int:
    return asyncio.run(_load(arguments, *_panels(arguments)))


def _panels(arguments: argparse.Namespace) -> Senders:
    """Every account is a panel with a link of its own."""
    panels: dict[str, SimulatedSender] = {}

    def panel_of(account: str) -> SimulatedSender:
        link = open_link(arguments.connect)
        panels[account] = Dc09Panel(
            account, link, arguments.key, arguments.timeout, arguments.patience
        )
        return panels[account]

    return panel_of, panels


def _receiver(arguments: argparse.Namespace) -> int:
    return asyncio.run(_load(arguments, *_receivers(arguments)))


def _receivers(arguments: argparse.Namespace) -> Senders:
    """All accounts call on one receiver, which has one line to the bridge."""
    senders: dict[str, SimulatedSender] = {}

    def receiver_of(account: str) -> SimulatedSender:
        if not senders:
            receiver = SimulatedReceiver(
                open_link(arguments.connect),
                encoder_of(arguments.format),
                arguments.receiver,
                arguments.line,
                arguments.heartbeat,
                arguments.timeout,
                arguments.patience,
            )
            receiver.start_heartbeat()
            senders["receiver"] = receiver
        return senders["receiver"]

    return receiver_of, senders


def _play(arguments: argparse.Namespace) -> int:
    scenario = load_scenario(arguments.scenario)
    make = _panels if arguments.format == "dc09" else _receivers
    return asyncio.run(_play_to_the_end(arguments, scenario, *make(arguments)))


async def _play_to_the_end(
    arguments: argparse.Namespace,
    scenario: Scenario,
    sender_of: Callable[[str], SimulatedSender],
    senders: dict[str, SimulatedSender],
) -> int:
    encoder = encoder_of(arguments.format)
    system = arguments.system or _usual_system(encoder)
    if system not in TOLD_SYSTEMS or system not in encoder.systems:
        allowed = ", ".join(encoder.systems)
        raise ValueError(
            f"{arguments.format} has no codes of {' or '.join(TOLD_SYSTEMS)}, which scenarios are"
            f" told in; it has: {allowed}"
            if arguments.system is None
            else f"{arguments.format} has no codes of {system}; it has: {allowed}"
        )
    print(scenario.title, flush=True)
    cast = Cast(
        _accounts(arguments.account, arguments.accounts),
        system,
        arguments.speed,
        arguments.seed,
    )
    try:
        outcomes = await play(
            scenario, cast, sender_of, (lambda *_: None) if arguments.quiet else _tell_played
        )
    finally:
        await asyncio.gather(*(sender.close() for sender in senders.values()))
    return _sum_up(arguments, outcomes)


async def _load(
    arguments: argparse.Namespace,
    sender_of: Callable[[str], SimulatedSender],
    senders: dict[str, SimulatedSender],
) -> int:
    count = arguments.count
    if count is None and arguments.duration is None:
        count = 1
    accounts = _accounts(arguments.account, arguments.accounts)
    plan = LoadPlan(accounts, _events(arguments, count), count, arguments.duration, arguments.rate)
    try:
        outcomes = await run_load(plan, sender_of, (lambda _: None) if arguments.quiet else _print)
    finally:
        for sender in senders.values():
            await sender.close()
    return _sum_up(arguments, outcomes)


def _sum_up(arguments: argparse.Namespace, outcomes: list[Outcome]) -> int:
    acknowledged = sum(outcome.acknowledged for outcome in outcomes)
    print(f"{len(outcomes)} sent, {acknowledged} acknowledged", flush=True)
    if arguments.report:
        write_report(arguments.report, outcomes)
    return 0 if acknowledged == len(outcomes) else 1


def _events(arguments: argparse.Namespace, count: int | None) -> Iterator[Event]:
    code = arguments.code
    if code is None:
        if arguments.system not in TOLD_SYSTEMS:
            raise ValueError(f"--code is needed: there is no mix of codes of {arguments.system}")
        if count != 1:
            return load_mix(arguments.system, arguments.seed)
        code = "BA" if arguments.system == "sia" else "130"
    return itertools.repeat(
        make_event(arguments.system, code, arguments.qualifier, arguments.area, arguments.zone)
    )


def _accounts(first: str, number: int) -> tuple[str, ...]:
    """``number`` accounts from ``first`` on, in decimal where it is decimal, else in hex."""
    if number == 1:
        return (first,)
    width = len(first)
    form = f"0{width}d" if first.isdecimal() else f"0{width}X"
    start = int(first, 10 if first.isdecimal() else 16)
    return tuple(format(start + step, form) for step in range(number))


def _demo(arguments: argparse.Namespace) -> int:
    demo = load_demo(arguments.config)
    if arguments.mean_interval:
        demo = Demo(demo.doors, arguments.mean_interval, demo.seed)
    asyncio.run(_run_demo(demo))
    return 0


async def _run_demo(demo: Demo) -> None:
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(run_demo(demo, _tell))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    await asyncio.gather(task, return_exceptions=True)
    if not task.cancelled():
        task.result()


def _tell(door: str, account: str, words: str, outcome: Outcome) -> None:
    clock = datetime.now().strftime("%H:%M:%S")
    print(f"{clock}  {door:<8} {account:<8} {words} · {_fate(outcome)}", flush=True)


def _tell_played(account: str, words: str, outcome: Outcome) -> None:
    clock = datetime.now().strftime("%H:%M:%S")
    print(f"{clock}  {account:<8} {words} · {_fate(outcome)}", flush=True)


def _print(outcome: Outcome) -> None:
    event = outcome.event
    what = f"{event.code_system} {event.code} {event.qualifier or ''} {event.address or ''}"
    print(f"{outcome.account}  {what} · {_fate(outcome)}", flush=True)


def _fate(outcome: Outcome) -> str:
    again = f", attempt {outcome.attempts}" if outcome.attempts > 1 else ""
    if outcome.acknowledged:
        return f"acknowledged in {outcome.seconds * 1000:.0f} ms{again}"
    return f"NOT acknowledged after {outcome.attempts} attempts: {outcome.cause}"


def _door(text: str) -> LinkEnd:
    try:
        return parse_link(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: {error}") from None


def _account(text: str) -> str:
    if not re.fullmatch("[0-9A-Fa-f]{1,16}", text):
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: 1 to 16 hexadecimal digits")
    return text


def _report(text: str) -> Path:
    path = Path(text)
    # Found out only after a long load, all that was counted would be lost.
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: a file in a folder that exists")
    return path


def _scenario(name: str) -> Path:
    try:
        return find_scenario(name)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _encodable(name: str) -> str:
    names = [codec.name for codec in encodable_codecs()]
    if name not in names:
        raise argparse.ArgumentTypeError(f"{name!r}; allowed: {', '.join(names)}")
    return name


def _speed(text: str) -> float:
    speed = not_negative(text)
    if not speed:
        raise argparse.ArgumentTypeError("0; allowed: more than 0")
    return speed


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) not in (16, 24, 32):
        raise argparse.ArgumentTypeError("not an AES key of 32, 48 or 64 hexadecimal digits")
    return key
