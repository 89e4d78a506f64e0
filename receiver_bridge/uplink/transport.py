"""One remote call, whatever carries it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ..config import OdooSettings


class UplinkError(Exception):
    """A call failed as a whole: network, refused key, Fault, or an answer that makes no sense.

    Nothing is known of what Odoo did with it; the caller repeats it. The text never holds the key.
    """


class Transport(Protocol):
    """One connection, used by one thread. ``close`` may be called from another to end a call."""

    def call(
        self,
        method: str,
        argument: tuple[str, str],
        permit: Callable[[], None] = lambda: None,
    ) -> Any:
        """``alarm.receiver.<method>`` with one named text; raises UplinkError.

        ``permit`` is asked when everything else is ready (connected, logged in) and nothing but
        the text itself is left to be sent; what it raises ends the call."""
        ...

    def close(self) -> None: ...


def open_transport(settings: OdooSettings) -> Transport:
    """The transport that ``settings`` names; it connects at the first call."""
    from .json2 import Json2Transport
    from .xmlrpc import XmlRpcTransport

    if settings.transport == "json2":
        return Json2Transport(settings)
    return XmlRpcTransport(settings)
