"""Session-level advisory locks on matters (an incident's key), taken in one order by everybody."""

import zlib
from contextlib import contextmanager

from .transaction import own_transaction

# First of the two integers of the lock: nobody else's advisory locks meet ours.
NAMESPACE = 0x616C726D  # "alrm"

# Longer than any decision takes; who waits longer leaves the work to the next tick.
LOCK_TIMEOUT = "8s"


def lock_numbers(keys):
    """Distinct signed 32-bit numbers for the keys, sorted: the order in which to lock them."""
    return sorted({zlib.crc32(key.encode()) - 2**31 for key in keys})


@contextmanager
def matters_locked(env, keys):
    """Hold the locks of these keys; they end with the body whatever happens to transactions.

    Session-level and in a transaction of their own, because a lock taken inside the transaction
    that reads would come after its snapshot. A pooled connection must never keep one, so the
    release is in ``finally``, and a connection whose locks could not be released is closed
    (PostgreSQL then drops them).

    :raises psycopg2.errors.LockNotAvailable: somebody held one for longer than the time-out
    """
    numbers = lock_numbers(keys)
    try:
        with own_transaction(env):
            env.cr.execute("SET LOCAL lock_timeout = %s", [LOCK_TIMEOUT])
            env.cr.execute(
                "SELECT pg_advisory_lock(%s, number) FROM unnest(%s::int[]) AS number",
                [NAMESPACE, numbers],
            )
        yield
    finally:
        _release(env.cr, numbers)


def _release(cr, numbers):
    try:
        cr.execute(
            "SELECT pg_advisory_unlock(%s, number) FROM unnest(%s::int[]) AS number",
            [NAMESPACE, numbers],
        )
    except Exception:
        cr.connection.close()
        raise
