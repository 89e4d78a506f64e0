"""The configuration on disk: written page by page as Odoo sends it, read whole at the start."""

from __future__ import annotations

import json
import logging
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..config.model import AccountSettings
from .answer import NO_RULES, Account, Answer, Identity, Receiver, read_receivers
from .cipher import SALT_BYTES, OtherKey, Unreadable, Vault
from .schema import RECEIVERS, SCHEMA, TRANSFER, entry_place
from .settings import AccountBook

_logger = logging.getLogger(__name__)


class StoreError(Exception):
    """A page was not written; nothing of it is on disk. ``lost``: nor is anything else any more,
    because the file was damaged and has been thrown away."""

    def __init__(self, text: str, lost: bool) -> None:
        super().__init__(text)
        self.lost = lost


@dataclass(frozen=True, slots=True)
class Transfer:
    """How far the configuration is known. ``version``: what to ask for next. ``generation``: number
    of the whole transfer that named an account last. ``open``: a whole transfer is under way.
    ``complete``: one has ended, so that an account that is not known is unknown to Odoo too.
    ``unreadable``: Odoo could not decrypt every key that it has told of since the last whole one
    began; nobody says when it can, so that a whole one has to find out."""

    version: str = ""
    generation: int = 0
    open: bool = False
    complete: bool = False
    unreadable: bool = False

    def after(self, page: Answer) -> Transfer:
        """As it is once ``page`` has been taken over."""
        whole = page.full or self.open
        return Transfer(
            page.version,
            self.generation + page.full,
            whole and page.more,
            self.complete or (whole and not page.more),
            (self.unreadable and not page.full)
            or any(account.key_unreadable for account in page.accounts),
        )


class ConfigurationStore:
    """One SQLite file that only its owner can read, its values sealed under a key that is derived
    from ``secret``, Odoo's API key. May be used by several threads.

    A file that is sealed under another key stays as it is: the key may be the wrong one, and Odoo
    away. What is fetched meanwhile goes into a file beside it, which takes its place once it holds
    a whole transfer."""

    def __init__(self, path: Path, secret: str) -> None:
        self._path = path
        self._secret = secret
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._vault: Vault | None = None
        self.unfit: str | None = None
        """Why the file is left as it is; None when it is in use."""

    def load(self, book: AccountBook) -> Transfer:
        """Put what the file holds into ``book``; nothing when there is none. A damaged file is said
        and thrown away, so that all is fetched anew; one under another key is ``unfit``."""
        with self._lock:
            self._close()
            self.unfit = None
            self._remove(self._beside)
            if not self._path.exists():
                return Transfer()
            try:
                return self._load(book)
            except OtherKey as bad:
                self._close()
                self.unfit = f"{self._path}: {bad}"
                return Transfer()
            except (sqlite3.Error, OSError, Unreadable, ValueError, TypeError, LookupError) as bad:
                _logger.error("%s: cannot be used, Odoo is asked again: %s", self._path, bad)
                self._discard()
                book.clear()
                return Transfer()

    def write(self, page: Answer, transfer: Transfer) -> None:
        """Take a page over; ``transfer`` is how far the configuration is known with it. Raises
        StoreError."""
        with self._lock:
            try:
                connection, vault = self._opened()
                with _transaction(connection):
                    self._write(connection, vault, page, transfer)
                if self.unfit and transfer.complete and not transfer.open:
                    self._supersede()
            except (sqlite3.Error, OSError, Unreadable) as error:
                # Its subclasses are faults of the moment (locked, disk full); itself is damage.
                damaged = isinstance(error, Unreadable) or type(error) is sqlite3.DatabaseError
                if damaged:
                    self._discard()
                else:
                    self._close()
                raise StoreError(f"{self._path}: {error}", damaged) from error

    def change_secret(self, secret: str) -> bool:
        """The API key is another now: seal anew under it all that there is. False: that failed,
        and what lay under the old one has been thrown away; or the file is ``unfit``, and whether
        this key opens it is shown by ``load``."""
        with self._lock:
            try:
                if self.unfit:
                    self._discard()
                    return False
                if self._path.exists():
                    self._reseal(secret)
            except (sqlite3.Error, OSError, Unreadable, ValueError, LookupError) as bad:
                _logger.error("%s: cannot be sealed anew: %s", self._path, bad)
                self._discard()
                return False
            finally:
                self._secret = secret
            return True

    def close(self) -> None:
        with self._lock:
            self._close()

    def _load(self, book: AccountBook) -> Transfer:
        connection, vault = self._opened()
        state = dict(connection.execute("SELECT name, value FROM state"))
        if "transfer" not in state:
            return Transfer()
        try:
            transfer = Transfer(**json.loads(vault.open(TRANSFER, state["transfer"])))
        except Unreadable as bad:
            raise OtherKey(str(bad)) from None
        book.receivers = read_receivers(json.loads(vault.open(RECEIVERS, state["receivers"])))
        # One by one: a hundred thousand at once would double what the bridge needs for ever.
        for identity, generation, sealed in connection.execute(
            "SELECT identity, generation, sealed FROM account"
        ):
            account = _account(json.loads(vault.open(identity, sealed)))
            book.restore(account, transfer.open and generation == transfer.generation)
        return transfer

    def _write(
        self, connection: sqlite3.Connection, vault: Vault, page: Answer, transfer: Transfer
    ) -> None:
        accounts: list[tuple[bytes, int, bytes]] = []
        entries: list[tuple[bytes, bytes]] = []
        bare: list[Identity] = list(page.removed)
        for account in page.accounts:
            identity = vault.hide(*account.identity)
            sealed = vault.seal(identity, _packed(_values(account)))
            accounts.append((identity, transfer.generation, sealed))
            if account.directory is None:
                bare.append(account.identity)
            else:
                place = entry_place(identity)
                entries.append((identity, vault.seal(place, _packed(account.directory))))
        gone = [(vault.hide(*identity),) for identity in page.removed]
        connection.executemany("DELETE FROM account WHERE identity = ?", gone)
        connection.executemany(
            "DELETE FROM entry WHERE identity = ?", [(vault.hide(*name),) for name in bare]
        )
        connection.executemany("INSERT OR REPLACE INTO account VALUES (?, ?, ?)", accounts)
        connection.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?)", entries)
        if not transfer.open:
            # Only a whole transfer makes a generation: in all other cases nothing is older.
            connection.execute("DELETE FROM account WHERE generation < ?", (transfer.generation,))
            connection.execute(
                "DELETE FROM entry WHERE identity NOT IN (SELECT identity FROM account)"
            )
        state = {
            "transfer": vault.seal(TRANSFER, _packed(_transfer_values(transfer))),
            "receivers": vault.seal(RECEIVERS, _packed(_receiver_values(page.receivers))),
        }
        connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", state.items())

    def _reseal(self, secret: str) -> None:
        """In one transaction: whoever reads beside us finds all under one key or the other."""
        connection, old = self._opened()
        salt = secrets.token_bytes(SALT_BYTES)
        new = Vault(secret, salt)
        with _transaction(connection):
            former = connection.execute("SELECT identity FROM account").fetchall()
            for (identity,) in former:
                generation, sealed, entry = connection.execute(
                    "SELECT generation, account.sealed, entry.sealed"
                    " FROM account LEFT JOIN entry USING (identity) WHERE identity = ?",
                    (identity,),
                ).fetchone()
                said = old.open(identity, sealed)
                group, account, *_rest = json.loads(said)
                # The names are hidden by the key as well.
                hidden = new.hide(group, account)
                values = (hidden, generation, new.seal(hidden, said))
                connection.execute("INSERT INTO account VALUES (?, ?, ?)", values)
                if entry is not None:
                    shown = old.open(entry_place(identity), entry)
                    moved = (hidden, new.seal(entry_place(hidden), shown))
                    connection.execute("INSERT INTO entry VALUES (?, ?)", moved)
            connection.executemany("DELETE FROM account WHERE identity = ?", former)
            connection.execute(
                "DELETE FROM entry WHERE identity NOT IN (SELECT identity FROM account)"
            )
            for name, place in (("transfer", TRANSFER), ("receivers", RECEIVERS)):
                row = connection.execute(
                    "SELECT value FROM state WHERE name = ?", (name,)
                ).fetchone()
                if row is not None:
                    again = new.seal(place, old.open(place, row[0]))
                    connection.execute("UPDATE state SET value = ? WHERE name = ?", (again, name))
            connection.execute("UPDATE state SET value = ? WHERE name = 'salt'", (salt,))
        self._vault = new

    def _opened(self) -> tuple[sqlite3.Connection, Vault]:
        if self._connection is None or self._vault is None:
            os.close(os.open(self._place, os.O_RDWR | os.O_CREAT, 0o600))
            self._connection = connection = sqlite3.connect(
                self._place, isolation_level=None, check_same_thread=False, timeout=10
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = ON")
            connection.executescript(SCHEMA)
            salt = secrets.token_bytes(SALT_BYTES)
            connection.execute("INSERT OR IGNORE INTO state VALUES ('salt', ?)", (salt,))
            [[salt]] = connection.execute("SELECT value FROM state WHERE name = 'salt'")
            if not isinstance(salt, bytes):
                raise Unreadable("its salt is damaged")
            self._vault = Vault(self._secret, salt)
        return self._connection, self._vault

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._vault = None, None

    @property
    def _beside(self) -> Path:
        return self._path.with_name(self._path.name + ".fetched")

    @property
    def _place(self) -> Path:
        """What is written now."""
        return self._beside if self.unfit else self._path

    def _supersede(self) -> None:
        """All has been fetched: nobody needs the file of the other key any more."""
        # Closed by its last user, a file holds all that was in its log.
        self._close()
        self._remove(self._path, ("-wal", "-shm"))
        os.replace(self._beside, self._path)
        self.unfit = None

    def _discard(self) -> None:
        self._close()
        self._remove(self._place)

    @staticmethod
    def _remove(path: Path, endings: Sequence[str] = ("", "-wal", "-shm")) -> None:
        for ending in endings:
            try:
                path.with_name(path.name + ending).unlink(missing_ok=True)
            except OSError as error:
                _logger.error("%s%s: cannot be removed: %s", path, ending, error)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _packed(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _values(account: Account) -> list[Any]:
    """Group, account, interval; the rules only where there are any."""
    values: list[Any] = [*account.identity, account.interval]
    rules = account.rules
    if rules is not NO_RULES:
        key = rules.key.hex() if rules.key else None
        values += [key, rules.timestamps, sorted(rules.tolerate), rules.clear]
    return values


def _account(values: list[Any]) -> Account:
    group, account, interval, *said = values
    found = Account((group, account), interval=float(interval))
    if not said:
        return found
    key, timestamps, tolerate, clear = said
    rules = AccountSettings(
        bytes.fromhex(key) if key else None, timestamps, frozenset(tolerate), clear
    )
    return replace(found, rules=rules)


def _transfer_values(transfer: Transfer) -> dict[str, Any]:
    return {
        "version": transfer.version,
        "generation": transfer.generation,
        "open": transfer.open,
        "complete": transfer.complete,
        "unreadable": transfer.unreadable,
    }


def _receiver_values(receivers: Mapping[str, Receiver]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "receiver_group": receiver.group,
            "allow": [str(network) for network in receiver.networks],
        }
        for name, receiver in receivers.items()
    ]
