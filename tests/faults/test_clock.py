"""A clock that is set by hours, forward or back, loses, doubles and hides nothing."""

from __future__ import annotations

from tests.faults.clock import clock_jumps


def test_clock_jumps_lose_and_double_nothing_and_retries_are_still_known(odoo, tmp_path):
    jumps = clock_jumps(odoo, tmp_path, [3.0, -2.0, 30.0 * 24, 0.0])
    assert jumps.counts.acknowledged >= 160
    assert (jumps.counts.lost, jumps.counts.doubled) == (0, 0), jumps
    # The retry is one across the jump, the second trip is none.
    assert jumps.trips == [(2, 1)] * 4
    ways = [
        "forward by 3:00:00",
        "back by 5:00:00",
        "forward by 30 days, 2:00:00",
        "back by 30 days",
    ]
    for way, told in zip(ways, jumps.told, strict=True):
        assert f"the clock was set {way}" in told
    # After each jump numbers begin anew: the machine may have been restored from a snapshot.
    assert jumps.epochs == 5
