"""HTTP as both transports need it: kept alive, with time-outs, TLS verified."""

from __future__ import annotations

import http.client
import ssl
from urllib.parse import urlsplit

from ..config import OdooSettings


def open_connection(settings: OdooSettings) -> http.client.HTTPConnection:
    """A connection to Odoo's host, not yet established; TLS verifies host and certificate."""
    parts = urlsplit(settings.url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context(
            cafile=str(settings.ca_file) if settings.ca_file else None
        )
        return http.client.HTTPSConnection(
            host, parts.port, timeout=settings.timeout, context=context
        )
    return http.client.HTTPConnection(host, parts.port, timeout=settings.timeout)


def without_key(text: str, settings: OdooSettings) -> str:
    """A cause fit for a log: its last line, short, the key taken out wherever it turns up."""
    lines = text.strip().splitlines() or [""]
    return lines[-1].replace(settings.key, "(key)")[:500]
