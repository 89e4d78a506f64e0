"""What Prometheus may know of the bridge."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily

from . import __version__
from .conditions import Conditions
from .tallies import Durations, Tally

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 10)


class Metrics:
    """All figures of one bridge, in a registry of their own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        build = Gauge(
            "receiver_bridge_build_info",
            "1; version and Python of this bridge",
            ["version", "python"],
            registry=registry,
        )
        build.labels(__version__, platform.python_version()).set(1)
        self.frames = Tally(
            "receiver_bridge_frames",
            "Frames decoded",
            ["receiver", "kind", "verdict"],
            registry,
        )
        self.journaled = Tally(
            "receiver_bridge_signals_journaled",
            "Signals committed to the journal",
            ["receiver"],
            registry,
        )
        self.repeats = Counter(
            "receiver_bridge_link_repeats",
            "Frames that repeat the one before on the same line",
            ["receiver"],
            registry=registry,
        )
        self.suppressed = Counter(
            "receiver_bridge_unparsed_suppressed",
            "Unreadable frames beyond what is reported of one source",
            ["receiver"],
            registry=registry,
        )
        self.refused = Counter(
            "receiver_bridge_connections_refused",
            "Connections and datagrams that were not let in",
            ["receiver", "reason"],
            registry=registry,
        )
        self.datagrams_lost = Counter(
            "receiver_bridge_datagrams_lost",
            "Datagrams that the system threw away: no room in the queue, or a flood turned away",
            ["receiver"],
            registry=registry,
        )
        self.handshake_failures = Counter(
            "receiver_bridge_tls_failures",
            "TLS connections that did not come about",
            ["receiver"],
            registry=registry,
        )
        self.slow = Counter(
            "receiver_bridge_slow_senders",
            "Connections closed: a frame not finished, answers not read, held back by others",
            ["receiver", "reason"],
            registry=registry,
        )
        self.waits = Counter(
            "receiver_bridge_rate_waits",
            "Times that a sender had to wait because his address sent more than its rate",
            ["receiver"],
            registry=registry,
        )
        self.capture_lost = Counter(
            "receiver_bridge_capture_lost",
            "Records that a capture of raw bytes left out",
            ["receiver"],
            registry=registry,
        )
        self.opened = Tally(
            "receiver_bridge_connections_opened",
            "Connections that came about",
            ["receiver"],
            registry,
        )
        self.connections = Tally(
            "receiver_bridge_connections",
            "Open connections",
            ["receiver"],
            registry,
            goes_down=True,
        )
        self.line_online = Gauge(
            "receiver_bridge_line_online",
            "1 while the line is online, 0 while it is silent or down",
            ["receiver"],
            registry=registry,
        )
        self.commit_seconds = Histogram(
            "receiver_bridge_commit_seconds",
            "Duration of a journal commit, fsync included",
            buckets=_SECONDS,
            registry=registry,
        )
        self.reply_seconds = Durations(
            "receiver_bridge_reply_seconds",
            "From the frame decoded to the reply handed to the line",
            _SECONDS,
            registry,
        )
        self.journal_failures = Counter(
            "receiver_bridge_journal_failures",
            "Frames not acknowledged because the journal failed",
            ["receiver"],
            registry=registry,
        )
        self.delivered = Counter(
            "receiver_bridge_signals_delivered",
            "Signals that Odoo has stored",
            ["receiver"],
            registry=registry,
        )
        self.lease = Gauge(
            "receiver_bridge_lease",
            "1 while this bridge sends the receiver's signals, 0 while another one does",
            ["receiver"],
            registry=registry,
        )
        self.dead = Counter(
            "receiver_bridge_signals_dead",
            "Signals that Odoo rejected by themselves",
            ["receiver"],
            registry=registry,
        )
        self.uplink_failures = Counter(
            "receiver_bridge_uplink_failures",
            "Calls to Odoo that failed",
            ["method"],
            registry=registry,
        )
        self.backlog = Gauge(
            "receiver_bridge_backlog",
            "Signals in the journal that Odoo does not have yet",
            ["receiver"],
            registry=registry,
        )
        self.accounts = Gauge(
            "receiver_bridge_accounts", "Accounts known from Odoo", registry=registry
        )
        self.configuration_age = Gauge(
            "receiver_bridge_configuration_age_seconds",
            "Since Odoo last said what has changed of the configuration",
            registry=registry,
        )
        self.supervised = Gauge(
            "receiver_bridge_accounts_supervised",
            "Accounts with a polling interval that were heard last on the line",
            ["receiver"],
            registry=registry,
        )
        self.lost = Gauge(
            "receiver_bridge_accounts_lost",
            "Supervised accounts that are reported as lost",
            ["receiver"],
            registry=registry,
        )
        self.lost_untold = Gauge(
            "receiver_bridge_accounts_lost_untold",
            "Supervised accounts that are lost and wait for their turn to be reported",
            ["receiver"],
            registry=registry,
        )
        self.unknown_accounts = Counter(
            "receiver_bridge_unknown_accounts_refused",
            "Frames not acknowledged because Odoo knows no such account",
            ["receiver"],
            registry=registry,
        )
        self.last_seen_failures = Counter(
            "receiver_bridge_last_seen_failures",
            "Batches of last-seen times that could not be written, and are written later",
            registry=registry,
        )

    def show_conditions(self, conditions: Conditions) -> None:
        """Every condition that holds is a row with the value 1."""
        self.registry.register(_Conditions(conditions))

    def forget_line(self, receiver: str) -> None:
        """A receiver that is no longer configured has no state; what it counted stays."""
        for gauge in (self.line_online, self.lease, self.supervised, self.lost, self.lost_untold):
            with contextlib.suppress(KeyError):
                gauge.remove(receiver)


class _Conditions:
    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = GaugeMetricFamily(
            "receiver_bridge_condition", "1 while the condition holds", labels=["code"]
        )
        for condition in self._conditions.current():
            family.add_metric([condition.code], 1)
        yield family
