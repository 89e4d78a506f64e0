"""The one writer of a bridge: group commit, and what to do when nobody knows if it happened.

It commits at once what is queued, and what gathers meanwhile is the next batch. When the connection
is lost before the server has answered, the commit is *in doubt*. Then nothing is written before a
new connection has shown whether the batch is there; its numbers are used again only if it is not.
Senders do not wait for that longer than they would: their frames fail without an acknowledgement,
and when they come again the server finds what they repeat.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from ..conditions import Conditions
from .base import Append, Commit, JournalError
from .elapsed import Moment
from .gathering import CallSoon, GatheringQueue, QueueClosed, at_once
from .postgresql_batch import Batch, Entry, Repeats, TooLate
from .postgresql_connection import Connection, Database, Refused, Unreachable
from .telling import tell

_logger = logging.getLogger(__name__)

APPEND_SECONDS: Final = 3.0
"""How long a sender waits at most; after that it hears nothing and sends again."""
_LARGEST_TRANSACTION = 2000
_LARGEST_QUEUE = 100_000
_SHORTEST_WAIT = 0.5
_TRY_AGAIN = 0.1
_UNIQUE_VIOLATION = "23505"
_READ_ONLY = "25006"
_IDLE_SECONDS = 1.0
_PROBE = """
INSERT INTO {schema}.memory VALUES ('last probe', %s)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""


class Writer(threading.Thread):
    """``call_done`` runs the ``done`` callbacks of one commit in one call; ``on_commit`` is told of
    every commit in this thread; ``sends`` says whether this bridge sends a receiver's signals, else
    whoever does is notified."""

    def __init__(
        self,
        database: Database,
        epoch: str,
        connection: Connection,
        call_done: Callable[[Callable[[], None]], object],
        on_commit: Callable[[Commit], None],
        sends: Callable[[str], bool],
        conditions: Conditions,
        call_soon: CallSoon = at_once,
    ) -> None:
        super().__init__(name="journal", daemon=True)
        self._database = database
        self._epoch = epoch
        self._connection: Connection | None = connection
        self._call_done = call_done
        self._on_commit = on_commit
        self._sends = sends
        self._conditions = conditions
        self._queue: GatheringQueue[Entry] = GatheringQueue(call_soon)
        self._sequence: dict[str, int] = {}
        self._doubt: Batch | None = None
        self._ahead: float | None = None
        self._closed = False
        self.healthy = True

    @staticmethod
    def purpose(epoch: str) -> str:
        """How the writer's session is called on the server; nobody else's is called so."""
        return f"receiver-bridge writer {epoch}"

    def append(self, append: Append) -> None:
        if self._closed or len(self._queue) >= _LARGEST_QUEUE:
            condition = "closed" if self._closed else "too slow for what arrives"
            self._fail([Entry(append, Moment.now())], JournalError(self._says(condition)))
            return
        entry = Entry(append, Moment.now())
        try:
            self._queue.gather(entry)
        except QueueClosed:
            self._fail([entry], JournalError(self._says("closed")))

    def close(self) -> None:
        """Write what is queued and end."""
        if not self._closed:
            self._closed = True
            self._queue.close()
            self.join()
            self._disconnect()

    def run(self) -> None:
        more = True
        while more:
            batch, more = self._queue.take(_IDLE_SECONDS, _LARGEST_TRANSACTION)
            for entries in _transactions(batch):
                try:
                    self._commit(entries)
                except Exception as error:
                    # Whatever it is, no signal counts as safe, and the next may pass.
                    _logger.exception("journal %s", self._database.name)
                    self._disconnect()
                    self._note(JournalError(self._says(str(error))))
                    self._fail(entries, JournalError(self._says(str(error))))

    def _commit(self, entries: Sequence[Entry]) -> None:
        """Try until every entry is on disk or has waited too long."""
        idle = not entries
        while idle or entries:
            try:
                self._try(entries)
                break
            except Refused as error:
                self._note(error)
                if error.code == _READ_ONLY:
                    self._disconnect()
                self._fail(entries, error)
                break
            except JournalError as error:
                self._note(error)
                self._disconnect()
                entries = self._in_time(entries, error)
                if entries:
                    time.sleep(_TRY_AGAIN)
                idle = False

    def _try(self, entries: Sequence[Entry]) -> None:
        started = time.monotonic()
        if self._connection is None:
            self._connection = self._database.connect(self.purpose(self._epoch))
        written: Sequence[Entry] = ()
        if self._doubt is not None:
            written = self._end_doubt(self._connection, self._doubt, entries, started)
        left = entries if not written else ()
        if left:
            self._write(self._connection, left, started)
        elif not written:
            # Whether it can be written again shows only by writing.
            if self.healthy:
                self._connection.execute("SELECT 1")
            else:
                self._connection.execute(_PROBE, (self._epoch,))
            self._note(None)

    def _end_doubt(
        self, connection: Connection, doubt: Batch, entries: Sequence[Entry], started: float
    ) -> Sequence[Entry]:
        """``entries`` when they are what the doubt was about and are on disk, else none."""
        repeats = self._find(connection, doubt)
        self._doubt = None
        if repeats is None:
            return ()
        self._sequence = doubt.sequence
        # Those that waited too long have been told so, and what they left comes again.
        mine = entries if doubt.holds(entries) else ()
        self._succeed(doubt, mine, repeats, started)
        return mine

    def _find(self, connection: Connection, doubt: Batch) -> Repeats | None:
        """The session in which the batch was under way is ended first, for good: what it has not
        done by then it does never."""
        end = time.monotonic() + 2
        mine = (self.purpose(self._epoch), connection.backend)
        while connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = %s AND pid <> %s",
            mine,
        ):
            if time.monotonic() > end:
                raise Unreachable(self._says("a session that was cut off does not end"))
            time.sleep(0.02)
        repeats = doubt.find(connection)
        _logger.warning(
            "journal %s: a commit in doubt has %shappened",
            self._database.name,
            "not " if repeats is None else "",
        )
        return repeats

    def _write(self, connection: Connection, entries: Sequence[Entry], started: float) -> None:
        if self._ahead is None:
            self._read_clock(connection)
        assert self._ahead is not None
        batch = Batch(self._epoch, entries, dict(self._sequence))
        batch.number(self._ahead)
        wait = max(_SHORTEST_WAIT, APPEND_SECONDS - entries[0].queued.elapsed())
        asked = Moment.now().running
        notify = [receiver for receiver in batch.receivers if not self._sends(receiver)]
        try:
            repeats, server_time = batch.write(
                connection, self._database.schema, notify, asked + self._ahead + wait, wait
            )
        except TooLate:
            # Either so, or the server's clock is not where we thought.
            self._ahead = None
            raise
        except Unreachable:
            self._doubt = batch
            raise
        except Refused as error:
            if error.code == _UNIQUE_VIOLATION:
                self._read_numbers(connection)
            raise
        if repeats is None:
            _logger.info("a tick has been handed on by another bridge")
            self._note(None)
            self._tell(entries)
            return
        self._ahead = min(self._ahead, server_time - asked)
        self._sequence = batch.sequence
        self._succeed(batch, entries, repeats, started)

    def _succeed(
        self, batch: Batch, entries: Sequence[Entry], repeats: Repeats, started: float
    ) -> None:
        batch.hand_over(repeats, entries)
        rows = Counter[str]()
        for signals in batch.signals:
            rows.update(signal.draft.receiver for signal in signals)
        self._note(None)
        self._tell(entries)
        self._on_commit(Commit(rows, time.monotonic() - started))

    def _read_clock(self, connection: Connection) -> None:
        asked = Moment.now().running
        [(server,)] = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float")
        self._ahead = server - asked

    def _read_numbers(self, connection: Connection) -> None:
        """Go on after the highest number that is in the journal, whoever put it there."""
        rows = connection.execute(
            "SELECT receiver, max(seq) FROM {schema}.signal WHERE epoch = %s GROUP BY receiver",
            (self._epoch,),
        )
        self._sequence = dict(rows)
        _logger.critical("journal %s: numbers were in use already", self._database.name)

    def _in_time(self, entries: Sequence[Entry], error: JournalError) -> list[Entry]:
        """Those that may still wait; the others fail."""
        late: list[Entry] = []
        left: list[Entry] = []
        for entry in entries:
            (late if entry.queued.elapsed() >= APPEND_SECONDS else left).append(entry)
        self._fail(late, error)
        return left

    def _fail(self, entries: Sequence[Entry], error: JournalError) -> None:
        for entry in entries:
            append = entry.append
            append.uids, append.signals, append.error = (), (), error
        self._tell(entries)

    def _tell(self, entries: Sequence[Entry]) -> None:
        """From here on the appends belong to whoever is told of them."""
        if entries:
            self._call_done(lambda: tell(entry.append for entry in entries))

    def _note(self, error: JournalError | None) -> None:
        if error is not None and self.healthy:
            _logger.critical("%s; nothing is acknowledged until it can be written again", error)
            self._conditions.set("journal_failing", str(error))
        if error is None and not self.healthy:
            _logger.warning("journal %s can be written again", self._database.name)
            self._conditions.clear("journal_failing")
        self.healthy = error is None

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _says(self, text: str) -> str:
        return f"journal {self._database.name}: {text}"


def _transactions(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """What belongs together. A tick is taken by one bridge only: an append that may come to nothing
    is alone. None at all is a transaction too: time to look after the connection."""
    start = 0
    for number, entry in enumerate(entries):
        if entry.append.tick is not None:
            if number > start:
                yield entries[start:number]
            yield entries[number : number + 1]
            start = number + 1
    if start < len(entries) or not entries:
        yield entries[start:]
