"""What one signal means: which matter it belongs to, and whether it is raised or only logged.

Pure: everything known arrives in the arguments. The same function runs when a signal is stored
(what is only logged needs no decision) and, on fresh facts, when it is decided.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime

from .bridge_signals import SYSTEM, is_tick, tick_of
from .injection import is_injected
from .rules import Rule, find_rule

# Priorities of matters that no event code speaks for.
PRIORITY_UNKNOWN = "3"
PRIORITY_LOST = "2"

MONITORED = "active"

MAX_KEY = 500

# Classes whose signals a panel ends by a restore: what is still without one is worth a list.
RESTORABLE_CLASSES = frozenset({"fire", "burglary", "tamper", "trouble", "supervisory"})


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
class RuleBook:
    """Codes by ``(system, code)``; what holds for everybody by code id and by event class; and the
    rules of all kinds that hold for everybody or for a category, see `rules.index_rules`; and of
    each category the line of those it is of: itself, what it is a kind of, and so on."""

    codes: dict
    code_rules: dict
    class_rules: dict
    rules: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)


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
    received_at: datetime | None = None
    area_id: int = 0
    zone_id: int = 0
    category_id: int = 0
    tests: tuple = ()  # `Coverage` of the test modes of the subscriber
    rules: dict = field(default_factory=dict)  # those of the subscriber and of its zones

    @property
    def injected(self):
        return is_injected(self.uid)

    def scopes(self, book):
        """``(scope, id)`` that rules may be for, from narrow to wide: a category before those that
        it is a kind of."""
        line = book.lines.get(self.category_id, (self.category_id,))
        named = (
            ("zone", self.zone_id),
            ("subscriber", self.subscriber_id),
            *(("category", category_id) for category_id in line),
        )
        return (*(pair for pair in named if pair[1]), ("all", 0))


@dataclass(frozen=True, slots=True)
class Verdict:
    """``decision``: "pending" where an incident has to be looked at, otherwise why it is only
    logged. ``role``: what the signal does to the matter ``key``. ``scope``: whose rule it was."""

    decision: str
    key: str = ""
    role: str = "alarm"
    event_class: str = "other"
    priority: str = PRIORITY_UNKNOWN
    reason_kind: str = ""
    reason_detail: str = ""
    code_id: int = 0
    restores: frozenset = field(default=frozenset())
    scope: str = ""
    scope_id: int = 0
    on_test: bool = False
    restorable: bool = False
    delay: int = 0
    two_knock: Rule | None = None
    runaway: Rule | None = None
    exit_error: int = 0


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


def subscriber_key(subscriber_id, uid):
    """Key of the matter of a subscriber. What somebody injected is a matter of its own: neither
    does it join a real alarm, nor a real alarm it.

    >>> subscriber_key(7, "e1:sg-1:1"), subscriber_key(7, "injected:00")
    ('subscriber:7', 'subscriber:7:injected')
    """
    return f"subscriber:{subscriber_id}{':injected' if is_injected(uid) else ''}"


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
        subscriber_key(facts.subscriber_id, facts.uid)
        if facts.panel_id
        else matter_key("line", facts.receiver)
    )
    on_test = _on_test(facts, code, book)
    if not code:
        if on_test:
            return Verdict("log_test")
        named = " ".join(filter(None, (facts.code_system, facts.code))) or facts.kind
        return Verdict(
            "pending",
            key,
            role=_role(facts, "restore" if facts.qualifier == "restore" else "alarm"),
            reason_kind="unknown_code" if facts.code else "condition",
            reason_detail=named,
            runaway=_figures("runaway", facts, 0, "other", book),
        )
    handling, priority, reason, scope, scope_id = _rule(code, facts, book)
    restored = facts.code_system in ("cid", SYSTEM) and facts.qualifier == "restore"
    meaning = "restore" if restored and code.meaning == "alarm" else code.meaning
    if handling == "log" and meaning != "cancel":
        decision = "log_test" if on_test else "log_rule"
        return Verdict(decision, event_class=code.event_class, code_id=code.id)
    role = meaning if meaning in ("restore", "cancel") else "alarm"
    # What restores may end something that was open before the test began.
    if on_test and role != "restore":
        return Verdict("log_test", event_class=code.event_class, code_id=code.id)
    verdict = Verdict(
        "pending",
        key,
        role=_role(facts, role),
        event_class=code.event_class,
        priority=priority,
        reason_kind=reason,
        reason_detail=f"{facts.code_system} {facts.code}",
        code_id=code.id,
        restores=code.restores or frozenset({code.id}),
        scope=scope,
        scope_id=scope_id,
        on_test=on_test,
        restorable=bool(facts.panel_id)
        and not facts.injected
        and meaning == "alarm"
        and code.event_class in RESTORABLE_CLASSES,
    )
    return _with_course(verdict, facts, code, book) if role == "alarm" else verdict


def _with_course(verdict, facts, code, book):
    """The verdict on an alarm with what the rules say of its further course."""
    about = (facts, code.id, code.event_class, book)
    delay = _figures("delay", *about)
    exit_error = _figures("exit_error", *about)
    return replace(
        verdict,
        delay=delay.seconds if delay else 0,
        two_knock=_figures("two_knock", *about),
        runaway=_figures("runaway", *about),
        exit_error=exit_error.seconds if exit_error else 0,
    )


def _figures(kind, facts, code_id, event_class, book):
    """The rule of a kind, None also where it says that there is to be none."""
    rule = find_rule(kind, facts.scopes(book), (facts.rules, book.rules), code_id, event_class)
    return rule if rule and (rule.seconds or rule.burst) else None


def _on_test(facts, code, book):
    if not facts.tests:
        return False
    event_class = code.event_class if code else ""
    rule = find_rule(
        "test", facts.scopes(book), (facts.rules, book.rules), code.id if code else 0, event_class
    )
    exempt = bool(rule and rule.exempt)
    return any(test.covers(facts, event_class, exempt=exempt) for test in facts.tests)


def _role(facts, role):
    return f"repeat_{role}" if facts.repeat_of else role


def _rule(code, facts, book):
    """``(handling, priority, reason, scope, scope id)``: the rule of the zone, of the subscriber or
    of the nearest category; else the code's own rule, the table's word on the code, the rule of its
    class. A class without a rule is raised: better one row too many."""
    scopes, books = facts.scopes(book)[:-1], (facts.rules, book.rules)
    if scopes and (rule := find_rule("handling", scopes, books, code.id, code.event_class)):
        reason = f"rule_{rule.subject}"
        return rule.handling, rule.priority or code.priority, reason, rule.scope, rule.scope_id
    if rule := book.code_rules.get(code.id):
        return rule.handling, rule.priority or code.priority, "rule_code", "all", 0
    if code.handling != "class":
        return code.handling, code.priority, "code_table", "all", 0
    rule = book.class_rules.get(code.event_class, Rule("incident"))
    return rule.handling, rule.priority or code.priority, "rule_class", "all", 0
