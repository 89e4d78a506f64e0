"""When a source that keeps sending is a flood: a token bucket. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Bucket:
    """How much a source may still send.

    ``flooding``: it has sent more, and has not been quiet for long enough since.
    """

    tokens: float
    at: datetime
    flooding: bool = False


def take(bucket, at, rate, burst):
    """The bucket after one more signal.

    A flood begins when the bucket is empty and ends when half of it has come back: a source at the
    edge is not a new flood with each signal.

    :param bucket: None for a source that has not sent for long
    :param at: when the bridge received the signal; what comes out of order finds no time passed
    :param rate: tokens a minute
    :param burst: tokens that a full bucket holds
    """
    if bucket is None:
        return Bucket(burst - 1.0, at)
    passed = max((at - bucket.at).total_seconds(), 0.0)
    tokens = min(bucket.tokens + passed * rate / 60, float(burst))
    flooding = tokens < 1 or (bucket.flooding and tokens < burst / 2)
    return Bucket(max(tokens - 1, 0.0), max(at, bucket.at), flooding)


def seconds_to_fill(rate, burst):
    """After so long a time of silence a bucket says nothing any more."""
    return int(burst * 60 / rate) + 1
