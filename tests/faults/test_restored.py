"""An old copy of the journal or of Odoo's database in place: nothing is lost, nothing doubled."""

from __future__ import annotations

from tests.faults.restored import journal_restored, odoo_restored


def test_an_old_journal_put_back_neither_loses_nor_doubles(odoo, tmp_path):
    counts = journal_restored(odoo, tmp_path)
    assert counts.acknowledged >= 300
    assert (counts.lost, counts.doubled) == (0, 0), counts


def test_what_a_restored_odoo_has_forgotten_is_replayed(odoo, tmp_path):
    counts, forgotten = odoo_restored(odoo, tmp_path)
    assert forgotten >= 100
    assert counts.acknowledged >= 200
    assert (counts.lost, counts.doubled) == (0, 0), counts
