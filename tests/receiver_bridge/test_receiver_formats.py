"""Receivers' record formats: golden records, what their answers are, what they leave open."""

from __future__ import annotations

from typing import Any

import pytest
from streams import decode_all, decode_one

from receiver_bridge.codecs import AccountRules, DecodeOptions, Event, Frame
from receiver_bridge.codecs.ademco685_encoder import Ademco685Encoder
from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.crc import crc16
from receiver_bridge.codecs.d6500_encoder import RadionicsEncoder, wrap_sia_mode
from receiver_bridge.codecs.iti_encoder import ItiEncoder
from receiver_bridge.codecs.pima_encoder import message_checksum
from receiver_bridge.codecs.validation import validated

ACK, NAK = b"\x06", b"\x15"
TOLERANT = DecodeOptions(lambda account: AccountRules(tolerate=frozenset({"crc"})))
BURGLARY = make_event("E", "130", "01", "005")


def with_options(**options: str) -> DecodeOptions:
    return DecodeOptions(
        settings={name.replace("_", "-"): value for name, value in options.items()}
    )


def sia(code: str, **fields: Any) -> Event:
    return Event("sia", code, **fields)


def accepted(name: str, wire: bytes, reply: bytes = ACK) -> Frame:
    frame = decode_one(name, wire)
    assert (frame.verdict, frame.raw, frame.reply) == ("accept", wire, reply)
    return frame


# Ademco 685 and CAPS (MX8000 guide 8.5, 8.6; VisorAlarm manual).


@pytest.mark.parametrize(
    ("wire", "event"),
    [
        (b"\n11 1234 18 E130 01 C005 \r", BURGLARY),
        (b"\n11 1234 18 E130 01 C005\r", BURGLARY),
        (b"\n11 1234 18 R401 02 U007 \r", make_event("R", "401", "02", "007")),
        (b"\n11 1234 18 P407 01 U123\r", make_event("P", "407", "01", "123")),
        # The letter counts where the table knows neither.
        (
            b"\n11 1234 18 E199 01 C005\r",
            Event("cid", "199", "new", area="01", zone="005", address="005"),
        ),
        (b"\n11 1234 3\r", Event("pulse", "3")),
        (b"\n11 0234 3 4\r", Event("pulse", "3", zone="4", address="4")),
        # 16 x 3 + 4 = 052
        (b"\n11 1234  0 5 2A", Event("pulse", "3", zone="4", address="4")),
        (b"\n11 1234 5555 5515 5\r", Event("ademco-hs", "1", zone="7", address="7")),
    ],
)
def test_ademco_685(wire: bytes, event: Event) -> None:
    frame = accepted("ademco685", wire)
    assert (frame.kind, frame.reason, frame.events) == ("event", None, (event,))
    assert (frame.receiver, frame.line) == ("1", "1")
    assert frame.account in ("1234", "0234")


def test_several_channels_at_once_are_several_events() -> None:
    frame = accepted("ademco685", b"\n11 1234 1555 3555 5\r")
    assert [(event.code, event.zone) for event in frame.events] == [("1", "1"), ("3", "5")]


@pytest.mark.parametrize("wire", [b"\n00 OKAY @\r", b"\n12 OKAY @ \r"])
def test_ademco_685_heartbeat(wire: bytes) -> None:
    frame = accepted("ademco685", wire)
    assert (frame.kind, frame.receiver) == ("heartbeat", wire[1:2].decode())


def test_caps_records_need_no_cr_and_take_one() -> None:
    wire = Ademco685Encoder(caps=True).event("1234", Event("pulse", "F", zone="F", address="F"))
    assert wire.endswith(b" 2 5 5A")
    frames = decode_all("ademco685", wire + wire + b"\r" + wire)
    assert [frame.raw for frame in frames] == [wire, wire, wire]
    assert [frame.reply for frame in frames] == [ACK, ACK, ACK]


def test_a_caps_value_beyond_a_byte_is_kept() -> None:
    frame = accepted("ademco685", b"\n11 1234 9 9 9A")
    assert (frame.kind, frame.reason) == ("unparsed", "payload")


@pytest.mark.parametrize("wire", [b"\n11 1234 18 E130\r", b"\n11 TROUBLE PRINTER\r"])
def test_an_unknown_record_is_kept_and_acknowledged(wire: bytes) -> None:
    frame = accepted("ademco685", wire)
    assert (frame.kind, frame.reason, frame.events) == ("unparsed", "token", ())


@pytest.mark.parametrize("name", ["ademco685", "iti", "pima"])
def test_noise_with_an_end_is_refused_so_that_it_comes_again(name: str) -> None:
    frame = decode_one(name, b"\n1\x811 1234\xff\r")
    assert (frame.verdict, frame.reason, frame.reply) == ("reject", "grammar", NAK)


def test_a_record_behind_one_that_was_cut_off_is_found() -> None:
    frames = decode_all("ademco685", b"\n11 1234 18 E13\n11 1234 18 E130 01 C005\r")
    assert [frame.reply for frame in frames] == [None, ACK]
    assert frames[-1].events == (BURGLARY,)


# Radionics and Bosch.

RADIONICS = pytest.mark.parametrize("name", ["d6500", "d6600"])


@RADIONICS
@pytest.mark.parametrize("header", [b"", b" "])
@pytest.mark.parametrize("qualifier", [b"1", b"E"])
def test_d6500_mode_contact_id(name: str, header: bytes, qualifier: bytes) -> None:
    frame = accepted(name, header + b"a011 123418" + qualifier + b"13001005\x14")
    assert (frame.token, frame.receiver, frame.line, frame.account) == ("a", "01", "1", "1234")
    assert frame.events == (BURGLARY,)


@RADIONICS
@pytest.mark.parametrize(
    ("wire", "account", "event"),
    [
        (
            b"101A      1234 A   5\x14",
            "1234",
            Event("radionics", "A", zone="5", address="5"),
        ),
        # In the columns of the D6500 manual: fire trouble, closing by user 3 of a 3-digit account.
        (b"1011      1234G    4\x14", "1234", Event("radionics", "G", zone="4", address="4")),
        (b"1011       234 C   3\x14", "234", Event("radionics", "C", user="3", address="3")),
        (b"1011      1234SA 012\x14", "1234", Event("radionics", "SA", zone="012", address="012")),
        (b"f011  1234 5555 1555 5\x14", "1234", Event("ademco-hs", "1", zone="5", address="5")),
        (b"F011      1234312A  \x14", "1234", Event("fbi", "3A", zone="12", address="12")),
        (
            b"I011   1P23452007A00\x14",
            "12345",
            Event("iti", "A", None, "2", "07", None, "07"),
        ),
        (
            b"S011[#1234|NBA0123*'Back door    'NM]\x14",
            "1234",
            sia("BA", zone="0123", address="0123", text="Back door    "),
        ),
    ],
)
def test_d6500_mode_records(name: str, wire: bytes, account: str, event: Event) -> None:
    frame = accepted(name, wire)
    assert (frame.kind, frame.reason, frame.account) == ("event", None, account)
    assert frame.events == (event,)


@RADIONICS
def test_d6500_mode_link_test_and_text(name: str) -> None:
    assert accepted(name, b"1010           @    \x14").kind == "link_test"
    frame = accepted(name, b"3010 REJECT COMMAND  \x14")
    assert (frame.kind, frame.events[0].text) == ("receiver_status", "REJECT COMMAND")


@RADIONICS
def test_what_has_no_layout_is_kept_and_noise_refused(name: str) -> None:
    frame = accepted(name, b"j011    123456AB    \x14")
    assert (frame.kind, frame.token, frame.reason) == ("unparsed", "j", "token")
    assert decode_one(name, b"\xff1\x14").reply == NAK


@RADIONICS
def test_records_that_lost_their_trailer_are_split(name: str) -> None:
    record = b"a011 123418113001005"
    frames = decode_all(name, record + record + b"\x14")
    assert [frame.events for frame in frames] == [(BURGLARY,), (BURGLARY,)]
    assert [frame.reply for frame in frames] == [None, ACK]


@RADIONICS
@pytest.mark.parametrize(
    ("token", "data", "event"),
    [
        ("\t", "#7112|Nri1FA100", sia("FA", area="1", zone="100", address="100")),
        ("\t", "#0045|Nri3/id001HA048", sia("HA", area="3", user="001", zone="048", address="048")),
        ("a", "#1234|18113001005", BURGLARY),
    ],
)
def test_sia_mode(name: str, token: str, data: str, event: Event) -> None:
    wire = wrap_sia_mode(token, "0042", "01", "02", data)
    reply = b"\n%04X\t00420102[]\r" % crc16(b"\t00420102[]")
    frame = accepted(name, wire, reply)
    assert (frame.kind, frame.events) == ("event", (event,))
    assert (frame.sequence, frame.receiver, frame.line) == ("0042", "01", "02")
    assert frame.account == data[1:5]


def test_what_is_read_of_a_sia_mode_event_s_number() -> None:
    [event] = decode_one("d6600", wrap_sia_mode("\t", "0001", "01", "01", "#1234|NBA5")).events
    assert (event.code_system, event.zone) == ("sia", "5")


@RADIONICS
def test_sia_mode_link_test_internal_message_and_unknown_type(name: str) -> None:
    test = accepted(
        name,
        wrap_sia_mode("\t", "0003", "01", "00", ""),
        wrap_sia_mode("\t", "0003", "01", "00", ""),
    )
    assert test.kind == "link_test"
    body = b"\t000401[]"
    no_line = decode_one(name, b"\n%04X%b\r" % (crc16(body), body))
    assert (no_line.kind, no_line.line) == ("link_test", None)
    internal = decode_one(name, wrap_sia_mode("\t", "0005", "01", "00", "#0000|NYC1"))
    assert internal.kind == "receiver_status"
    other = decode_one(name, wrap_sia_mode("9", "0006", "01", "02", "#1234|15555555"))
    assert (other.verdict, other.kind, other.reason) == ("accept", "unparsed", "token")


@RADIONICS
def test_a_damaged_sia_mode_frame_gets_a_nak_of_zeros(name: str) -> None:
    wire = bytearray(wrap_sia_mode("\t", "0042", "01", "02", "#7112|NFA100"))
    wire[-4] ^= 1
    frame = decode_one(name, bytes(wire))
    assert (frame.verdict, frame.reason, frame.events) == ("reject", "crc", ())
    assert frame.reply == wrap_sia_mode("\t", "0000", "01", "00", "")
    assert decode_one(name, bytes(wire), TOLERANT).verdict == "accept"


def test_the_span_of_the_sia_mode_crc_can_be_chosen() -> None:
    wire = wrap_sia_mode("\t", "0042", "01", "02", "#7112|NFA100", "sequence")
    assert decode_one("d6600", wire).reason == "crc"
    frame = decode_one("d6600", wire, with_options(crc_span="sequence"))
    assert frame.verdict == "accept"
    assert frame.reply == wrap_sia_mode("\t", "0042", "01", "02", "", "sequence")


def test_a_simulated_receiver_in_sia_mode_understands_the_answer() -> None:
    encoder = RadionicsEncoder(sia_mode=True)
    for event in (BURGLARY, sia("BA", zone="1", address="1")):
        frame = decode_one("d6600", encoder.event("1234", event, sequence=7))
        assert frame.events == (event,)
        assert frame.reply is not None
        assert encoder.is_acknowledged(frame.reply) is True
        assert encoder.is_acknowledged(frame.reply[:-1]) is None
    assert encoder.is_acknowledged(wrap_sia_mode("\t", "0000", "01", "00", "")) is False
    with pytest.raises(ValueError, match="carry no fbi; allowed: sia, cid"):
        encoder.event("1234", Event("fbi", "3A", zone="12", address="12"))


# Silent Knight 9000 and ADEMCO 8000.

SK9000_CALL = bytes.fromhex(
    "27 303632373934 22 30333435 22 35 31 05 31323334 22 42413031 22 42413032 22 42413034 7e 0d"
)
"""The MX8000 guide's figure 8-13."""


def test_the_guide_s_call() -> None:
    frame = accepted("sk9000", SK9000_CALL)
    assert (frame.line, frame.account, frame.kind) == ("1", "1234", "event")
    assert [(event.code, event.zone) for event in frame.events] == [
        ("BA", "01"),
        ("BA", "02"),
        ("BA", "04"),
    ]
    assert frame.extended == (("date", "062794"), ("time", "0345"), ("format", "5"))


def test_a_wrong_validation_byte_is_refused() -> None:
    wire = SK9000_CALL[:-2] + b"\x7f\r"
    frame = decode_one("sk9000", wire)
    assert (frame.verdict, frame.reason, frame.reply) == ("reject", "crc", NAK)
    assert decode_one("sk9000", wire, TOLERANT).verdict == "accept"


@pytest.mark.parametrize(
    ("name", "message", "code", "address"),
    [
        ("sk9000", '\x01062794"0345"z9000', "7A", "9000"),
        ("sk9000", '\x01062794"0345"w', "77", None),
        ("ademco8000", '\x02051697"124039"02"0001"p01', "70", "01"),
    ],
)
def test_what_the_receiver_says_of_itself(
    name: str, message: str, code: str, address: str | None
) -> None:
    frame = accepted(name, validated(message))
    assert frame.kind == "receiver_status"
    assert (frame.events[0].code_system, frame.events[0].code) == ("mx8000", code)
    assert frame.events[0].address == address


def test_ademco_8000_call_heartbeat_and_link_test() -> None:
    header = '051697"124039"02"0007"'
    frame = accepted("ademco8000", validated(f'&{header}00103\x051234"E13001005'))
    assert (frame.receiver, frame.line, frame.sequence) == ("02", "03", "0007")
    assert (frame.account, frame.events) == ("1234", (BURGLARY,))
    assert accepted("ademco8000", validated(f"\x03{header}")).kind == "heartbeat"
    link_test = validated('\x03051697"124039"02"0000"')
    assert accepted("ademco8000", link_test).kind == "link_test"


def test_listen_in_damaged_data_and_long_calls() -> None:
    call = '\'062794"0345"51\x051234"BA01'
    assert accepted("sk9000", validated(f"{call}*")).events[0].zone == "01"
    assert accepted("sk9000", validated(f"{call},")).events[0].zone == "01"
    damaged = accepted("sk9000", validated(f'{call}"#A9#'))
    assert (damaged.kind, damaged.reason, len(damaged.events)) == ("event", "payload", 1)
    only_damaged = accepted("sk9000", validated('\'062794"0345"51\x05#A9'))
    assert (only_damaged.kind, only_damaged.reason) == ("unparsed", "payload")


def test_how_events_are_written_can_be_chosen() -> None:
    wire = validated('\'062794"0345"51\x051234"BA')
    assert decode_one("sk9000", wire).events == (sia("BA"),)
    [event] = decode_one("sk9000", wire, with_options(events="pulse")).events
    assert (event.code_system, event.code, event.zone) == ("pulse", "B", "A")


def test_a_message_of_no_known_layout_is_kept_if_it_came_whole() -> None:
    frame = accepted("sk9000", validated("'something else"))
    assert (frame.kind, frame.token, frame.reason) == ("unparsed", "27", "token")
    assert decode_one("sk9000", b"'something else@\r").reply == NAK


# ITI.


def test_the_guide_s_generic_report() -> None:
    frame = accepted("iti", b"\n1B1j23458b45A\r")
    assert (frame.receiver, frame.line, frame.account) == ("1", "B", "12345")
    assert frame.events == (Event("iti", "A", None, "8", "45", "b", "45"),)


def test_the_guide_s_interface_report() -> None:
    wire = b"|[R|IA1|LB|A123456|V55600|D0514|T1019|N0005|Z1|CA|]cks\r"
    frame = accepted("iti", wire)
    assert (frame.receiver, frame.line, frame.account) == ("1", "B", "123456")
    assert frame.sequence == "0005"
    assert frame.events == (Event("iti", "A", zone="1", address="1"),)
    assert frame.extended == (("panel", "55600"), ("date", "0514"), ("time", "1019"))


@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        (b"\n00 OKAY @\r", "heartbeat"),
        (b"\nIT IRCV 234A\r", "link_test"),
        (b"|[T|IA1|D0514|]00\r", "link_test"),
        (b"|[S|IA1|L1|CT|]00\r", "receiver_status"),
        (b"|[L|IA1|CX|]00\r", "receiver_status"),
        (b"|[R|IA1|A123456|]00\r", "unparsed"),
    ],
)
def test_other_iti_records(wire: bytes, kind: str) -> None:
    assert accepted("iti", wire).kind == kind


def test_the_iti_checksum_is_checked_where_its_rule_is_known() -> None:
    wire = ItiEncoder(interface=True).event("123456", Event("iti", "A", zone="1", address="1"))
    for rule, verdict in (("ignore", "accept"), ("sum", "accept"), ("xor", "reject")):
        assert decode_one("iti", wire, with_options(checksum=rule)).verdict == verdict
    assert (
        decode_one("iti", wire.replace(b"|Z1", b"|Z2"), with_options(checksum="sum")).reply == NAK
    )


# PIMA.


def test_a_pima_record_as_seen() -> None:
    frame = accepted("pima", b"1061      7002    TH\x14")
    assert (frame.receiver, frame.line, frame.account) == ("06", "1", "7002")
    assert frame.events == (Event("pima", "TH"),)
    assert accepted("pima", b"1061           @    \x14").kind == "heartbeat"


def test_a_pima_ip_message() -> None:
    checksum = message_checksum("007002", "113001005")
    # 0+0+7+0+0+2 and 1+1+3+0+0+1+0+0+5 make 20, and FF less 14 is EB.
    assert checksum == "EB"
    wire = b"\ngate-7_____________007002113001005EB\r"
    frame = accepted("pima", wire)
    assert (frame.account, frame.events) == ("007002", (BURGLARY,))
    assert frame.extended == (("name", "gate-7"),)
    damaged = wire.replace(b"130", b"131")
    assert decode_one("pima", damaged).reply == NAK
    assert decode_one("pima", damaged, with_options(checksum="ignore")).verdict == "accept"
    assert decode_one("pima", wire, with_options(checksum="event")).reason == "crc"
    assert decode_one("pima", wire, with_options(reply="echo")).reply == wire
