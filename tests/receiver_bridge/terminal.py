"""A program in a terminal of its own, typed into and read as a person would."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Sequence
from types import TracebackType

_ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|[P\]_].*?(\x1b\\|\x07)|[()].|[=>78cM])", re.DOTALL)


class Terminal:
    """``screen`` is all that was written since the start or the last :meth:`forget`, without the
    escape sequences."""

    def __init__(self, command: Sequence[str], columns: int = 120, rows: int = 40) -> None:
        self._said = ""
        self._changed = threading.Condition()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        for name in ("COLUMNS", "LINES"):
            # They would count for more than the terminal's own size.
            environment.pop(name, None)
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)
        self._reader.join(10)
        os.close(self._master)

    @property
    def screen(self) -> str:
        return _ESCAPES.sub("", self._said)

    def forget(self) -> None:
        with self._changed:
            self._said = ""

    def wait_for(self, *texts: str, seconds: float = 40) -> None:
        with self._changed:
            found = self._changed.wait_for(
                lambda: all(text in self.screen for text in texts), seconds
            )
        assert found, f"{texts} are not all in:\n{self.screen[-6000:]}"

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def ended(self) -> int:
        """The exit code, once the program has ended."""
        return self._process.wait(30)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:
                # Linux says so when the last process has closed its side.
                return
            if not data:
                return
            with self._changed:
                self._said += data.decode("utf-8", "replace")
                self._changed.notify_all()
