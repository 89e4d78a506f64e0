"""What was typed once in Odoo and the bridge must know: DC-09 keys, allowed sources.

``alarm.receiver.configuration(since)`` is asked at the start and every minute. ``since`` is the
``version`` of the last answer, empty at first. The answer::

    {"version": "2026-11-20 08:00:00.123456",
     "full": true,
     "accounts": [{"receiver_group": "HQ", "account": "1234", "key": "…hex…" | "",
                   "timestamps": "check" | "ignore" | ""}],
     "removed": [{"receiver_group": "HQ", "account": "1234"}],
     "receivers": [{"name": "dc-1", "receiver_group": "HQ", "allow": ["192.0.2.0/24"]}]}

``version`` is opaque. With ``full`` true (or absent) ``accounts`` is everything there is; with
false it holds what changed since, and ``removed`` what is gone. ``receivers`` is always whole: it
says which group's accounts call on which line, and from which addresses (empty: the bridge's own
settings count). ``key`` is 32, 48 or 64 hexadecimal digits; empty,
false or null says that the account has none. Keys unknown to this version are ignored, so that an
older bridge works with a newer Odoo.

The last state is kept beside the journal in a file that only its owner can read, so that encrypted
panels are understood after a restart while Odoo is down.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from ..config.model import AccountSettings
from ..keys import KeyRing, normal_account
from ..metrics import Metrics
from ..sources import AllowedSources, Network
from .periodic import Periodic
from .transport import Transport, UplinkError

_logger = logging.getLogger(__name__)

INTERVAL = 60.0


@dataclass(frozen=True, slots=True)
class _Receiver:
    group: str
    networks: tuple[Network, ...]


class OdooConfiguration(Periodic):
    """Keeps ``keys`` and ``sources`` as Odoo has them; ``cache`` is the file for the time when
    Odoo is down."""

    def __init__(
        self,
        cache: Path,
        keys: KeyRing,
        sources: AllowedSources,
        transport: Transport,
        metrics: Metrics,
    ) -> None:
        super().__init__("configuration", INTERVAL)
        self._cache = cache
        self._keys = keys
        self._sources = sources
        self._transport = transport
        self._metrics = metrics
        self._version = ""
        self._accounts: dict[tuple[str, str], str] = {}
        self._receivers: dict[str, _Receiver] = {}
        self._failing = False

    def load_cache(self) -> None:
        """Take up what Odoo said last; a cache that cannot be read is said and fetched anew."""
        try:
            state = json.loads(self._cache.read_text(encoding="utf-8"))
            self._accounts = {
                (str(group), str(account)): _key_text({"account": account, "key": key})
                for group, account, key in state["accounts"]
            }
            self._receivers = _receivers(state["receivers"])
            self._version = str(state["version"])
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
            _logger.error("%s: cannot be used, Odoo is asked again: %s", self._cache, error)
            self._accounts, self._receivers, self._version = {}, {}, ""
            return
        self._publish()

    def once(self) -> None:
        try:
            answer = self._transport.call("configuration", ("since", self._version))
            changed = self._apply(answer)
        except UplinkError as error:
            self._metrics.uplink_failures.labels("configuration").inc()
            log = _logger.debug if self._failing else _logger.error
            log("the configuration stays as it was: %s", error)
            self._failing = True
            return
        self._failing = False
        if changed:
            self._publish()
            self._store()

    def _apply(self, answer: Any) -> bool:
        """Take the answer over; False when it says nothing new. Raises UplinkError."""
        try:
            full = answer.get("full", True)
            accounts = {} if full else dict(self._accounts)
            for entry in answer.get("removed", []):
                accounts.pop(_identity(entry), None)
            for entry in answer["accounts"]:
                accounts[_identity(entry)] = _key_text(entry)
            receivers = _receivers(answer["receivers"])
            version = str(answer["version"])
        except (AttributeError, TypeError, LookupError) as error:
            raise UplinkError(f"configuration: an answer of another shape: {error!r}") from None
        before = (self._accounts, self._receivers, self._version)
        self._accounts, self._receivers, self._version = accounts, receivers, version
        return before != (accounts, receivers, version)

    def _publish(self) -> None:
        by_group: dict[str, dict[str, AccountSettings]] = {}
        for (group, account), key in self._accounts.items():
            if key:
                settings = AccountSettings(bytes.fromhex(key))
                by_group.setdefault(group, {})[account] = settings
        self._keys.replace(
            {name: by_group.get(item.group, {}) for name, item in self._receivers.items()}
        )
        self._sources.replace({name: item.networks for name, item in self._receivers.items()})
        _logger.info(
            "configuration from Odoo: %d accounts, %d with a key",
            len(self._accounts),
            sum(len(keys) for keys in by_group.values()),
        )

    def _store(self) -> None:
        state = {
            "version": self._version,
            "accounts": [[*identity, key] for identity, key in self._accounts.items()],
            "receivers": [
                {
                    "name": name,
                    "receiver_group": item.group,
                    "allow": [str(network) for network in item.networks],
                }
                for name, item in self._receivers.items()
            ],
        }
        new = self._cache.with_name(self._cache.name + ".new")
        try:
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(state, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._cache)
        except OSError as error:
            _logger.error("%s: not written: %s", self._cache, error)


def _identity(entry: Any) -> tuple[str, str]:
    return str(entry["receiver_group"]), normal_account(str(entry["account"]))


def _receivers(entries: Any) -> dict[str, _Receiver]:
    """The receivers by name. A source that is no network is left out, and said: to lock everybody
    out for a slip of the pen would lose signals."""
    receivers: dict[str, _Receiver] = {}
    for entry in entries:
        name = str(entry["name"])
        networks = [
            network for text in entry.get("allow") or () if (network := _network(name, str(text)))
        ]
        receivers[name] = _Receiver(str(entry["receiver_group"]), tuple(networks))
    return receivers


def _network(receiver: str, text: str) -> Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        _logger.error("%s: allowed source %r in Odoo is no network, left out", receiver, text)
        return None


def _key_text(entry: Any) -> str:
    """The account's key, checked; a key that is none is said without showing it."""
    text = str(entry.get("key") or "")
    try:
        if not text or len(bytes.fromhex(text)) in (16, 24, 32):
            return text
    except ValueError:
        pass
    _logger.error(
        "account %s: its key in Odoo is no AES key of 16, 24 or 32 bytes", entry["account"]
    )
    return ""
