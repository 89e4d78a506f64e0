"""Lengths of time as people say them."""


def duration_words(env, seconds):
    """Seconds in the words of the environment's language: "1 min 30 s"; "" for none.

    :param seconds: whole seconds, 0 or more
    """
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = (
        env._("%s h", hours) if hours else "",
        env._("%s min", minutes) if minutes else "",
        env._("%s s", rest) if rest else "",
    )
    return " ".join(filter(None, parts))
