"""SIA DC-09 frames: golden ones, what must be refused, replies, and streams of any shape."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import cut, decode_all, decode_chunks, decode_one

from receiver_bridge.codecs import AccountRules, DecodeOptions, Event
from receiver_bridge.codecs.aes import encrypt
from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.crc import crc16
from receiver_bridge.codecs.dc09_encoder import (
    encode_adm_cid,
    encode_frame,
    encode_null,
    encode_sia_dcs,
    wrap_body,
)

NOW = datetime(2026, 11, 20, 8, 0, 0, tzinfo=timezone.utc)
KEY = bytes.fromhex("000102030405060708090A0B0C0D0E0F")
KEYS = {16: KEY, 24: KEY + KEY[:8], 32: KEY + KEY}
BURGLARY = Event("sia", "BA", zone="5", address="5")


def with_key(key: bytes | None, **options) -> DecodeOptions:
    rules = AccountRules(key)
    return DecodeOptions(lambda account: rules, **options)


def ruled(rules: AccountRules) -> DecodeOptions:
    return DecodeOptions(lambda account: rules)


def tolerating(*checks: str) -> DecodeOptions:
    return ruled(AccountRules(tolerate=frozenset(checks)))


def decode(data: bytes, options: DecodeOptions | None = None, now: datetime | None = None):
    return decode_one("dc09", data, options, now)


# Golden frames: CRC and length recomputed by several independent implementations.

GOLDEN = [
    (b'\n96ED0016"SIA-DCS"0001L0#1234[]\r', "unparsed"),
    (b'\nF4D20029"SIA-DCS"0001RF3L77#1234[#1234|NRR|Atest]\r', "event"),
    (b'\nCE110032"SIA-DCS"9876R579BDFL789ABC#12345A[#12345A|NFA129]\r', "event"),
    (b'\n9EC40027"ADM-CID"0001L0#1002[#1002|1602 00 001]\r', "event"),
    (b'\nD3440015"NULL"0000L0#008312[]\r', "link_test"),
    (b'\n1D6D0012"ACK"0100L0#1234[]\r', "reply"),
    (b'\nE4410025"NAK"0000R0L0A0[]_16:20:01,09-24-2025\r', "reply"),
]


@pytest.mark.parametrize(("data", "kind"), GOLDEN)
def test_golden_frame_is_accepted(data, kind):
    frame = decode(data)
    assert (frame.verdict, frame.kind) == ("accept", kind)
    assert frame.raw == data
    assert frame.consumed == len(data)


def test_golden_adm_cid_frame_in_full():
    frame = decode(GOLDEN[3][0])
    assert (frame.token, frame.sequence, frame.receiver) == ("ADM-CID", "0001", None)
    assert (frame.line, frame.account, frame.encrypted) == ("0", "1002", False)
    assert frame.events == (Event("cid", "602", "new", area="00", zone="001", address="001"),)


def test_the_nak_of_the_standard_has_no_number_sign():
    frame = decode(GOLDEN[6][0])
    assert (frame.receiver, frame.line, frame.account) == ("0", "0", None)
    assert frame.timestamp == datetime(2025, 9, 24, 16, 20, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "printed",
    [
        b'\n87CD0037"ADM-CID"9876R579BDFL789ABC#12345A[#12345A|1110 00 129]_14:12:04,09-25-2011\r',
        b'\nCE110032"SIA-DCS"9876R579BDFL789ABC#12345A[#12345A|NFA129]_14:12:04,09-25-2011\r',
    ],
)
def test_well_known_misprint_is_refused_and_fits_without_its_time(printed):
    frame = decode(printed)
    assert (frame.verdict, frame.reason, frame.reply) == ("reject", "crc", None)
    assert frame.events == ()
    assert decode(printed[: printed.index(b"_")] + b"\r").verdict == "accept"


@pytest.mark.parametrize(("data", "kind"), GOLDEN)
def test_the_encoder_makes_the_golden_frames(data, kind):
    assert wrap_body(data[data.index(b'"') : -1]) == data


# What is refused, why, and without a reply.


def test_wrong_crc():
    frame = decode(b'\n9EC50027"ADM-CID"0001L0#1002[#1002|1602 00 001]\r')
    assert (frame.verdict, frame.reason, frame.kind) == ("reject", "crc", "unparsed")
    assert frame.reply is None
    assert (frame.token, frame.account) == ("ADM-CID", "1002")


def test_wrong_length():
    frame = decode(b'\n9EC40026"ADM-CID"0001L0#1002[#1002|1602 00 001]\r')
    assert (frame.verdict, frame.reason, frame.reply) == ("reject", "length", None)


def test_crc_in_lower_case_is_the_same_crc():
    assert decode(b'\n9ec40027"ADM-CID"0001L0#1002[#1002|1602 00 001]\r').verdict == "accept"


@pytest.mark.parametrize(
    "body",
    [
        b'"SIA-DCS"001L0#1234[]',
        b'"SIA-DCS"00A1L0#1234[]',
        b'"SIA-DCS"0001L1234567#1234[]',
        b'"SIA-DCS"0001RL0#1234[]',
        b'"SIA-DCS"0001L0#12[]',
        b'"SIA-DCS"0001L0#12345678901234567[]',
        b'"SIA-DCS"0001L0#1234',
        b'"SIA-DCS"0001L0#1234[#1234|NBA5',
        b'"SIA-DCS"0001L0#1234[#1234|NBA5]_08:00,11-20-2026',
        b'"SIA-DCS"0001L0#1234[#1234|NBA5]garbage',
        b'""0001L0#1234[]',
        b'SIA-DCS"0001L0#1234[]"',
        b'"*SIA-DCS"0001L0#1234[]',
        b'"*SIA-DCS"0001L0#1234[00112233]',
        b'"*SIA-DCS"0001L0#1234[0011223344556677889900112233445G',
    ],
)
def test_what_is_no_grammar_is_refused(body):
    frame = decode(wrap_body(body), with_key(KEY))
    assert (frame.verdict, frame.reason, frame.reply) == ("reject", "grammar", None)


@pytest.mark.parametrize("data", [b"hello\r", b"LFQ=600#CRC=12##\r", b"\n1234\r", b"x" * 40])
def test_foreign_text_is_refused_and_kept(data):
    frame = decode(data)
    assert (frame.verdict, frame.reason, frame.reply) == ("reject", "grammar", None)
    assert frame.raw == data


def test_checks_can_be_waived_one_by_one():
    """Eldes panels: decimal digits in the length, a CRC over other bytes."""
    eldes = b'\n12340039"ADM-CID"0001L0#1002[#1002|1602 00 001]\r'
    assert decode(eldes).reason == "crc"
    assert decode(eldes, tolerating("crc")).reason == "length"
    frame = decode(eldes, tolerating("crc", "length"))
    assert frame.verdict == "accept" and frame.events[0].code == "602"


# What is not understood, but acknowledged.


@pytest.mark.parametrize(
    ("token", "data", "reason"),
    [
        ("ACR-SF", "anything at all", "token"),
        ("SIA-PUL", "", "token"),
        ("NEW-TOKEN", "", "token"),
        ("ADM-CID", "#1002|garbage", "payload"),
        ("ADM-CID", "", "payload"),
        ("SIA-DCS", "#1002|??", "payload"),
        ("SIA-DCS", "", "payload"),
    ],
)
def test_a_payload_that_cannot_be_read_is_acknowledged_and_kept(token, data, reason):
    wire = encode_frame(token, data, sequence="0042", account="1002")
    frame = decode(wire)
    assert (frame.verdict, frame.kind, frame.reason) == ("accept", "unparsed", reason)
    assert frame.reply == wrap_body(b'"ACK"0042L0#1002[]')
    assert frame.raw == wire


def test_an_unknown_sia_code_is_an_event():
    frame = decode(encode_frame("SIA-DCS", "#1002|NQZ7", sequence="0042", account="1002"))
    assert (frame.verdict, frame.kind, frame.reason) == ("accept", "event", None)
    assert frame.events == (Event("sia", "QZ", address="7"),)


def test_an_event_is_delivered_though_something_beside_it_is_not_understood():
    frame = decode(encode_frame("SIA-DCS", "#1002|NBA5/!!", sequence="0042", account="1002"))
    assert (frame.verdict, frame.kind, frame.reason) == ("accept", "event", "payload")
    assert frame.events == (BURGLARY,)


# Replies.


@pytest.mark.parametrize(
    "header",
    ["0001L0#1234", "9999R1L0#1234", "0010RabcdefLABC#00aF", "0001L#1234", "0001#1234", "0001L0"]
    + ["0001", "0000L0#0000"],
)
@pytest.mark.parametrize("token", ["SIA-DCS", "NULL", "XNM"])
def test_the_reply_echoes_the_header_exactly(header, token):
    frame = decode(wrap_body(f'"{token}"{header}[|NBA5]'.encode()))
    assert frame.verdict == "accept"
    assert frame.reply == wrap_body(f'"ACK"{header}[]'.encode())


@pytest.mark.parametrize("token", ["ACK", "NAK", "DUH", "RSP"])
def test_a_reply_is_not_replied_to_nor_its_clock_checked(token):
    wire = encode_frame(token, sequence="0001", account="1234", timestamp=NOW)
    frame = decode(wire, now=NOW + timedelta(hours=1))
    assert (frame.verdict, frame.kind, frame.reply) == ("accept", "reply", None)


def test_a_link_test_with_data_is_a_link_test():
    frame = decode(encode_frame("NULL", "#0000|0000 00 000", sequence="0000", account="0000"))
    assert (frame.verdict, frame.kind, frame.events) == ("accept", "link_test", ())


def test_an_encrypted_frame_is_answered_under_its_key_with_the_time():
    wire = encode_sia_dcs("1234", [BURGLARY], sequence="0100", receiver="1", timestamp=NOW, key=KEY)
    now = NOW + timedelta(seconds=3)
    reply = decode(wire, with_key(KEY), now).reply
    assert reply is not None
    answer = decode(reply, with_key(KEY))
    assert (answer.kind, answer.token, answer.encrypted) == ("reply", "ACK", True)
    assert (answer.sequence, answer.receiver, answer.line) == ("0100", "1", "0")
    assert (answer.account, answer.timestamp) == ("1234", now)


def test_without_a_clock_the_encrypted_reply_carries_the_panels_time():
    wire = encode_null("1234", timestamp=NOW, key=KEY)
    reply = decode(wire, with_key(KEY)).reply
    assert reply is not None and decode(reply, with_key(KEY)).timestamp == NOW


# Extended data.


def test_extended_data_is_carried_on():
    blocks = [
        ("M", "0123456789AB"),
        ("X", "093W23.456"),
        ("Y", "49N06.66"),
        ("V", "https://video.example/1"),
        ("J", '{"a":[1,[2]],"b":"]"}'),
    ]
    wire = encode_frame(
        "SIA-DCS", "#1234|NBA5", sequence="0001", account="1234", extended=blocks, timestamp=NOW
    )
    frame = decode(wire)
    assert frame.extended == tuple(blocks)
    assert frame.events == (BURGLARY,)
    assert frame.timestamp == NOW


@pytest.mark.parametrize(
    ("site", "text"), [("Склад".encode(), "Склад"), (b"B\xfcro", "Büro"), (b"\x81", "\ufffd")]
)
def test_text_that_does_not_decode_fails_no_frame(site, text):
    frame = decode(wrap_body(b'"SIA-DCS"0001L0#1234[#1234|NBA5][S%b]' % site))
    assert frame.extended == (("S", text),)
    assert frame.events == (BURGLARY,)


# Clock.


@pytest.mark.parametrize("key", [None, KEY])
@pytest.mark.parametrize(
    ("seconds", "inside"), [(20, True), (21, False), (-40, True), (-41, False)]
)
def test_time_window(key, seconds, inside):
    stamp = NOW + timedelta(seconds=seconds)
    wire = encode_sia_dcs("1234", [BURGLARY], sequence="0100", timestamp=stamp, key=key)
    frame = decode(wire, with_key(key), NOW)
    if inside:
        assert (frame.verdict, frame.reason, frame.events) == ("accept", None, (BURGLARY,))
    else:
        assert (frame.verdict, frame.reason, frame.events) == ("reject", "clock", ())
        assert frame.reply == wrap_body(b'"NAK"0000R0L0A0[]_08:00:00,11-20-2026')
    assert frame.timestamp == stamp


def test_the_window_is_checked_only_as_configured():
    wire = encode_null("1234", timestamp=NOW - timedelta(hours=1))
    assert decode(wire, now=NOW).reason == "clock"
    assert decode(wire, ruled(AccountRules(timestamps="ignore")), NOW).verdict == "accept"
    assert decode(wire, now=None).verdict == "accept"


def test_a_clear_frame_without_time_passes():
    assert decode(encode_null("1234"), now=NOW).verdict == "accept"


def test_a_time_that_no_clock_shows_is_a_wrong_clock():
    body = b'"SIA-DCS"0001L0#1234[#1234|NBA5]_00:00:00,00-00-0000'
    assert decode(wrap_body(body), now=NOW).reason == "clock"
    frame = decode(wrap_body(body))
    assert (frame.verdict, frame.timestamp, frame.events) == ("accept", None, (BURGLARY,))
    sealed = encrypt(KEY, b"#1234|NBA5]_00:00:00,00-00-0000").hex().encode()
    frame = decode(wrap_body(b'"*SIA-DCS"0001L0#1234[' + sealed), with_key(KEY))
    assert (frame.verdict, frame.reason, frame.reply) == ("reject", "clock", None)


# Encryption.


@pytest.mark.parametrize("pad", ["2013", "2026", "pkcs7"])
@pytest.mark.parametrize("size", [16, 24, 32])
@pytest.mark.parametrize("data", ["", *("#1234|NBA5" + "6" * n for n in range(17))])
def test_every_key_size_pad_and_remainder(pad, size, data):
    key = KEYS[size]
    wire = encode_frame(
        "SIA-DCS", data, sequence="0001", account="1234", timestamp=NOW, key=key, pad=pad
    )
    frame = decode(wire, with_key(key), NOW)
    assert frame.verdict == "accept"
    assert [event.address for event in frame.events] == ([data[9:]] if data else [])


def test_ciphertext_in_lower_case_is_read():
    body = encode_null("1234", timestamp=NOW, key=KEY)[9:-1]
    head, _, sealed = body.partition(b"[")
    assert decode(wrap_body(head + b"[" + sealed.lower()), with_key(KEY)).verdict == "accept"


def test_reply_of_a_peer_that_pads_with_zeros_and_no_bar_is_read():
    text = b"]_08:00:00,11-20-2026"
    region = text.rjust(len(text) + 16 - len(text) % 16, b"0")
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(bytes(16))).encryptor()
    sealed = (encryptor.update(region) + encryptor.finalize()).hex().upper().encode()
    frame = decode(wrap_body(b'"*ACK"0001L0#1234[' + sealed), with_key(KEY))
    assert (frame.verdict, frame.kind, frame.timestamp) == ("accept", "reply", NOW)


@given(st.binary(min_size=16, max_size=16))
def test_a_wrong_key_is_never_acknowledged(wrong):
    wire = encode_sia_dcs("1234", [BURGLARY], sequence="0001", timestamp=NOW, key=KEY)
    if wrong != KEY:
        frame = decode(wire, with_key(wrong))
        assert (frame.verdict, frame.reason, frame.reply) == ("reject", "key", None)
        assert (frame.events, frame.account, frame.encrypted) == ((), "1234", True)


@pytest.mark.parametrize("key", [None, b"short", KEYS[32]])
def test_no_key_or_one_of_another_size_is_refused(key):
    wire = encode_null("1234", timestamp=NOW, key=KEY)
    frame = decode(wire, with_key(key))
    assert (frame.verdict, frame.reason, frame.reply) == ("reject", "key", None)


def test_the_key_is_that_of_the_header_account():
    keys = {"1234": KEY, "00AAAA": KEYS[24]}
    options = DecodeOptions(lambda account: AccountRules(keys.get(account or "")))
    for account, key in keys.items():
        wire = encode_null(account, timestamp=NOW, key=key)
        assert decode(wire, options, NOW).verdict == "accept"
    assert decode(encode_null("9999", timestamp=NOW, key=KEY), options, NOW).reason == "key"


def test_encrypted_data_without_a_time_is_refused():
    sealed = encrypt(KEY, b"#1234|NBA5]").hex().encode()
    frame = decode(wrap_body(b'"*SIA-DCS"0001L0#1234[' + sealed), with_key(KEY))
    assert (frame.verdict, frame.reason, frame.reply) == ("reject", "key", None)


def test_an_encrypted_frame_cannot_be_made_without_a_time():
    with pytest.raises(ValueError, match="needs a timestamp"):
        encode_null("1234", key=KEY)


def test_a_frame_longer_than_its_length_field_cannot_be_made():
    with pytest.raises(ValueError, match="allowed are 4095"):
        encode_frame("SIA-DCS", "A" * 4096, sequence="0001")


# Quirks.


@given(st.integers(0, 9999), st.text("0123456789ABCDEF", min_size=3, max_size=16))
def test_a_binary_crc_is_accepted_whatever_its_bytes_and_answered_in_binary(number, account):
    wire = encode_frame(
        "SIA-DCS", "|NBA5", sequence=f"{number:04d}", account=account, binary_crc=True
    )
    frame = decode(wire)
    assert (frame.verdict, frame.events) == ("accept", (BURGLARY,))
    assert frame.reply == wrap_body(f'"ACK"{number:04d}L0#{account}[]'.encode(), binary_crc=True)


def _body_with_crc(crc: int) -> bytes:
    """A frame's body whose CRC is this one."""
    for number in range(0xFFFFFF):
        body = b'"SIA-DCS"0001L%06X#1234[|NBA5]' % number
        if crc16(body) == crc:
            return body
    raise AssertionError(crc)


@pytest.mark.parametrize("crc", [0x0D0A, 0x0A0D, 0x0A0A, 0x000D, 0x0D0D])
def test_a_binary_crc_of_line_ends_does_not_end_the_frame(crc):
    wire = wrap_body(_body_with_crc(crc), binary_crc=True)
    for position in range(len(wire)):
        frames = decode_chunks("dc09", cut(wire + wire, [position]))
        assert [frame.verdict for frame in frames] == ["accept", "accept"]


def test_a_nul_behind_the_frame_is_padding():
    wire = encode_null("1234")
    frames = decode_all("dc09", wire + b"\0" + wire + b"\0\r\n")
    assert [frame.raw for frame in frames] == [wire, wire]
    assert [frame.consumed for frame in frames] == [len(wire), len(wire) + 1]


# Streams.


def test_frames_that_are_glued_or_behind_noise_come_out_one_by_one():
    wire = encode_null("1234")
    frames = decode_all("dc09", wire + wire + b"noise" + wire + wire[:12] + wire)
    assert [frame.verdict for frame in frames] == [
        "accept",
        "accept",
        "reject",
        "accept",
        "reject",
        "accept",
    ]
    assert frames[2].raw == b"noise"
    assert frames[4].raw == wire[:12]


def test_a_frame_that_never_ends_is_cut_and_kept():
    options = DecodeOptions(max_frame=100)
    data = b"\n" + b"x" * 249
    frames = decode_all("dc09", data, options)
    assert [len(frame.raw) for frame in frames] == [100, 100, 50]
    assert {frame.reason for frame in frames} == {"grammar"}


def test_the_end_of_the_stream_gives_out_what_is_left():
    wire = encode_null("1234")
    frame = decode(wire[:-1])
    assert (frame.verdict, frame.reason, frame.raw) == ("reject", "grammar", wire[:-1])


_good = st.sampled_from(
    [
        *(data for data, _ in GOLDEN),
        encode_adm_cid("1234", make_event("1", "130", "01", "005"), sequence="0001"),
        encode_sia_dcs("1234", [BURGLARY], sequence="0002", timestamp=NOW, key=KEY),
        encode_frame("SIA-DCS", "|NBA5", sequence="0003", line="", binary_crc=True),
        wrap_body(_body_with_crc(0x0D0A), binary_crc=True),
    ]
)
_noise = st.one_of(
    st.binary(max_size=12),
    st.sampled_from([b"\n", b"\r", b"\0", b"\n\r", b"\r\n", b"\n..0", b"\n\r\n0012", b'"']),
)
_streams = st.lists(_good | _noise, max_size=8).map(b"".join)


@given(_streams, st.lists(st.integers(0, 10_000), max_size=12))
def test_any_chunking_gives_the_same_frames(data, positions):
    options = with_key(KEY, max_frame=200)
    whole = decode_all("dc09", data, options)
    assert decode_chunks("dc09", cut(data, positions), options) == whole
    one_by_one = [data[i : i + 1] for i in range(len(data))]
    assert decode_chunks("dc09", one_by_one, options) == whole


@given(_streams)
def test_no_byte_is_lost(data):
    frames = decode_all("dc09", data, with_key(KEY, max_frame=200))
    position = 0
    for frame in frames:
        end = position + frame.consumed
        assert data[position:end].endswith(frame.raw)
        assert not data[position : end - len(frame.raw)].strip(b"\r\n\0")
        position = end
    assert not data[position:].strip(b"\r\n\0")


@given(st.lists(_good, min_size=1, max_size=5))
def test_all_good_frames_among_others_are_accepted(frames):
    decoded = decode_all("dc09", b"".join(frames), with_key(KEY))
    assert [frame.raw for frame in decoded] == frames
    assert {frame.verdict for frame in decoded} == {"accept"}


@settings(max_examples=300)
@given(_good, st.data())
def test_a_frame_with_one_flipped_bit_is_never_accepted_as_another(wire, data):
    position = data.draw(st.integers(1, len(wire) - 2))
    bit = data.draw(st.integers(0, 7))
    damaged = bytearray(wire)
    damaged[position] ^= 1 << bit
    good = decode(wire, with_key(KEY))
    for frame in decode_all("dc09", bytes(damaged), with_key(KEY)):
        # Only the case of the CRC's digits may change without harm.
        assert frame.verdict == "reject" or frame.events == good.events


_accounts = st.text("0123456789ABCDEF", min_size=3, max_size=16)
_hex_fields = st.none() | st.text("0123456789ABCDEFabcdef", min_size=1, max_size=6)


@given(
    account=_accounts,
    receiver=_hex_fields,
    line=_hex_fields,
    number=st.integers(1, 9999),
    qualifier=st.sampled_from("136"),
    extended=st.lists(
        st.tuples(st.sampled_from("AILMPRSV"), st.text("abc 019:/.", max_size=10)), max_size=3
    ),
    key=st.none()
    | st.sampled_from([16, 24, 32]).flatmap(lambda n: st.binary(min_size=n, max_size=n)),
    pad=st.sampled_from(["2013", "2026", "pkcs7"]),
    stamp=st.datetimes(
        datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(timezone.utc)
    ),
)
def test_what_is_encoded_is_decoded(
    account, receiver, line, number, qualifier, extended, key, pad, stamp
):
    event = make_event(qualifier, "130", "01", "005")
    wire = encode_adm_cid(
        account,
        event,
        sequence=f"{number:04d}",
        receiver=receiver,
        line=line,
        extended=extended,
        timestamp=stamp,
        key=key,
        pad=pad,
    )
    frame = decode(wire, with_key(key), stamp)
    assert (frame.verdict, frame.kind, frame.events) == ("accept", "event", (event,))
    assert (frame.account, frame.receiver, frame.line) == (account, receiver, line)
    assert (frame.sequence, frame.encrypted) == (f"{number:04d}", key is not None)
    assert frame.extended == tuple(extended)
    assert frame.timestamp == stamp.replace(microsecond=0)


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_random_bytes_never_raise(data):
    for frame in decode_all("dc09", data, with_key(KEY), NOW):
        assert frame.verdict == "reject"


@given(st.binary(max_size=120))
def test_random_bytes_in_a_sound_envelope_never_raise(data):
    sealed = encrypt(KEY, data).hex().encode()
    for body in (b'"SIA-DCS"0001L0#1234[' + data, b'"*SIA-DCS"0001L0#1234[' + sealed):
        sent = wrap_body(body)
        frames = decode_all("dc09", sent, with_key(KEY), NOW)
        assert frames
        for frame in frames:
            assert frame.raw in sent
            assert frame.verdict == "accept" or not frame.events


# Rules of accounts.


@pytest.mark.parametrize(
    ("policy", "clear", "sealed"),
    [("check", "clock", "clock"), ("encrypted", None, "clock"), ("ignore", None, None)],
)
def test_whose_times_are_checked(policy, clear, sealed):
    options = ruled(AccountRules(KEY, policy))
    old = NOW - timedelta(hours=8)
    for key, reason in ((None, clear), (KEY, sealed)):
        wire = encode_sia_dcs("1234", [BURGLARY], sequence="0001", timestamp=old, key=key)
        frame = decode(wire, options, NOW)
        assert (frame.reason, frame.timestamp) == (reason, old)
        wire = encode_sia_dcs("1234", [BURGLARY], sequence="0001", timestamp=NOW, key=key)
        frame = decode(wire, options, NOW)
        checked = policy == "check" or (policy == "encrypted" and key is not None)
        assert (frame.verdict, frame.timestamp_checked) == ("accept", checked)


def test_a_time_counts_as_checked_only_against_a_clock():
    wire = encode_null("1234", timestamp=NOW)
    assert not decode(wire).timestamp_checked
    assert not decode(encode_null("1234"), now=NOW).timestamp_checked


@pytest.mark.parametrize("token", ["SIA-DCS", "NULL", "ACR-SF"])
def test_an_account_with_a_key_may_be_held_to_it(token):
    wire = encode_frame(token, "#1234|NBA5", sequence="0001", account="1234")
    frame = decode(wire, ruled(AccountRules(KEY, clear="refuse")), NOW)
    assert (frame.verdict, frame.kind, frame.reason) == ("reject", "unparsed", "clear")
    assert (frame.account, frame.events, frame.reply) == ("1234", (), None)
    sealed = encode_frame(
        token, "#1234|NBA5", sequence="0001", account="1234", timestamp=NOW, key=KEY
    )
    assert decode(sealed, ruled(AccountRules(KEY, clear="refuse")), NOW).verdict == "accept"
    assert decode(wire, ruled(AccountRules(None, clear="refuse")), NOW).verdict == "accept"
    assert decode(wire, ruled(AccountRules(KEY)), NOW).verdict == "accept"


def test_each_account_has_its_own_rules():
    rules = {"1234": AccountRules(tolerate=frozenset({"crc", "length"}))}
    options = DecodeOptions(lambda account: rules.get(account or "", AccountRules()))
    eldes = b'\n12340039"ADM-CID"0001L0#%b[#%b|1602 00 001]\r'
    assert decode(eldes % (b"1234", b"1234"), options).verdict == "accept"
    assert decode(eldes % (b"1002", b"1002"), options).reason == "crc"
