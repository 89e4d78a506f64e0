"""Odoo's configuration on disk, encrypted: settings of all accounts and the emergency directory."""

from .entry import Area, Contact, Entry, User, Zone
from .reader import Directory, DirectoryError

__all__ = ["Area", "Contact", "Directory", "DirectoryError", "Entry", "User", "Zone"]
