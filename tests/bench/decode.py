"""Bench ``decode``: DC-09 frames per second of our codec ÷ pysiaalarm's, on the same frames.

What is timed on both sides: bytes in, CRC, grammar and time window checked, value objects out, no
reply built. Every frame has to be accepted. Ours checks the length field besides.

Each sample times fresh batches of 1,000 different frames of 1,000 accounts (each with its own key
where encrypted), ours and theirs in turn and in changing order, in processor time of this process.
One JSON line on standard output, everything else on standard error.
"""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from statistics import median
from time import process_time
from typing import Any

from receiver_bridge.codecs import AccountRules, DecodeOptions, Event, NeedData, get_codec
from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.dc09_encoder import encode_adm_cid, encode_sia_dcs
from tests.bench._report import asked_for_quick, note, report

try:
    from pysiaalarm.account import SIAAccount
    from pysiaalarm.base_server import BaseSIAServer
    from pysiaalarm.utils import Counter, ResponseType
except ImportError as error:
    sys.exit(f"bench decode: {error}; it measures against pysiaalarm 3.2.2 (pip install it)")

FRAMES = 1000
SAMPLES = 5

Decode = Callable[[list[bytes]], None]


class Bench:
    """1,000 accounts, the two decoders for them, and frames of them."""

    def __init__(self, encrypted: bool, seed: int) -> None:
        self._random = random.Random(seed)
        numbers = self._random.sample(range(0x100000, 0xFFFFFF), FRAMES)
        # pysiaalarm takes a key as the text whose characters are the key's bytes.
        self._keys = {
            f"{number:06X}": f"{self._random.getrandbits(64):016X}" if encrypted else None
            for number in numbers
        }
        self._key_bytes = {
            account: key.encode() for account, key in self._keys.items() if key is not None
        }
        self._rules = {
            account: AccountRules(self._key_bytes.get(account)) for account in self._keys
        }
        self._sequence = 0
        self._server = BaseSIAServer(
            {account: SIAAccount(account, key) for account, key in self._keys.items()}, Counter()
        )
        self._decoder = get_codec("dc09").decoder(DecodeOptions(self._rules_of))

    def _rules_of(self, account: str | None) -> AccountRules:
        return self._rules[account or ""]

    def frames(self) -> list[bytes]:
        """One frame an account, half ADM-CID and half SIA-DCS, with the time of now."""
        frames = []
        for account in self._keys:
            self._sequence = self._sequence % 9999 + 1
            number = f"{self._random.randrange(1, 1000):03d}"
            area = f"{self._random.randrange(1, 100):02d}"
            common = {
                "sequence": f"{self._sequence:04d}",
                "timestamp": datetime.now(timezone.utc),
                "key": self._key_bytes.get(account),
            }
            if self._sequence % 2:
                code = self._random.choice(("110", "121", "130", "131", "301", "602"))
                event = make_event("1", code, area, number)
                frames.append(encode_adm_cid(account, event, **common))
            else:
                code = self._random.choice(("BA", "FA", "PA", "BR", "TA", "AT"))
                event = Event("sia", code, area=area, address=number)
                frames.append(encode_sia_dcs(account, [event], **common))
        return frames

    def ours(self, frames: list[bytes]) -> None:
        decoder = self._decoder
        for data in frames:
            decoder.receive_data(data)
            frame = decoder.next_frame(datetime.now(timezone.utc))
            assert not isinstance(frame, NeedData) and frame.verdict == "accept", frame
            assert frame.events, frame

    def theirs(self, frames: list[bytes]) -> None:
        server = self._server
        for data in frames:
            event = server.parse_and_check_event(data)
            assert event is not None and event.response == ResponseType.ACK, event

    def sample(self, batches: int) -> tuple[float, float]:
        """Frames per second, ours and theirs, over ``batches`` fresh batches."""
        seconds = {self.ours: 0.0, self.theirs: 0.0}
        order: list[Decode] = [self.ours, self.theirs]
        for _ in range(batches):
            frames = self.frames()
            gc.collect()
            for decode in order:
                began = process_time()
                decode(frames)
                seconds[decode] += process_time() - began
            order.reverse()
        return batches * FRAMES / seconds[self.ours], batches * FRAMES / seconds[self.theirs]


def measure(encrypted: bool, batches: int) -> dict[str, Any]:
    """Medians of ratio and frames per second over the samples, after one round to warm up."""
    name = "aes-128" if encrypted else "clear"
    bench = Bench(encrypted, seed=9 + encrypted)
    bench.sample(1)
    samples = []
    for number in range(1, SAMPLES + 1):
        ours, theirs = bench.sample(batches)
        samples.append((ours / theirs, ours, theirs))
        note(
            f"{name} {number}/{SAMPLES}: ours {ours:,.0f}/s, pysiaalarm {theirs:,.0f}/s, "
            f"ratio {ours / theirs:.2f}"
        )
    ratios, ours_all, theirs_all = zip(*samples, strict=True)
    return {
        "ratio": round(median(ratios), 2),
        "ratios": [round(ratio, 2) for ratio in ratios],
        "ours_per_second": round(median(ours_all)),
        "pysiaalarm_per_second": round(median(theirs_all)),
    }


def main() -> None:
    quick = asked_for_quick("Decode DC-09: ours against pysiaalarm.", "fewer batches a sample")
    batches = 4 if quick else 20
    clear = measure(encrypted=False, batches=batches)
    aes = measure(encrypted=True, batches=batches)
    details = {"clear": clear, "aes_128": aes, "frames_per_sample": batches * FRAMES}
    report("decode.ratio", clear["ratio"], "ratio", SAMPLES, details)


if __name__ == "__main__":
    main()
