"""A bridge process with a door of every kind."""

from __future__ import annotations

import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from typing import Any

from receiver_bridge.cli import main as receiver_bridge
from tests.faults.book import Book
from tests.faults.senders import Datagrams, KeptConnection, NewConnections, Sender, Terminal
from tests.stack import ROOT, Odoo, free_port, wait_for


class FaultBridge:
    """Receivers ``<name>-tcp``, ``<name>-udp`` (DC-09) and ``<name>-sg`` (Sur-Gard on a terminal).
    Its log is read from a pipe, so that limits on its files are none on its log."""

    def __init__(
        self, folder: pathlib.Path, odoo: Odoo, name: str, url: str | None = None, **journal: Any
    ) -> None:
        self.name = name
        self.config = folder / "bridge.toml"
        self.journal = folder / "journal.sqlite"
        self.tcp_port, self.udp_port, self.metrics_port = free_port(), free_port(), free_port()
        self.terminal = Terminal(folder / "tty")
        self.tcp, self.udp, self.sg = (f"{name}-{end}" for end in ("tcp", "udp", "sg"))
        self.log: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        settings = "".join(f"{key} = {value}\n" for key, value in journal.items())
        self.config.write_text(
            f"""
name = "{name}"
[odoo]
url = "{url or odoo.url}"
database = "{odoo.database}"
login = "bridge"
key_file = "{odoo.bridge_key_file}"
timeout = 10
[journal]
url = "sqlite:///{self.journal}"
{settings}
[metrics]
listen = "127.0.0.1:{self.metrics_port}"
[[receiver]]
name = "{self.tcp}"
format = "dc09"
connect = "tcp-listen://127.0.0.1:{self.tcp_port}"
timestamps = "ignore"
[[receiver]]
name = "{self.udp}"
format = "dc09"
connect = "udp-listen://127.0.0.1:{self.udp_port}"
timestamps = "ignore"
[[receiver]]
name = "{self.sg}"
format = "surgard"
connect = "serial://{self.terminal.path}?baudrate=9600"
""",
            "utf-8",
        )

    @property
    def receivers(self) -> list[str]:
        return [self.tcp, self.udp, self.sg]

    def senders(self, book: Book, count: int | None = None, pause: float = 0.0) -> list[Sender]:
        """Five at once: two kept connections, new ones, datagrams, the terminal."""
        return [
            Sender(book, self.tcp, KeptConnection(self.tcp_port), 11, count, pause),
            Sender(book, self.tcp, KeptConnection(self.tcp_port), 12, count, pause),
            Sender(book, self.tcp, NewConnections(self.tcp_port), 13, count, pause),
            Sender(book, self.udp, Datagrams(self.udp_port), 14, count, pause),
            Sender(book, self.sg, self.terminal, 15, count, pause),
        ]

    def start(self, wait: bool = True, file_limit: int | None = None) -> None:
        """``file_limit``: bytes that no file of it may exceed, until :meth:`limit_files` says
        otherwise."""

        def limit() -> None:
            if file_limit is not None:
                hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, hard))

        began = len(self.log)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "receiver_bridge", "run", "--config", str(self.config),
             "--log-level", "warning"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
            text=True, cwd=ROOT, env=dict(os.environ), preexec_fn=limit,
        )  # fmt: skip
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()
        if wait:
            wait_for(
                "the bridge to be ready\n" + "".join(self.log[began:]), self._ready, 40, 0.01
            )

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self.log.append(line)

    def _ready(self) -> bool:
        assert self.alive, "the bridge has ended:\n" + "".join(self.log[-20:])
        try:
            return bool(self.metrics())
        except OSError:
            return False

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(20)

    def stop(self) -> int:
        assert self._process is not None
        self._process.terminate()
        try:
            return self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def limit_files(self, size: int) -> None:
        """Of the running process: what a full disk does. ``resource.RLIM_INFINITY`` ends it."""
        assert self._process is not None
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, hard))

    def metrics(self) -> str:
        url = f"http://127.0.0.1:{self.metrics_port}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return str(answer.read().decode())

    def metric(self, name: str) -> float:
        """The sum over all labels."""
        found = re.findall(rf"^{name}(?:\{{.*\}})? (\S+)$", self.metrics(), re.MULTILINE)
        return sum(map(float, found))

    def health(self) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.metrics_port}/healthz"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                shown: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            shown = json.load(error)
        return shown

    def conditions(self) -> dict[str, str]:
        return {item["code"]: item["detail"] for item in self.health()["conditions"]}

    def command(self, *arguments: str) -> int:
        """``receiver-bridge journal …`` on this bridge's journal; the exit code."""
        return receiver_bridge(["journal", *arguments, "--config", str(self.config)])

    def close(self) -> None:
        if self.alive:
            self.stop()
        self.terminal.pull()
