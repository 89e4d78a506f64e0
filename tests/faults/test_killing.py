"""SIGKILL at random points: what was acknowledged is delivered, once."""

from __future__ import annotations

from tests.faults.killing import kill_rounds

ROUNDS = 50


def test_killed_fifty_times_under_load_on_all_doors_nothing_is_lost_or_doubled(odoo, tmp_path):
    counts = kill_rounds(odoo, tmp_path, ROUNDS, seed=1)
    assert counts.acknowledged > ROUNDS * 5
    assert (counts.lost, counts.doubled) == (0, 0), counts
