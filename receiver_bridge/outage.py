"""A bridge without a journal takes nothing; that it is there, and why, Odoo hears all the same."""

from __future__ import annotations

import json
import logging

from . import __version__
from .clock import to_iso, utc_now
from .conditions import Condition
from .config import Config
from .uplink import open_transport
from .uplink.transport import UplinkError

_logger = logging.getLogger(__name__)


def tell_odoo(config: Config, cause: str) -> None:
    """One heartbeat without a journal; blocks for as long as a call may take."""
    status = {
        "bridge": config.name,
        "version": __version__,
        "epoch": "",
        "now": to_iso(utc_now()),
        "dead": 0,
        "backlog": {},
        "journal": "failing",
        "conditions": [Condition("journal_failing", cause).as_dict()],
        "receivers": [
            {
                "name": receiver.name,
                "format": receiver.format,
                "state": "down",
                "detail": "closed until the journal can be opened",
                "last_frame_at": None,
                "forwarded": 0,
                "last_seq": 0,
            }
            for receiver in config.receivers
        ],
    }
    transport = open_transport(config.odoo)
    try:
        transport.call("heartbeat", ("status", json.dumps(status)))
    except UplinkError as error:
        _logger.error("Odoo does not hear the bridge: %s", error)
    finally:
        transport.close()
