"""A record as it stood: what a subscriber's history adds up to."""

from typing import Any, NamedTuple

SUBSCRIBER = "alarm.subscriber"


class Step(NamedTuple):
    """One row of the history: `old` and `new` are kept values, see `revision_values.py`; of a
    whole record (no `field`) mappings of name -> kept value."""

    model: str
    record_id: int
    operation: str
    name: Any = None
    field: str | None = None
    old: Any = None
    new: Any = None


def state_after(steps):
    """``(model, id) -> {"name": kept value, "values": name -> kept value}`` after these steps.

    :param steps: Steps of one subscriber in the order of its chain; the last baseline of the
        subscriber among them is where it begins
    """
    state = {}
    for step in steps:
        key = (step.model, step.record_id)
        if step.operation == "baseline" and step.model == SUBSCRIBER:
            state = {}
        if step.operation in ("baseline", "create"):
            state[key] = {"name": step.name, "values": dict(step.new or {})}
        elif step.operation == "unlink":
            state.pop(key, None)
        elif step.operation == "write" and step.field:
            record = state.setdefault(key, {"name": step.name, "values": {}})
            record["name"] = step.name
            record["values"][step.field] = step.new
    return state
