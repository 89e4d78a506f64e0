"""How the contracts of a billing run are cut into batches. What goes on one invoice is never cut in
two: contracts with the same key stay together."""

from collections.abc import Hashable, Iterable, Sequence


def grouped(keyed: Iterable[tuple[Hashable, int]]) -> list[list[int]]:
    """Ids by their key, keys in the order in which they come first."""
    groups: dict[Hashable, list[int]] = {}
    for key, number in keyed:
        groups.setdefault(key, []).append(number)
    return list(groups.values())


def whole_groups(keyed: Sequence[tuple[Hashable, int]], size: int, more: bool) -> list[list[int]]:
    """The groups of the next batch of about `size` ids.

    :param more: there may be others behind `keyed`, so its last group may lack some
    """
    groups = grouped(keyed)
    if more and len(groups) > 1:
        groups = groups[:-1]
    batch: list[list[int]] = []
    for group in groups:
        if batch and sum(map(len, batch)) + len(group) > size:
            break
        batch.append(group)
    return batch


def halves(groups: Sequence[list[int]]) -> tuple[list[list[int]], list[list[int]]]:
    """What failed as a whole is tried in two halves: a single bad one of n is found in about
    2 log2(n) steps, and the good ones of its batch still go through many at a time."""
    middle = len(groups) // 2
    return list(groups[:middle]), list(groups[middle:])
