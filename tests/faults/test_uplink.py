"""Whatever Odoo answers, or does not, each acknowledged signal is in it once."""

from __future__ import annotations

from tests.faults.uplink import bad_answers, odoo_stopped


def test_every_kind_of_bad_answer_loses_and_doubles_nothing(odoo, tmp_path):
    counts, harm = bad_answers(odoo, tmp_path, turns=1)
    assert all(number >= 3 for number in harm.values()), harm
    assert counts.acknowledged > 50
    assert (counts.lost, counts.doubled) == (0, 0), counts


def test_an_odoo_that_was_killed_has_everything_when_it_is_back(odoo, tmp_path):
    counts = odoo_stopped(odoo, tmp_path, signals=100)
    assert counts.acknowledged >= 140
    assert (counts.lost, counts.doubled) == (0, 0), counts
