"""Sur-Gard records: golden ones, glued, damaged, unknown, and streams of any shape."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import cut, decode_all, decode_chunks, decode_one

from receiver_bridge.codecs import DecodeOptions, Event, get_codec, sia_dcs
from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.surgard_encoder import (
    ACK,
    NAK,
    SurgardEncoder,
    encode_basic,
    encode_contact_id,
    encode_heartbeat,
    encode_internal,
    encode_sia,
    wrap_b32,
)
from receiver_bridge.codecs.surgard_records import basic_event
from receiver_bridge.codes import surgard_codes

DC4 = b"\x14"


def sia_event(code, address):
    return sia_dcs.make_event(code, address)


def decode(data: bytes):
    return decode_one("surgard", data)


# Golden records, from manuals and captures in the field.


@pytest.mark.parametrize(
    ("text", "receiver", "line", "account", "event"),
    [
        (b"5011 181234E12101001", "01", "1", "1234", make_event("E", "121", "01", "001")),
        (b"501001 187037R30100000", "01", "001", "7037", make_event("R", "301", "00", "000")),
        (b"501001 981234P40701123", "01", "001", "1234", make_event("P", "407", "01", "123")),
        (b"5A1F 18BCDEE13001004", "A1", "F", "BCDE", make_event("E", "130", "01", "004")),
        (
            b"Q01001 580123456789E13001004",
            "01",
            "001",
            "0123456789",
            make_event("E", "130", "01", "004"),
        ),
        (b"S01002[#1234|NBA01]", "01", "002", "1234", Event("sia", "BA", zone="01", address="01")),
        (
            b"S012[#123456|Nri1/CL007]",
            "01",
            "2",
            "123456",
            Event("sia", "CL", area="1", user="007", address="007"),
        ),
    ],
)
def test_golden_record(text, receiver, line, account, event):
    frame = decode(text + DC4)
    assert (frame.verdict, frame.kind, frame.reason) == ("accept", "event", None)
    assert (frame.token, frame.receiver, frame.line) == (text[:1].decode(), receiver, line)
    assert (frame.account, frame.events) == (account, (event,))
    assert (frame.raw, frame.reply) == (text + DC4, ACK)


def test_the_number_is_a_user_where_the_code_says_so():
    event = decode(b"5011 181234R40101007\x14").events[0]
    assert (event.qualifier, event.zone, event.user) == ("restore", None, "007")


def test_several_sia_events_in_one_record():
    frame = decode(b"S01002[#1234|NBA01/FA02]\x14")
    assert [event.code for event in frame.events] == ["BA", "FA"]


@pytest.mark.parametrize(
    ("text", "line", "account", "event"),
    [
        # with one digit of line; the account stands at the right of its field
        (b"3011    123456BA0012", "1", "123456", sia_event("BA", "0012")),
        (b"301001      1234FA0012", "001", "1234", sia_event("FA", "0012")),
        (b"3011    12FACBCL0007", "1", "12FACB", sia_event("CL", "0007")),
    ],
)
def test_sia_protocol_1(text, line, account, event):
    frame = decode(text + DC4)
    assert (frame.verdict, frame.kind, frame.reason) == ("accept", "event", None)
    assert (frame.token, frame.line, frame.account) == ("3", line, account)
    assert (frame.events, frame.reply) == ((event,), ACK)


def surgard(code, qualifier, area, address, **number):
    return Event("surgard", code, qualifier, area, address=address, **number)


@pytest.mark.parametrize(
    ("text", "line", "account", "event"),
    [
        (
            b"101001    123456 A1001",
            "001",
            "123456",
            surgard("A", "new", "1", "001", zone="001"),
        ),
        (b"1011      1234 O  07", "1", "1234", surgard("O", "new", None, "07", user="07")),
        (b"1011      1234 C  07", "1", "1234", surgard("C", "restore", None, "07", user="07")),
        (b"101001      1234 42007", "001", "1234", surgard("4", "restore", "2", "007", user="007")),
        (b"101001      1234 80001", "001", "1234", surgard("8", "status", "0", "001")),
        (b"1011      1234 R   1", "1", "1234", surgard("R", "restore", None, "1", zone="1")),
        (b"1011       123 W  01", "1", "123", surgard("W", None, None, "01")),
    ],
)
def test_basic_record(text, line, account, event):
    frame = decode(text + DC4)
    assert (frame.verdict, frame.kind, frame.reason) == ("accept", "event", None)
    assert (frame.token, frame.receiver, frame.line) == ("1", "01", line)
    assert (frame.account, frame.events, frame.reply) == (account, (event,), ACK)


@pytest.mark.parametrize(
    ("text", "code", "qualifier", "address"),
    [
        (b"1011      0000 A  20", "A20", "new", None),
        (b"1011      0000 R  30", "R30", "restore", None),
        (b"1011      0000 T  10", "T10", "new", None),
        (b"1011      0000 T  40", "T", None, "40"),
    ],
)
def test_a_receiver_of_the_first_kinds_speaks_of_itself(text, code, qualifier, address):
    frame = decode(text + DC4)
    assert (frame.verdict, frame.kind, frame.account) == ("accept", "receiver_status", "0000")
    assert frame.events == (surgard(code, qualifier, None, address),)


def test_the_number_of_who_called():
    frame = decode(b"4010010012343125551234 23:59:59-31/12" + DC4)
    assert (frame.verdict, frame.kind, frame.token) == ("accept", "event", "4")
    assert (frame.line, frame.account) == ("001", "001234")
    assert frame.events == (Event("surgard", "CALLER", "status", text="312 5551234"),)
    assert frame.extended == (("clock", "23:59:59-31/12"),)


@pytest.mark.parametrize(
    ("text", "line"),
    [(b"1011           @    ", "1"), (b"101000           @    ", "000"), (b"1011 @", "1")],
)
def test_heartbeat(text, line):
    frame = decode(text + DC4)
    assert (frame.verdict, frame.kind, frame.events) == ("accept", "heartbeat", ())
    assert (frame.receiver, frame.line, frame.reply) == ("01", line, ACK)


@pytest.mark.parametrize(
    ("text", "line", "event"),
    [
        (b"001000[#0000|NRT01]", "000", Event("sia", "RT", address="01")),
        (b"001001[#0000|NNT*192.0.2.7*]", "001", Event("sia", "NT", text="192.0.2.7")),
        (b"012234[#123456|NYN*192.0.2.34*]", "234", Event("sia", "YN", text="192.0.2.34")),
        (b"001000[#0000|NJP*operator 7*]", "000", Event("sia", "JP", text="operator 7")),
    ],
)
def test_what_the_receiver_says_of_itself(text, line, event):
    frame = decode(text + DC4)
    assert (frame.verdict, frame.kind) == ("accept", "receiver_status")
    assert (frame.line, frame.account) == (line, text[8:].split(b"|")[0].decode())
    assert (frame.events[0].code, frame.events[0].text) == (event.code, event.text)


@pytest.mark.parametrize("clock", [b" 23:59:59-31/12", b"23:59:59-31/12"])
@pytest.mark.parametrize(
    "text",
    [
        *(b"5011 181234E12101001", b"S01002[#1234|NBA01]", b"1011 @    ", b"001000[#0000|NRT]"),
        *(b"1011      1234 A  01", b"3011    123456BA0012"),
    ],
)
def test_the_clock_option_is_allowed(text, clock):
    frame = decode(text + clock + DC4)
    assert (frame.verdict, frame.reason) == ("accept", None)
    assert frame.kind in ("event", "heartbeat", "receiver_status")
    assert frame.extended == (("clock", "23:59:59-31/12"),)
    assert decode(text + DC4).extended == ()


# What is not parsed is kept and acknowledged, so that the receiver does not stall.


@pytest.mark.parametrize(
    ("text", "token", "reason"),
    [
        (b"301    12345601ABCD", "3", "payload"),
        (b"3011    123456BA00", "3", "payload"),
        (b"40100112340013125551234", "4", "payload"),
        (b"4010011234003125551", "4", "payload"),
        (b"601100123456", "6", "token"),
        (b"J01001      12345TZ0155", "J", "token"),
        (b"T01112345678 E 01", "T", "token"),
        (b"8011234 1234 1234 1", "8", "token"),
        (b"Y01001 AAAA8209", "Y", "token"),
        (b"s010011234567890" + b"1" * 21, "s", "token"),
        (b"1061      7002    TH", "1", "payload"),
        (b"101001    123456 A1", "1", "payload"),
        (b"L01001    123456 A1001", "L", "token"),
        (b"5011 181234E1210100", "5", "payload"),
        (b"5011 171234E12101001", "5", "payload"),
        (b"5011 181234E12101001xyz", "5", "payload"),
        (b"S01002[#1234|]", "S", "payload"),
        (b"S01002[#1234|NBA01", "S", "payload"),
    ],
)
def test_an_unknown_record_is_acknowledged_and_kept(text, token, reason):
    frame = decode(text + DC4)
    assert (frame.verdict, frame.kind, frame.reason) == ("accept", "unparsed", reason)
    assert (frame.token, frame.raw, frame.reply) == (token, text + DC4, ACK)


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"5\x8111 181234E12101001", b"? no record"])
def test_line_noise_is_refused_so_that_the_receiver_repeats(text):
    frame = decode(text + DC4)
    assert (frame.verdict, frame.reason) == ("reject", "grammar")
    assert (frame.raw, frame.reply) == (text + DC4, NAK)


def test_what_has_no_end_is_kept_and_not_answered():
    frame = decode(b"5011 181234E121")
    assert (frame.verdict, frame.reason, frame.reply) == ("reject", "grammar", None)


# Records glued together. One DC4 has one answer.


def test_glued_repeats_are_split():
    frames = decode_all("surgard", b"5011 187037E130010045011 187037E13001004\x14")
    assert [frame.raw for frame in frames] == [
        b"5011 187037E13001004",
        b"5011 187037E13001004\x14",
    ]
    assert {frame.events for frame in frames} == {(make_event("E", "130", "01", "004"),)}
    assert [frame.reply for frame in frames] == [None, ACK]


def test_records_of_different_kinds_are_split():
    texts = [
        *(b"S01002[#1234|NBA01]", b"501001 187037R30100000", b"101000           @    "),
        *(b"101001    123456 A1001", b"3011    123456BA0012", b"1011      1234 T  01"),
    ]
    frames = decode_all("surgard", b"".join(texts) + DC4)
    kinds = ["event", "event", "heartbeat", "event", "event", "event"]
    assert [frame.kind for frame in frames] == kinds
    assert [frame.reply for frame in frames] == [*[None] * 5, ACK]


@pytest.mark.parametrize("length", [1, *range(5, 20)])
def test_a_record_behind_one_that_was_cut_off_is_found(length):
    record = b"5011 187037E13001004"
    frames = decode_all("surgard", record[:length] + record + DC4)
    assert b"".join(frame.raw for frame in frames) == record[:length] + record + DC4
    assert frames[-1].raw == record + DC4
    assert [frame.events for frame in frames if frame.events] == [frames[-1].events]
    assert [frame.reply for frame in frames] == [None, ACK]


@pytest.mark.parametrize("length", [2, 3, 4])
def test_the_event_behind_a_header_that_was_cut_off_is_kept(length):
    """The digits of the two headers can be read as one with a longer line number."""
    record = b"5011 187037E13001004"
    frame = decode(record[:length] + record + DC4)
    assert (frame.account, frame.events) == ("7037", (make_event("E", "130", "01", "004"),))
    assert frame.reply == ACK


def test_a_record_behind_line_noise_is_found():
    frames = decode_all("surgard", b"\xf0\x80" + b"5011 187037E13001004\x14")
    assert [frame.verdict for frame in frames] == ["reject", "accept"]
    assert [frame.reply for frame in frames] == [None, ACK]


def test_a_basic_record_is_none_inside_of_another():
    """Its form is so loose that the tail of an unknown record may have it."""
    frame = decode(b"L01001    123456 A1001" + DC4)
    assert (frame.kind, frame.events, frame.token) == ("unparsed", (), "L")


# B32.


def test_several_b32_packets_in_one_segment_are_each_answered():
    packets = [
        wrap_b32(b"5011 181234E12101001\x14"),
        wrap_b32(encode_heartbeat()),
        wrap_b32(b"\xff\x14"),
    ]
    for position in range(len(b"".join(packets))):
        frames = decode_chunks("surgard", cut(b"".join(packets), [position]))
        assert [frame.raw for frame in frames] == packets
        assert [frame.reply.hex() for frame in frames] == [
            "0000000506",
            "0000000506",
            "0000000515",
        ]


def test_b32_is_told_by_itself_and_answered_in_kind():
    wire = wrap_b32(b"5011 181234E12101001\x14")
    assert wire[:4] == bytes.fromhex("00000025")
    frame = decode(wire)
    assert (frame.kind, frame.raw) == ("event", wire)
    assert frame.reply == bytes.fromhex("0000000506")


def test_b32_refuses_in_kind():
    assert decode(wrap_b32(b"\xff\xfe\x14")).reply == bytes.fromhex("0000000515")


def test_a_b32_length_that_looks_like_the_end_of_a_record():
    wire = wrap_b32(b"Y01001 AA" + DC4)
    assert wire[3:4] == DC4
    for position in range(len(wire)):
        frames = decode_chunks("surgard", cut(wire + wire, [position]))
        assert [frame.raw for frame in frames] == [wire, wire]


def test_nul_padding_is_no_b32():
    record = b"5011 181234E12101001\x14"
    for count in range(8):
        frames = decode_all("surgard", b"\0" * count + record)
        assert [frame.kind for frame in frames] == ["event"]
        assert frames[0].reply == ACK
        assert frames[0].consumed == count + len(record)


def test_a_b32_packet_too_long_for_its_length_cannot_be_made():
    with pytest.raises(ValueError, match="10000 bytes; allowed are 9999"):
        wrap_b32(b"x" * 9996)


# Streams.

digits = "0123456789BCDEF"


def numbers(size):
    return st.text(digits, min_size=size, max_size=size)


lines = st.sampled_from(["1", "F", "001", "0A2", "123456789"])
contact_ids = st.builds(
    encode_contact_id,
    st.sampled_from([4, 10]).flatmap(
        lambda size: st.text("0123456789ABCDEF", min_size=size, max_size=size)
    ),
    st.builds(make_event, st.sampled_from("ERP"), numbers(3), numbers(2), numbers(3)),
    receiver=st.sampled_from(["01", "A9"]),
    line=lines,
)
zone_event = Event("sia", "BA", area="1", zone="01", address="01")
sias = st.builds(encode_sia, st.sampled_from(["1234", "123456"]), st.just([zone_event]), line=lines)
basics = st.builds(
    lambda account, letter, area, number, line: encode_basic(
        account, basic_event(letter, area, number), line=line
    ),
    st.text("123456789ABCDEF", min_size=3, max_size=6),
    st.sampled_from("ABCFHORT0123456789"),
    st.none() | numbers(1),
    numbers(3),
    lines,
)
records = st.one_of(
    basics,
    contact_ids,
    sias,
    st.just(encode_heartbeat()),
    st.just(encode_heartbeat(line="000")),
    st.just(encode_internal(zone_event)),
    st.just(wrap_b32(b"Y01001 AA" + DC4)),
    contact_ids.map(wrap_b32),
)
noise = st.binary(max_size=12) | st.sampled_from([b"\0\0", b"\0\0\0", b"\r\n", DC4, b"5011 18"])
streams = st.lists(records | noise, max_size=8).map(b"".join)


@given(
    st.text("0123456789ABCDEF", min_size=4, max_size=4),
    st.builds(make_event, st.sampled_from("ERP"), numbers(3), numbers(2), numbers(3)),
    lines,
)
def test_what_is_encoded_is_decoded(account, event, line):
    frame = decode(encode_contact_id(account, event, receiver="07", line=line))
    assert (frame.kind, frame.account, frame.events) == ("event", account, (event,))
    assert (frame.receiver, frame.line) == ("07", line)
    frame = decode(encode_sia(account, [zone_event], receiver="07", line=line))
    assert (frame.kind, frame.account, frame.events) == ("event", account, (zone_event,))


@pytest.mark.parametrize("account", ["123", "12345", ""])
def test_an_account_the_record_has_no_room_for_is_named(account):
    with pytest.raises(ValueError, match="allowed: 4 or 10"):
        encode_contact_id(account, make_event("E", "130", "01", "004"))


@given(st.lists(records, min_size=1, max_size=6), st.lists(st.integers(0, 10_000), max_size=12))
def test_good_records_come_out_as_they_went_in_and_each_is_answered(wires, positions):
    frames = decode_chunks("surgard", cut(b"".join(wires), positions))
    assert [frame.raw for frame in frames] == wires
    assert all(frame.verdict == "accept" and frame.reply is not None for frame in frames)


@given(streams, st.lists(st.integers(0, 10_000), max_size=12))
def test_any_chunking_gives_the_same_frames(data, positions):
    options = DecodeOptions(max_frame=100)
    whole = decode_all("surgard", data, options)
    chunked = decode_chunks("surgard", cut(data, positions), options)
    one_by_one = decode_chunks("surgard", [data[i : i + 1] for i in range(len(data))], options)
    assert chunked == whole == one_by_one
    assert [frame.reply for frame in chunked] == [frame.reply for frame in whole]


@settings(max_examples=300)
@given(streams | st.binary(max_size=300))
def test_no_byte_is_lost_and_none_raises(data):
    position = 0
    for frame in decode_all("surgard", data, DecodeOptions(max_frame=100)):
        end = position + frame.consumed
        assert data[position:end].endswith(frame.raw)
        assert not data[position : end - len(frame.raw)].strip(b"\r\n\0")
        position = end
    assert not data[position:].strip(b"\r\n\0")


@given(streams)
def test_every_dc4_has_at_most_one_answer(data):
    frames = decode_all("surgard", data, DecodeOptions(max_frame=100))
    assert sum(frame.reply is not None for frame in frames) <= data.count(DC4)
    assert all(frame.raw.endswith(DC4) for frame in frames if frame.reply is not None)


# The encoder that simulated receivers use.


@given(
    st.text("123456789ABCDEF", min_size=4, max_size=4),
    st.one_of(
        st.builds(make_event, st.sampled_from("ERP"), numbers(3), numbers(2), numbers(3)),
        st.just(zone_event),
        st.builds(
            basic_event,
            st.sampled_from(sorted(code for code in surgard_codes() if len(code) == 1)),
            st.none() | numbers(1),
            numbers(3),
        ),
    ),
    st.none() | lines,
    st.sampled_from([None, "07"]),
    st.booleans(),
)
def test_what_the_encoder_sends_is_decoded_and_its_answer_understood(
    account, event, line, receiver, b32
):
    encoder = SurgardEncoder(b32=b32)
    assert event.code_system in encoder.systems
    frame = decode(encoder.event(account, event, receiver=receiver, line=line))
    assert (frame.kind, frame.account, frame.events) == ("event", account, (event,))
    assert (frame.receiver, frame.line) == (receiver or "01", line or "001")
    assert encoder.is_acknowledged(frame.reply) is True
    assert all(encoder.is_acknowledged(frame.reply[:n]) is None for n in range(len(frame.reply)))
    beat = decode(encoder.heartbeat(receiver=receiver, line=line))
    assert (beat.kind, beat.line, beat.reply) == ("heartbeat", line or "000", frame.reply)
    refusal = decode(wrap_b32(b"\xff\x14") if b32 else b"\xff\x14").reply
    assert encoder.is_acknowledged(refusal) is False


def test_the_encoder_says_what_it_cannot_carry():
    encoder = get_codec("surgard").encoder
    with pytest.raises(ValueError, match="'bridge'; allowed: cid, sia, surgard"):
        encoder.event("1234", Event("bridge", "lost"))
    with pytest.raises(ValueError, match="account '12' has 2 characters; allowed: 3 to 6"):
        encoder.event("12", basic_event("A", None, "001"))
    with pytest.raises(ValueError, match="area '01' has 2 characters; allowed: 1 to 1"):
        encoder.event("1234", basic_event("A", "01", "001"))
    with pytest.raises(ValueError, match="number '0001' has 4 characters; allowed: 1 to 3"):
        encoder.event("1234", basic_event("A", None, "0001"))
