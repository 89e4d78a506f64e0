"""When a collection that failed is tried again."""

from datetime import timedelta

# Days after each failed try. A card that is refused today is refused tomorrow, too; most are good
# again after pay-day. More tries cost fees and the patience of the payer's bank.
RETRY_AFTER = (3, 5, 7)


def next_try(day, tries):
    """The day of the next try after `tries` (1 and more) failed, the last of them on `day`; None:
    it is given up."""
    if not 1 <= tries <= len(RETRY_AFTER):
        return None
    return day + timedelta(days=RETRY_AFTER[tries - 1])
