"""``receiver-bridge decode``: what it prints and which options it takes."""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver_bridge.cli import decode
from receiver_bridge.codecs import AccountRules, DecodeOptions, Event, get_codec
from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.dc09_encoder import encode_adm_cid, encode_null, encode_sia_dcs
from receiver_bridge.codecs.oh_cipher import OhCipher
from receiver_bridge.codecs.oh_encoder import OhEncoder
from receiver_bridge.codecs.surgard_encoder import encode_contact_id, encode_heartbeat

KEY = bytes(range(16))
NOW = datetime(2026, 11, 20, 8, 0, 0, tzinfo=timezone.utc)
BURGLARY = Event("sia", "BA", area="1", zone="005", address="005")


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs the command on these bytes; the JSON objects it prints."""

    def call(data: bytes, *options: str) -> list[dict]:
        parser = argparse.ArgumentParser(prog="receiver-bridge")
        decode.add_parser(parser.add_subparsers(dest="command", required=True))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        args = parser.parse_args(["decode", *options])
        assert decode.run(args) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return call


def test_one_object_a_frame_with_exactly_these_keys(run):
    wire = encode_adm_cid(
        "1234",
        make_event("1", "130", "01", "005"),
        sequence="0100",
        receiver="1",
        extended=[("M", "0123456789AB")],
        timestamp=NOW,
    )
    (frame,) = run(wire, "--format", "dc09")
    reply = frame.pop("reply_hex")
    assert bytes.fromhex(reply)[9:] == b'"ACK"0100R1L0#1234[]\r'
    assert frame == {
        "format": "dc09",
        "verdict": "accept",
        "reason": None,
        "token": "ADM-CID",
        "sequence": "0100",
        "receiver": "1",
        "line": "0",
        "account": "1234",
        "encrypted": False,
        "timestamp": "2026-11-20T08:00:00Z",
        "kind": "event",
        "signals": [
            {
                "code_system": "cid",
                "code": "130",
                "qualifier": "new",
                "area": "01",
                "zone": "005",
                "user": None,
                "address": "005",
                "text": None,
            }
        ],
        "extended": [["M", "0123456789AB"]],
        "raw_hex": wire.hex(),
        "consumed": len(wire),
    }


def test_surgard_stream_with_noise_and_padding(run):
    record = encode_contact_id("1234", make_event("E", "130", "01", "005"))
    data = record + encode_heartbeat() + b"\xff\xff" + record + b"\r\n"
    frames = run(data, "--format", "surgard")
    assert [frame["kind"] for frame in frames] == ["event", "heartbeat", "unparsed", "event"]
    assert [frame["reply_hex"] for frame in frames] == ["06", "06", None, "06"]
    assert sum(frame["consumed"] for frame in frames) == len(data)


def test_no_bytes_no_frames(run):
    assert run(b"", "--format", "dc09") == []
    assert run(b"\r\n\0", "--format", "dc09") == []


@pytest.mark.parametrize("option", [("--key", KEY.hex()), ("--key-text", "0123456789abcdef")])
def test_encrypted_frames_with_either_form_of_key(run, option):
    key = KEY if option[0] == "--key" else b"0123456789abcdef"
    wire = encode_sia_dcs("1234", [BURGLARY], sequence="0001", timestamp=NOW, key=key)
    (frame,) = run(wire, "--format", "dc09", *option)
    assert (frame["verdict"], frame["encrypted"]) == ("accept", True)
    assert frame["signals"][0]["zone"] == "005"
    # Without --now the encrypted reply carries the time of the call.
    (reply,) = run(bytes.fromhex(frame["reply_hex"]), "--format", "dc09", *option)
    sent = datetime.fromisoformat(reply["timestamp"].replace("Z", "+00:00"))
    assert abs(datetime.now(timezone.utc) - sent) < timedelta(minutes=1)


def test_the_clock_is_checked_with_now_only(run):
    wire = encode_null("1234", timestamp=NOW)
    (frame,) = run(wire, "--format", "dc09")
    assert frame["verdict"] == "accept"
    for now in ("2026-11-20T08:00:40Z", "2026-11-20T16:00:40+08:00", "2026-11-20T08:00:40"):
        (frame,) = run(wire, "--format", "dc09", "--now", now)
        assert frame["verdict"] == "accept"
    (frame,) = run(wire, "--format", "dc09", "--now", "2026-11-20T08:00:41Z")
    assert (frame["verdict"], frame["reason"]) == ("reject", "clock")
    assert b'"NAK"0000R0L0A0[]_08:00:41,11-20-2026' in bytes.fromhex(frame["reply_hex"])


def test_checks_can_be_waived(run):
    wire = bytearray(encode_null("1234"))
    wire[1:9] = b"12340099"
    (frame,) = run(bytes(wire), "--format", "dc09", "--tolerate", "crc")
    assert frame["reason"] == "length"
    (frame,) = run(bytes(wire), "--format", "dc09", "--tolerate", "crc,length")
    assert frame["verdict"] == "accept"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "--format"),
        (["--format", "sugard"], "unknown format 'sugard'; allowed: ademco685, ademco8000"),
        (["--format", "dc09", "--key", "0123"], "a key of 2 bytes; allowed: 16, 24, 32"),
        (["--format", "dc09", "--key", "secret"], "not hex digits"),
        (["--format", "dc09", "--key-text", "short"], "a key of 5 bytes"),
        (["--format", "dc09", "--key", KEY.hex(), "--key-text", "x" * 16], "not allowed with"),
        (["--format", "dc09", "--now", "noon"], "'noon' is no ISO 8601 time"),
        (["--format", "dc09", "--now", "0001-01-01T00:00:00+14:00"], "in no year from 1 to 9999"),
        (["--format", "oh", "--option", "x=y"], "x=y; allowed: as name: none, this format leaves"),
        (["--format", "iti", "--option", "checksum=md5"], 'allowed: "ignore" or "sum" or "xor"'),
        (["--format", "iti", "--option", "checksum"], "'checksum' is no NAME=VALUE"),
        (["--format", "dc09", "--tolerate", "crc,all"], "unknown check all; allowed: crc, length"),
    ],
)
def test_a_wrong_option_is_named_and_ends_with_2(run, capsys, options, message):
    with pytest.raises(SystemExit) as stop:
        run(b"", *options)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_what_a_format_leaves_open_can_be_chosen(run):
    wire = b"[1234 181131010158]"
    (frame,) = run(wire, "--format", "contactid-ip")
    assert frame["reply_hex"] == "06"
    options = ("--option", "reply=echo", "--option", "checksum=check")
    (frame,) = run(wire, "--format", "contactid-ip", *options)
    assert frame["reply_hex"] == wire.hex()


def test_a_captured_osborne_hoffman_stream_with_its_key(run):
    key = bytes(range(24))
    encoder = OhEncoder(OhCipher(key))
    wire = encoder.heartbeat() + encoder.event("006969", BURGLARY)
    frames = run(wire, "--format", "oh", "--key", key.hex())
    assert [frame["kind"] for frame in frames] == ["heartbeat", "event"]
    assert {frame["encrypted"] for frame in frames} == {True}
    assert sum(frame["consumed"] for frame in frames) == len(wire)


def test_what_is_printed_is_utf_8_in_any_language():
    wire = encode_sia_dcs("1234", [Event("sia", "BA", text="火警")], sequence="0001")
    printed = subprocess.run(
        [sys.executable, "-m", "receiver_bridge", "decode", "--format", "dc09"],
        input=wire,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert json.loads(printed.stdout)["signals"][0]["text"] == "火警"


_BITS = st.sampled_from(
    [
        encode_null("1234"),
        encode_sia_dcs("1234", [BURGLARY], sequence="0001", timestamp=NOW, key=KEY),
        encode_contact_id("1234", make_event("E", "130", "01", "005")),
        encode_heartbeat(),
        *(b"\n", b"\r", b"\0", b"\0\0\0", b"\x14", b"noise"),
    ]
)


@pytest.mark.parametrize("name", ["dc09", "surgard"])
@given(st.lists(_BITS | st.binary(max_size=20), max_size=8).map(b"".join))
def test_what_is_consumed_adds_up_to_what_came(name, data):
    options = DecodeOptions(lambda account: AccountRules(KEY))
    frames = decode._frames(get_codec(name), data, options, NOW)
    assert sum(frame.consumed for frame in frames) == (len(data) if frames else 0)
    assert frames or not data.strip(b"\r\n\0")
    assert all(frame.raw in data for frame in frames)
