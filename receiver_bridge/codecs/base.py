"""What every codec gives: value objects for decoded frames, and the interface of a decoder.

Codecs are sans-IO: bytes and the time of day come in as arguments, value objects and reply bytes go
out. They open nothing, wait for nothing and log nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, NamedTuple, Protocol, runtime_checkable

Verdict = Literal["accept", "reject"]
Kind = Literal["event", "heartbeat", "link_test", "receiver_status", "reply", "unparsed"]
Qualifier = Literal["new", "restore", "status"]
TimestampPolicy = Literal["check", "encrypted", "ignore"]
ClearPolicy = Literal["accept", "refuse"]

TIMESTAMP_POLICIES: Final[tuple[TimestampPolicy, ...]] = ("check", "encrypted", "ignore")
CLEAR_POLICIES: Final[tuple[ClearPolicy, ...]] = ("accept", "refuse")
TOLERABLE: Final = ("crc", "length")
"""The checks of a frame that can be waived."""


@dataclass(frozen=True, slots=True)
class AccountRules:
    """How the frames of one account are taken.

    ``key``: its AES key of 16, 24 or 32 bytes, None without one. ``timestamps``: whose times are
    held against the clock: all frames' that have one, encrypted frames' (the rule of DC-09 since
    2013; many panels send local time in clear), or nobody's. ``tolerate``: names of checks that are
    waived, of ``TOLERABLE``. ``clear``: whether an unencrypted frame of an account with a key is
    taken.
    """

    key: bytes | None = field(default=None, repr=False)
    timestamps: TimestampPolicy = "check"
    tolerate: frozenset[str] = frozenset()
    clear: ClearPolicy = "accept"


STANDARD_RULES: Final = AccountRules()

RulesLookup = Callable[["str | None"], AccountRules]
"""Account as on the wire (None: the frame names none) -> its rules."""

Respond = Callable[["Frame"], bytes]
"""Makes the reply to a frame out of the frame."""


class Event(NamedTuple):
    """One event inside a frame, in the wire's own text (leading zeros kept).

    Contact ID has a qualifier; SIA codes say it in the code itself (``qualifier`` None).
    ``address`` is what follows the code on the wire; ``zone`` or ``user`` repeats it where the code
    table says which of the two it is.
    """

    code_system: str
    code: str
    qualifier: Qualifier | None = None
    area: str | None = None
    zone: str | None = None
    user: str | None = None
    address: str | None = None
    text: str | None = None


class Frame(NamedTuple):
    """One decoded frame, or a run of bytes that is none (``kind`` unparsed, ``verdict`` reject).

    ``token`` is the frame's own name for its payload (DC-09: ``SIA-DCS``, Sur-Gard: the record's
    protocol id). ``raw`` are the frame's bytes with its delimiters. A rejected frame carries no
    events. ``reason`` says why a frame was rejected, or what of an accepted one was not understood
    (``token``: its payload's format, ``payload``: the payload); its raw bytes go on all the same.
    ``timestamp_checked``: its time has been held against the receiver's clock.
    ``consumed`` counts the frame's bytes and the padding before it.
    ``completes``: the frame before it on the line, which it says again with more to it: not a
    second event.

    Two frames are equal when they say the same, however each would be answered.
    """

    format: str
    verdict: Verdict
    kind: Kind
    raw: bytes
    reason: str | None = None
    token: str | None = None
    sequence: str | None = None
    receiver: str | None = None
    line: str | None = None
    account: str | None = None
    encrypted: bool = False
    timestamp: datetime | None = None
    events: tuple[Event, ...] = ()
    extended: tuple[tuple[str, str], ...] = ()
    consumed: int = 0
    respond: Respond | None = None
    timestamp_checked: bool = False
    completes: Frame | None = None

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Frame)
            and self._replace(respond=None)[:] == (other._replace(respond=None)[:])
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.format, self.raw))

    def __repr__(self) -> str:
        """Without what makes the reply: it holds the key."""
        hidden = ("respond", "completes")
        shown = (
            f"{name}={value!r}" for name, value in self._asdict().items() if name not in hidden
        )
        return f"Frame({', '.join(shown)})"

    @property
    def reply(self) -> bytes | None:
        """The bytes for the sender, or None where it gets none. Whoever owns the line sends them
        only once the frame's events are on disk.

        Made when asked for: who does not answer pays nothing. Asking twice for an encrypted reply
        gives two different ciphertexts of the same words.
        """
        return None if self.respond is None else self.respond(self)


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """What a decoder needs to know that is not in the bytes.

    ``rules_for``: asked for each frame, so it should be quick.
    ``max_frame``: longest frame in bytes; what is longer is handed out as unparsed.
    ``settings``: choices that the format leaves open, by the names that its codec declares; see
    :class:`Setting`.
    """

    rules_for: RulesLookup = field(default=lambda account: STANDARD_RULES)
    max_frame: int = 8192
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """A choice that a format leaves open: a fact no source gives, or in which its users differ.

    ``allowed``: the values there are, the usual one first. ``meaning``: what it decides.
    """

    name: str
    allowed: tuple[str, ...]
    meaning: str

    def of(self, options: DecodeOptions) -> str:
        """What is chosen, or what is usual."""
        return options.settings.get(self.name, self.allowed[0])


class NeedData:
    def __repr__(self) -> str:
        return "NEED_DATA"


NEED_DATA: Final = NeedData()
"""``next_frame`` says this when the buffer holds no whole frame."""


class Decoder(Protocol):
    """One stream's decoder: a TCP connection, a serial line, or one datagram."""

    def receive_data(self, data: bytes) -> None:
        """Add bytes in any chunking."""
        ...

    def next_frame(self, now: datetime | None) -> Frame | NeedData:
        """The next frame, or NEED_DATA. ``now`` (aware, UTC) is the clock for time windows and
        encrypted replies; None: no window is checked."""
        ...

    def finish(self) -> Frame | None:
        """The stream has ended: what is left in the buffer as one unparsed frame, or None."""
        ...


@runtime_checkable
class Greets(Protocol):
    """What a decoder also is in formats in which the receiver speaks first."""

    def greeting(self) -> bytes | None:
        """What goes to the sender when the connection opens, before anything has come; None where
        this connection has nothing to be greeted with."""
        ...


class Encoder(Protocol):
    """What a receiver or panel of a format sends and how it reads the answer: for simulated ones.

    ``systems`` names the code systems that the format can carry, the usual one first. ``receiver``
    and ``line`` are the wire's own text; None takes what is usual for the format.
    """

    systems: tuple[str, ...]

    def event(
        self,
        account: str,
        event: Event,
        *,
        receiver: str | None = None,
        line: str | None = None,
        sequence: int = 1,
    ) -> bytes:
        """One event as a frame. Raises ValueError for what the format cannot carry."""
        ...

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes | None:
        """The frame that says no more than that the sender lives; None in formats without one."""
        ...

    def is_acknowledged(self, answer: bytes) -> bool | None:
        """Whether the answer to the last frame accepts it; None: not all of it is here."""
        ...


class Codec(Protocol):
    """A format. Third parties register one as entry point in ``receiver_bridge.codecs``.

    A codec may have more, which ``encoder_of``, ``settings_of`` and ``repeat_window_of`` of this
    package ask for: an ``encoder`` (:class:`Encoder`), so that simulated senders speak it;
    ``settings``, a tuple of :class:`Setting`; ``repeat_window``, seconds within which the same
    frame again on the same line is a retry.
    """

    name: str

    def decoder(self, options: DecodeOptions) -> Decoder: ...
