"""What is right by itself and wrong together: a name, a door or a file that two receivers claim,
and more connections than the process may have."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

from .descriptors import RESERVED, most_connections, most_descriptors
from .doors import Door, NetworkAddress, SerialPort
from .mistakes import Mistake
from .model import LimitSettings, MetricsSettings, ReceiverSettings

_Numbered = list[tuple[int, ReceiverSettings]]


def find_conflicts(
    path: Path,
    receivers: list[ReceiverSettings | None],
    metrics: MetricsSettings | None,
    limits: LimitSettings,
) -> Iterable[Mistake]:
    """``receivers`` in the order of the file, None where one could not be read."""
    numbered = [(number, item) for number, item in enumerate(receivers, start=1) if item]
    yield from _same_names(path, numbered)
    yield from _same_doors(path, numbered, metrics)
    yield from _same_captures(path, numbered)
    yield from _too_many_connections(path, numbered, limits)


def _same_names(path: Path, numbered: _Numbered) -> Iterable[Mistake]:
    first: dict[str, int] = {}
    for number, receiver in numbered:
        if receiver.name in first:
            found = f"{receiver.name!r}, the name of receiver[{first[receiver.name]}]"
            yield Mistake(path, f"receiver[{number}].name", found, "a name of its own")
        elif receiver.name:
            first[receiver.name] = number


def _same_doors(
    path: Path, numbered: _Numbered, metrics: MetricsSettings | None
) -> Iterable[Mistake]:
    for (first, one), (second, other) in combinations(numbered, 2):
        if _overlap(one.door, other.door):
            found = f"{other.door}, which receiver[{first}] has as {one.door}"
            key = f"receiver[{second}] ({other.name}).connect"
            yield Mistake(path, key, found, "a door of its own; [::] takes IPv4 too")
    for number, receiver in numbered:
        if metrics is not None and _overlap(receiver.door, metrics.listen):
            found = f"{metrics.listen}, the door of receiver[{number}]"
            yield Mistake(path, "metrics.listen", found, "a port of its own")


def _overlap(one: Door, other: Door) -> bool:
    if isinstance(one, SerialPort) and isinstance(other, SerialPort):
        return os.path.realpath(one.device) == os.path.realpath(other.device)
    if not isinstance(one, NetworkAddress) or not isinstance(other, NetworkAddress):
        return False
    if one.scheme != other.scheme or one.port != other.port or one.port == 0:
        return False
    if one.scheme == "tcp-connect":
        return False
    hosts = {one.host, other.host}
    if len(hosts) == 1 or "::" in hosts:
        return True
    return "0.0.0.0" in hosts and not any(":" in host for host in hosts)


def _same_captures(path: Path, numbered: _Numbered) -> Iterable[Mistake]:
    first: dict[Path, int] = {}
    for number, receiver in numbered:
        if receiver.capture is None:
            continue
        if receiver.capture.path in first:
            found = f"{receiver.capture.path}, the file of receiver[{first[receiver.capture.path]}]"
            key = f"receiver[{number}] ({receiver.name}).capture.path"
            yield Mistake(path, key, found, "a file of its own")
        first.setdefault(receiver.capture.path, number)


def _too_many_connections(
    path: Path, numbered: _Numbered, limits: LimitSettings
) -> Iterable[Mistake]:
    allowed = most_connections()
    claims = [("limits.max_connections", limits.max_connections)]
    claims += [
        (f"receiver[{number}] ({receiver.name}).max_connections", receiver.max_connections)
        for number, receiver in numbered
    ]
    for key, claimed in claims:
        if claimed > allowed:
            yield Mistake(
                path,
                key,
                f"{claimed} connections",
                f"up to {allowed}: the process may have {most_descriptors()} open files"
                f" (LimitNOFILE) and keeps {RESERVED} for itself",
            )


def total_connections(limits: LimitSettings, receivers: Iterable[ReceiverSettings]) -> int:
    """Connections over all doors: what is set, else the sum of what each receiver may have, as far
    as the process may have so many."""
    if limits.max_connections:
        return limits.max_connections
    wanted = sum(
        receiver.max_connections
        for receiver in receivers
        if isinstance(receiver.door, NetworkAddress) and receiver.door.scheme == "tcp-listen"
    )
    return min(wanted, most_connections())
