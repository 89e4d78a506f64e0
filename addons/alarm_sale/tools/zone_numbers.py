"""Zone numbers as people write them: "1-3, 7"."""

import re

# More than a panel has: who types 1-1000 has missed a key.
MOST = 512

_PART = re.compile(r"([0-9A-Za-z]{1,8})(?:\s*[-–~]\s*([0-9]{1,8}))?")
_SEPARATORS = re.compile(r"[\s,，、;；]+")


def parse_zone_numbers(text):
    """Zone numbers that `text` names, in its order, each once.

    :param text: numbers and ranges ("1-3, 7"); spaces, commas and their Chinese kind part them;
        the width of a first number is kept ("001-003")
    :return: list of str
    :raise ValueError: with the part that is no number
    """
    text = re.sub(r"\s*[-–~]\s*", "-", (text or "").strip())
    numbers = {}
    for part in filter(None, _SEPARATORS.split(text)):
        match = _PART.fullmatch(part)
        if not match:
            raise ValueError(part)
        first, last = match.groups()
        if last is None:
            numbers.setdefault(first, None)
            continue
        if not first.isdigit() or not 0 <= int(last) - int(first) < MOST:
            raise ValueError(part)
        for number in range(int(first), int(last) + 1):
            numbers.setdefault(str(number).rjust(len(first), "0"), None)
    return list(numbers)


def format_zone_numbers(numbers):
    """The shortest text that names `numbers`: runs of three and more become ranges."""
    runs = []
    for number in numbers:
        last = runs[-1][-1] if runs else None
        follows = (
            last is not None
            and number.isdigit()
            and last.isdigit()
            and len(number) >= len(last)
            and int(number) == int(last) + 1
        )
        if follows:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


def free_numbers(count, taken):
    """The lowest `count` numbers from 1 that are not in `taken` (a set of int), as text."""
    found, number = [], 1
    while len(found) < count:
        if number not in taken:
            found.append(str(number))
        number += 1
    return found
