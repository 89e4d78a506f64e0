"""Formats that panels speak themselves: Contact ID digits and over IP, Galaxy, Osborne-Hoffman."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from hypothesis import given
from hypothesis import strategies as st
from lines import running_line
from streams import cut, decode_all, decode_chunks, decode_one

from receiver_bridge.codecs import AccountRules, DecodeOptions, Event, Frame
from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.contactid_encoder import ContactIdEncoder
from receiver_bridge.codecs.dtmf import checksum, is_valid
from receiver_bridge.codecs.galaxy_encoder import GalaxyEncoder, encode_block
from receiver_bridge.codecs.oh_cipher import OhCipher, mask
from receiver_bridge.codecs.oh_encoder import OhEncoder
from receiver_bridge.config import NetworkAddress

ACK, NAK = b"\x06", b"\x15"
BURGLARY = make_event("1", "130", "01", "005")
ANY = NetworkAddress("tcp-listen", "127.0.0.1", 0)


def with_options(**options: str) -> DecodeOptions:
    return DecodeOptions(settings=options)


# Contact ID digits.


@pytest.mark.parametrize(
    ("digits", "account", "event"),
    [
        # DC-05's own example of a checksum, as SpanDSP has it.
        (b"1234181131010158", "1234", make_event("1", "131", "01", "015")),
        (b"1234983401010072", "1234", make_event("3", "401", "01", "007")),
        (b"1234567890581130010058", "1234567890", BURGLARY),
    ],
)
def test_contact_id_digits(digits: bytes, account: str, event: Event) -> None:
    body = digits[:-1].decode()
    wire = f"{body}{checksum(body)}".encode()
    frame = decode_one("contactid", wire)
    assert (frame.kind, frame.account, frame.events) == ("event", account, (event,))
    assert (frame.raw, frame.reply) == (wire, ACK)


def test_the_sample_checksum_of_dc_05() -> None:
    assert checksum("123418113101015") == "8"
    assert is_valid("1234181131010158")
    assert not is_valid("1234181131010157")
    assert not is_valid("123418113101015A")
    # A sum that is a multiple of 15 by itself takes an F.
    assert checksum("F") == "F"


def test_digits_named_by_telephone_keys() -> None:
    digits = ContactIdEncoder().event("BCDE", make_event("1", "130", "0F", "00B")).decode()
    tones = digits.translate(str.maketrans("BCDEF", "*#ABC")).encode()
    frame = decode_one("contactid", tones)
    assert (frame.account, frame.events[0].area, frame.raw) == ("BCDE", "0F", tones)
    assert decode_one("contactid", tones, with_options(digits="contact-id")).verdict == "reject"
    strict = with_options(digits="tones")
    assert decode_one("contactid", tones, strict).account == "BCDE"
    assert decode_one("contactid", b"1234181131010158", strict).account == "1234"


def test_a_wrong_checksum_gets_no_kissoff() -> None:
    frame = decode_one("contactid", b"1234181131010157")
    assert (frame.verdict, frame.reason, frame.reply) == ("reject", "crc", NAK)
    tolerant = DecodeOptions(lambda account: AccountRules(tolerate=frozenset({"crc"})))
    assert decode_one("contactid", b"1234181131010157", tolerant).account == "1234"
    silent = with_options(kissoff="none")
    assert decode_one("contactid", b"1234181131010158", silent).reply is None


def test_a_message_is_taken_with_its_last_digit_and_found_behind_others() -> None:
    frames = decode_chunks("contactid", [b"77", b"1234181131010158", b"\r\n1234181131010158"])
    assert [frame.verdict for frame in frames] == ["reject", "accept", "accept"]
    assert [frame.consumed for frame in frames] == [2, 16, 18]


@pytest.mark.parametrize("account", ["123", "12345", "123A"])
def test_an_account_of_other_digits_cannot_be_sent(account: str) -> None:
    with pytest.raises(ValueError, match="allowed: 4 or 10 of 1234567890BCDEF"):
        ContactIdEncoder().event(account, BURGLARY)


# Contact ID over IP.


def test_messages_as_seen_on_the_wire() -> None:
    frame = decode_one("contactid-ip", b"[alarmanlage 18140101001B4B6]")
    assert (frame.account, frame.reply) == ("alarmanlage", ACK)
    assert frame.events == (make_event("1", "401", "01", "001"),)
    assert frame.extended == (("more", "4B6"),)
    frame = decode_one("contactid-ip", b"[alarmanlage 18160200000C5B7]\r\n")
    assert frame.events == (make_event("1", "602", "00", "000"),)


def test_a_panel_that_wants_an_echo() -> None:
    wire = b"[1234 181131010158]"
    assert decode_one("contactid-ip", wire, with_options(reply="echo")).reply == wire


def test_the_checksum_digit_counts_where_it_is_said_to() -> None:
    wrong = b"[1234 181131010157]"
    assert decode_one("contactid-ip", wrong).verdict == "accept"
    frame = decode_one("contactid-ip", wrong, with_options(checksum="check"))
    assert (frame.verdict, frame.reason, frame.reply) == ("reject", "crc", NAK)
    right = with_options(checksum="check")
    assert decode_one("contactid-ip", b"[1234 181131010158]", right).verdict == "accept"
    assert decode_one("contactid-ip", b"[alarmanlage 18140101001B4B6]", right).verdict == "accept"


def test_an_unknown_message_is_kept() -> None:
    frame = decode_one("contactid-ip", b"[1234 hello]")
    assert (frame.verdict, frame.kind, frame.reply) == ("accept", "unparsed", ACK)


# Galaxy.

GALAXY_ACK, GALAXY_REJECT = bytes.fromhex("403887"), bytes.fromhex("403986")


def group(*blocks: tuple[bytes, bytes]) -> bytes:
    return b"".join(encode_block(function, payload) for function, payload in blocks)


def test_a_group_of_galaxy_blocks() -> None:
    wire = group(
        (b"#", b"012345"),
        (b"N", b"ti11:45/id001/pi010/CL"),
        (b"A", b"Q P\x8fSLAG    Magnus"),
        (b"0", b""),
    )
    # The length byte and the function, as a capture shows them together.
    assert wire[:2] == b"F#" and wire[9:11] == b"VN"
    account, event, text, end = decode_all("galaxy", wire)
    assert [frame.reply for frame in (account, event, text, end)] == [GALAXY_ACK] * 4
    assert {frame.account for frame in (account, event, text, end)} == {"012345"}
    assert (account.kind, end.kind) == ("link_test", "link_test")
    assert event.events == (Event("sia", "CL", user="001"),)
    assert event.extended == (("ti", "11:45"), ("id", "001"), ("pi", "010"))
    assert event.completes is None
    assert text.completes == event
    assert text.events == (Event("sia", "CL", user="001", text="Q PÅSLAG    Magnus"),)


def test_events_without_text_and_several_in_one_connection() -> None:
    wire = group(
        (b"#", b"0192"),
        (b"N", b"ti11:46/BA1011"),
        (b"N", b"ti11:47/BR1011"),
        (b"A", b"+INBROTT"),
        (b"O", b"FA2"),
        (b"0", b""),
    )
    frames = decode_all("galaxy", wire)
    codes = [[(event.code, event.text) for event in frame.events] for frame in frames]
    assert codes == [
        [],
        [("BA", None)],
        [("BR", None)],
        [("BR", "+INBROTT")],
        [("FA", None)],
        [],
    ]


def test_a_damaged_block_is_rejected_and_what_is_behind_it_read() -> None:
    block = bytearray(encode_block(b"N", b"BA1011"))
    block[4] ^= 1
    damaged, good = decode_all("galaxy", bytes(block) + encode_block(b"N", b"BA1012"))
    assert (damaged.verdict, damaged.reason, damaged.reply) == ("reject", "crc", GALAXY_REJECT)
    assert good.events[0].zone == "1012"


@pytest.mark.parametrize("more", [4, 40])
def test_a_damaged_length_stops_the_line_no_longer_than_the_next_repeats(more: int) -> None:
    block = encode_block(b"N", b"BA1011")
    longer = bytes([block[0] + more]) + block[1:]
    frames = decode_all("galaxy", longer + block * 6)
    assert (frames[0].verdict, frames[-1].verdict) == ("reject", "accept")
    assert frames[-1].events[0].zone == "1011"
    # Nothing that was damaged is acknowledged, and the panel hears of it where it waits.
    refused = [frame for frame in frames if frame.verdict == "reject"]
    assert {frame.reply for frame in refused} <= {None, GALAXY_REJECT}


@pytest.mark.parametrize(
    ("block", "kind", "reason", "reply"),
    [
        ((b"8", b""), "reply", None, None),
        ((b"9", b""), "reply", None, None),
        ((b"E", b"T21"), "unparsed", "token", GALAXY_ACK),
        ((b"@", b"x"), "unparsed", "token", GALAXY_ACK),
        ((b"A", b"nobody's"), "unparsed", "token", GALAXY_ACK),
        ((b"A", b""), "link_test", None, GALAXY_ACK),
        ((b"N", b"!!"), "unparsed", "payload", GALAXY_ACK),
    ],
)
def test_other_blocks(
    block: tuple[bytes, bytes], kind: str, reason: str | None, reply: bytes | None
) -> None:
    frame = decode_one("galaxy", encode_block(*block))
    assert (frame.verdict, frame.kind, frame.reason) == ("accept", kind, reason)
    assert frame.reply == reply


@pytest.mark.parametrize(
    ("charset", "payload", "text"),
    [
        ("cp437", b"\x8f \xe9\xed \x99", "Å Øø Ö"),
        ("latin-1", "Küche".encode("latin-1"), "Küche"),
        ("cp866", "Дверь".encode("cp866"), "Дверь"),
    ],
)
def test_the_character_set_of_the_text(charset: str, payload: bytes, text: str) -> None:
    wire = group((b"N", b"BA1"), (b"A", payload))
    assert decode_all("galaxy", wire, with_options(charset=charset))[1].events[0].text == text


def test_a_block_too_long_to_be_one_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="192 bytes; allowed are 191"):
        encode_block(b"A", b"x" * 192)


def test_an_event_and_its_text_are_two_signals_of_one_matter(tmp_path: Path) -> None:
    """The first is safe before its block is acknowledged; the second says what it completes, and
    so does all of it when the panel sends it again."""

    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "galaxy") as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            event = Event("sia", "BA", zone="1", address="1", text="Back door")
            wire = GalaxyEncoder().event("1234", event)
            for _time in range(2):
                writer.write(wire)
                answer = await asyncio.wait_for(reader.readexactly(12), 20)
                assert answer == GALAXY_ACK * 4
            writer.close()
            signals = line.signals()
            assert [signal["text"] for signal in signals] == [None, "Back door"] * 2
            # Of three copies the display shows one: all name the first.
            first = signals[0]["uid"]
            assert [signal["repeat_of"] for signal in signals] == [None, first, first, first]

    asyncio.run(scenario())


# Osborne-Hoffman.

KEY = bytes(range(24))
WITH_KEY = DecodeOptions(lambda account: AccountRules(key=KEY))
HEARTBEAT = b"SR0001L0001    006969XX    [ID00000000]"


def des(data: bytes) -> bytes:
    encryptor = Cipher(TripleDES(KEY), modes.ECB()).encryptor()
    return encryptor.update(data + bytes(8 - len(data) % 8)) + encryptor.finalize()


def test_a_golden_stream() -> None:
    """Made by another library (PyCryptodome)."""
    wire = bytes.fromhex(
        "c36b962247e2fbce910484e75078d41307cb150d7f6884b6cb92a2a57dce0d70a04037ef7659b8d9"
    )
    frame = decode_one("oh", wire, WITH_KEY)
    assert (frame.kind, frame.raw) == ("heartbeat", HEARTBEAT)
    assert frame.reply == bytes.fromhex("47cadb70bc2953a5")


@pytest.mark.parametrize(
    "message",
    [
        HEARTBEAT,
        HEARTBEAT.replace(b"[", b"\0["),
        HEARTBEAT.replace(b"[", b"\0[") + b" T5F3C2A10",
        b"SR0001L00001    006969XX    ",
    ],
)
def test_a_heartbeat_in_clear_and_encrypted(message: bytes) -> None:
    for data, reply in ((message + b"\0", b"ACK\r\n"), (des(message), des(b"ACK\r"))):
        frames = decode_all("oh", data, WITH_KEY)
        assert [frame.kind for frame in frames] == ["heartbeat"]
        assert (frames[0].account, frames[0].receiver) == ("006969", "0001")
        assert frames[0].encrypted == (data[0] != message[0])
        assert frames[0].reply == reply


def oh_event(frame: Frame) -> Event:
    [event] = frame.events
    return event


def test_events_with_text_panel_and_time() -> None:
    body = (
        b"\n0101005E\"SIA-DCS\"0003R0001L0001[#006969|Nri1/BA01*'Hall'NM]"
        b"0123456789ABCDEF|#006970T5F3C2A10\r"
    )
    frame = decode_one("oh", des(body), WITH_KEY)
    assert (frame.kind, frame.token, frame.account) == ("event", "SIA-DCS", "006969")
    assert oh_event(frame) == Event("sia", "BA", area="1", zone="01", address="01", text="Hall")
    assert frame.extended == (("panel", "0123456789ABCDEF"), ("system", "006970"))
    assert frame.timestamp is not None and frame.timestamp.year == 2020
    assert frame.raw == body and frame.consumed == len(body)
    cid = b'\n0101002E"ADM-CID"0004R0001L0001[#006969|1130 01 005]\r'
    assert oh_event(decode_one("oh", des(cid), WITH_KEY)) == BURGLARY


def test_what_is_not_understood_is_kept_and_what_is_damaged_refused() -> None:
    kept = decode_one("oh", des(b'\n01010010"ITI-I"0004R1L1[x]\r'), WITH_KEY)
    assert (kept.verdict, kept.kind, kept.reason) == ("accept", "unparsed", "token")
    assert kept.reply == des(b"ACK\r")
    frame = decode_one("oh", des(b"\n0!010010\r"), WITH_KEY)
    assert (frame.verdict, frame.reply) == ("reject", des(b"NACK\r"))


def test_another_key_is_never_acknowledged() -> None:
    frames = decode_all("oh", des(HEARTBEAT) * 3)
    assert frames
    assert {(frame.verdict, frame.reply) for frame in frames} == {("reject", None)}


messages = st.lists(
    st.sampled_from(
        [
            HEARTBEAT,
            HEARTBEAT.replace(b"[", b"\0[") + b" T5F3C2A10",
            b'\n0101002E"ADM-CID"0004R0001L0001[#006969|1130 01 005]\r',
        ]
    ),
    min_size=1,
    max_size=5,
)


@given(messages, st.lists(st.integers(0, 10_000), max_size=12))
def test_encrypted_messages_in_any_chunking(texts: list[bytes], positions: list[int]) -> None:
    wire = b"".join(map(des, texts))
    frames = decode_chunks("oh", cut(wire, positions), WITH_KEY)
    assert [frame.kind for frame in frames] == [
        "heartbeat" if text.startswith(b"SR") else "event" for text in texts
    ]
    assert all(frame.reply == des(b"ACK\r") for frame in frames)


@given(st.binary(max_size=200), st.lists(st.integers(0, 10_000), max_size=6))
def test_encrypted_noise_never_raises(data: bytes, positions: list[int]) -> None:
    wire = des(HEARTBEAT) + data
    frames = decode_chunks("oh", cut(wire, positions), WITH_KEY)
    assert frames[0].kind == "heartbeat"
    assert frames == decode_all("oh", wire, WITH_KEY)


def test_keys_are_new_for_each_connection_and_have_odd_parity() -> None:
    ciphers = [OhCipher(), OhCipher()]
    keys = [mask(cipher.scrambled) for cipher in ciphers]
    assert keys[0] != keys[1]
    assert all(bin(byte).count("1") % 2 == 1 for key in keys for byte in key)


def test_the_receiver_speaks_first_and_both_sides_understand_each_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "oh") as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            greeting = await asyncio.wait_for(reader.readexactly(24), 20)
            panel = OhEncoder().greeted(greeting)
            event = Event("sia", "BA", zone="1", address="1", text="Hall")
            for wire in (panel.heartbeat(), panel.event("006969", event)):
                assert wire is not None
                writer.write(wire)
                answer = await asyncio.wait_for(reader.readexactly(8), 20)
                assert panel.is_acknowledged(answer) is True
            writer.close()
            [signal] = line.signals()
            assert (signal["account"], signal["code"]) == ("006969", "BA")
            assert bytes.fromhex(signal["raw_hex"]).startswith(b"\n0101")

    asyncio.run(scenario())


def test_no_other_format_greets(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "contactid-ip") as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            writer.write(b"[1234 181131010158]")
            assert await asyncio.wait_for(reader.read(100), 20) == ACK
            writer.close()

    asyncio.run(scenario())


@pytest.mark.parametrize("last", [b"", b"N", b"ACK\r\n"])
def test_a_sender_in_clear_passes_over_the_greeting(last: bytes) -> None:
    encoder = OhEncoder()
    greeting = OhCipher(KEY).scrambled[: 24 - len(last)] + last
    assert encoder.is_acknowledged(greeting) is None
    assert encoder.is_acknowledged(greeting + b"ACK\r\n") is True
    assert encoder.is_acknowledged(greeting + b"NACK\r\n") is False


def test_a_refusal_is_understood() -> None:
    for encoder, answer in (
        (OhEncoder(), b"NACK\r\n"),
        (GalaxyEncoder(), GALAXY_ACK + GALAXY_REJECT),
        (ContactIdEncoder(), NAK),
    ):
        refused: Any = encoder.is_acknowledged(answer)
        assert refused is False
