"""The emergency directory, read on demand: by the bridge itself or beside it, Odoo being down."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from urllib.parse import quote

from ..keys import normal_account
from .cipher import Unreadable, Vault
from .entry import Entry, read_entry
from .schema import RECEIVERS, entry_place


class DirectoryError(Exception):
    """The directory is there and cannot be read."""


class Directory:
    """Opens the file at the first question and again whenever the bridge has made a new one.

    May be used by several threads. ``path`` is the bridge's configuration file (see
    ``Config.configuration_path``), ``secret`` the API key that the bridge uses at Odoo.
    """

    def __init__(self, path: Path, secret: str) -> None:
        self._path = path
        self._secret = secret
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._version = -1
        self._vault: Vault | None = None
        self._groups: dict[str, str] = {}

    def find(self, receiver: str, account: str) -> Entry | None:
        """Who has this account (as on the wire) on the line of this name.

        None: the bridge has no configuration yet, or none of this receiver, or the account is not
        in it or has no entry. Raises DirectoryError when the file cannot be read: damaged, no
        right to it, or sealed under another API key.
        """
        with self._lock:
            try:
                return self._find(receiver, normal_account(account))
            except (sqlite3.Error, OSError, Unreadable, ValueError) as error:
                self._close()
                raise DirectoryError(f"directory {self._path}: {error}") from None

    def close(self) -> None:
        with self._lock:
            self._close()

    def _find(self, receiver: str, account: str) -> Entry | None:
        connection = self._opened()
        if connection is None:
            return None
        self._take_up_changes(connection)
        group = self._groups.get(receiver)
        if self._vault is None or group is None:
            return None
        identity = self._vault.hide(group, account)
        row = connection.execute(
            "SELECT sealed FROM entry WHERE identity = ?", (identity,)
        ).fetchone()
        if row is None:
            return None
        value = json.loads(self._vault.open(entry_place(identity), row[0]))
        return read_entry(group, account, value)

    def _opened(self) -> sqlite3.Connection | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._close()
            return None
        file = (found.st_dev, found.st_ino)
        if self._connection is None or file != self._file:
            self._close()
            self._connection = sqlite3.connect(
                f"file:{quote(str(self._path))}?mode=ro",
                uri=True,
                check_same_thread=False,
                isolation_level=None,
                timeout=5,
            )
            self._file = file
        return self._connection

    def _take_up_changes(self, connection: sqlite3.Connection) -> None:
        """The salt and the receivers change seldom; SQLite says when anything has."""
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return
        state = dict(
            connection.execute("SELECT name, value FROM state WHERE name IN ('salt', 'receivers')")
        )
        self._vault, self._groups = None, {}
        if "salt" in state and "receivers" in state:
            vault = Vault(self._secret, state["salt"])
            receivers = json.loads(vault.open(RECEIVERS, state["receivers"]))
            self._groups = {item["name"]: item["receiver_group"] for item in receivers}
            self._vault = vault
        self._version = version

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._file, self._version = None, None, -1
