"""Signals as a bridge hands them to Odoo: what the accounts of a centre send on an ordinary day."""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Iterator
from typing import Any

from receiver_bridge.clock import to_iso, utc_now
from receiver_bridge.codecs import Event
from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.dc09_encoder import encode_adm_cid
from receiver_bridge.codecs.surgard_encoder import encode_contact_id
from receiver_bridge.signal import Draft, Signal

BRIDGE = "bench-1"

# Contact ID qualifier and code, and how many signals of a batch are such: 160 that the rules only
# log (opened, closed, periodic test), 40 of alarm classes.
MIX = {
    ("1", "401"): 60,
    ("3", "401"): 60,
    ("1", "602"): 40,
    ("1", "130"): 16,
    ("3", "130"): 8,
    ("1", "301"): 6,
    ("3", "301"): 6,
    ("1", "110"): 2,
    ("1", "144"): 2,
}
BATCH = sum(MIX.values())
ZONES = 6
USERS = 3


class Traffic:
    """Batches of fresh signals of registered accounts, each batch one receiver's, as the bridge
    delivers them.

    ``accounts``: account -> object with the name of its ``receiver``.
    """

    def __init__(self, accounts: dict[str, dict[str, Any]], seed: int) -> None:
        self._random = random.Random(seed)
        self._epoch = secrets.token_hex(16)
        self._accounts: dict[str, list[str]] = {}
        for account, entry in accounts.items():
            self._accounts.setdefault(entry["receiver"], []).append(account)
        self._sequences = dict.fromkeys(self._accounts, 0)

    def round(self) -> Iterator[tuple[list[str], str]]:
        """One batch of each receiver: its signals' uids, and the text that ``ingest`` takes."""
        for receiver in self._accounts:
            yield self.batch(receiver)

    def batch(self, receiver: str) -> tuple[list[str], str]:
        signals = [self._signal(draft) for draft in self.drafts(receiver)]
        text = json.dumps({"bridge": BRIDGE, "signals": [signal.as_dict() for signal in signals]})
        return [signal.uid for signal in signals], text

    def drafts(self, receiver: str) -> list[Draft]:
        """What one batch of this receiver is before the journal has taken it."""
        return [self._draft(receiver, event) for event in self._events()]

    def _events(self) -> Iterator[Event]:
        kinds = [kind for kind, number in MIX.items() for _ in range(number)]
        self._random.shuffle(kinds)
        for qualifier, code in kinds:
            number = self._random.randint(1, USERS if code == "401" else ZONES)
            yield make_event(qualifier, code, "01", f"{number:03d}")

    def _signal(self, draft: Draft) -> Signal:
        self._sequences[draft.receiver] += 1
        uid = f"{self._epoch}:{draft.receiver}:{self._sequences[draft.receiver]}"
        return Signal(uid, to_iso(utc_now()), None, draft)

    def _draft(self, receiver: str, event: Event) -> Draft:
        account = self._random.choice(self._accounts[receiver])
        now = utc_now()
        serial = receiver.startswith("sg-")
        if serial:
            raw = encode_contact_id(account, event)
        else:
            sequence = f"{self._random.randint(1, 9999):04d}"
            raw = encode_adm_cid(account, event, sequence=sequence, timestamp=now)
        return Draft(
            receiver=receiver,
            format="surgard" if serial else "dc09",
            kind="event",
            source="/dev/ttyS0" if serial else "192.0.2.1:40000",
            received_at=to_iso(now),
            occurred_at=None if serial else to_iso(now),
            wire_receiver="01" if serial else None,
            line="1" if serial else "0",
            account=account,
            code_system=event.code_system,
            code=event.code,
            qualifier=event.qualifier,
            area=event.area,
            zone=event.zone,
            user=event.user,
            address=event.address,
            raw_hex=raw.hex(),
        )
