"""Figures counted without locks are shown as Prometheus' own would be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from receiver_bridge.tallies import Durations, Tally

BOUNDS = (0.001, 0.01, 0.5, 1)


@given(st.lists(st.floats(0, 3) | st.sampled_from(BOUNDS)))
def test_durations_are_shown_as_a_histogram_of_prometheus_shows_them(seconds: list[float]) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    durations = Durations("reply_seconds", "Until the reply", BOUNDS, ours)
    histogram = Histogram("reply_seconds", "Until the reply", buckets=BOUNDS, registry=theirs)
    for value in seconds:
        durations.observe(value)
        histogram.observe(value)

    def shown(registry: CollectorRegistry) -> list[str]:
        lines = generate_latest(registry).decode().splitlines()
        return [line for line in lines if "_created" not in line]

    assert shown(ours) == shown(theirs)


def test_each_row_of_a_tally_is_shown_with_its_labels() -> None:
    registry = CollectorRegistry()
    frames = Tally("frames", "Frames decoded", ["receiver", "kind"], registry)
    frames.labels("dc-1", "event").count += 2
    frames.labels("dc-1", "event").count += 1
    frames.labels("sg-1", "heartbeat")
    assert registry.get_sample_value("frames_total", {"receiver": "dc-1", "kind": "event"}) == 3
    assert registry.get_sample_value("frames_total", {"receiver": "sg-1", "kind": "heartbeat"}) == 0


def test_what_goes_down_is_a_gauge() -> None:
    registry = CollectorRegistry()
    open_ = Tally("connections", "Open connections", ["receiver"], registry, goes_down=True)
    row = open_.labels("dc-1")
    row.count += 2
    row.count -= 1
    assert registry.get_sample_value("connections", {"receiver": "dc-1"}) == 1
