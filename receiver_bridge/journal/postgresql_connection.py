"""Connections to the journal's PostgreSQL that never wait for ever.

Neither libpq nor the kernel ends every wait by itself: a server that is frozen still has its
kernel acknowledge what we send. So each statement has a deadline here too; when it passes, a
watchdog cuts the connection and whoever waits on it hears of it.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

import psycopg2
import psycopg2.errors
import psycopg2.extensions

from .base import JournalError, JournalUnavailable

STATEMENT_SECONDS: Final = 3.0
"""How long a statement may take, unless it says otherwise."""

_WATCH_EVERY = 0.1

# What a technician may set otherwise in the address; seconds, but tcp_user_timeout milliseconds.
_CLIENT_DEFAULTS: Final = {
    "connect_timeout": "2",
    "keepalives": "1",
    "keepalives_idle": "2",
    "keepalives_interval": "1",
    "keepalives_count": "3",
    "tcp_user_timeout": "4000",
}

# The server's side of the same: it must not keep for us what nobody will ever end.
_SESSION: Final = """
SET statement_timeout = '4s'; SET lock_timeout = '2s';
SET idle_in_transaction_session_timeout = '5s';
SET tcp_keepalives_idle = 2; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3;
SET tcp_user_timeout = 5000; SET jit = off; SET TimeZone = 'UTC';
SET default_transaction_isolation = 'read committed';
SELECT current_setting('synchronous_commit'), current_setting('fsync'),
       current_setting('full_page_writes'), pg_is_in_recovery(), pg_backend_pid()
"""


class Unreachable(JournalUnavailable):
    """There is no connection. What was under way may have been done, or not."""


class Refused(JournalError):
    """The server answered with an error: of this statement nothing has been done.

    ``code`` is the SQLSTATE.
    """

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


def parse_address(url: str) -> dict[str, str]:
    """A PostgreSQL address as libpq's parameters; ValueError says in libpq's words what is wrong,
    and never quotes a password."""
    try:
        return dict(psycopg2.extensions.parse_dsn(url))
    except (psycopg2.Error, UnicodeError) as error:
        raise ValueError(str(error).strip().partition("\n")[0]) from None


class Database:
    """Where the journal is: address, password and schema, and how it is called in messages."""

    def __init__(self, url: str, password: str | None, schema: str) -> None:
        """Raises JournalError when ``url`` is no address of PostgreSQL."""
        try:
            given = parse_address(url)
        except ValueError as error:
            raise JournalError(f"journal: {error}") from None
        self._parameters: Mapping[str, str] = {**_CLIENT_DEFAULTS, **given}
        self._password = password
        self.schema = schema
        where = given.get("service") or given.get("host") or "this machine"
        self.name = f"postgresql {where}/{given.get('dbname', '')}".rstrip("/")

    def connect(self, purpose: str) -> Connection:
        """A new connection, set up; raises Unreachable."""
        return Connection(self, purpose)

    def sql(self, text: str) -> str:
        """``text`` with the schema's name in the place of ``{schema}``."""
        return text.replace("{schema}", '"' + self.schema.replace('"', '""') + '"')

    def open(self, purpose: str) -> Any:
        """A bare psycopg2 connection in autocommit mode."""
        parameters: dict[str, Any] = {**self._parameters, "application_name": purpose}
        if self._password is not None:
            parameters["password"] = self._password
        raw = psycopg2.connect(**parameters, client_encoding="UTF8")
        raw.autocommit = True
        return raw


class Connection:
    """One session in autocommit mode, used by one thread at a time.

    A process that is frozen leaves no transaction open, because no transaction lasts longer than
    one message to the server; several statements in one message are one transaction.
    """

    def __init__(self, database: Database, purpose: str) -> None:
        """Raises Unreachable. ``purpose`` is shown in pg_stat_activity."""
        self._database = database
        self.deadline: float | None = None
        self._timed_out = False
        try:
            self._raw = database.open(purpose)
        except psycopg2.Error as error:
            raise Unreachable(f"journal {database.name}: {_first_line(error)}") from None
        # A second handle on the socket: the watchdog cuts it while the first is in use.
        self._socket = socket.socket(fileno=os.dup(self._raw.fileno()))
        _watchdog.watch(self)
        try:
            [(commit, fsync, pages, standby, self.backend)] = self.execute(_SESSION)
            if standby:
                raise Unreachable(f"journal {database.name}: the server is a standby, read-only")
            if commit not in ("on", "remote_apply"):
                self.execute("SET synchronous_commit = on")
        except JournalError:
            self.close()
            raise
        self.durable = fsync == "on" and pages == "on"
        """Whether the server keeps what it has confirmed when its machine loses power."""

    def execute(
        self, statement: str, parameters: Any = (), seconds: float = STATEMENT_SECONDS
    ) -> list[Any]:
        """All rows of the last statement; raises Refused or Unreachable."""
        self.deadline = time.monotonic() + seconds
        try:
            with self._raw.cursor() as cursor:
                cursor.execute(self._database.sql(statement), parameters or None)
                return cursor.fetchall() if cursor.description else []
        except psycopg2.Error as error:
            raise self._explain(error) from None
        except ValueError as error:
            # What psycopg2 refuses to send, such as a NUL in a text.
            raise Refused(f"journal {self._database.name}: {error}", "22021") from None
        finally:
            self.deadline = None

    def notifications(self, seconds: float) -> set[str]:
        """Payloads that come within the time, at once when there are some; raises Unreachable."""
        try:
            if not self._raw.notifies:
                # Not select(): a bridge with many panels has descriptors beyond 1024.
                waiter = select.poll()
                waiter.register(self._raw.fileno(), select.POLLIN)
                waiter.poll(max(0.0, seconds) * 1000)
                self._raw.poll()
            payloads = {notify.payload for notify in self._raw.notifies}
            self._raw.notifies.clear()
        except (psycopg2.Error, OSError, ValueError) as error:
            self.close()
            raise Unreachable(f"journal {self._database.name}: {_first_line(error)}") from None
        return payloads

    def close(self) -> None:
        """End the session; of a broken one nothing that is still unsent goes out."""
        _watchdog.forget(self)
        if self._raw.closed:
            self._abort()
        with contextlib.suppress(psycopg2.Error):
            self._raw.close()
        self._socket.close()

    def cut(self) -> None:
        """The deadline has passed: whoever waits on this connection gets an error."""
        self._timed_out = True
        self._abort()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _abort(self) -> None:
        """What the kernel has not sent yet must not reach the server minutes later."""
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", True, 0))

    def _explain(self, error: psycopg2.Error) -> JournalError:
        text = f"journal {self._database.name}: {_first_line(error)}"
        code = error.pgcode or ""
        # 57P..: the server ends the session, perhaps in the middle of a commit.
        if not self._raw.closed and not code.startswith("57P"):
            return Refused(text, code)
        if self._timed_out:
            text = f"journal {self._database.name}: no answer in time"
        self.close()
        return Unreachable(text)


class Pool:
    """Connections for short work of several threads; those that fail are thrown away."""

    def __init__(self, database: Database, purpose: str) -> None:
        self._database = database
        self._purpose = purpose
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    def execute(
        self, statement: str, parameters: Any = (), seconds: float = STATEMENT_SECONDS
    ) -> list[Any]:
        """As :meth:`Connection.execute`, on any connection that is free."""
        with self.connection() as connection:
            return connection.execute(statement, parameters, seconds)

    @contextlib.contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for one thread; raises Unreachable."""
        with self._lock:
            if self._closed:
                raise JournalError(f"journal {self._database.name}: closed")
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._database.connect(self._purpose)
        try:
            yield connection
        except Unreachable:
            connection.close()
            self.drop_idle()
            raise
        except BaseException:
            self._put_back(connection)
            raise
        self._put_back(connection)

    def drop_idle(self) -> None:
        """One broken connection says that the others are broken as well."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def close(self) -> None:
        with self._lock:
            self._closed = True
        self.drop_idle()

    def _put_back(self, connection: Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()


class _Watchdog:
    """Cuts connections whose statement is overdue; its thread runs while there are any."""

    def __init__(self) -> None:
        self._watched: set[Connection] = set()
        self._lock = threading.Lock()
        self._running = False

    def watch(self, connection: Connection) -> None:
        with self._lock:
            self._watched.add(connection)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="journal-watchdog", daemon=True).start()

    def forget(self, connection: Connection) -> None:
        with self._lock:
            self._watched.discard(connection)

    def _run(self) -> None:
        while True:
            time.sleep(_WATCH_EVERY)
            now = time.monotonic()
            with self._lock:
                if not self._watched:
                    self._running = False
                    return
                for connection in self._watched:
                    if connection.deadline is not None and connection.deadline < now:
                        connection.cut()


_watchdog = _Watchdog()


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
