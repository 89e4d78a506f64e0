import math

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.nearest import (
    EARTH_RADIUS_KM,
    Candidate,
    Site,
    containing,
    haversine_km,
    propose,
    travel_minutes,
)

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
points = st.tuples(latitudes, longitudes)
ids = st.frozensets(st.integers(1, 4), max_size=3)
candidates = st.lists(
    st.builds(
        Candidate,
        key=st.integers(1, 10**6),
        latitude=st.one_of(st.none(), latitudes),
        longitude=st.one_of(st.none(), longitudes),
        on_duty=st.booleans(),
        load=st.integers(0, 5),
        skills=ids,
        territories=ids,
    ),
    max_size=12,
    unique_by=lambda one: one.key,
)
sites = st.builds(
    Site,
    latitude=st.one_of(st.none(), latitudes),
    longitude=st.one_of(st.none(), longitudes),
    territory=st.one_of(st.none(), st.integers(1, 4)),
    skills=ids,
)


@tagged("post_install", "-at_install")
class TestNearest(BaseCase):
    def test_known_distances(self):
        # Quarter of a meridian; Beijing to Shanghai is about 1,067 km.
        self.assertAlmostEqual(haversine_km(0, 0, 90, 0), EARTH_RADIUS_KM * math.pi / 2)
        self.assertAlmostEqual(haversine_km(39.9042, 116.4074, 31.2304, 121.4737), 1067, delta=3)

    @given(points, points)
    def test_distance_is_a_distance(self, one, other):
        distance = haversine_km(*one, *other)
        self.assertGreaterEqual(distance, 0)
        self.assertLessEqual(distance, EARTH_RADIUS_KM * math.pi + 1e-6)
        self.assertAlmostEqual(distance, haversine_km(*other, *one), places=6)
        self.assertEqual(haversine_km(*one, *one), 0)

    @given(points, points, points)
    def test_a_detour_is_never_shorter(self, one, other, third):
        direct = haversine_km(*one, *other)
        self.assertLessEqual(
            direct, haversine_km(*one, *third) + haversine_km(*third, *other) + 0.05
        )

    @given(sites, candidates)
    def test_everybody_is_proposed_once_and_the_suitable_first(self, site, crowd):
        proposals = propose(site, crowd)
        self.assertEqual({way.key for way in proposals}, {one.key for one in crowd})
        self.assertEqual(len(proposals), len(crowd))
        suitable = [way.suitable for way in proposals]
        self.assertEqual(suitable, sorted(suitable, reverse=True))
        known = {one.key: one for one in crowd}
        for way in proposals:
            one = known[way.key]
            if way.suitable:
                self.assertTrue(one.on_duty)
                self.assertLessEqual(site.skills, one.skills)

    @given(sites, candidates, st.randoms())
    def test_the_order_of_asking_does_not_matter(self, site, crowd, random):
        shuffled = list(crowd)
        random.shuffle(shuffled)
        self.assertEqual(propose(site, crowd), propose(site, shuffled))

    def test_nearer_first_but_not_who_is_busy(self):
        near = Candidate(1, 31.01, 121.0)
        far = Candidate(2, 31.05, 121.0)
        self.assertEqual([way.key for way in propose(Site(31, 121), [far, near])], [1, 2])
        busy = near._replace(load=1)
        self.assertEqual([way.key for way in propose(Site(31, 121), [far, busy])], [2, 1])
        lost = Candidate(3, None, None)
        self.assertEqual([way.key for way in propose(Site(31, 121), [lost, far])], [2, 3])

    def test_minutes_are_of_the_road(self):
        self.assertEqual(travel_minutes(10), 26)

    def test_the_smallest_circle_counts(self):
        circles = [(1, 31.0, 121.0, 50.0), (2, 31.0, 121.0, 5.0), (3, 40.0, 100.0, 1.0)]
        self.assertEqual(containing(31.01, 121.0, circles), 2)
        self.assertEqual(containing(31.2, 121.0, circles), 1)
        self.assertIsNone(containing(0, 0, circles))
