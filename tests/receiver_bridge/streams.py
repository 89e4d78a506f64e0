"""How the codec tests feed bytes: whole, in any chunking, to the end of the stream."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from receiver_bridge.codecs import DecodeOptions, Frame, NeedData, get_codec


def decode_chunks(
    name: str,
    chunks: Iterable[bytes],
    options: DecodeOptions | None = None,
    now: datetime | None = None,
) -> list[Frame]:
    """All frames of a stream that arrives in these chunks and then ends."""
    decoder = get_codec(name).decoder(options or DecodeOptions())
    frames: list[Frame] = []
    for chunk in chunks:
        decoder.receive_data(chunk)
        while not isinstance(frame := decoder.next_frame(now), NeedData):
            frames.append(frame)
    rest = decoder.finish()
    if rest is not None:
        frames.append(rest)
    return frames


def decode_all(
    name: str, data: bytes, options: DecodeOptions | None = None, now: datetime | None = None
) -> list[Frame]:
    return decode_chunks(name, [data], options, now)


def decode_one(
    name: str, data: bytes, options: DecodeOptions | None = None, now: datetime | None = None
) -> Frame:
    frames = decode_all(name, data, options, now)
    assert len(frames) == 1, frames
    return frames[0]


def cut(data: bytes, positions: Iterable[int]) -> list[bytes]:
    """``data`` in pieces, cut at these positions (any order, any number)."""
    edges = [0, *sorted(position % (len(data) + 1) for position in positions), len(data)]
    return [data[begin:end] for begin, end in pairwise(edges)]
