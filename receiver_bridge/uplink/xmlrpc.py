"""XML-RPC over the standard library's client, with a small transport of our own under it."""

from __future__ import annotations

import http.client
import xmlrpc.client
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError

from ..config import OdooSettings
from .http import open_connection, without_key
from .transport import UplinkError

_MODEL = "alarm.receiver"


class _Http(xmlrpc.client.Transport):
    """Keeps its connection alive, and knows time-outs and certificates."""

    user_agent = "receiver-bridge"
    accept_gzip_encoding = False

    def __init__(self, settings: OdooSettings) -> None:
        super().__init__()
        self._settings = settings
        self._open: http.client.HTTPConnection | None = None
        self.permit: Callable[[], None] = lambda: None

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        """Called for every request, also for the second try on a new connection."""
        if self._open is None:
            self._open = open_connection(self._settings)
        if self._open.sock is None:
            self._open.connect()
        self.permit()
        return self._open

    def close(self) -> None:
        connection, self._open = self._open, None
        if connection is not None:
            connection.close()


class XmlRpcTransport:
    """Logs in once with the API key, then calls ``execute_kw``; after a failure it logs in anew,
    because the key or the database may be another."""

    def __init__(self, settings: OdooSettings) -> None:
        parts = urlsplit(settings.url)
        self._settings = settings
        self._host = parts.netloc
        self._path = parts.path.rstrip("/")
        self._http = _Http(settings)
        self._uid: int | None = None

    def call(
        self,
        method: str,
        argument: tuple[str, str],
        permit: Callable[[], None] = lambda: None,
    ) -> Any:
        try:
            if self._uid is None:
                self._http.permit = lambda: None
                self._uid = self._log_in()
            self._http.permit = permit
            settings = self._settings
            return self._request(
                "object",
                "execute_kw",
                (settings.database, self._uid, settings.key, _MODEL, method, [argument[1]]),
            )
        except xmlrpc.client.Fault as fault:
            self._uid = None
            raise UplinkError(f"{method}: Odoo answers: {self._clean(fault.faultString)}") from None
        except xmlrpc.client.ProtocolError as error:
            self.close()
            raise UplinkError(f"{method}: HTTP {error.errcode} {error.errmsg}") from None
        except (
            OSError,
            http.client.HTTPException,
            xmlrpc.client.Error,
            ExpatError,
            ValueError,
            TypeError,
            LookupError,
        ) as error:
            # The last four are what the marshaller says of an answer that is no XML-RPC.
            self.close()
            cause = self._clean(str(error)) or type(error).__name__
            raise UplinkError(f"{method}: {self._settings.url}: {cause}") from None

    def close(self) -> None:
        self._http.close()
        self._uid = None

    def _log_in(self) -> int:
        settings = self._settings
        uid = self._request(
            "common", "authenticate", (settings.database, settings.login, settings.key, {})
        )
        if isinstance(uid, bool) or not isinstance(uid, int):
            raise UplinkError(
                f"login: Odoo refuses {settings.login!r} with this key"
                f" in database {settings.database!r}"
            )
        return uid

    def _request(self, service: str, method: str, parameters: tuple[Any, ...]) -> Any:
        body = xmlrpc.client.dumps(parameters, method, encoding="utf-8").encode()
        answer = self._http.request(self._host, f"{self._path}/xmlrpc/2/{service}", body)
        if not isinstance(answer, tuple) or len(answer) != 1:
            raise ValueError("an answer without one value")
        return answer[0]

    def _clean(self, text: str) -> str:
        return without_key(text, self._settings)
