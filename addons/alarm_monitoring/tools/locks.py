"""Session-level advisory locks on matters (an incident's key), taken in one order by everybody."""

import zlib
from contextlib import contextmanager

from .transaction import own_transaction

# First of the two integers of the lock: nobody else's advisory locks meet ours.
NAMESPACE = 0x616C726D  # "alrm"

# Longer than any decision takes. Together with the second it leaves a signal whose matter somebody
# else holds for ever time to be on the board within ten seconds.
LOCK_TIMEOUT = "4s"
ALONE_TIMEOUT = "1s"


def lock_numbers(keys):
    """Distinct signed 32-bit numbers for the keys, sorted: the order in which to lock them."""
    return sorted({zlib.crc32(key.encode()) - 2**31 for key in keys})


@contextmanager
def matters_locked(env, keys, timeout=LOCK_TIMEOUT):
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
            # In one message: every one of them costs a wait for the other process.
            env.cr.execute(
                "SET LOCAL lock_timeout = %s;"
                "SELECT pg_advisory_lock(%s, number) FROM unnest(%s::int[]) AS number",
                [timeout, NAMESPACE, numbers],
            )
        yield
    finally:
        _release(env.cr, numbers)


def lock_until_commit(cr, keys):
    """Hold the locks of these keys until the transaction ends: for who closes what is open, so that
    nobody attaches a signal to it at that moment.

    :raises psycopg2.errors.LockNotAvailable: a decision took longer than the time-out
    """
    cr.execute("SET LOCAL lock_timeout = %s", [LOCK_TIMEOUT])
    cr.execute(
        "SELECT pg_advisory_xact_lock(%s, number) FROM unnest(%s::int[]) AS number",
        [NAMESPACE, lock_numbers(keys)],
    )
    cr.execute("SET LOCAL lock_timeout TO DEFAULT")


def _release(cr, numbers):
    try:
        cr.execute(
            "SELECT pg_advisory_unlock(%s, number) FROM unnest(%s::int[]) AS number",
            [NAMESPACE, numbers],
        )
    except Exception:
        cr.connection.close()
        raise
