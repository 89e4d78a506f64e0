"""TLS of a door: what is configured, read from the file, and made into contexts."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .files import private_file, readable_file
from .section import Section

_VERSIONS: Final = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
_CERTIFICATE: Final = "a PEM file with the certificate and those that lead to its authority"
_KEY: Final = "a PEM file with the certificate's key, no passphrase, mode 0600"
_AUTHORITY: Final = "a PEM file with the certificates of the authority"


@dataclass(frozen=True, slots=True)
class ServerTls:
    """Of a door that is connected to. With ``client_ca`` only who shows a certificate of that
    authority comes in."""

    certificate: Path
    key: Path
    client_ca: Path | None = None
    minimum: str = "1.2"

    def context(self) -> ssl.SSLContext:
        """Reads the files; raises ValueError naming the one that does not serve."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = _VERSIONS[self.minimum]
        _load_chain(context, self.certificate, self.key)
        if self.client_ca is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            _load_authority(context, self.client_ca)
        return context


@dataclass(frozen=True, slots=True)
class ClientTls:
    """Of a door that connects. Without ``ca_file`` the system's authorities count;
    ``server_name`` is what the other side's certificate must say instead of the host."""

    ca_file: Path | None = None
    verify: bool = True
    server_name: str | None = None
    certificate: Path | None = None
    key: Path | None = None
    minimum: str = "1.2"

    def context(self) -> ssl.SSLContext:
        """Reads the files; raises ValueError naming the one that does not serve."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = _VERSIONS[self.minimum]
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif self.ca_file is not None:
            _load_authority(context, self.ca_file)
        else:
            context.load_default_certs()
        if self.certificate is not None and self.key is not None:
            _load_chain(context, self.certificate, self.key)
        return context


Tls = ServerTls | ClientTls


def read_tls(section: Section, scheme: str) -> Tls | None:
    """The table ``tls`` of a receiver; None when there is none, or no good one."""
    if not section.has("tls"):
        return None
    table = section.table("tls")
    if table is None:
        return None
    if scheme == "tcp-listen":
        made: Tls | None = _server(table)
    elif scheme == "tcp-connect":
        made = _client(table)
    else:
        section.wrong("tls", f"TLS on {scheme}", "tls on tcp-listen or tcp-connect only")
        return None
    table.no_other_keys()
    if made is not None:
        try:
            made.context()
        except ValueError as error:
            section.wrong("tls", str(error), "certificates and a key that belong together")
            return None
    return made


def _server(table: Section) -> ServerTls | None:
    certificate = table.read_file("certificate", readable_file, _CERTIFICATE)
    key = table.read_file("key", private_file, _KEY)
    client_ca = _optional(table, "client_ca")
    minimum = table.choice("minimum", tuple(_VERSIONS), "1.2")
    if certificate is None or key is None or (client_ca is None and table.has("client_ca")):
        return None
    return ServerTls(certificate, key, client_ca, minimum)


def _client(table: Section) -> ClientTls | None:
    certificate = key = None
    if table.has("certificate") or table.has("key"):
        certificate = table.read_file("certificate", readable_file, _CERTIFICATE)
        key = table.read_file("key", private_file, _KEY)
        if certificate is None or key is None:
            return None
    server_name = None
    if table.has("server_name"):
        server_name = table.text("server_name", "the name in the other side's certificate")
    verify = table.flag("verify", True)
    ca_file = _optional(table, "ca_file")
    minimum = table.choice("minimum", tuple(_VERSIONS), "1.2")
    if ca_file is None and table.has("ca_file"):
        return None
    return ClientTls(ca_file, verify, server_name, certificate, key, minimum)


def _optional(table: Section, key: str) -> Path | None:
    return table.read_file(key, readable_file, _AUTHORITY) if table.has(key) else None


def _load_chain(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    def no_passphrase() -> str:
        # Without this OpenSSL would ask on the terminal.
        raise ValueError(f"{key}: protected by a passphrase")

    try:
        context.load_cert_chain(certificate, key, no_passphrase)
    except (ssl.SSLError, OSError) as error:
        raise ValueError(f"{certificate} with {key}: {_words(error)}") from None


def _load_authority(context: ssl.SSLContext, authority: Path) -> None:
    try:
        context.load_verify_locations(authority)
    except (ssl.SSLError, OSError) as error:
        raise ValueError(f"{authority}: {_words(error)}") from None


def _words(error: OSError) -> str:
    reason = getattr(error, "reason", None)
    return str(reason).lower().replace("_", " ") if reason else error.strerror or str(error)
