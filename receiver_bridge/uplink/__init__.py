"""The way up: signals, heartbeats and configuration between the bridge and Odoo."""

from .configuration import OdooConfiguration
from .heartbeat import Heartbeat
from .periodic import Periodic
from .replaceable import ReplaceableTransport
from .sender import Sender
from .transport import Transport, UplinkError, open_transport

__all__ = [
    "Heartbeat",
    "OdooConfiguration",
    "Periodic",
    "ReplaceableTransport",
    "Sender",
    "Transport",
    "UplinkError",
    "open_transport",
]
