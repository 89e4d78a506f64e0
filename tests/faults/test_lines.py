"""Lines that break, nonsense and slow clients: honest senders are answered, and nothing is lost."""

from __future__ import annotations

from tests.faults.lines import cables_pulled, malformed, slow_loris


def test_a_frame_cut_by_a_pulled_cable_is_taken_when_it_is_sent_again(odoo, tmp_path):
    counts, halves = cables_pulled(odoo, tmp_path, times=5)
    assert counts.acknowledged == 10
    assert (counts.lost, counts.doubled, counts.unacknowledged) == (0, 0, 0), counts
    # What was cut off is shown, not swallowed; nobody takes it for an event.
    assert halves > 0


def test_malformed_frames_among_good_ones_cost_none_of_these(odoo, tmp_path):
    counts, bad = malformed(odoo, tmp_path, 10_000, seed=1)
    assert counts.acknowledged == 10_000
    assert (counts.lost, counts.doubled) == (0, 0), counts
    assert bad >= 10_000


def test_five_hundred_slow_clients_keep_no_panel_waiting(odoo, tmp_path):
    counts, held, longest = slow_loris(odoo, tmp_path, 500, 3.0)
    assert held >= 500
    assert counts.acknowledged > 50
    assert (counts.lost, counts.doubled, counts.repeats) == (0, 0, 0), counts
    # A panel that is not answered within a second sends again; none had to.
    assert longest < 1.0
