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


def clock_words(hours):
    """A time of the day as people write it: 22.5 is "22:30".

    :param hours: since midnight, 0 to 24
    """
    hour, minute = divmod(round(hours * 60), 60)
    return f"{hour:02}:{minute:02}"
