"""A bridge that is frozen or cut off does not know it: the other takes over, and it notices."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.shared_journal import (
    Bridge,
    Centre,
    OdooServer,
    PostgresqlServer,
    free_port,
    proxied,
    running_centre,
    two_bridges,
    wait_for,
    write_config,
)

TAKE_OVER = 15.0
FROZEN = 6.0
"""Seconds: twice a lease. By then the other has long taken over."""


def check_silence(centre: Centre, bridge: Bridge, since: float) -> None:
    """What a bridge without the lease may still do is to end the call that was under way."""
    late = [call for call in centre.calls if call.at > since and call.bridge == bridge.name]
    assert len(late) <= 1
    assert [call.new for call in late] in ([], [[]])


def test_a_frozen_bridge_does_not_send_when_it_goes_on(
    tmp_path: Path, bookkeeper: OdooServer, server: PostgresqlServer
) -> None:
    with two_bridges(tmp_path, bookkeeper, server) as centre:
        first, second = centre.bridges
        centre.wait_for_news(100)
        first.running.send_signal(signal.SIGSTOP)
        frozen = time.monotonic()
        wait_for("the other to deliver", lambda: centre.news_from(second, frozen), TAKE_OVER)
        taken = time.monotonic() - frozen
        assert taken < TAKE_OVER
        time.sleep(max(0.0, FROZEN + frozen - time.monotonic()))
        going_on = time.monotonic()
        first.running.send_signal(signal.SIGCONT)
        first.running.wait_for_log("has stood still")
        centre.wait_for_news(100)
        counts = centre.check()
        check_silence(centre, first, going_on)
        # It is a full member again: when the other goes, it takes over.
        gone = time.monotonic()
        assert second.running.stop() == 0
        wait_for("the lease to come back", lambda: first.took_over() == 2, 10)
        print(
            f"take-over after {taken:.1f} s, back after {time.monotonic() - gone:.1f} s, {counts}"
        )


@contextlib.contextmanager
def behind_a_proxy(
    tmp_path: Path, bookkeeper: OdooServer, server: PostgresqlServer
) -> Iterator[tuple[Centre, list[object]]]:
    """The first bridge reaches journal and Odoo through proxies that can swallow everything."""
    with (
        proxied("127.0.0.1", server.port) as journal,
        proxied("127.0.0.1", bookkeeper.port) as uplink,
    ):
        sees = (
            f"http://127.0.0.1:{uplink.port}",
            server.url.replace(str(server.port), str(journal.port)),
        )
        switches: list[object] = [
            lambda: (journal.clog(), uplink.clog()),
            lambda: (journal.unclog(), uplink.unclog()),
        ]
        with two_bridges(tmp_path, bookkeeper, server, with_line=False, first_sees=sees) as centre:
            yield centre, switches


def ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"


@contextlib.contextmanager
def in_a_namespace(
    tmp_path: Path, bookkeeper: OdooServer, server: PostgresqlServer
) -> Iterator[tuple[Centre, list[object]]]:
    """The first bridge is a machine of its own, on a cable; the panels have an address of theirs,
    which both bridges see."""
    number = os.getpid() % 250
    space, cable, panels = f"arc{os.getpid()}", f"arc{os.getpid()}", f"198.18.{number}.9"
    ours, theirs = f"198.19.{number}.1", f"198.19.{number}.2"
    ip("netns", "add", space)
    try:
        ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", space)
        ip("addr", "add", f"{panels}/32", "dev", "lo")
        ip("addr", "add", f"{ours}/24", "dev", cable)
        ip("link", "set", cable, "up")
        for command in (
            ("addr", "add", f"{theirs}/24", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
            ("link", "set", "lo", "up"),
            ("route", "add", "default", "via", ours),
        ):
            ip("-n", space, *command)
        with proxied("127.0.0.1", bookkeeper.port, ours) as uplink:
            port = free_port()
            seen = (f"http://{ours}:{uplink.port}", server.url.replace("127.0.0.1", ours))
            first = write_config(tmp_path, "hq-1", *seen, port, host="0.0.0.0")
            second = write_config(tmp_path, "hq-2", bookkeeper.url, server.url, port)
            inside = ("ip", "netns", "exec", space)
            bridges = [
                Bridge("hq-1", first, (theirs, port), inside),
                Bridge("hq-2", second, ("127.0.0.1", port)),
            ]
            switches: list[object] = [
                lambda: ip("link", "set", cable, "down"),
                lambda: ip("link", "set", cable, "up"),
            ]
            with running_centre(Centre(bookkeeper, server, bridges), own_host=panels) as centre:
                yield centre, switches
    finally:
        subprocess.run(["ip", "link", "del", cable], capture_output=True, check=False)
        subprocess.run(
            ["ip", "addr", "del", f"{panels}/32", "dev", "lo"], capture_output=True, check=False
        )
        ip("netns", "del", space)


def namespaces_are_permitted() -> bool:
    try:
        done = subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False)
        found = subprocess.run(["ip", "-V"], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return os.getuid() == 0 and done.returncode == found.returncode == 0


# Without the right to make a network there is still a stretch of it that can be clogged.
NETWORKS = [behind_a_proxy, *([in_a_namespace] if namespaces_are_permitted() else [])]


@pytest.mark.parametrize("network", NETWORKS)
def test_a_bridge_in_a_black_hole_is_replaced_and_comes_back_in_peace(
    tmp_path: Path, bookkeeper: OdooServer, server: PostgresqlServer, network: object
) -> None:
    with network(tmp_path, bookkeeper, server) as (centre, (cut, heal)):  # type: ignore[operator]
        first, second = centre.bridges
        centre.wait_for_news(100)
        cut()
        cut_off = time.monotonic()
        wait_for("the other to deliver", lambda: centre.news_from(second, cut_off), TAKE_OVER)
        taken = time.monotonic() - cut_off
        assert taken < TAKE_OVER
        first.running.wait_for_log("nothing is acknowledged until it can be written again", 20)
        first.running.wait_for_log("the lease could not be kept; not sending", 20)
        centre.wait_for_news(50)
        healed = time.monotonic()
        heal()
        first.running.wait_for_log("condition leases_failing has ended", 20)
        first.running.wait_for_log("can be written again", 20)
        centre.wait_for_news(100)
        counts = centre.check()
        check_silence(centre, first, healed)
        assert second.took_over() == 1
        print(f"take-over after {taken:.1f} s, {counts}")
