"""SIGHUP: what is in the file counts from now on, and nothing that was acknowledged is lost."""

from __future__ import annotations

import json
import re
import socket
import ssl
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from bridge_process import BridgeProcess, free_port, write_config
from certificates import make_certificate
from odoo_server import KEY, serve_odoo
from test_run import (
    acknowledged,
    dc09_receiver,
    delivered,
    sequences_are_contiguous,
    simulate,
)

from receiver_bridge.codecs.dc09_encoder import encode_adm_cid, encode_null
from receiver_bridge.simulator.events import make_event


class Panel:
    """A connection that stays open, and what comes over it."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection(
            ("127.0.0.1", port), timeout=20, source_address=(source, 0)
        )

    def ask(self, frame: bytes) -> bytes:
        """The reply, or nothing when the other side has closed."""
        try:
            self.socket.sendall(frame)
            return self.socket.recv(4096)
        except ConnectionError:
            return b""

    def __enter__(self) -> Panel:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.socket.close()


def alarm(number: int) -> bytes:
    event = make_event("cid", "130", "new", "1", "5")
    return encode_adm_cid("1234", event, sequence=f"{number:04d}")


def receiver(name: str, port: int, *more: str) -> str:
    door = f'connect = "tcp-listen://127.0.0.1:{port}"\n'
    return "\n".join(
        (f'[[receiver]]\nname = "{name}"\nformat = "dc09"\n{door}', *more, ""),
    )


def health(bridge: BridgeProcess) -> dict[str, Any]:
    address = re.findall(r"http://\S+", "".join(bridge.log))[-1]
    with urllib.request.urlopen(address.replace("/metrics", "/healthz")) as answer:
        return dict(json.load(answer))


def free_numbers(count: int) -> list[int]:
    """Ports that are all different."""
    ports: set[int] = set()
    while len(ports) < count:
        ports.add(free_port())
    return list(ports)


def test_ten_reloads_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    first, second = free_numbers(2)
    reports = {port: tmp_path / f"{port}.json" for port in (first, second)}
    with serve_odoo() as odoo:
        stays = receiver("stays", first)
        config = write_config(tmp_path, odoo.url, stays + receiver("moves", second))
        bridge = BridgeProcess(config)
        loads = [
            simulate(
                *("dc09", "--connect", f"tcp://127.0.0.1:{port}", "--account", f"{port % 10}001"),
                *("--accounts", "4", "--count", "700", "--rate", "140", "--timeout", "1"),
                *("--report", str(reports[port])),
            )
            for port in (first, second)
        ]
        for round_ in range(10):
            # So few that the door which stays could bring them all: the other may be closed.
            odoo.wait_for(lambda least=60 * (round_ + 1): len(odoo.signals) >= least)
            # Opened anew each time; every third time it is not there at all for a while.
            changed = receiver("moves", second, f"repeat_window = {200 + round_}")
            write_config(tmp_path, odoo.url, stays + (changed if round_ % 3 else ""))
            assert "taken over" in bridge.reload()
        write_config(tmp_path, odoo.url, stays + receiver("moves", second))
        assert "taken over" in bridge.reload()
        for load in loads:
            output, errors = load.communicate(timeout=90)
            assert load.returncode == 0, output[-500:] + errors
        told = [raw for report in reports.values() for raw in acknowledged(report)]
        assert len(told) == 1400
        odoo.wait_for(lambda: set(delivered(odoo)) >= set(told))
        assert delivered(odoo) == Counter(told)
        assert sequences_are_contiguous(odoo)
        assert bridge.stop() == 0


def test_who_is_not_changed_keeps_the_connection_and_who_is_new_gets_a_door(
    tmp_path: Path,
) -> None:
    old, gone, new = free_numbers(3)
    with serve_odoo() as odoo:
        config = write_config(tmp_path, odoo.url, receiver("old", old) + receiver("gone", gone))
        bridge = BridgeProcess(config)
        with Panel(old) as panel, Panel(gone) as lost:
            assert b'"ACK"0001' in panel.ask(alarm(1))
            assert b'"ACK"0002' in lost.ask(alarm(2))
            write_config(tmp_path, odoo.url, receiver("old", old) + receiver("new", new))
            assert "added new; removed gone" in bridge.reload()
            assert b'"ACK"0003' in panel.ask(alarm(3))
            assert lost.ask(alarm(4)) == b""
            with Panel(new) as other:
                assert b'"ACK"0005' in other.ask(alarm(5))
        odoo.wait_for(lambda: len(odoo.signals) == 4)
        assert [item["name"] for item in health(bridge)["receivers"]] == ["old", "new"]
        # One epoch, and each receiver's numbers go on.
        assert len({uid.partition(":")[0] for uid in odoo.signals}) == 1
        assert sequences_are_contiguous(odoo)
        assert bridge.stop() == 0


def test_what_a_removed_receiver_took_in_is_still_delivered(tmp_path: Path) -> None:
    first, second, odoo_port = free_numbers(3)
    url = f"http://127.0.0.1:{odoo_port}"
    config = write_config(tmp_path, url, receiver("stays", first) + receiver("goes", second))
    bridge = BridgeProcess(config)
    with Panel(second) as panel:
        assert b"ACK" in panel.ask(alarm(1))
    write_config(tmp_path, url, receiver("stays", first))
    assert "removed goes" in bridge.reload()
    with serve_odoo(odoo_port) as odoo:
        odoo.wait_for(lambda: len(odoo.signals) == 1, 60)
        assert next(iter(odoo.signals.values()))["receiver"] == "goes"
        assert bridge.stop() == 0


def test_with_a_mistake_everything_stays_and_every_mistake_is_said(tmp_path: Path) -> None:
    port, other = free_numbers(2)
    with serve_odoo() as odoo, socket.socket() as taken:
        taken.bind(("127.0.0.1", other))
        taken.listen()
        config = write_config(tmp_path, odoo.url, receiver("dc", port))
        good = config.read_text()
        bridge = BridgeProcess(config)
        with Panel(port) as panel:
            config.write_text(good.replace('"dc09"', '"morse"') + "nonsense = 1\n")
            assert "mistakes: 2" in bridge.reload()
            bridge.wait_for_log(r"receiver\[1\] \(dc\)\.format: found 'morse'")
            bridge.wait_for_log(r"receiver\[1\] \(dc\)\.nonsense: found an unknown key")
            conditions = health(bridge)["conditions"]
            assert [item["code"] for item in conditions] == ["configuration_refused"]
            # What only a restart can change, and a door that is taken.
            config.write_text(
                good.replace('"hq-1"', '"hq-2"').replace("journal.db", "other.db")
                + receiver("more", other)
                + "[supervision]\nwrite_interval = 5\n"
            )
            assert "mistakes: 4" in bridge.reload()
            bridge.wait_for_log("name: found a change to 'hq-2'; allowed: 'hq-1' until the bridge")
            bridge.wait_for_log("journal: found a change to")
            bridge.wait_for_log(r"supervision\.write_interval: found a change to 5")
            bridge.wait_for_log(r"\(more\).connect: .*taken by another program")
            assert b'"ACK"0001' in panel.ask(alarm(1))
            config.write_text(good)
            assert "taken over: every receiver as before" in bridge.reload()
            assert health(bridge)["conditions"] == []
            assert b'"ACK"0002' in panel.ask(alarm(2))
        assert bridge.stop() == 0


def test_another_odoo_and_another_key_count_from_the_next_call(tmp_path: Path) -> None:
    port = free_port()
    with serve_odoo() as one, serve_odoo() as other:
        config = write_config(tmp_path, one.url, receiver("dc", port))
        bridge = BridgeProcess(config)
        with Panel(port) as panel:
            assert b"ACK" in panel.ask(alarm(1))
            one.wait_for(lambda: len(one.signals) == 1)
            write_config(tmp_path, other.url, receiver("dc", port))
            assert "taken over" in bridge.reload()
            assert b"ACK" in panel.ask(alarm(2))
            other.wait_for(lambda: len(other.signals) == 1)
            assert len(one.signals) == 1
            # The same file with another key in it is a change too.
            (tmp_path / "odoo.key").write_text("the-next-key")
            assert "taken over" in bridge.reload()
            assert b"ACK" in panel.ask(alarm(3))
            bridge.wait_for_log("signals wait in the journal: login: Odoo refuses 'bridge'")
            (tmp_path / "odoo.key").write_text(KEY)
            assert "taken over" in bridge.reload()
            other.wait_for(lambda: len(other.signals) == 2, 60)
        assert bridge.stop() == 0


def test_limits_log_level_and_metrics_address_take_effect_without_a_connection_lost(
    tmp_path: Path,
) -> None:
    port = free_port()
    with serve_odoo() as odoo:
        config = write_config(tmp_path, odoo.url, receiver("dc", port))
        bridge = BridgeProcess(config)
        before = re.findall(r"http://\S+", "".join(bridge.log))[-1]
        with Panel(port) as panel:
            assert b"ACK" in panel.ask(alarm(1))
            write_config(tmp_path, odoo.url, receiver("dc", port, "max_connections = 1"))
            text = config.read_text().replace('"127.0.0.1:0"', f'"127.0.0.1:{free_port()}"')
            config.write_text(text + "[log]\nformat = 'json'\nlevel = 'info'\n")
            assert "adjusted dc" in bridge.reload()
            with Panel(port) as second:
                assert second.ask(alarm(2)) == b""
            assert b'"ACK"0003' in panel.ask(alarm(3))
            line = json.loads(bridge.wait_for_log('"message": "dc: connection from'))
            assert (line["receiver"], line["peer"]) == ("dc", "127.0.0.1")
            told = json.loads(bridge.wait_for_log('"signal": '))
            assert (told["receiver"], told["signal"]["account"]) == ("dc", "1234")
            assert told["uid"] == told["signal"]["uid"]
            assert re.findall(r"http://[^\s\"]+", "".join(bridge.log))[-1] != before
        assert bridge.stop() == 0


def test_certificates_are_renewed_without_dropping_the_door(tmp_path: Path) -> None:
    port = free_port()
    certificate, key = make_certificate(tmp_path)
    before = ssl.create_default_context(cafile=str(certificate))
    tls = 'tls = {certificate = "server.pem", key = "server.key"}'

    def connect(context: ssl.SSLContext) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", port), timeout=20)
        return context.wrap_socket(plain, server_hostname="127.0.0.1")

    with serve_odoo() as odoo:
        bridge = BridgeProcess(write_config(tmp_path, odoo.url, receiver("dc", port, tls)))
        with connect(before) as panel:
            make_certificate(tmp_path)
            assert "every receiver as before" in bridge.reload()
            panel.sendall(encode_null("1234"))
            assert b"ACK" in panel.recv(4096)
            after = ssl.create_default_context(cafile=str(certificate))
            with connect(after) as renewed:
                renewed.sendall(encode_null("1234"))
                assert b"ACK" in renewed.recv(4096)
            key.chmod(0o644)
            assert "mistakes: 1" in bridge.reload()
            bridge.wait_for_log(r"receiver\[1\] \(dc\)\.tls\.key: found .*mode 0644")
        assert bridge.stop() == 0


def test_many_hang_ups_at_once_are_no_more_than_a_few_reloads(tmp_path: Path) -> None:
    port = free_port()
    with serve_odoo() as odoo:
        bridge = BridgeProcess(write_config(tmp_path, odoo.url, dc09_receiver(port)))
        for _signal in range(50):
            bridge.hang_up()
        bridge.wait_for_log("taken over")
        with Panel(port) as panel:
            assert b"ACK" in panel.ask(alarm(1))
        odoo.wait_for(lambda: len(odoo.signals) == 1)
        assert bridge.stop() == 0
