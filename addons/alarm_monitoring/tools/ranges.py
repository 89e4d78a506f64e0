"""Which sequence numbers of a stream have arrived: closed ranges, merged."""


def ranges_of(numbers):
    """Sorted closed ranges that cover exactly these numbers.

    >>> ranges_of([3, 1, 2, 7])
    [(1, 3), (7, 7)]
    """
    return merge((number, number) for number in numbers)


def merge(ranges):
    """Sorted ranges without overlap that cover the same numbers.

    >>> merge([(5, 6), (1, 4), (9, 9)])
    [(1, 6), (9, 9)]
    """
    merged = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def missing(ranges):
    """How many numbers from 1 up to the highest that arrived are not there.

    >>> missing([(1, 3), (7, 7)])
    3
    """
    ranges = merge(ranges)
    return ranges[-1][1] - sum(last - first + 1 for first, last in ranges) if ranges else 0
