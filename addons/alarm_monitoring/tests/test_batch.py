from datetime import datetime

from odoo.tests import BaseCase, tagged

from ..tools.batch import BatchError, parse_time, stream_of
from ..tools.heartbeat import parse_status
from ..tools.ranges import merge, missing, ranges_of
from ..tools.text import storable


@tagged("post_install", "-at_install")
class TestBatch(BaseCase):
    def test_times_become_naive_utc(self):
        moment = datetime(2026, 11, 20, 8, 0, 0, 123456)
        self.assertEqual(parse_time("2026-11-20T08:00:00.123456Z"), moment)
        self.assertEqual(parse_time("2026-11-20T16:00:00.123456+08:00"), moment)
        for text in ("", "2026-11-20T08:00:00", "0001-01-01T00:00:00+23:59", "now"):
            with self.assertRaises(ValueError, msg=text):
                parse_time(text)

    def test_uids_split_at_the_outer_colons(self):
        self.assertEqual(stream_of("e:sg:1:12"), (("e", "sg:1"), 12))
        for uid in ("", "e:12", "e::1", ":r:1", "e:r:", "e:r:x", "e:r:0", "e:r:-1", "e:r:١"):
            self.assertIsNone(stream_of(uid), uid)

    def test_text_is_made_storable(self):
        self.assertEqual(storable("防区\x00\udfff"), "防区\\x00\\udfff")
        self.assertIsNone(storable(None))

    def test_ranges(self):
        self.assertEqual(ranges_of([3, 1, 2, 7, 7]), [(1, 3), (7, 7)])
        self.assertEqual(merge([(5, 6), (1, 4), (2, 3), (9, 9)]), [(1, 6), (9, 9)])
        self.assertEqual(missing([(2, 3), (7, 7)]), 4)
        self.assertEqual(missing([]), 0)

    def test_a_heartbeat_is_read_as_far_as_it_goes(self):
        status = parse_status(
            '{"bridge": "b", "now": "?", "dead": -1, "backlog": {"r": 3, "s": true},'
            ' "receivers": [{"name": "r", "state": "asleep"}, 7, {"state": "online"}]}'
        )
        self.assertEqual((status.bridge, status.at, status.dead, status.backlog), ("b", None, 0, 3))
        [receiver] = status.receivers
        self.assertEqual((receiver.name, receiver.state, receiver.backlog), ("r", "unknown", 3))
        for text in ("{}", '{"bridge": ""}', "x"):
            with self.assertRaises(BatchError):
                parse_status(text)
