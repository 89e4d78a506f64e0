"""The format of the example, tested as its page says."""

from __future__ import annotations

from beacon_codec import CODEC
from hypothesis import given
from hypothesis import strategies as st

from receiver_bridge.codecs import DecodeOptions, Event, Frame


def decode(*chunks: bytes, options: DecodeOptions | None = None) -> list[Frame]:
    decoder = CODEC.decoder(options or DecodeOptions())
    frames = []
    for chunk in chunks:
        decoder.receive_data(chunk)
        while isinstance(frame := decoder.next_frame(None), Frame):
            frames.append(frame)
    rest = decoder.finish()
    return frames if rest is None else [*frames, rest]


def test_a_golden_record() -> None:
    [frame] = decode(b"@01 1234 BA 005\n")
    assert (frame.kind, frame.account, frame.reply) == ("event", "1234", b"+")
    assert frame.events == (Event("sia", "BA", zone="005", address="005"),)


def test_what_the_format_leaves_open() -> None:
    [frame] = decode(b"@01 1234 BA 005\n", options=DecodeOptions(settings={"zeros": "strip"}))
    assert frame.events[0].zone == "5"


def test_noise_costs_no_record_and_is_answered_only_where_it_ends() -> None:
    frames = decode(b"\xff\xff@01\n\xff\n")
    assert [frame.verdict for frame in frames] == ["reject", "accept", "reject"]
    assert [frame.reply for frame in frames] == [None, b"+", b"-"]


@given(st.from_regex(r"[0-9A-F]{4}", fullmatch=True), st.from_regex(r"[0-9]{3}", fullmatch=True))
def test_what_is_encoded_is_decoded(account: str, zone: str) -> None:
    event = Event("sia", "BA", zone=zone, address=zone)
    [frame] = decode(CODEC.encoder.event(account, event))
    assert (frame.account, frame.events) == (account, (event,))


@given(st.binary(max_size=60), st.integers(0, 60))
def test_no_byte_is_lost_and_chunks_do_not_matter(data: bytes, position: int) -> None:
    frames = decode(data)
    assert decode(data[:position], data[position:]) == frames
    assert not data[sum(frame.consumed for frame in frames) :].strip(b"\r\n\0")
