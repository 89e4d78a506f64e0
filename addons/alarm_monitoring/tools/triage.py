"""What one signal means: which matter it belongs to, and whether it is raised or only logged.

Pure: everything known arrives in the arguments. The same function runs when a signal is stored
(what is only logged needs no decision) and, on fresh facts, when it is decided.
"""

import hashlib
from dataclasses import dataclass, field

from .bridge_signals import SYSTEM, is_tick, tick_of

# Priorities of matters that no event code speaks for.
PRIORITY_UNKNOWN = "3"
PRIORITY_LOST = "2"

MONITORED = "active"

MAX_KEY = 500


@dataclass(frozen=True, slots=True)
class Code:
    """One event code as the rules see it."""

    id: int
    event_class: str
    meaning: str  # alarm, restore, cancel, report
    priority: str
    handling: str  # class, incident, log
    address_kind: str = "zone"  # zone, user, area, other
    restores: frozenset = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    handling: str  # incident, log
    priority: str | None = None


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Codes by ``(system, code)``, rules by code id and by event class."""

    codes: dict
    code_rules: dict
    class_rules: dict


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a stored signal. Ids are 0 where nothing was found."""

    signal_id: int
    uid: str
    kind: str
    bridge: str
    receiver: str
    receiver_id: int
    group_id: int
    account: str
    account_key: str
    code_system: str
    code: str
    qualifier: str
    address: str
    repeat_of: str
    panel_id: int
    subscriber_id: int
    subscriber_state: str
    company_id: int
    extended: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``decision``: "pending" where an incident has to be looked at, otherwise why it is only
    logged. ``role``: what the signal does to the matter ``key``."""

    decision: str
    key: str = ""
    role: str = "alarm"
    event_class: str = "other"
    priority: str = PRIORITY_UNKNOWN
    reason_kind: str = ""
    reason_detail: str = ""
    code_id: int = 0
    restores: frozenset = field(default=frozenset())


def matter_key(kind, *names):
    """Key of a matter that is known by names from the wire: whatever these are, short enough for an
    index (a third of an 8 kB page).

    >>> matter_key("line", "sg-1")
    'line:sg-1'
    """
    key = ":".join((kind, *names))
    if len(key) <= MAX_KEY:
        return key
    return f"{kind}:#{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}"


def triage(facts, book):
    """The verdict on one signal."""
    code = book.codes.get((facts.code_system, facts.code))
    code_id = code.id if code else 0
    if is_tick(facts.code_system, facts.code):
        # Another signal's matter, whoever's that is: nothing is raised.
        ticked = tick_of(facts.extended).uid
        return Verdict("pending", matter_key("tick", ticked), role="tick", code_id=code_id)
    if facts.kind == "unparsed":
        return Verdict(
            "pending",
            matter_key("unparsed", facts.receiver),
            reason_kind="unparsed",
            reason_detail=facts.receiver,
        )
    if not facts.receiver_id:
        return Verdict(
            "pending",
            matter_key("receiver", facts.bridge, facts.receiver),
            priority=min(PRIORITY_LOST, code.priority if code else PRIORITY_UNKNOWN),
            reason_kind="unknown_receiver",
            reason_detail=facts.receiver,
            code_id=code_id,
        )
    if facts.account and not facts.panel_id:
        return Verdict(
            "pending",
            f"account:{facts.group_id}:{facts.account_key}",
            priority=code.priority if code else PRIORITY_UNKNOWN,
            reason_kind="unknown_account",
            reason_detail=f"{facts.account} ({facts.receiver})",
            code_id=code_id,
        )
    if facts.panel_id and facts.subscriber_state != MONITORED:
        commissioning = facts.subscriber_state == "commissioning"
        return Verdict("log_commissioning" if commissioning else "log_state")
    return _judged(facts, code, book)


def _judged(facts, code, book):
    """A signal of a monitored subscriber, or of a receiver itself (no account)."""
    key = (
        f"subscriber:{facts.subscriber_id}"
        if facts.panel_id
        else matter_key("line", facts.receiver)
    )
    if not code:
        named = " ".join(filter(None, (facts.code_system, facts.code))) or facts.kind
        return Verdict(
            "pending",
            key,
            role=_role(facts, "restore" if facts.qualifier == "restore" else "alarm"),
            reason_kind="unknown_code" if facts.code else "condition",
            reason_detail=named,
        )
    handling, priority, reason = _rule(code, book)
    restored = facts.code_system in ("cid", SYSTEM) and facts.qualifier == "restore"
    meaning = "restore" if restored and code.meaning == "alarm" else code.meaning
    if handling == "log" and meaning != "cancel":
        return Verdict("log_rule", event_class=code.event_class, code_id=code.id)
    return Verdict(
        "pending",
        key,
        role=_role(facts, meaning if meaning in ("restore", "cancel") else "alarm"),
        event_class=code.event_class,
        priority=priority,
        reason_kind=reason,
        reason_detail=f"{facts.code_system} {facts.code}",
        code_id=code.id,
        restores=code.restores or frozenset({code.id}),
    )


def _role(facts, role):
    return f"repeat_{role}" if facts.repeat_of else role


def _rule(code, book):
    """``(handling, priority, reason)``: the code's own rule, else the table's word on the code,
    else the rule of its class. A class without a rule is raised: better one row too many."""
    if rule := book.code_rules.get(code.id):
        return rule.handling, rule.priority or code.priority, "rule_code"
    if code.handling != "class":
        return code.handling, code.priority, "code_table"
    rule = book.class_rules.get(code.event_class, Rule("incident"))
    return rule.handling, rule.priority or code.priority, "rule_class"
