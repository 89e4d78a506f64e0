"""Bench ``bridge-ack``: DC-09 messages acknowledged, ours with every signal fsynced before its
acknowledgement ÷ pysiaalarm's asyncio server, which stores nothing.

    bridge-ack.ratio          100 connections that are kept
    bridge-ack.newconn.ratio  a new connection for each message
    bridge-ack.p99_ms         500 messages a second over kept connections, fsynced

The bridge is a real process with its journal on a real disk and nobody at the other end of its
uplink. The panels are a process of their own (``_panels``); an echo server shows what they could do
at most. Rounds of ours, theirs and echo take turns.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from statistics import median
from typing import Any

from tests.bench._disk import fdatasync_ms, real_disk_folder
from tests.bench._processes import free_port, panels, running_bridge, running_server
from tests.bench._report import asked_for_quick, note, peak_mb, percentile, report

ROUNDS = 5
# Many short connections fill the kernel's table of connections, which then drops packets.
MOST_NEW_CONNECTIONS = 24_000


def compare(mode: str, ports: dict[str, int], messages: int) -> dict[str, Any]:
    """Messages a second of each server, rounds in turn, and the median of the ratios."""
    rates: dict[str, list[float]] = {name: [] for name in ports}
    names = list(ports)
    for number in range(ROUNDS):
        for name in names:
            run = panels(
                port=ports[name], mode=mode, messages=messages, seed=number, echo=name == "echo"
            )
            rates[name].append(messages / run["seconds"])
        note(
            f"{mode} {number + 1}/{ROUNDS}: "
            + ", ".join(f"{n} {rates[n][-1]:,.0f}/s" for n in rates)
        )
        names.reverse()
    ratios = [
        ours / theirs for ours, theirs in zip(rates["ours"], rates["pysiaalarm"], strict=True)
    ]
    return {
        "ratio": round(median(ratios), 2),
        "ratios": [round(ratio, 2) for ratio in ratios],
        **{f"{name}_per_second": round(median(values)) for name, values in rates.items()},
    }


def main() -> None:
    quick = asked_for_quick("Acknowledgements: ours against pysiaalarm.", "fewer messages")
    messages = 3000 if quick else 20_000
    new = min(messages // 5, MOST_NEW_CONNECTIONS // (3 * ROUNDS))
    port = free_port()
    with ExitStack() as stack:
        folder = real_disk_folder(stack.enter_context(tempfile.TemporaryDirectory(dir=".")))
        sync_p50, sync_p99 = fdatasync_ms(folder)
        pid = stack.enter_context(running_bridge(folder, port))
        ports = {
            "ours": port,
            "pysiaalarm": stack.enter_context(running_server("pysiaalarm")),
            "echo": stack.enter_context(running_server("echo")),
        }
        kept = compare("kept", ports, messages)
        report("bridge-ack.ratio", kept["ratio"], "ratio", ROUNDS, kept)
        newconn = compare("new", ports, new)
        report("bridge-ack.newconn.ratio", newconn["ratio"], "ratio", ROUNDS, newconn)
        seconds = 4 if quick else 20
        runs = [
            panels(port=port, mode="paced", messages=500 * seconds, rate=500, seed=90 + number)
            for number in range(ROUNDS)
        ]
        p99 = [percentile(run["latencies_ms"], 99) for run in runs]
        details = {
            "p50_ms": round(median(percentile(run["latencies_ms"], 50) for run in runs), 2),
            "p99_ms_of_rounds": [round(value, 2) for value in p99],
            "fdatasync_p50_ms": sync_p50,
            "fdatasync_p99_ms": sync_p99,
            "bridge_peak_memory_mb": peak_mb(pid),
        }
        report("bridge-ack.p99_ms", round(median(p99), 2), "ms", ROUNDS, details)


if __name__ == "__main__":
    main()
