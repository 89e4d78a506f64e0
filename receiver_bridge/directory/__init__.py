"""Odoo's configuration on disk, encrypted: settings of all accounts and the emergency directory."""

from .answer import Account, Answer, AnswerError, Identity, Receiver, read_answer
from .entry import Area, Contact, Entry, User, Zone
from .reader import Directory, DirectoryError
from .settings import AccountBook, Change
from .store import ConfigurationStore, StoreError, Transfer

__all__ = [
    "Account",
    "AccountBook",
    "Answer",
    "AnswerError",
    "Area",
    "Change",
    "ConfigurationStore",
    "Contact",
    "Directory",
    "DirectoryError",
    "Entry",
    "Identity",
    "Receiver",
    "StoreError",
    "Transfer",
    "User",
    "Zone",
    "read_answer",
]
