"""The bridge as a process of its own, as it runs in a centre."""

from __future__ import annotations

import atexit
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from odoo_server import KEY

COMMAND = [sys.executable, "-m", "receiver_bridge"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_config(folder: Path, odoo_url: str, receivers: str) -> Path:
    key = folder / "odoo.key"
    key.touch(mode=0o600)
    key.write_text(KEY)
    path = folder / "bridge.toml"
    path.write_text(
        'name = "hq-1"\n'
        f'[odoo]\nurl = "{odoo_url}"\ndatabase = "arc"\nlogin = "bridge"\nkey_file = "odoo.key"\n'
        '[journal]\nurl = "sqlite:journal.db"\n'
        '[metrics]\nlisten = "127.0.0.1:0"\n'
        f"{receivers}"
    )
    return path


class BridgeProcess:
    """Started in the constructor; every line of its log is kept in ``log``."""

    def __init__(self, config: Path) -> None:
        self.log: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._process = subprocess.Popen(
            [*COMMAND, "run", "--config", str(config)],
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        # A test that fails leaves no bridge behind.
        atexit.register(self._process.kill)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.wait_for_log("is ready")

    def wait_for_log(self, pattern: str, seconds: float = 20) -> str:
        """The next line of the log in which ``pattern`` is found."""
        while True:
            line = self._lines.get(timeout=seconds)
            assert line is not None, "the bridge has ended:\n" + "".join(self.log)
            if re.search(pattern, line):
                return line

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self._process.terminate()
        return self._process.wait(20)

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.log.append(line)
            self._lines.put(line)
        self._lines.put(None)
