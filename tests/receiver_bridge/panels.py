"""Polling panels, and a bridge that supervises them, for tests of running bridges."""

from __future__ import annotations

import itertools
import socket
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bridge_process import write_config
from odoo_server import OdooServer

from receiver_bridge.codecs.dc09_encoder import encode_null


class Panels:
    """Panels that send a link test over UDP, each in its turn, ``interval`` seconds apart, until
    they are told not to; ``acknowledged`` counts the answers of each."""

    def __init__(self, port: int, accounts: Sequence[str], interval: float) -> None:
        self.silent: set[str] = set()
        self.acknowledged: Counter[str] = Counter()
        self.changed = threading.Condition()
        self._accounts = accounts
        self._interval = interval
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(0.3)
        self._socket.connect(("127.0.0.1", port))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Panels:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stop.set()
        self._thread.join()
        self._socket.close()

    def wait_for_answers(self, accounts: Sequence[str], number: int) -> None:
        """Until each of these has been answered so many times more."""
        with self.changed:
            goal = {account: self.acknowledged[account] + number for account in accounts}
            assert self.changed.wait_for(
                lambda: all(self.acknowledged[name] >= goal[name] for name in accounts), 40
            )

    def _run(self) -> None:
        pause = self._interval / len(self._accounts)
        for account in itertools.cycle(self._accounts):
            if account not in self.silent:
                self._poll(account)
            if self._stop.wait(pause):
                return

    def _poll(self, account: str) -> None:
        try:
            self._socket.send(encode_null(account))
            answer = self._socket.recv(2048)
        except OSError:
            return  # nobody listens, or not in time; the next poll comes
        if b'"ACK"' in answer and f"#{account}".encode() in answer:
            with self.changed:
                self.acknowledged[account] += 1
                self.changed.notify_all()


def supervising(folder: Path, odoo: OdooServer, port: int, accounts: Sequence[str]) -> Path:
    """A bridge's configuration with one UDP line, whose accounts Odoo wants polled each second."""
    odoo.configuration |= {
        "accounts": [
            {"receiver_group": "HQ", "account": account, "supervision": 1} for account in accounts
        ],
        "receivers": [{"name": "dc-udp", "receiver_group": "HQ"}],
    }
    receiver = (
        f'[[receiver]]\nname = "dc-udp"\nformat = "dc09"\nconnect = "udp-listen://127.0.0.1:{port}"'
        "\n[supervision]\ngrace = 4\nwrite_interval = 0.5\n"
    )
    return write_config(folder, odoo.url, receiver)


def lost_and_restored(odoo: OdooServer) -> list[tuple[str, str]]:
    signals = list(odoo.signals.values())
    assert all(signal["kind"] == "supervision" for signal in signals)
    assert all((item["code_system"], item["code"]) == ("bridge", "lost") for item in signals)
    return [(signal["account"], signal["qualifier"]) for signal in signals]
