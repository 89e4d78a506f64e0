"""The registry of formats, and the checksum."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints

import pytest

from receiver_bridge import codecs
from receiver_bridge.codecs import codec_names, get_codec
from receiver_bridge.codecs.crc import crc16
from receiver_bridge.codecs.text import decode_text


@pytest.fixture(autouse=True)
def fresh_registry():
    codecs._plugged_in.cache_clear()
    yield
    codecs._plugged_in.cache_clear()


def test_own_formats_are_registered():
    assert {"dc09", "surgard"} <= set(codec_names())
    assert get_codec("surgard").name == "surgard"


def test_an_unknown_format_names_the_known_ones():
    with pytest.raises(ValueError, match="unknown format 'sugard'; allowed: ademco685, ademco8000"):
        get_codec("sugard")


def test_a_third_party_adds_a_format_and_cannot_replace_ours(monkeypatch):
    group = codecs.ENTRY_POINT_GROUP
    points = EntryPoints(
        [
            EntryPoint("mine", "receiver_bridge.codecs.surgard:CODEC", group),
            EntryPoint("dc09", "receiver_bridge.codecs.surgard:CODEC", group),
        ]
    )
    monkeypatch.setattr(codecs, "entry_points", lambda group: points.select(group=group))
    assert "mine" in codec_names()
    assert get_codec("mine") is get_codec("surgard")
    assert get_codec("dc09").name == "dc09"


def _crc_by_the_standard(data: bytes) -> int:
    """Bit by bit, as the standard writes it."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def test_crc_is_crc_16_arc():
    assert crc16(b"123456789") == 0xBB3D
    assert crc16(b"") == 0
    every_byte = bytes(range(256))
    # The table that DC-07 prints has this entry wrong, as 0xBE01.
    assert crc16(bytes([100])) == 0xEB01
    assert crc16(every_byte) == _crc_by_the_standard(every_byte)


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        (b"Hall", "Hall"),
        ("Küche".encode(), "Küche"),
        ("Прихожая".encode(), "Прихожая"),
        (b"K\xfcche", "Küche"),
        (b"5 \x80", "5 €"),
        (b"\x81", "\ufffd"),
        (b"a\0b", "a\ufffdb"),
    ],
)
def test_text_is_utf_8_or_else_windows_1252(wire, text):
    assert decode_text(wire.decode("latin-1")) == text
