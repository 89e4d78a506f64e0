"""Which signal of a history takes back which: pure, the signals arrive as values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heard:
    """A signal of a history.

    ``source``: what the panel names, so that only signals of one detector or user are paired;
    ``code`` and ``event_class`` of its event; ``restores``: codes that a restoring code takes back.
    """

    id: int
    source: tuple
    code: int
    event_class: str
    is_restore: bool
    restores: frozenset = frozenset()


def pair(signals):
    """Alarm id -> id of the restore that took it back.

    A restore takes back everything of its source that is open and has its code, a code that it
    names, or its class: a panel that sent three alarms of one door sends one restore.

    :param signals: `Heard`, the oldest first

    >>> alarm = Heard(1, ("p", "5"), 130, "burglary", False)
    >>> restore = Heard(2, ("p", "5"), 130, "burglary", True)
    >>> pair([alarm, restore])
    {1: 2}
    """
    open_ones, pairs = {}, {}
    for signal in signals:
        waiting = open_ones.setdefault(signal.source, [])
        if not signal.is_restore:
            waiting.append(signal)
            continue
        taken = [alarm for alarm in waiting if _takes_back(signal, alarm)]
        pairs.update({alarm.id: signal.id for alarm in taken})
        open_ones[signal.source] = [alarm for alarm in waiting if alarm not in taken]
    return pairs


def _takes_back(restore, alarm):
    return (
        alarm.code == restore.code
        or alarm.code in restore.restores
        or alarm.event_class == restore.event_class
    )
