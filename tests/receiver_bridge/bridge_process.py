"""The bridge as a process of its own, as it runs in a centre."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from odoo_server import KEY

COMMAND = [sys.executable, "-m", "receiver_bridge"]


# Below those that the kernel gives to outgoing connections: nobody gets one by chance while what
# listened there is restarted. Tests run side by side: each of up to 20 workers has its own.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 20
_PORTS = itertools.cycle(random.sample(range(15_000 + _WORKER, 30_000, 20), 750))


def free_port() -> int:
    """A port that nobody listens at, and another each time."""
    for port in _PORTS:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("0.0.0.0", port))
            return port
    raise AssertionError("unreachable: the ports come round")


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
    """Started in the constructor; every line of its log is kept in ``log``. ``prefix``: a command
    that runs it, in its own process."""

    def __init__(
        self,
        config: Path,
        environment: Mapping[str, str] | None = None,
        prefix: Sequence[str] = (),
    ) -> None:
        self.log: list[str] = []
        self._ended = False
        self._logged = threading.Condition()
        self._process = subprocess.Popen(
            [*prefix, *COMMAND, "run", "--log-signals", "--config", str(config)],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        # A test that fails leaves no bridge behind.
        atexit.register(self._process.kill)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.wait_for_log("is ready")

    def wait_for_log(self, pattern: str, seconds: float = 20, begin: int = 0) -> str:
        """The first line of the log in which ``pattern`` is found, whether or not it is there yet:
        threads of the bridge log in no order that a test could rely on. ``begin``: from this line
        of the log on."""

        def found() -> str | None:
            return next((line for line in self.log[begin:] if re.search(pattern, line)), None)

        with self._logged:
            self._logged.wait_for(lambda: self._ended or found() is not None, seconds)
            line = found()
        assert line is not None, f"{pattern!r} is not in the log:\n" + "".join(self.log)
        return line

    @property
    def pid(self) -> int:
        return self._process.pid

    # Of a configuration that Odoo did not give it is said too that all stays as it was.
    _RELOADED = r"taken over|stays as it was; mistakes|the reload failed"

    def reload(self) -> str:
        """SIGHUP; the line of the log that says how it went."""
        begin = len(self.log)
        self.hang_up()
        return self.wait_for_log(self._RELOADED, begin=begin)

    def hang_up(self) -> None:
        self._process.send_signal(signal.SIGHUP)

    def send_signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self._process.terminate()
        return self._process.wait(20)

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            with self._logged:
                self.log.append(line)
                self._logged.notify_all()
        with self._logged:
            self._ended = True
            self._logged.notify_all()
