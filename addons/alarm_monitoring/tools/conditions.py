"""What a bridge says of its own health in its heartbeat."""

# Code -> priority of its incident. While the journal fails no signal is acknowledged: panels call
# again and again, and some give up.
PRIORITIES = {
    "journal_failing": "1",
    "disk_low": "2",
    "quarantined": "2",
    "accounts_lost": "2",
    "keys_unreadable": "2",
    "configuration_stale": "3",
    "configuration_refused": "3",
    "clock_jump": "3",
    "journal_log": "4",
}
# Of a code that is not known here: it was worth saying.
PRIORITY_UNKNOWN = "2"


def reason_detail(bridge, condition):
    """The condition as an incident keeps it: ``code: bridge: detail``."""
    return ": ".join(filter(None, (condition.code, bridge, condition.detail)))


def split_reason(reason):
    """``(code, bridge, detail)`` of what `reason_detail` made.

    >>> split_reason("disk_low: hq-1: 2 % left")
    ('disk_low', 'hq-1', '2 % left')
    """
    code, bridge, detail = [*reason.split(": ", 2), "", ""][:3]
    return code, bridge, detail
