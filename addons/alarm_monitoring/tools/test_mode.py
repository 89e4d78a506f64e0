"""What a test mode covers. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment at the premises, for what is no signal; ids are 0 where it is for the whole."""

    received_at: datetime
    area_id: int = 0
    zone_id: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """One test mode of a subscriber. Without area, zone and class: the whole of it."""

    id: int
    starts_at: datetime
    ends_at: datetime
    area_id: int = 0
    zone_id: int = 0
    event_class: str = ""
    with_exempt: bool = False

    def covers(self, facts, event_class, *, exempt):
        """Whether a signal that the bridge received in that time is only part of the test.

        :param facts: with ``received_at``, ``area_id`` and ``zone_id``
        :param event_class: of the signal; empty where its code is not known
        :param exempt: whether the centre's rules keep such signals out of a test (hold-up, duress).
            A test of just that zone or class means them all the same.
        """
        if not facts.received_at or not self.starts_at <= facts.received_at < self.ends_at:
            return False
        if self.zone_id:
            return facts.zone_id == self.zone_id
        if self.event_class:
            return event_class == self.event_class
        if exempt and not self.with_exempt:
            return False
        return not self.area_id or facts.area_id == self.area_id
