"""bridge.toml: read, checked as a whole, and handed on as frozen values."""

from .conflicts import total_connections
from .descriptors import raise_limit
from .doors import Door, NetworkAddress, SerialPort, format_address, parse_address, parse_door
from .load import load_config
from .mistakes import ConfigError, Mistake
from .model import (
    AccountSettings,
    CaptureSettings,
    Config,
    JournalSettings,
    LimitSettings,
    LogSettings,
    MetricsSettings,
    OdooSettings,
    ReceiverSettings,
    SupervisionSettings,
)
from .tls import ClientTls, ServerTls

__all__ = [
    "AccountSettings",
    "CaptureSettings",
    "ClientTls",
    "Config",
    "ConfigError",
    "Door",
    "JournalSettings",
    "LimitSettings",
    "LogSettings",
    "MetricsSettings",
    "Mistake",
    "NetworkAddress",
    "OdooSettings",
    "ReceiverSettings",
    "SupervisionSettings",
    "SerialPort",
    "ServerTls",
    "format_address",
    "load_config",
    "parse_address",
    "parse_door",
    "raise_limit",
    "total_connections",
]
