"""A bridge process with a door of every kind."""

from __future__ import annotations

import contextlib
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
# A real receiver gives up after some 16 s; the one of these tests never does, and while the bridge
# is killed again and again it may take longer than that to get through.
repeat_window = 600
""",
            "utf-8",
        )

    @property
    def receivers(self) -> list[str]:
        return [self.tcp, self.udp, self.sg]

    def senders(self, book: Book, pause: float = 0.0, lane: int = 10) -> list[Sender]:
        """Five at once: two kept connections, new ones, datagrams, the terminal. Who sends a second
        time begins with another ``lane``: no event is the same as one before."""
        return [
            Sender(book, self.tcp, KeptConnection(self.tcp_port), lane + 0, None, pause),
            Sender(book, self.tcp, KeptConnection(self.tcp_port), lane + 1, None, pause),
            Sender(book, self.tcp, NewConnections(self.tcp_port), lane + 2, None, pause),
            Sender(book, self.udp, Datagrams(self.udp_port), lane + 3, None, pause),
            Sender(book, self.sg, self.terminal, lane + 4, None, pause),
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
            wait_for("the bridge to be ready\n" + "".join(self.log[began:]), self.ready, 40, 0.01)

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self.log.append(line)

    def ready(self) -> bool:
        """Whether all its doors are open; AssertionError when it has ended."""
        assert self.alive, "the bridge has ended:\n" + "".join(self.log[-20:])
        try:
            return all(item["state"] != "down" for item in self.health()["receivers"])
        except OSError:
            return False

    def wait_for_promises(self, book: Book, number: int, timeout: float = 40.0) -> None:
        """Until ``number`` more events are acknowledged."""
        goal = book.promises + number

        def reached() -> bool:
            assert self.alive, "the bridge has ended:\n" + "".join(self.log[-20:])
            return book.promises >= goal

        wait_for(f"{number} acknowledgements", reached, timeout)

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

    def drained(self) -> bool:
        """Whether Odoo has all that is in the journal; of one that cannot be read nobody knows."""
        shown = self.health()
        return shown["journal"] == "ok" and not shown["backlog"]

    def conditions(self) -> dict[str, str]:
        return {item["code"]: item["detail"] for item in self.health()["conditions"]}

    def command(self, *arguments: str) -> int:
        """``receiver-bridge journal …`` on this bridge's journal; the exit code. What it prints
        goes where it does not mix with a bench's figures."""
        with contextlib.redirect_stdout(sys.stderr):
            return receiver_bridge(["journal", *arguments, "--config", str(self.config)])

    def close(self) -> None:
        if self.alive:
            self.stop()
        self.terminal.pull()
        if folder := os.environ.get("ARC_STACK_LOGS"):
            log = pathlib.Path(folder) / f"faults-{self.name}.log"
            log.write_text("".join(self.log), "utf-8")
