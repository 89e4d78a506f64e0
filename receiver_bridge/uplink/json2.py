"""Odoo's JSON-2: the method in the path, named arguments in the body, the key as bearer."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from ..config import OdooSettings
from .http import open_connection, without_key
from .transport import UplinkError


class Json2Transport:
    def __init__(self, settings: OdooSettings) -> None:
        self._settings = settings
        self._path = urlsplit(settings.url).path.rstrip("/")
        self._connection: http.client.HTTPConnection | None = None

    def call(
        self,
        method: str,
        argument: tuple[str, str],
        permit: Callable[[], None] = lambda: None,
    ) -> Any:
        name, text = argument
        try:
            status, body = self._post(method, json.dumps({name: text}).encode(), permit)
            answer = json.loads(body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            cause = without_key(str(error), self._settings) or type(error).__name__
            raise UplinkError(f"{method}: {self._settings.url}: {cause}") from None
        if status != 200:
            said = answer.get("message") if isinstance(answer, dict) else None
            cause = without_key(str(said or "no reason given"), self._settings)
            raise UplinkError(f"{method}: Odoo answers: HTTP {status}: {cause}")
        return answer

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _post(self, method: str, body: bytes, permit: Callable[[], None]) -> tuple[int, bytes]:
        kept_alive = self._connection is not None
        try:
            return self._exchange(method, body, permit)
        except (http.client.RemoteDisconnected, ConnectionError):
            # The server may close a kept connection between two calls; that is no failure.
            if not kept_alive:
                raise
            self.close()
            return self._exchange(method, body, permit)

    def _exchange(self, method: str, body: bytes, permit: Callable[[], None]) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = open_connection(self._settings)
        if self._connection.sock is None:
            self._connection.connect()
        permit()
        self._connection.request(
            "POST",
            f"{self._path}/json/2/alarm.receiver/{method}",
            body,
            {
                "Content-Type": "application/json",
                "Authorization": f"bearer {self._settings.key}",
                "X-Odoo-Database": self._settings.database,
                "User-Agent": "receiver-bridge",
            },
        )
        response = self._connection.getresponse()
        return response.status, response.read()
