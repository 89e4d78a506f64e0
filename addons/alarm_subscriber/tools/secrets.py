"""Encryption of secrets with a key that is not in the database.

A copy of the database (a backup, a stolen disk) is worthless without the key file. The
file holds one Fernet key a line: the first one encrypts, all of them decrypt, so that a
key is changed by putting a new one on top.
"""

import base64
import os
import stat
from pathlib import Path
from string import hexdigits

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

OPTION = "alarm_secret_key_file"
VARIABLE = "ALARM_SECRET_KEY_FILE"

KEY_LENGTHS = (16, 24, 32)  # bytes of AES-128, -192, -256
HEX_LENGTHS = tuple(2 * length for length in KEY_LENGTHS)


class SecretKeyError(Exception):
    """The key file cannot be used. `reason` is one of REASONS, `detail` a path or text."""

    REASONS = ("not_configured", "missing", "unreadable", "exposed", "malformed", "wrong")

    def __init__(self, reason, detail=""):
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def key_file(options, environ):
    """Path of the key file: the option of odoo.conf, else the environment variable.

    :param options: mapping of Odoo's options
    :param environ: mapping of environment variables
    :raise SecretKeyError: not_configured
    """
    path = options.get(OPTION) or environ.get(VARIABLE)
    if not path:
        raise SecretKeyError("not_configured")
    return Path(path)


def load_cipher(path):
    """Cipher of the keys in the file at `path`.

    :raise SecretKeyError: missing, unreadable, exposed (other users of the machine may
        read it), malformed (no line, or a line that is no Fernet key)
    """
    return MultiFernet([Fernet(line) for line in _load_lines(path)])


def derive_keys(path, purpose):
    """Keys for one purpose, made of the keys in the file at `path`, in their order.

    Whoever learns one of them learns neither the file's keys nor those of another purpose
    (HKDF with SHA-256, RFC 5869).

    :param purpose: a word; the same word gives the same keys
    :return: 32 bytes for each line of the file
    :raise SecretKeyError: as `load_cipher`
    """
    return [
        HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(
            base64.urlsafe_b64decode(line)
        )
        for line in _load_lines(path)
    ]


def encrypt(cipher, secret):
    """Token (ASCII text) of the bytes `secret`."""
    return cipher.encrypt(secret).decode("ascii")


def decrypt(cipher, token):
    """Bytes of a token made by `encrypt`.

    :raise SecretKeyError: wrong (none of the keys of the file made this token)
    """
    try:
        return cipher.decrypt(token.encode("ascii"))
    except InvalidToken as error:
        raise SecretKeyError("wrong") from error


def parse_aes_key(text):
    """Bytes of an AES key as the programming tools of panels show it.

    :param text: 32, 48 or 64 hexadecimal digits (blanks between them are ignored), or
        16, 24 or 32 plain ASCII characters, which are the key themselves
    :return: 16, 24 or 32 bytes (AES-128, -192, -256)
    :raise ValueError: neither of these
    """
    digits = "".join(text.split())
    if len(digits) in HEX_LENGTHS and set(digits) <= set(hexdigits):
        return bytes.fromhex(digits)
    # 32 characters that are not hexadecimal are a key of 32 characters.
    text = text.strip()
    if len(text) in KEY_LENGTHS and text.isascii() and text.isprintable():
        return text.encode("ascii")
    raise ValueError("not an AES key")


def _load_lines(path):
    """The file's lines, each of them a Fernet key."""
    try:
        with open(path, encoding="ascii") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & stat.S_IRWXO:
                raise SecretKeyError("exposed", str(path))
            lines = [line.strip() for line in file if line.strip()]
    except FileNotFoundError as error:
        raise SecretKeyError("missing", str(path)) from error
    except OSError as error:
        raise SecretKeyError("unreadable", str(path)) from error
    except UnicodeDecodeError as error:
        raise SecretKeyError("malformed", str(path)) from error
    try:
        for line in lines:
            Fernet(line)
    except ValueError as error:
        raise SecretKeyError("malformed", str(path)) from error
    if not lines:
        raise SecretKeyError("malformed", str(path))
    return lines
