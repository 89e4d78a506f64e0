"""Somebody puts an old copy in place: of the journal, or of Odoo's database."""

from __future__ import annotations

import pathlib
import shutil

from receiver_bridge.clock import to_iso, utc_now
from tests.faults.book import Book, Counts
from tests.faults.bridge import FaultBridge
from tests.faults.senders import sending
from tests.stack import Odoo, wait_for


def journal_restored(odoo: Odoo, folder: pathlib.Path) -> Counts:
    """The journal of an hour ago, with signals in it that Odoo has had for long."""
    book = Book()
    bridge = FaultBridge(folder, odoo, "old-journal")
    copy = folder / "copy.sqlite"
    bridge.start()
    try:
        with sending(*bridge.senders(book)):
            bridge.wait_for_promises(book, 100)
        # Odoo has it all; the copy does not know of the last deliveries.
        bridge.kill()
        shutil.copyfile(bridge.journal, copy)
        wal = bridge.journal.with_name(bridge.journal.name + "-wal")
        shutil.copyfile(wal, copy.with_name(copy.name + "-wal"))
        bridge.start()
        with sending(*bridge.senders(book, lane=20)):
            bridge.wait_for_promises(book, 100)
        book.settle(odoo, bridge.receivers)
        assert bridge.stop() == 0
        shutil.copyfile(copy, bridge.journal)
        shutil.copyfile(copy.with_name(copy.name + "-wal"), wal)
        bridge.start()
        with sending(*bridge.senders(book, lane=30)):
            bridge.wait_for_promises(book, 100)
        counts = book.settle(odoo, bridge.receivers)
        # All that the old copy knows is sent once more, on demand.
        assert bridge.command("replay", "--since", "2000-01-01") == 0
        wait_for("no backlog", bridge.drained, 60)
        counts = book.settle(odoo, bridge.receivers)
        assert bridge.stop() == 0
    finally:
        bridge.close()
    return counts


def odoo_restored(odoo: Odoo, folder: pathlib.Path) -> tuple[Counts, int]:
    """Odoo forgets all signals since a moment, as a database does that is restored from its backup;
    ``journal replay --since`` brings them back. Also: how many it had forgotten."""
    book = Book()
    bridge = FaultBridge(folder, odoo, "old-odoo")
    bridge.start()
    try:
        with sending(*bridge.senders(book)):
            bridge.wait_for_promises(book, 100)
        book.settle(odoo, bridge.receivers)
        moment = to_iso(utc_now())
        # The backup is from here: what is stored from now on will be gone.
        odoo.stop()
        odoo.back_up()
        odoo.start()
        with sending(*bridge.senders(book, lane=20)):
            bridge.wait_for_promises(book, 100)
        before = book.settle(odoo, bridge.receivers)
        wait_for("no backlog", bridge.drained, 60)
        odoo.stop()
        odoo.restore()
        odoo.start()
        gone = book.settle(odoo, bridge.receivers, timeout=0)
        assert bridge.command("replay", "--since", moment) == 0
        counts = book.settle(odoo, bridge.receivers)
        assert bridge.stop() == 0
    finally:
        bridge.close()
    return counts, before.delivered - gone.delivered
