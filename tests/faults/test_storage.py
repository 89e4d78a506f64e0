"""Whatever happens to the journal's file: what is readable is delivered, what is not is told, and
without a disk nobody is promised anything."""

from __future__ import annotations

import re

import pytest

from tests.faults.storage import (
    Damage,
    cut_off,
    damaged_at_work,
    damaged_file,
    disk_full,
    disk_full_at_start,
    flip_bits,
    lose_pages,
)


def missing(damage: Damage) -> int:
    """What the bridge says itself; 0 when it has found nothing wrong."""
    found = re.findall(r"at least (\d+) are missing", damage.told.get("quarantined", ""))
    return sum(map(int, found))


@pytest.mark.parametrize("seed", [1, 2])
def test_flipped_bits_lose_nothing_that_the_bridge_does_not_tell(odoo, tmp_path, seed):
    damage = damaged_file(odoo, tmp_path, f"bits-{seed}", flip_bits, seed)
    counts = damage.counts
    assert counts.acknowledged >= 400
    assert counts.doubled == 0, damage
    assert damage.status == 0
    # Of a signal that was hit itself Odoo gets what is left of it.
    assert counts.lost <= damage.substitutes + missing(damage), damage
    assert counts.lost <= 10


@pytest.mark.parametrize("harm", [cut_off, lose_pages])
def test_a_file_with_a_part_missing_is_put_aside_and_the_rest_delivered(odoo, tmp_path, harm):
    damage = damaged_file(odoo, tmp_path, harm.__name__.replace("_", "-"), harm, 3)
    counts = damage.counts
    assert "quarantined" in damage.told
    assert counts.doubled == 0, damage
    assert list(tmp_path.glob("journal.sqlite.damaged-*Z"))
    # What is gone was on the pages that are gone.
    assert counts.delivered >= counts.acknowledged // 2, damage
    assert counts.lost > 0
    if harm is lose_pages:
        assert counts.lost <= 60, damage


def test_damage_at_work_is_mended_without_a_restart(odoo, tmp_path):
    damage = damaged_at_work(odoo, tmp_path, 1)
    assert "quarantined" in damage.told
    assert damage.counts.acknowledged >= 2100
    assert damage.counts.doubled == 0, damage
    # What was on a tenth of the pages is gone, and the bridge says so.
    assert damage.counts.lost <= damage.substitutes + missing(damage), damage
    assert damage.counts.lost <= 400, damage


def test_with_a_full_disk_nothing_is_promised_and_then_all_goes_on(odoo, tmp_path):
    counts, refused = disk_full(odoo, tmp_path, rounds=2)
    assert refused > 6
    assert (counts.lost, counts.doubled) == (0, 0), counts


def test_a_bridge_started_with_a_full_disk_opens_when_there_is_room(odoo, tmp_path):
    counts = disk_full_at_start(odoo, tmp_path)
    assert counts.acknowledged >= 30
    assert (counts.lost, counts.doubled) == (0, 0), counts
