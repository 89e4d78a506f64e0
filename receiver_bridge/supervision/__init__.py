"""Who should be heard and is not: receivers by their heartbeat, accounts by their polling."""

from .accounts import AccountWatch
from .last_seen import Batch, LastSeen, LastSeenError, Seen, group_scope, receiver_scope
from .opening import open_last_seen
from .rules import silence_limit
from .service import Supervision
from .silence import HeardByOthers, SilenceWatch
from .sqlite_last_seen import SqliteLastSeen

__all__ = [
    "HeardByOthers",
    "AccountWatch",
    "Batch",
    "LastSeen",
    "LastSeenError",
    "Seen",
    "SilenceWatch",
    "SqliteLastSeen",
    "Supervision",
    "group_scope",
    "open_last_seen",
    "receiver_scope",
    "silence_limit",
]
