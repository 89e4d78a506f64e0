"""How long signals are kept, and where. Pure: today and the settings arrive in the arguments."""

from datetime import datetime, timedelta

# Less is not lawful: China's rules for security services ask for 30 days of records. The database
# itself refuses to delete anything younger (signal_tables.py).
LEGAL_MINIMUM_DAYS = 30
DEFAULT_DAYS = 400
DEFAULT_LIVE_MONTHS = 3


def archive_before(now, months):
    """The moment before which signals belong into the archive: the start of a month, so that a
    month is moved as a whole.

    >>> archive_before(datetime(2026, 2, 17, 4, 30), 3)
    datetime.datetime(2025, 11, 1, 0, 0)
    """
    if months < 1:
        raise ValueError(f"signals stay live for {months} months; allowed: 1 and more")
    month = now.year * 12 + now.month - 1 - months
    return datetime(month // 12, month % 12 + 1, 1)


def expire_before(now, days):
    """The midnight before which signals are deleted; None: never (0 days).

    >>> expire_before(datetime(2026, 3, 1, 19, 10), 30)
    datetime.datetime(2026, 1, 30, 0, 0)
    """
    if not days:
        return None
    if days < LEGAL_MINIMUM_DAYS:
        raise ValueError(
            f"signals are kept for {days} days; allowed: {LEGAL_MINIMUM_DAYS} and more"
        )
    return datetime(now.year, now.month, now.day) - timedelta(days=days)
