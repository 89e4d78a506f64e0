"""Where one transaction ends and the next begins, on the caller's own connection."""

from contextlib import contextmanager

from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo.modules import module
from odoo.sql_db import Cursor


@contextmanager
def own_transaction(env):
    """The body is one transaction: committed at its end, rolled back when it raises.

    What the caller did before is committed first. Every statement of the body sees what is
    committed at its start (READ COMMITTED): a lock taken by the first statement is therefore taken
    before anything is read, and a row that refers to one that somebody else is changing neither
    waits nor fails.

    Inside a test whose cursor must not be committed the body is a savepoint.
    """
    cr = env.cr
    if not _may_commit(cr):
        with cr.savepoint():
            yield
        return
    # Storing must be on disk before deciding begins, and each decision before the next.
    # pylint: disable=invalid-commit
    cr.commit()
    level = cr.connection.isolation_level
    try:
        # Part of the BEGIN that the first statement sends, not a statement of its own.
        cr.connection.isolation_level = ISOLATION_LEVEL_READ_COMMITTED
        yield
        cr.commit()
    except BaseException:
        cr.rollback()
        env.transaction.reset()
        raise
    finally:
        if not cr.connection.closed:
            cr.connection.isolation_level = level


def _may_commit(cr):
    """False for the cursor of a running test, whose transaction belongs to the test."""
    test = module.current_test
    return isinstance(cr, Cursor) and not (test and getattr(test, "cr", None) is cr)
