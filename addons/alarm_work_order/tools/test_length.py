"""How long premises were on test for one piece of work, in all. Pure."""

from datetime import timedelta


def covered(spans):
    """Time in which at least one of these tests ran.

    :param spans: ``(start, end)`` of each
    :return: timedelta

    >>> from datetime import datetime
    >>> at = lambda hour: datetime(2026, 1, 1, hour)
    >>> covered([(at(1), at(3)), (at(2), at(4)), (at(6), at(7))]) == timedelta(hours=4)
    True
    """
    total, reached = timedelta(), None
    for start, end in sorted(spans):
        start = start if reached is None else max(start, reached)
        if end > start:
            total += end - start
            reached = end
    return total


def latest_end(spans, now, limit):
    """Until when a test may last so that all of them together stay within the limit.

    >>> from datetime import datetime
    >>> at = lambda hour: datetime(2026, 1, 1, hour)
    >>> latest_end([(at(1), at(3)), (at(5), at(8))], at(6), timedelta(hours=6)) == at(9)
    True
    """
    last = max([now, *(end for _start, end in spans)])
    return last + (limit - covered(spans))
