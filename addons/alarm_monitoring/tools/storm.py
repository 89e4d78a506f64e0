"""When so much comes at once that it must be handled in bulk, and when that is over. Pure."""

# Of these nothing is closed together with others unless somebody says so: a person may be in
# danger, and among a thousand power failures nobody has looked at it.
PROTECTED_CLASSES = ("fire", "panic", "medical")


def is_storm(count, threshold):
    """Whether so many new incidents within the window are a storm; a threshold of 0 means never.

    >>> is_storm(30, threshold=30), is_storm(1000, threshold=0)
    (True, False)
    """
    return 0 < threshold <= count


def is_calm(count, calm_minutes, threshold, minutes):
    """Whether a storm is over: fewer than half as many come as would begin one.

    :param count: new incidents within the last ``calm_minutes``
    :param threshold: new incidents within ``minutes`` that are a storm

    >>> is_calm(44, calm_minutes=15, threshold=30, minutes=5)
    True
    >>> is_calm(45, calm_minutes=15, threshold=30, minutes=5)
    False
    """
    return count * minutes * 2 < threshold * calm_minutes


def left_out(state, held, protected, sources):
    """Why an incident is not closed together with others: "over", "held", "protected" or None.

    :param state: of the incident, after it was locked
    :param held: somebody has it in hand, or put it aside
    :param protected: see PROTECTED_CLASSES
    :param sources: states from which it may be cancelled

    >>> left_out("queued", held=False, protected=True, sources={"queued"})
    'protected'
    """
    if held:
        return "held"
    if state not in sources:
        return "over"
    return "protected" if protected else None
