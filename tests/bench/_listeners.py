"""Boards without a browser: websockets that listen, in a process of their own.

``python -m tests.bench._listeners`` reads one JSON object, ``{"port", "version", "sessions"}``,
from the first line of standard input, connects once for each session, says ``ready``, and when its
input ends prints what each heard: ``{"messages": [...], "signals": [...]}``, signals the number of
distinct newest signals.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from typing import IO, cast

import websocket

from tests.sockets import connect, session_of, worker_version
from tests.stack import ROOT, Odoo

_SIGNAL = re.compile(r'"signal_uid": ?"([^"]+)"')


class Listeners:
    """So many more boards, logged in as these dispatchers in turn."""

    def __init__(self, odoo: Odoo, number: int, logins: tuple[str, ...]) -> None:
        sessions = [session_of(odoo, logins[count % len(logins)]) for count in range(number)]
        plan = {
            "port": odoo.websocket_port,
            "version": worker_version(odoo, sessions[0]),
            "sessions": sessions,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench._listeners"],
            cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._input.write(json.dumps(plan) + "\n")
        self._input.flush()
        assert self._output.readline() == "ready\n"

    @property
    def _input(self) -> IO[str]:
        return cast("IO[str]", self._process.stdin)

    @property
    def _output(self) -> IO[str]:
        return cast("IO[str]", self._process.stdout)

    def heard(self) -> dict[str, list[int]]:
        """End, and tell what each has heard."""
        self._input.close()
        answer = json.loads(self._output.read())
        self._process.wait(30)
        return cast("dict[str, list[int]]", answer)


class _Listener(threading.Thread):
    def __init__(self, socket: websocket.WebSocket) -> None:
        super().__init__(daemon=True)
        self._socket = socket
        self.messages = 0
        self.signals: set[str] = set()

    def run(self) -> None:
        self._socket.settimeout(None)
        while text := self._socket.recv():
            self.messages += 1
            self.signals.update(_SIGNAL.findall(cast("str", text)))


def main() -> None:
    plan = json.loads(sys.stdin.readline())
    listeners = [
        _Listener(connect(plan["port"], session, plan["version"])) for session in plan["sessions"]
    ]
    for listener in listeners:
        listener.start()
    print("ready", flush=True)
    sys.stdin.read()
    told = {
        "messages": [listener.messages for listener in listeners],
        "signals": [len(listener.signals) for listener in listeners],
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
