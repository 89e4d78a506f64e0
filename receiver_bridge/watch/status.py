"""What the bridge says of itself at ``/healthz``, or that it says nothing."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..clock import from_iso
from ..config import NetworkAddress

_TIMEOUT = 3.0
_LOCAL = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


@dataclass(frozen=True, slots=True)
class LineStatus:
    """One receiver: ``state`` is online, silent or down, ``detail`` why it is down."""

    name: str
    state: str
    detail: str
    address: str
    last_frame_at: datetime | None
    backlog: int


@dataclass(frozen=True, slots=True)
class BridgeStatus:
    """``cause`` says why the bridge could not be asked; else all else is known.

    ``odoo_cause`` is empty while Odoo takes signals and hears the bridge.
    """

    cause: str = ""
    odoo_cause: str = ""
    odoo_since: datetime | None = None
    journal: str = ""
    conditions: tuple[tuple[str, str], ...] = ()
    lines: tuple[LineStatus, ...] = ()

    @property
    def answers(self) -> bool:
        return not self.cause

    @property
    def odoo_is_down(self) -> bool:
        return bool(self.odoo_cause)


def ask_bridge(address: NetworkAddress | None) -> BridgeStatus:
    """One question to the bridge, at most three seconds; never raises."""
    if address is None:
        return BridgeStatus(cause="no [metrics] in the configuration")
    host = _LOCAL.get(address.host, address.host)
    connection = http.client.HTTPConnection(host, address.port, timeout=_TIMEOUT)
    try:
        connection.request("GET", "/healthz")
        # An ill bridge answers 503 with the same content.
        said = json.loads(connection.getresponse().read())
        return read_status(said)
    except (OSError, http.client.HTTPException) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return BridgeStatus(cause=f"{host}:{address.port}: {reason or type(error).__name__}")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        cause = f"{host}:{address.port}: no answer of a bridge ({type(error).__name__})"
        return BridgeStatus(cause=cause)
    finally:
        connection.close()


def read_status(said: Any) -> BridgeStatus:
    """The status out of the JSON; members that a bridge of another release lacks are empty.
    Raises KeyError, TypeError, ValueError or AttributeError where it is something else."""
    backlog = said["backlog"]
    causes = said.get("uplink_cause") or []
    failing = said["uplink"] != "ok"
    return BridgeStatus(
        odoo_cause=(str(causes[0]) if causes else "?") if failing else "",
        odoo_since=_time(said.get("uplink_failing_since")) if failing else None,
        journal=str(said["journal"]),
        conditions=tuple(
            (str(item.get("code")), str(item.get("detail") or ""))
            for item in said.get("conditions") or ()
        ),
        lines=tuple(
            LineStatus(
                str(line["name"]),
                str(line["state"]),
                str(line.get("detail") or ""),
                str(line.get("address") or ""),
                _time(line.get("last_frame_at")),
                int(backlog.get(line["name"], 0)),
            )
            for line in said["receivers"]
        ),
    )


def _time(value: object) -> datetime | None:
    return from_iso(value) if isinstance(value, str) else None
