"""What is wrong with a bridge is a matter on the board until it is right again."""

import resource

from tests.browser import seek
from tests.e2e.wire import dc09, periodic_test
from tests.faults.bridge import FaultBridge
from tests.stack import tcp_exchange


def test_a_journal_that_cannot_be_written_is_told_and_its_end_too(odoo, tmp_path, board):
    page = board("dispatcher2")
    seek(page, "full-disk")
    bridge = FaultBridge(tmp_path, odoo, "full-disk")
    bridge.start()
    try:
        row = page.locator(".o_alarm_row", has_text="Bridge full-disk: The journal cannot be")
        bridge.limit_files(4096)
        assert b"ACK" not in tcp_exchange(bridge.tcp_port, dc09("1033", periodic_test()), 2)
        row.wait_for()
        assert row.get_attribute("data-priority") == "1"
        bridge.limit_files(resource.RLIM_INFINITY)
        assert b'"ACK"' in tcp_exchange(bridge.tcp_port, dc09("1033", periodic_test()), 20)
        row.click()
        page.locator(".o_alarm_entry_text", has_text="The journal cannot be").nth(1).wait_for()
        row.locator(".o_alarm_mark_restored").wait_for()
    finally:
        bridge.close()
    assert row.count() == 1
