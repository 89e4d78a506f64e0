"""What became of the material of one work order, without a database."""

from typing import NamedTuple


class Move(NamedTuple):
    """A transfer of one product, seen from the site.

    ``way``: "in" (comes to the site), "out" (leaves it) or None (neither, yet);
    ``demand``: what it is for; ``quantity``: what was moved or is reserved for it.
    """

    way: str | None
    done: bool
    demand: float
    quantity: float


class Tally(NamedTuple):
    issued: float = 0.0  # came to the site
    returned: float = 0.0  # left it again
    coming: float = 0.0  # asked for, not issued yet
    reserved: float = 0.0  # of that: lies ready
    leaving: float = 0.0  # on its way back, not taken in yet

    @property
    def on_site(self):
        return self.issued - self.returned

    def to_reserve(self, planned):
        """What has to be asked for so that the plan is met. What was issued and came back is not
        asked for again."""
        return max(0.0, planned - self.issued - self.coming)

    @property
    def short(self):
        """What was asked for and is not there."""
        return max(0.0, self.coming - self.reserved)

    def surplus(self, used):
        """What is on site, was not used, and nobody has sent back yet."""
        return max(0.0, self.on_site - self.leaving - used)

    def lacking(self, used):
        """What was used and never came to the site by a transfer."""
        return max(0.0, used - self.on_site)


def tally(moves):
    """Sum up the moves of one product and ownership."""
    sums = dict.fromkeys(Tally._fields, 0.0)
    for move in moves:
        if move.way == "in" and move.done:
            sums["issued"] += move.quantity
        elif move.way == "in":
            sums["coming"] += move.demand
            sums["reserved"] += min(move.quantity, move.demand)
        elif move.way == "out" and move.done:
            sums["returned"] += move.quantity
        elif move.way == "out":
            sums["leaving"] += move.demand
    return Tally(**sums)
