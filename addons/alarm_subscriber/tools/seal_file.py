"""Heads of chains written down outside the database, in a file that is only ever added to.

One line of JSON each: which database, when, the heads of chains that grew since the line
before, and an HMAC over the line and the HMAC of the line before it. Several databases may
write one file. A line is on the disk before anything relies on it.
"""

import fcntl
import json
import os
from pathlib import Path
from typing import NamedTuple

from .evidence_chain import ORIGIN, ChainKey, Head, Link, canonical

OPTION = "alarm_seal_file"
VARIABLE = "ALARM_SEAL_FILE"

# Heads in one line.
HEADS_A_LINE = 1000

# Hexadecimal digits of a head's HMAC that are written down: 96 bits.
DIGITS = 24

_KEY = ChainKey("seal", 0)


class SealFileError(Exception):
    """The file is not what was written. `line` is the number of the first bad line."""

    def __init__(self, path, line):
        super().__init__(f"{path}, line {line}")
        self.path = str(path)
        self.line = line


class Sealed(NamedTuple):
    """What the file says about one database: when it was last sealed and, of the chains that
    were asked for, the heads."""

    at: str
    heads: dict


def seal_file(options, environ, key_file):
    """Path of the file: the option of odoo.conf, else the environment variable, else beside the
    key file.

    :param key_file: Path of the key file
    """
    path = options.get(OPTION) or environ.get(VARIABLE)
    return Path(path) if path else key_file.with_name(f"{key_file.name}.seals")


def append_seals(path, keyring, database, at, heads):
    """Write down heads.

    :param database: text that names the database
    :param at: text, the time of sealing (UTC)
    :param heads: ``(ChainKey, Head)`` pairs; none at all writes a line that only says when
    :raise OSError: the file cannot be written
    """
    heads = list(heads)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        number, previous = _last(path, file)
        lines = []
        for start in range(0, max(len(heads), 1), HEADS_A_LINE):
            number += 1
            ledgers = {}
            for key, head in heads[start : start + HEADS_A_LINE]:
                ledgers.setdefault(key.ledger, []).append(
                    [key.chain, key.strand, head.seq, head.mac[:DIGITS]]
                )
            line = {"number": number, "database": database, "at": at, "heads": ledgers}
            previous = keyring.sign(_KEY, number, previous, canonical(line))
            lines.append(json.dumps({**line, "key_id": keyring.key_id, "mac": previous}))
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())


def read_seals(path, keyring, database, ledger=None, chains=None):
    """What the file says about `database`.

    :param ledger: model whose heads are wanted; None: of all
    :param chains: the chains that are wanted, something with ``in``; None: all
    :return: Sealed, with ``ChainKey -> [Head, …]``; None when the database was never sealed
    :raise SealFileError: a line was changed, taken out or forged
    :raise OSError: the file cannot be read
    """
    at, found = None, {}
    previous = ORIGIN
    try:
        file = open(path, encoding="ascii")
    except FileNotFoundError:
        return None
    with file:
        for number, text in enumerate(file, 1):
            if not text.endswith("\n"):
                break  # a writer was cut off in the middle of it: nothing relies on it
            line = _checked(keyring, path, number, previous, text)
            previous = line.pop("mac")
            if line["database"] != database:
                continue
            at = line["at"]
            for name, rows in line["heads"].items():
                if ledger in (None, name):
                    for chain, strand, seq, mac in rows:
                        if chains is None or chain in chains:
                            key = ChainKey(name, chain, strand)
                            found.setdefault(key, []).append(Head(seq, mac))
    return at and Sealed(at, found)


def _checked(keyring, path, number, previous, text):
    """The line as a mapping, when it is what was written."""
    try:
        line = json.loads(text)
        key_id, mac = line.pop("key_id"), line.pop("mac")
        link = Link(line["number"], key_id, mac, canonical(line))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise SealFileError(path, number) from error
    if link.seq != number or keyring.judge(_KEY, link, previous):
        raise SealFileError(path, number)
    return {**line, "mac": mac}


def _last(path, file):
    """``(number, mac)`` of the last line; what a writer left unfinished behind it is removed."""
    size = file.seek(0, os.SEEK_END)
    back = 1 << 16
    while True:
        start = max(size - back, 0)
        file.seek(start)
        tail = file.read()
        end = tail.rfind(b"\n") + 1
        begin = tail.rfind(b"\n", 0, max(end - 1, 0)) + 1
        if begin or not start:
            break
        back *= 8
    if start + end < size:
        file.truncate(start + end)
    if not end:
        return 0, ORIGIN
    try:
        last = json.loads(tail[begin:end])
        return last["number"], last["mac"]
    except (ValueError, KeyError, TypeError) as error:
        raise SealFileError(path, 0) from error
