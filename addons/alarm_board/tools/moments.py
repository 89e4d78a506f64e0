"""Moments as the board reads them."""


def iso_utc(moment):
    """A naive UTC datetime as ``2026-11-20T08:00:00.000000Z``; None when there is none.

    Always of one width, so that the board may compare moments as text.
    """
    return f"{moment.isoformat(timespec='microseconds')}Z" if moment else None
