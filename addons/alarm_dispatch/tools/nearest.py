"""Who should go: distance, load and fitness of responders for one site, without a database."""

import math
from typing import NamedTuple

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG

# Roads are longer than the straight line, and towns are driven at this speed on the average.
DETOUR = 1.3
SPEED_KMH = 30.0

# An open order keeps a responder busy about so long.
MINUTES_PER_ORDER = 20.0


class Site(NamedTuple):
    """Where somebody is needed. Coordinates in degrees, both None where they are unknown."""

    latitude: float | None
    longitude: float | None
    territory: int | None = None
    skills: frozenset = frozenset()


class Candidate(NamedTuple):
    """A responder as known at this moment; ``load`` is the number of open orders."""

    key: int
    latitude: float | None
    longitude: float | None
    on_duty: bool = True
    load: int = 0
    skills: frozenset = frozenset()
    territories: frozenset = frozenset()


class Proposal(NamedTuple):
    """``obstacles``: what speaks against it, of "off_duty", "skill", "territory"."""

    key: int
    distance_km: float | None
    minutes: float | None
    load: int
    obstacles: tuple

    @property
    def suitable(self):
        return not self.obstacles


def haversine_km(latitude, longitude, other_latitude, other_longitude):
    """Great-circle distance of two points given in degrees, in km."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    half_phi = (other_phi - phi) / 2
    half_lambda = math.radians(other_longitude - longitude) / 2
    chord = (
        math.sin(half_phi) ** 2 + math.cos(phi) * math.cos(other_phi) * math.sin(half_lambda) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def travel_minutes(distance_km):
    """About how long the way takes."""
    return distance_km * DETOUR / SPEED_KMH * 60


def propose(site, candidates):
    """All candidates, the best first: who is suitable before who is not, then who can be there
    soonest when the open orders are done first. Who is nowhere known comes after those who are."""
    return sorted((_judged(site, one) for one in candidates), key=_rank)


def containing(latitude, longitude, circles):
    """The key of the smallest circle that holds the point, None when none does.

    :param circles: ``(key, latitude, longitude, radius in km)``
    """
    holding = [
        (radius, key)
        for key, centre_latitude, centre_longitude, radius in circles
        if haversine_km(latitude, longitude, centre_latitude, centre_longitude) <= radius
    ]
    return min(holding)[1] if holding else None


def _judged(site, candidate):
    distance = None
    if None not in (site.latitude, site.longitude, candidate.latitude, candidate.longitude):
        distance = haversine_km(
            site.latitude, site.longitude, candidate.latitude, candidate.longitude
        )
    obstacles = []
    if not candidate.on_duty:
        obstacles.append("off_duty")
    if not site.skills <= candidate.skills:
        obstacles.append("skill")
    # Who has no territory goes everywhere.
    if site.territory and candidate.territories and site.territory not in candidate.territories:
        obstacles.append("territory")
    return Proposal(
        candidate.key,
        distance,
        None if distance is None else travel_minutes(distance),
        candidate.load,
        tuple(obstacles),
    )


def _rank(proposal):
    return (
        len(proposal.obstacles),
        proposal.minutes is None,
        (proposal.minutes or 0.0) + proposal.load * MINUTES_PER_ORDER,
        proposal.load,
        proposal.key,
    )
