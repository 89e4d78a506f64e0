"""Websockets as a board opens them, without a browser."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

import websocket

from tests.stack import Odoo

BOARD = "alarm_board"


def session_of(odoo: Odoo, login: str) -> str:
    """The session of somebody who has just logged in."""
    parameters = {"db": odoo.database, "login": login, "password": odoo.access["logins"][login]}
    request = urllib.request.Request(
        f"{odoo.url}/web/session/authenticate",
        json.dumps({"jsonrpc": "2.0", "params": parameters}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert json.load(answer)["result"]["uid"]
        cookie = answer.headers["Set-Cookie"]
    return str(cookie.split("session_id=")[1].split(";")[0])


def connect(port: int, session: str, version: str) -> websocket.WebSocket:
    """Subscribed to the board's channel from now on."""
    socket = websocket.create_connection(
        f"ws://127.0.0.1:{port}/websocket?version={version}",
        cookie=f"session_id={session}",
        origin=f"http://127.0.0.1:{port}",
        timeout=60,
    )
    subscription = {"event_name": "subscribe", "data": {"channels": [BOARD], "last": 0}}
    socket.send(json.dumps(subscription))
    return socket


def worker_version(odoo: Odoo, session: str) -> str:
    """What the server's websockets want to be asked for."""
    request = urllib.request.Request(
        f"{odoo.url}/web/session/get_session_info",
        b'{"jsonrpc": "2.0", "params": {}}',
        {"Content-Type": "application/json", "Cookie": f"session_id={session}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(json.load(answer)["result"]["websocket_worker_version"])


class BoardSocket:
    """An open board of somebody, as far as the websocket goes."""

    def __init__(self, odoo: Odoo, login: str) -> None:
        session = session_of(odoo, login)
        self._socket = connect(odoo.websocket_port, session, worker_version(odoo, session))
        self.closed = False

    def close(self) -> None:
        self._socket.close()

    def incidents(self, seconds: float) -> list[dict[str, Any]]:
        """Rows that come within so many seconds; what ends the connection ends the wait."""
        rows: list[dict[str, Any]] = []
        end = time.monotonic() + seconds
        while not self.closed and (left := end - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                text = self._socket.recv()
            except websocket.WebSocketTimeoutException:
                break
            except (websocket.WebSocketException, OSError):
                self.closed = True
                break
            if not text:
                self.closed = True
                break
            for notification in json.loads(text):
                message = notification["message"]
                if message["type"] == "alarm_board/incidents":
                    rows += message["payload"]["rows"]
        return rows
