"""What holds for every format that has an encoder: what goes in comes out, however it is cut up,
glued together and disturbed."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lines import running_line
from streams import cut, decode_all, decode_chunks

from receiver_bridge.codecs import (
    AccountRules,
    DecodeOptions,
    Event,
    Frame,
    codec_names,
    encodable_codecs,
    encoder_of,
    get_codec,
    repeat_window_of,
    settings_of,
)
from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.surgard_records import basic_event
from receiver_bridge.codes import in_words, simple_codes
from receiver_bridge.config import NetworkAddress

FORMATS = [codec.name for codec in encodable_codecs()]

ACCOUNTS = {"iti": "12345", "oh": "006969"}
"""Where the format has no room for four digits."""

STRANGE = b"\x7f\x7f"
"""Bytes that begin and end nothing in any format."""

ANY = NetworkAddress("tcp-listen", "127.0.0.1", 0)

every_format = pytest.mark.parametrize("name", FORMATS)

LEADS = {"oh": b"SR0001L0001    006969XX    [ID00000000]"}
"""By which a stream is known to be in clear, where the format may encrypt."""

digits = st.sampled_from("0123456789BCDEF")


def numbers(size: int) -> st.SearchStrategy[str]:
    return st.text(digits, min_size=size, max_size=size)


def coded(system: str) -> st.SearchStrategy[Event]:
    """Events of a receiver's own system, as its table has them."""

    def event(code: str, number: str) -> Event:
        meaning = simple_codes()[system, code].address_field_meaning
        if code == "text":
            return Event(system, code, text="READY")
        if meaning == "unused":
            return Event(system, code)
        zone = number if meaning == "zone" else None
        user = number if meaning == "user" else None
        return Event(system, code, zone=zone, user=user, address=number)

    codes = [code for known, code in simple_codes() if known == system]
    return st.builds(event, st.sampled_from(codes), st.sampled_from("12345678"))


EVENTS = {
    "cid": st.builds(
        make_event, st.sampled_from("136"), st.sampled_from(["130", "401"]), numbers(2), numbers(3)
    ),
    "sia": st.builds(
        lambda number: Event("sia", "BA", zone=number, address=number),
        st.text("0123456789", min_size=1, max_size=4),
    ),
    "pulse": st.builds(
        lambda code, zone: Event("pulse", code, zone=zone, address=zone),
        # Two letters are an event of SIA's where a receiver sends both.
        st.sampled_from("0123456789"),
        digits,
    ),
    "ademco-hs": coded("ademco-hs"),
    "radionics": coded("radionics"),
    "mx8000": coded("mx8000"),
    "fbi": st.builds(
        lambda code, zone: Event("fbi", code, zone=zone, address=zone), numbers(2), numbers(2)
    ),
    "iti": st.builds(
        lambda code, zone, area: Event("iti", code, None, area, zone, None, zone),
        st.sampled_from("ACRTX"),
        numbers(2),
        st.sampled_from("1289"),
    ),
    "surgard": st.builds(
        basic_event, st.sampled_from("ABCFHORT01239"), st.sampled_from(["1", "A", None]), numbers(3)
    ),
    "pima": st.builds(lambda code: Event("pima", code), st.sampled_from(["TH", "A1", "E12"])),
}


def encode(name: str, event: Event, sequence: int = 1) -> bytes:
    encoder = encoder_of(name)
    return encoder.event(ACCOUNTS.get(name, "1234"), event, sequence=sequence)


def told(frames: list[Frame]) -> list[Event]:
    """The events, each once: a frame that completes another takes its place."""
    events: list[Event] = []
    for frame in frames:
        if frame.completes is not None:
            del events[-len(frame.events) :]
        events += frame.events
    return events


LOOSE = frozenset({"surgard"})
"""What has so little of its own that behind noise it is kept, but not understood."""


@st.composite
def messages(draw: st.DrawFn, name: str, but: frozenset[str] = frozenset()) -> tuple[Event, bytes]:
    encoder = encoder_of(name)
    systems = [system for system in encoder.systems if system not in but]
    event = draw(EVENTS[draw(st.sampled_from(systems))])
    return event, encode(name, event, draw(st.integers(1, 9999)))


@every_format
@given(data=st.data())
def test_what_is_encoded_is_decoded(name: str, data: st.DataObject) -> None:
    event, wire = data.draw(messages(name))
    frames = decode_all(name, wire)
    assert told(frames) == [event]
    assert {frame.verdict for frame in frames} == {"accept"}
    assert {frame.format for frame in frames} == {name}
    assert b"".join(frame.raw for frame in frames) == wire
    account = ACCOUNTS.get(name, "1234")
    assert (frames[-1].account or account).zfill(6) == account.zfill(6)


@every_format
@given(data=st.data())
def test_good_messages_come_out_in_order_in_any_chunking(name: str, data: st.DataObject) -> None:
    sent = data.draw(st.lists(messages(name), min_size=1, max_size=5))
    wire = b"".join(bytes_ for _, bytes_ in sent)
    positions = data.draw(st.lists(st.integers(0, 10_000), max_size=12))
    frames = decode_chunks(name, cut(wire, positions))
    assert told(frames) == [event for event, _ in sent]
    assert all(frame.verdict == "accept" and frame.reply is not None for frame in frames)
    assert sum(frame.consumed for frame in frames) == len(wire)


@every_format
@given(data=st.data())
def test_noise_between_messages_costs_none_of_them(name: str, data: st.DataObject) -> None:
    sent = data.draw(st.lists(messages(name, LOOSE), min_size=1, max_size=4))
    messages_ = STRANGE.join(bytes_ for _, bytes_ in sent)
    wire = LEADS.get(name, b"") + STRANGE + messages_ + STRANGE
    frames = decode_all(name, wire)
    assert told(frames) == [event for event, _ in sent]
    refused = [frame for frame in frames if frame.verdict == "reject"]
    assert [frame.raw for frame in refused] == [STRANGE] * (len(sent) + 1)
    assert {frame.reply for frame in refused} == {None}
    assert sum(frame.consumed for frame in frames) == len(wire)


@every_format
@given(data=st.data())
def test_any_bytes_in_any_chunking_give_the_same_frames(name: str, data: st.DataObject) -> None:
    """Nothing raises, and no byte is lost."""
    wire = data.draw(streams(name))
    positions = data.draw(st.lists(st.integers(0, 10_000), max_size=12))
    rules = AccountRules(key=bytes(range(24)))
    options = DecodeOptions(lambda account: rules, max_frame=100)
    whole = decode_all(name, wire, options)
    assert decode_chunks(name, cut(wire, positions), options) == whole
    assert decode_chunks(name, [bytes([byte]) for byte in wire], options) == whole
    consumed = sum(frame.consumed for frame in whole)
    assert consumed <= len(wire)
    assert name == "oh" or not wire[consumed:].strip(b"\r\n\0 \t\v\f")
    for frame in whole:
        # The end of an encrypted stream may bring less than a block of it.
        assert len(frame.raw) <= 100 + 7 * (name == "oh")
        assert frame.raw or frame.consumed == 0
        assert frame.reply != b""


@st.composite
def streams(draw: st.DrawFn, name: str) -> bytes:
    """Good messages, damaged ones, and bytes that are none."""
    parts = []
    for _part in range(draw(st.integers(0, 5))):
        _, wire = draw(messages(name))
        match draw(st.sampled_from(["good", "flipped", "cut", "noise", "ends"])):
            case "good":
                parts.append(wire)
            case "flipped":
                position = draw(st.integers(0, len(wire) - 1))
                flipped = wire[position] ^ 1 << draw(st.integers(0, 7))
                parts.append(wire[:position] + bytes([flipped]) + wire[position + 1 :])
            case "cut":
                parts.append(wire[: draw(st.integers(0, len(wire)))])
            case "noise":
                parts.append(draw(st.binary(max_size=20)))
            case _:
                parts.append(draw(st.sampled_from([b"\r", b"\n", b"\0", b"\x14", b"\r\n", b"]"])))
    return b"".join(parts)


@every_format
@given(data=st.data())
def test_a_message_with_a_flipped_bit_never_says_two_things(name: str, data: st.DataObject) -> None:
    """It may say another thing where the format has no checksum; it never makes events up."""
    _, wire = data.draw(messages(name))
    position = data.draw(st.integers(0, len(wire) - 1))
    flipped = wire[position] ^ 1 << data.draw(st.integers(0, 7))
    frames = decode_all(name, wire[:position] + bytes([flipped]) + wire[position + 1 :])
    assert len(told(frames)) <= 2


@every_format
def test_what_is_longer_than_allowed_is_cut(name: str) -> None:
    # With a key drawn by chance, Osborne-Hoffman may see the beginning of a message in it.
    rules = AccountRules(bytes(range(24)))
    frames = decode_all(name, STRANGE * 500, DecodeOptions(lambda account: rules, max_frame=100))
    assert [len(frame.raw) for frame in frames] == [100] * 10
    assert {(frame.verdict, frame.reply) for frame in frames} == {("reject", None)}


@every_format
def test_a_sender_on_a_real_line_is_answered_once_its_event_is_kept(
    name: str, tmp_path: Path
) -> None:
    encoder = encoder_of(name)
    event = SAMPLES[encoder.systems[0]]

    async def scenario() -> None:
        async with running_line(tmp_path, ANY, name) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            writer.write(encode(name, event))
            answer, acknowledged = b"", None
            while acknowledged is None:
                more = await asyncio.wait_for(reader.read(1000), 20)
                assert more, answer
                answer += more
                acknowledged = encoder.is_acknowledged(answer)
            writer.close()
            assert acknowledged is True
            kept = [signal for signal in line.signals() if signal["repeat_of"] is None]
            assert [(signal["format"], signal["code"]) for signal in kept] == [(name, event.code)]
            assert (kept[0]["zone"], kept[0]["kind"]) == (event.zone, "event")

    asyncio.run(scenario())


@every_format
@pytest.mark.parametrize("byte_by_byte", [False, True])
def test_hostile_bytes_cost_no_more_than_honest_ones(name: str, byte_by_byte: bool) -> None:
    """What almost fits, as often as a frame may hold it; a pattern that tries all ways to read it
    takes minutes."""
    for piece in HOSTILE:
        wire = piece * (8000 // len(piece)) + b"!\x14!\r]"
        began = time.process_time()
        decode_chunks(name, [wire[i : i + 1] for i in range(len(wire))] if byte_by_byte else [wire])
        assert time.process_time() - began < 5, piece


HOSTILE = [
    b"0",
    b"18",
    b" ",
    b"a",
    b"'",
    b"S011[",
    b"3010 ",
    b"3010" + b" " * 200,
    b"*'",
    b"|[R|a",
    b"|a",
    b"\n0101",
    b"SR0001L0001    ",
    b"\n11 1234 ",
    b"\0",
    b"\n",
    b"F#",
    b"\xff#",
    b'\x02010100"000000"01"0001"',
]


@every_format
@given(data=st.data())
def test_the_sender_understands_the_answer(name: str, data: st.DataObject) -> None:
    encoder = encoder_of(name)
    _, wire = data.draw(messages(name))
    answer = b"".join(frame.reply or b"" for frame in decode_all(name, wire))
    assert encoder.is_acknowledged(answer) is True
    assert encoder.is_acknowledged(b"") is None


@every_format
def test_a_sign_of_life_is_one_and_is_answered(name: str) -> None:
    encoder = encoder_of(name)
    wire = encoder.heartbeat(sequence=1)
    if wire is None:
        assert name in {"contactid", "contactid-ip", "galaxy", "pima", "sk9000"}
        return
    [frame] = decode_all(name, wire)
    assert (frame.verdict, frame.events) == ("accept", ())
    assert frame.kind in ("heartbeat", "link_test")
    assert encoder.is_acknowledged(frame.reply or b"") is True


@every_format
def test_a_message_without_its_end_is_not_answered(name: str) -> None:
    encoder = encoder_of(name)
    wire = encode(name, SAMPLES[encoder.systems[0]])
    frames = decode_all(name, wire[:-1])
    assert frames[-1].verdict == "reject"
    assert frames[-1].reply is None


SAMPLES = {
    "cid": make_event("1", "130", "01", "005"),
    "sia": Event("sia", "BA", zone="5", address="5"),
    "iti": Event("iti", "A", None, "1", "05", None, "05"),
}


@every_format
def test_another_system_s_event_is_refused_by_name(name: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        encode(name, Event("morse", "SOS", "new"))


def test_each_format_says_how_long_a_repeat_may_take_and_what_it_leaves_open() -> None:
    for name in codec_names():
        codec = get_codec(name)
        assert 1 <= repeat_window_of(codec) <= 600
        for setting in settings_of(codec):
            assert len(setting.allowed) == len(set(setting.allowed)) >= 2
            assert setting.meaning


def test_the_codes_of_receivers_have_words() -> None:
    for system, code in simple_codes():
        assert in_words(system, code, None)
    assert in_words("radionics", "?", None) is None
