"""Another implementation of SIA DC-09 takes what ours sends, and ours understands its answer."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from pysiaalarm.account import SIAAccount
from pysiaalarm.base_server import BaseSIAServer
from pysiaalarm.utils import Counter, ResponseType
from streams import decode_one

from receiver_bridge.codecs import AccountRules, DecodeOptions, Event
from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.dc09_encoder import Dc09Encoder

BURGLARY = Event("sia", "BA", area="1", zone="005", address="005")
KEYS = [None, *("0123456789ABCDEF0123456789ABCDEF"[:size] for size in (16, 24, 32))]


def now() -> datetime:
    return datetime.now(timezone.utc)


def server(key: str | None) -> BaseSIAServer:
    # It takes a key as the text whose characters are the key's bytes.
    return BaseSIAServer({"1234": SIAAccount("1234", key)}, Counter())


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("event", [BURGLARY, make_event("1", "130", "01", "005")])
def test_a_peer_acknowledges_our_events_and_its_answer_is_understood(key, event):
    encoder = Dc09Encoder(key.encode() if key else None, now, account="1234")
    rules = AccountRules(key.encode() if key else None)
    # Without a receiver number it answers "None" in its place.
    for wire in (
        encoder.event("1234", event, receiver="1", sequence=42),
        encoder.heartbeat(receiver="1"),
    ):
        parsed = server(key).parse_and_check_event(wire)
        assert parsed is not None and parsed.response == ResponseType.ACK
        answer = parsed.create_response()
        assert encoder.is_acknowledged(answer) is True
        reply = decode_one("dc09", answer, DecodeOptions(lambda account: rules), now())
        assert (reply.kind, reply.account, reply.encrypted) == ("reply", "1234", key is not None)


@pytest.mark.parametrize("key", KEYS[1:])
def test_a_peer_refuses_our_wrong_clock_by_a_nak_that_we_understand(key):
    late = Dc09Encoder(key.encode(), lambda: now() - timedelta(hours=1), account="1234")
    parsed = server(key).parse_and_check_event(late.event("1234", BURGLARY, receiver="1"))
    assert parsed is not None and parsed.response == ResponseType.NAK
    answer = parsed.create_response()
    assert late.is_acknowledged(answer) is False
    reply = decode_one("dc09", answer)
    assert (reply.kind, reply.token) == ("reply", "NAK")
    assert reply.timestamp is not None
    assert abs(reply.timestamp - now()) < timedelta(minutes=1)
