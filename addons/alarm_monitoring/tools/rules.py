"""Rules as plain values, and which of them counts for a signal. Pure."""

from dataclasses import dataclass

# From the narrowest scope to the widest: the first that has a rule of the kind decides.
SCOPES = ("zone", "subscriber", "category", "all")
KINDS = ("handling", "delay", "two_knock", "runaway", "exit_error", "test")

# A rule of the narrowest scope for any event still beats one of a wider scope for the very code.
ANY = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; which of the figures it needs depends on its kind.

    ``handling``, ``priority``: kind "handling"; ``seconds``: "delay", "two_knock", "exit_error"
    (0: none); ``count``, ``priority``: "two_knock"; ``rate`` a minute, ``burst`` (0: none):
    "runaway"; ``exempt``: "test".
    """

    handling: str = "incident"
    priority: str | None = None
    seconds: int = 0
    count: int = 0
    rate: int = 0
    burst: int = 0
    exempt: bool = False
    scope: str = "all"
    scope_id: int = 0
    subject: str = "class"  # code, class, any


def index_rules(rows):
    """``(kind, scope, scope id) -> {code id, event class or ANY: Rule}``.

    :param rows: ``(kind, code id or 0, event class or "", Rule)``
    """
    rules = {}
    for kind, code_id, event_class, rule in rows:
        subjects = rules.setdefault((kind, rule.scope, rule.scope_id), {})
        subjects[code_id or event_class or ANY] = rule
    return rules


def find_rule(kind, scopes, books, code_id, event_class):
    """The rule of one kind that counts: of the narrowest scope, and there the one for the code
    before the one for its class before the one for any event. None: there is none.

    :param scopes: ``(scope, id)`` from narrow to wide
    :param books: what `index_rules` made, one or several
    """
    for scope, scope_id in scopes:
        for rules in books:
            if subjects := rules.get((kind, scope, scope_id)):
                for subject in (code_id, event_class, ANY):
                    if (rule := subjects.get(subject)) is not None:
                        return rule
    return None
