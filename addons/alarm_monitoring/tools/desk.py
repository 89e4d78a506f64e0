"""Whether somebody is at the desk of a centre, and what is to be told of it. Pure."""

from dataclasses import dataclass, replace
from datetime import timedelta

# A board tells once a minute that it is there. A browser lets a tab in the background run once a
# minute: two beats may fail before anybody is missed.
BEAT_EVERY = timedelta(seconds=55)
ABSENT_AFTER = timedelta(seconds=180)
# So long away, the shift is over: who comes back begins a new one.
LOST_AFTER = timedelta(minutes=30)
# Due work runs every few seconds. After a longer pause nobody could be heard, here or there.
LOOKED_WITHIN = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class Desk:
    """``told``: the supervisors know that nobody is there; ``used``: somebody once was."""

    used: bool = False
    told: bool = False


def judge(desk, present, wanted):
    """What becomes of a desk, and the news: "empty", "manned", "unwatched" or None.

    :param present: how many dispatchers are at the desk
    :param wanted: whether the centre is to be manned at this time
    :return: ``(Desk, news)``. A centre that never began to keep shifts is not missed.

    >>> judge(Desk(used=True), present=0, wanted=True)
    (Desk(used=True, told=True), 'empty')
    """
    if present:
        return Desk(used=True), "manned" if desk.told else None
    if not wanted:
        return replace(desk, told=False), "unwatched" if desk.told else None
    if desk.used and not desk.told:
        return replace(desk, told=True), "empty"
    return desk, None


def is_manned_time(policy, since, until, hour):
    """Whether somebody is to be at the desk.

    :param policy: "always", "hours" or "never"
    :param since: hour of the day at which the time begins, 8.5 for half past eight
    :param until: hour at which it ends; not later than ``since``: on the next day
    :param hour: now, by the clock of the centre

    >>> is_manned_time("hours", 22, 6, 23.5), is_manned_time("hours", 22, 6, 6)
    (True, False)
    """
    if policy != "hours":
        return policy == "always"
    if since < until:
        return since <= hour < until
    return hour >= since or hour < until


def is_absent(seen_at, watched_since, now):
    """Whether a board has been silent for too long. After a time in which this server did not look
    silence proves nothing: boards get the whole time to be heard.

    :param watched_since: since when due work has been looking without a pause; None: it never was
    """
    return bool(watched_since) and now - max(seen_at, watched_since) >= ABSENT_AFTER
