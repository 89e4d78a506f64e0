"""Osborne-Hoffman messages out of values: what simulated panels send."""

from __future__ import annotations

from typing import Final

from receiver_bridge.codecs import contact_id, sia_dcs
from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.oh_cipher import KEY_SIZE, OhCipher, mask

__all__ = ["ACKNOWLEDGE", "CLEAR_END", "REFUSE", "OhEncoder"]

ACKNOWLEDGE: Final = b"ACK\r"
REFUSE: Final = b"NACK\r"
CLEAR_END: Final = b"\n"
"""What follows an answer in clear."""


class OhEncoder:
    """Messages in clear; ``greeted`` makes one that encrypts, as panels do."""

    systems: tuple[str, ...] = ("sia", "cid")

    def __init__(self, cipher: OhCipher | None = None) -> None:
        self._cipher = cipher

    def greeted(self, greeting: bytes) -> OhEncoder:
        """The encoder of a connection that the receiver has opened with these 24 bytes."""
        return OhEncoder(OhCipher(mask(greeting)))

    def event(
        self,
        account: str,
        event: Event,
        *,
        receiver: str | None = None,
        line: str | None = None,
        sequence: int = 1,
    ) -> bytes:
        """One message. Raises ValueError for another code system than ``systems``."""
        if event.code_system == "sia":
            token, data = "SIA-DCS", sia_dcs.encode_payload(account, [event])
        elif event.code_system == "cid":
            token, data = "ADM-CID", contact_id.encode_payload(account, event)
        else:
            raise ValueError(f"OH carries no {event.code_system}; allowed: sia, cid")
        where = f"R{receiver or '0001'}L{line or '0001'}"
        body = f'"{token}"{sequence:04d}{where}[{data}]'
        return self._wrap(f"\n01010{len(body):03X}{body}\r")

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes | None:
        where = f"SR{receiver or '0001'}L{line or '0001'}"
        return self._wrap(f"{where}    006969XX    \0[ID00000000]")

    def is_acknowledged(self, answer: bytes) -> bool | None:
        """By how the answer ends. A sender in clear finds the greeting before its first answer: any
        24 bytes, of which the last may be an ``N``."""
        end = CLEAR_END
        if self._cipher is None:
            answer = answer[KEY_SIZE:] if len(answer) >= KEY_SIZE else answer
        else:
            whole = len(answer) - len(answer) % self._cipher.block
            answer, end = self._cipher.decrypt(answer[:whole]).rstrip(b"\0"), b""
        if answer.endswith(REFUSE + end):
            return False
        return True if answer.endswith(ACKNOWLEDGE + end) else None

    def _wrap(self, message: str) -> bytes:
        data = message.encode()
        return data if self._cipher is None else self._cipher.encrypt(data)
