"""bridge.toml: read, checked as a whole, and handed on as frozen values."""

from .doors import Door, NetworkAddress, SerialPort, format_address, parse_address, parse_door
from .load import load_config
from .mistakes import ConfigError, Mistake
from .model import (
    AccountSettings,
    Config,
    JournalSettings,
    MetricsSettings,
    OdooSettings,
    ReceiverSettings,
    SupervisionSettings,
)

__all__ = [
    "AccountSettings",
    "Config",
    "ConfigError",
    "Door",
    "JournalSettings",
    "MetricsSettings",
    "Mistake",
    "NetworkAddress",
    "OdooSettings",
    "ReceiverSettings",
    "SupervisionSettings",
    "SerialPort",
    "format_address",
    "load_config",
    "parse_address",
    "parse_door",
]
