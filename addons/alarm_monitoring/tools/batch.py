"""The JSON text that ``alarm.receiver.ingest`` takes, read into plain frozen values.

Only what is no signal at all is rejected: not an object, no uid, a value of the wrong type. What
a signal says is not judged here.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timezone

from .injection import BRIDGE, PREFIX, is_injected
from .text import storable

MAX_UID = 200
MAX_BRIDGE = 200

_REQUIRED_TEXTS = ("receiver", "format", "kind", "source", "raw_hex")
_OPTIONAL_TEXTS = (
    "repeat_of",
    "wire_receiver",
    "line",
    "account",
    "code_system",
    "code",
    "qualifier",
    "area",
    "zone",
    "user",
    "address",
    "text",
)
_REQUIRED_TIMES = ("received_at", "journaled_at")
_OPTIONAL_TIMES = ("occurred_at",)


class BatchError(ValueError):
    """The whole text is no batch: a fault of the sender, not of one signal."""


class NoSignal(ValueError):
    """One element of the batch is no signal; the message says why."""


@dataclass(frozen=True, slots=True)
class Received:
    """One signal as it came: texts storable, times naive UTC (Odoo's convention).

    ``digest`` is a hash of the whole object as sent: two elements with one uid are the same signal
    only when their digests agree.
    """

    uid: str
    digest: str
    receiver: str
    format: str
    kind: str
    source: str
    received_at: datetime
    journaled_at: datetime
    occurred_at: datetime | None
    repeat_of: str | None
    wire_receiver: str | None
    line: str | None
    account: str | None
    code_system: str | None
    code: str | None
    qualifier: str | None
    area: str | None
    zone: str | None
    user: str | None
    address: str | None
    text: str | None
    extended: str | None
    raw_hex: str

    @property
    def stream(self):
        """``((epoch, receiver), seq)`` as the uid has them, or None when it has another form."""
        return stream_of(self.uid)


@dataclass(frozen=True, slots=True)
class Rejected:
    """An element that is no signal: its uid as far as it has one, and why."""

    uid: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    bridge: str
    signals: tuple[Received, ...]
    rejected: tuple[Rejected, ...]


def stream_of(uid):
    """Split ``<epoch>:<receiver>:<seq>``; None when the uid has another form or is too long.

    >>> stream_of("e1:sg-1:7")
    (('e1', 'sg-1'), 7)
    """
    if len(uid) > MAX_UID:
        return None
    epoch, _, rest = uid.partition(":")
    receiver, _, seq = rest.rpartition(":")
    if not (epoch and receiver and seq.isascii() and seq.isdigit() and len(seq) <= 18):
        return None
    # Sequences count from 1.
    return ((epoch, receiver), int(seq)) if int(seq) else None


def parse_batch(text):
    """Read the argument of ``ingest``.

    :raises BatchError: the text is no JSON object with ``bridge`` and ``signals``
    """
    data = parse_object(text)
    bridge = data.get("bridge")
    if not isinstance(bridge, str) or not 0 < len(bridge) <= MAX_BRIDGE:
        raise BatchError(
            f"“bridge” must be the name of the sending bridge, 1 to {MAX_BRIDGE} characters."
        )
    elements = data.get("signals")
    if not isinstance(elements, list):
        raise BatchError("“signals” must be a list.")
    signals, rejected = [], []
    for element in elements:
        try:
            signals.append(_parse_handed_over(element))
        except NoSignal as error:
            uid = element.get("uid") if isinstance(element, dict) else None
            uid = storable(uid) if isinstance(uid, str) else ""
            rejected.append(Rejected(uid, str(error)))
    return Batch(storable(bridge), tuple(signals), tuple(rejected))


def injected_batch(element):
    """The batch of one signal that somebody makes up, see `injection.py`.

    :param element: as `parse_batch` takes it
    :raises NoSignal: a value is of the wrong type
    """
    return Batch(BRIDGE, (_parse_signal(element),), ())


def parse_object(text):
    """A JSON object from text.

    :raises BatchError: it is none
    """
    if not isinstance(text, str):
        raise BatchError(f"The argument must be one JSON text, not {type(text).__name__}.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BatchError(f"The argument is no JSON text: {error}") from error
    if not isinstance(data, dict):
        raise BatchError("The JSON text must hold one object.")
    return data


def parse_time(text):
    """ISO 8601 with an offset (``Z`` or ``+hh:mm``) as naive UTC.

    :raises ValueError: it is no such time
    """
    moment = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    if moment.tzinfo is None:
        raise ValueError("no UTC offset")
    try:
        return moment.astimezone(timezone.utc).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(str(error)) from error


def _parse_handed_over(element):
    signal = _parse_signal(element)
    if is_injected(signal.uid):
        raise NoSignal(f"“uid” begins with “{PREFIX}”, which no bridge may use.")
    return signal


def _parse_signal(element):
    if not isinstance(element, dict):
        raise NoSignal(f"A signal must be an object, not {type(element).__name__}.")
    uid = element.get("uid")
    if not isinstance(uid, str) or not uid:
        raise NoSignal("A signal must have a “uid” (text).")
    if len(uid) > MAX_UID:
        raise NoSignal(f"“uid” has {len(uid)} characters; at most {MAX_UID} are allowed.")
    values = {name: _text(element, name, required=True) for name in _REQUIRED_TEXTS}
    values.update((name, _text(element, name)) for name in _OPTIONAL_TEXTS)
    values.update((name, _time(element, name, required=True)) for name in _REQUIRED_TIMES)
    values.update((name, _time(element, name)) for name in _OPTIONAL_TIMES)
    return Received(
        uid=storable(uid), digest=_digest(element), extended=_extended(element), **values
    )


def _text(element, name, required=False):
    value = element.get(name)
    if isinstance(value, str):
        return storable(value)
    if value is None and not required:
        return None
    raise NoSignal(f"“{name}” must be text, not {_type_name(value)}.")


def _time(element, name, required=False):
    value = element.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str):
        raise NoSignal(f"“{name}” must be a time as text, not {_type_name(value)}.")
    try:
        return parse_time(value)
    except ValueError as error:
        # A panel's clock may say anything: its alarm counts without a time of its own.
        if not required:
            return None
        raise NoSignal(f"“{name}” must be a time in ISO 8601 with offset: {error}.") from error


def _extended(element):
    value = element.get("extended") or []
    if not isinstance(value, list) or not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)
        for pair in value
    ):
        raise NoSignal("“extended” must be a list of pairs of texts.")
    if not value:
        return None
    return json.dumps([[storable(part) for part in pair] for pair in value], ensure_ascii=False)


def _type_name(value):
    return "nothing" if value is None else type(value).__name__


def _digest(element):
    canonical = json.dumps(element, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()
