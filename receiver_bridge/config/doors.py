"""Where bytes come in and go out: serial ports and network addresses, written as URLs."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

RECEIVER_SCHEMES: Final = ("serial", "tcp-listen", "tcp-connect", "udp-listen")

_EXAMPLES: Final = {
    "serial": "serial:///dev/ttyS0?baudrate=9600&bytesize=8&parity=N&stopbits=1",
    "tcp-listen": "tcp-listen://0.0.0.0:1025",
    "tcp-connect": "tcp-connect://192.0.2.7:1025",
    "udp-listen": "udp-listen://[::]:9000",
    "tcp": "tcp://127.0.0.1:9000",
    "udp": "udp://127.0.0.1:9000",
}
_SERIAL_OPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "bytesize": ("5", "6", "7", "8"),
    "parity": ("N", "E", "O", "M", "S"),
    "stopbits": ("1", "1.5", "2"),
    "rtscts": ("0", "1"),
    "xonxoff": ("0", "1"),
    "dsrdtr": ("0", "1"),
    "rts": ("0", "1"),
    "dtr": ("0", "1"),
    "rs485": ("0", "1"),
    "exclusive": ("0", "1"),
}


@dataclass(frozen=True, slots=True)
class SerialPort:
    """An RS-232 line by its device path; ``baudrate`` in bits a second.

    ``rts`` and ``dtr`` are the levels of these pins while the port is open (converters may draw
    their power from them). ``rs485``: the driver switches the direction of a two-wire bus.
    ``exclusive``: no second program may have the port, which would steal bytes.
    """

    device: str
    baudrate: int = 9600
    bytesize: int = 8
    parity: str = "N"
    stopbits: float = 1
    rtscts: bool = False
    xonxoff: bool = False
    dsrdtr: bool = False
    rts: bool = True
    dtr: bool = True
    rs485: bool = False
    exclusive: bool = True

    def __str__(self) -> str:
        return self.device


@dataclass(frozen=True, slots=True)
class NetworkAddress:
    """``host`` without the brackets of an IPv6 literal."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{format_address(self.host, self.port)}"


Door = SerialPort | NetworkAddress


def format_address(host: str, port: int) -> str:
    """``host:port``, an IPv6 literal in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def parse_address(text: str, scheme: str = "tcp-listen") -> NetworkAddress:
    """``host:port`` or ``[IPv6]:port``; raises ValueError saying what is allowed."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:/\[\]]+)):(\d{1,5})", text)
    if not found or int(found[3]) > 65535:
        raise ValueError("host:port, an IPv6 address in brackets, port 0 to 65535")
    if int(found[3]) == 0 and not scheme.endswith("listen"):
        raise ValueError("a port from 1 to 65535")
    if found[2]:
        _check_host(found[2])
    return NetworkAddress(scheme, found[1] or found[2], int(found[3]))


def _check_host(name: str) -> None:
    """Raises ValueError for what can never be looked up."""
    try:
        name.encode("idna")
    except UnicodeError:
        raise ValueError("a host name of parts from 1 to 63 characters between dots") from None


def parse_door(text: str, schemes: Collection[str] = RECEIVER_SCHEMES) -> Door:
    """A door from its URL; raises ValueError saying what is allowed."""
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in schemes:
        raise ValueError(" or ".join(_EXAMPLES[name] for name in schemes))
    if scheme == "serial":
        return _parse_serial(text)
    return parse_address(rest.rstrip("/"), scheme)


def _parse_serial(text: str) -> SerialPort:
    parts = urlsplit(text)
    if parts.netloc or len(parts.path) < 2:
        raise ValueError(f"three slashes before the path of the device: {_EXAMPLES['serial']}")
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    options = dict(pairs)
    if len(options) < len(pairs):
        raise ValueError(f"each setting once, not {parts.query!r}")
    baudrate = options.pop("baudrate", "9600")
    if not baudrate.isdigit() or not 50 <= int(baudrate) <= 4_000_000:
        raise ValueError(f"baudrate from 50 to 4000000, not {baudrate!r}")
    for name, value in options.items():
        if name not in _SERIAL_OPTIONS:
            raise ValueError(f"baudrate, {', '.join(_SERIAL_OPTIONS)}, not {name!r}")
        if value not in _SERIAL_OPTIONS[name]:
            raise ValueError(f"{name} {' or '.join(_SERIAL_OPTIONS[name])}, not {value!r}")
    return SerialPort(
        device=unquote(parts.path),
        baudrate=int(baudrate),
        bytesize=int(options.get("bytesize", "8")),
        parity=options.get("parity", "N"),
        stopbits=float(options.get("stopbits", "1")),
        rtscts=options.get("rtscts") == "1",
        xonxoff=options.get("xonxoff") == "1",
        dsrdtr=options.get("dsrdtr") == "1",
        rts=options.get("rts", "1") == "1",
        dtr=options.get("dtr", "1") == "1",
        rs485=options.get("rs485") == "1",
        exclusive=options.get("exclusive", "1") == "1",
    )
