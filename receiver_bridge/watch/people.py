"""Who an account is, out of the emergency directory; remembered for a short while."""

from __future__ import annotations

import time

from ..config import Config
from ..config.files import read_api_key
from ..directory import Directory, DirectoryError, Entry
from .row import Row

_REMEMBERED = 60.0
"""Seconds after which an account is looked up again: Odoo may have told something new."""

_MOST = 20_000


class People:
    """``error`` says why the directory could not be read at the last question; else empty."""

    def __init__(self, config: Config) -> None:
        self._path, self._key_file = config.configuration_path, config.odoo.key_file
        self._key = config.odoo.key
        self._directory = Directory(self._path, self._key)
        self._found: dict[tuple[str, str], tuple[float, Entry | None]] = {}
        self.error = ""

    def of(self, row: Row) -> Entry | None:
        """The entry of the row's account; None where it has no account or nobody knows it."""
        site = row.site
        if site is None:
            return None
        now = time.monotonic()
        known = self._found.get(site)
        if known is not None and now - known[0] < _REMEMBERED:
            return known[1]
        if len(self._found) >= _MOST:
            self._found.clear()
        entry = self._find(*site)
        self._found[site] = now, entry
        return entry

    def close(self) -> None:
        self._directory.close()

    def _find(self, receiver: str, account: str) -> Entry | None:
        try:
            entry = self._look_up(receiver, account)
        except DirectoryError as error:
            self.error = str(error)
            return None
        self.error = ""
        return entry

    def _look_up(self, receiver: str, account: str) -> Entry | None:
        try:
            return self._directory.find(receiver, account)
        except DirectoryError:
            if not self._takes_another_key():
                raise
        return self._directory.find(receiver, account)

    def _takes_another_key(self) -> bool:
        """Whether the key was rotated since this display was opened."""
        if self._key_file is None:
            return False
        try:
            key = read_api_key(self._key_file)
        except ValueError:
            return False
        if key == self._key:
            return False
        self._directory.close()
        self._key, self._directory = key, Directory(self._path, key)
        return True
