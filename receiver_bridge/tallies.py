"""Figures that change with every frame: counted by the event loop alone, read when asked for.

Prometheus' own counters may be counted by any thread; their locks and checks cost as much as what
they count here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.utils import floatToGoString


class Cell:
    """One row of a tally: add to ``count``."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


class Tally:
    """A counter, or with ``goes_down`` a gauge, with a row for each combination of labels."""

    def __init__(
        self,
        name: str,
        meaning: str,
        labels: Sequence[str],
        registry: CollectorRegistry,
        goes_down: bool = False,
    ) -> None:
        self._name = name
        self._meaning = meaning
        self._labels = labels
        self._family = GaugeMetricFamily if goes_down else CounterMetricFamily
        self._cells: dict[tuple[str, ...], Cell] = {}
        registry.register(self)

    def labels(self, *values: str) -> Cell:
        """The row of these values of the labels, from now on shown."""
        return self._cells.setdefault(values, Cell())

    def collect(self) -> Iterable[Metric]:
        family = self._family(self._name, self._meaning, labels=self._labels)
        # A row may come while this thread reads.
        for values, cell in list(self._cells.items()):
            family.add_metric(values, cell.count)
        yield family


class Durations:
    """A histogram of seconds; ``bounds`` are the upper ends of its buckets, ascending."""

    def __init__(
        self, name: str, meaning: str, bounds: Sequence[float], registry: CollectorRegistry
    ) -> None:
        self._name = name
        self._meaning = meaning
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0
        registry.register(self)

    def observe(self, seconds: float) -> None:
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self._sum += seconds

    def collect(self) -> Iterable[Metric]:
        family = HistogramMetricFamily(self._name, self._meaning)
        buckets, total = [], 0
        names = [*map(floatToGoString, self._bounds), "+Inf"]
        for name, count in zip(names, list(self._counts), strict=True):
            total += count
            buckets.append((name, total))
        family.add_metric([], buckets, self._sum)
        yield family
