"""The display by its keys, on a real journal: ticking, undoing, filtering, searching, help."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bridge_process import free_port, write_config
from prometheus_client import CollectorRegistry
from textual.pilot import Pilot

from receiver_bridge.clock import to_iso, utc_now
from receiver_bridge.codecs import codec_names
from receiver_bridge.config import Config, load_config
from receiver_bridge.config.doors import parse_address
from receiver_bridge.health import HealthServer
from receiver_bridge.journal import Append, SqliteJournal, SqliteTickWriter, Tick, Ticked
from receiver_bridge.signal import Draft
from receiver_bridge.watch.app import WatchApp
from receiver_bridge.watch.status import ask_bridge
from receiver_bridge.watch.words import Words

RECEIVER = (
    '[[receiver]]\nname = "sg-1"\nformat = "surgard"\nconnect = "tcp-listen://127.0.0.1:1025"\n'
)


class Centre:
    """A journal with signals in it, and what the bridge says of itself, if it runs."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        path = write_config(folder, "http://127.0.0.1:1", RECEIVER)
        path.write_text(path.read_text().replace("127.0.0.1:0", f"127.0.0.1:{self.port}"))
        self.config: Config = load_config(path, codec_names())
        self.path = self.config.journal.path
        self.journal = SqliteJournal(self.path)
        self.health: dict[str, Any] = {
            "uplink": "ok",
            "uplink_cause": [],
            "journal": "ok",
            "backlog": {},
            "receivers": [],
        }
        self._server: HealthServer | None = None

    def run_bridge(self, **values: Any) -> None:
        self.health |= values
        self._server = HealthServer(
            parse_address(f"127.0.0.1:{self.port}"),
            CollectorRegistry(),
            lambda: (self.health["journal"] == "ok", self.health),
        )
        self._server.start()

    def put(self, account: str, code: str, zone: str = "005", seconds: float = 0) -> str:
        """Journal an event that came so many seconds ago; its uid."""
        done = threading.Event()
        draft = Draft(
            "sg-1",
            "surgard",
            "event",
            "192.0.2.7",
            to_iso(utc_now() - timedelta(seconds=seconds)),
            account=account,
            code_system="cid",
            code=code,
            qualifier="new",
            area="01",
            zone=zone,
            raw_hex="3530313114",
        )
        item = Append((draft,), done=lambda item: done.set())
        self.journal.append(item)
        assert done.wait(10)
        return item.uids[0]

    def ticks(self) -> list[Tick]:
        return self.journal.reader.ticks(100)

    def open_ticks(self) -> dict[str, Tick]:
        return {tick.uid: tick for tick in self.ticks() if tick.withdrawn_at is None}

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()
        self.journal.close()


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    centre = Centre(tmp_path)
    yield centre
    centre.close()


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("receiver_bridge.watch.app.JOURNAL_EVERY", 0.1)
    monkeypatch.setattr("receiver_bridge.watch.app.BRIDGE_EVERY", 0.1)
    monkeypatch.setattr("receiver_bridge.watch.feed._STATUSES_EVERY", 0.2)
    monkeypatch.setattr("receiver_bridge.journal.sqlite_ticks._BUSY_SECONDS", 0.5)


Test = Callable[[WatchApp, Pilot[None]], Awaitable[None]]


def show(centre: Centre, test: Test, size: tuple[int, int] = (120, 40), **options: Any) -> None:
    """Run the display and the test in it."""

    async def run() -> None:
        app = WatchApp(centre.config, Words(options.pop("language", "en")), **options)
        async with app.run_test(size=size, notifications=True) as pilot:
            await test(app, pilot)

    asyncio.run(run())


def text_of(app: WatchApp) -> str:
    """What stands on the screen."""
    strips = app.screen._compositor.render_strips(app.size)
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def until(pilot: Pilot[None], condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, text_of(pilot.app)  # type: ignore[arg-type]
        await pilot.pause(0.05)


async def seen(pilot: Pilot[None], *texts: str) -> None:
    app = pilot.app
    assert isinstance(app, WatchApp)
    # Long messages are wrapped.
    await until(pilot, lambda: all(text in " ".join(text_of(app).split()) for text in texts))


async def gone(pilot: Pilot[None], text: str) -> None:
    app = pilot.app
    assert isinstance(app, WatchApp)
    await until(pilot, lambda: text not in text_of(app))


def test_an_alarm_is_ticked_with_note_and_name_and_taken_back(centre: Centre) -> None:
    fire, _test = centre.put("1234", "110"), centre.put("1234", "602")

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "UNHANDLED ALARMS: 1", "Fire · zone 005", "Periodic Test Report")
        await pilot.press("n", "t")
        await seen(pilot, "Tick as handled", "Your name")
        await pilot.press("enter")
        await seen(pilot, "A tick needs the name")
        await pilot.press(*"Li Na", "shift+tab", *"called 119", "enter")
        await seen(pilot, "No unhandled alarm", "[Li Na ", "operator Li Na")
        assert [(tick.uid, tick.by, tick.note) for tick in centre.ticks()] == [
            (fire, "Li Na", "called 119")
        ]
        await pilot.press("end", "u")
        await seen(pilot, "UNHANDLED ALARMS: 1")
        assert centre.open_ticks() == {}
        # The name is remembered: the note comes first.
        await pilot.press("n", "t")
        await seen(pilot, "Tick as handled")
        await pilot.press("x", "enter")
        await seen(pilot, "No unhandled alarm")
        assert centre.open_ticks()[fire].note == "x"

    show(centre, test)


def test_escape_leaves_everything_unticked(centre: Centre) -> None:
    centre.put("1234", "110")

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "UNHANDLED ALARMS: 1")
        await pilot.press("n", "t", *"note", "escape")
        await gone(pilot, "Tick as handled")
        assert centre.ticks() == []

    show(centre, test, operator="Li")


def test_all_of_an_account_is_ticked_at_once_and_nothing_else(centre: Centre) -> None:
    mine = {centre.put("1234", code) for code in ("130", "110", "301")}
    centre.put("1234", "602")
    other = centre.put("77", "130")

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "UNHANDLED ALARMS: 3")
        await pilot.press("n", "T")
        await seen(pilot, "Tick as handled", "3 signals", "AC Loss")
        await pilot.press("enter")
        await seen(pilot, "UNHANDLED ALARMS: 1")
        assert set(centre.open_ticks()) == mine
        assert other not in mine

    show(centre, test, operator="Li")


def test_a_tick_of_another_display_is_shown_and_not_overwritten(centre: Centre) -> None:
    uid = centre.put("1234", "130")

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "UNHANDLED ALARMS: 1")
        await pilot.press("n", "t")
        await seen(pilot, "Tick as handled")
        with closing(SqliteTickWriter(centre.path)) as writer:
            writer.tick([Ticked(uid, "sg-1", "1234")], "Wang", "on my way")
        await pilot.press("enter")
        await seen(pilot, "ticked by somebody else", "[Wang ")
        assert [tick.by for tick in centre.ticks()] == ["Wang"]

    show(centre, test, operator="Li")


def test_a_tick_that_odoo_is_told_of_cannot_be_taken_back(centre: Centre) -> None:
    uid = centre.put("1234", "130")
    with closing(SqliteTickWriter(centre.path)) as writer:
        writer.tick([Ticked(uid, "sg-1", "1234")], "Wang", "")
    with closing(sqlite3.connect(centre.path)) as connection:
        connection.execute("UPDATE tick SET taken_at = at")
        connection.commit()

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "No unhandled alarm", "[Wang ")
        await pilot.press("u")
        await seen(pilot, "Too late")
        assert list(centre.open_ticks()) == [uid]

    show(centre, test)


def test_what_comes_in_is_shown_with_a_bell(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[float] = []
    monkeypatch.setattr(WatchApp, "bell", lambda app: rung.append(time.monotonic()))
    centre.put("1234", "110")

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "UNHANDLED ALARMS: 1")
        assert rung == []
        centre.put("77", "602")
        await seen(pilot, "Periodic Test Report")
        assert rung == []
        centre.put("77", "130")
        await seen(pilot, "UNHANDLED ALARMS: 2")
        assert len(rung) == 1
        await pilot.press("b")
        await seen(pilot, "bell off")
        centre.put("77", "131")
        await seen(pilot, "UNHANDLED ALARMS: 3")
        assert len(rung) == 1

    show(centre, test)


def test_the_list_is_filtered_by_kind_account_and_search(centre: Centre) -> None:
    for account, code in (("1234", "301"), ("1234", "602"), ("77", "130")):
        centre.put(account, code)

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        def accounts() -> list[str | None]:
            return [row.account for row in app.list._items]

        await until(pilot, lambda: accounts() == ["77", "1234", "1234"])
        await pilot.press("f")
        await seen(pilot, "alarms only")
        assert accounts() == ["77"]
        await pilot.press("f")
        await seen(pilot, "unhandled only")
        assert accounts() == ["77", "1234"]
        await pilot.press("f", "end", "a")
        await seen(pilot, "all signals", "account 1234")
        assert accounts() == ["1234", "1234"]
        await pilot.press("slash", *"AC loss", "enter")
        await seen(pilot, "search “AC loss”")
        assert [row.field("code") for row in app.list._items] == ["301"]
        await pilot.press("escape")
        await until(pilot, lambda: len(accounts()) == 3)
        await pilot.press("slash", *"ttt", "escape")
        await until(pilot, lambda: len(accounts()) == 3)
        assert not centre.ticks()

    show(centre, test)


def test_a_held_list_stands_still_while_alarms_go_on(centre: Centre) -> None:
    centre.put("1234", "602")

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "Periodic Test Report")
        await pilot.press("p")
        centre.put("77", "130")
        await seen(pilot, "HELD, 1 new", "UNHANDLED ALARMS: 1")
        assert len(app.list._items) == 1
        await pilot.press("p")
        await until(pilot, lambda: len(app.list._items) == 2)

    show(centre, test)


def test_the_cursor_stays_on_its_signal_while_others_come(centre: Centre) -> None:
    for account in ("1", "2", "3"):
        centre.put(account, "602")

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: len(app.list._items) == 3)
        await pilot.press("down")
        assert app.list.current is not None
        assert app.list.current.account == "2"
        centre.put("4", "602")
        await until(pilot, lambda: len(app.list._items) == 4)
        assert app.list.current.account == "2"
        await pilot.press("home")
        centre.put("5", "602")
        await until(pilot, lambda: len(app.list._items) == 5)
        assert app.list.current.account == "5"

    show(centre, test)


def test_details_help_and_lines_open_and_close(centre: Centre) -> None:
    centre.put("1234", "130")
    line = {"name": "sg-1", "state": "down", "detail": "Connection refused", "address": "tcp://x"}
    centre.run_bridge(receivers=[line])

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "DOWN", "sg-1", "Connection refused")
        await pilot.press("enter")
        await seen(pilot, "35 30 31 31 14", "501", "code_system: cid", "not in the emergency")
        await pilot.press("escape", "question_mark")
        await seen(pilot, "tick everything unhandled of this account")
        await pilot.press("escape", "f1")
        await seen(pilot, "clear search and account")
        await pilot.press("escape", "l")
        await seen(pilot, "Receiver lines", "tcp://x")
        await pilot.press("escape")
        await seen(pilot, "UNHANDLED ALARMS: 1")

    show(centre, test, size=(80, 50))


def test_a_tick_can_be_made_from_the_details(centre: Centre) -> None:
    uid = centre.put("1234", "130")

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "UNHANDLED ALARMS: 1")
        await pilot.press("n", "enter")
        await seen(pilot, "Bytes as received")
        await pilot.press("t")
        await seen(pilot, "Tick as handled")
        await pilot.press("enter")
        await seen(pilot, "No unhandled alarm")
        assert list(centre.open_ticks()) == [uid]

    show(centre, test, size=(80, 50), operator="Li")


def test_the_state_of_odoo_bridge_and_journal_is_shown(centre: Centre) -> None:
    centre.put("1234", "130")

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "BRIDGE DOWN", "THE BRIDGE DOES NOT ANSWER", "Connection refused")
        centre.run_bridge()
        await seen(pilot, "Odoo OK", "bridge OK", "1 wait")
        await gone(pilot, "THE BRIDGE")
        since = utc_now() - timedelta(minutes=3)
        centre.health |= {
            "uplink": "failing",
            "uplink_cause": ["ingest: no route"],
            "uplink_failing_since": to_iso(since),
        }
        await seen(pilot, "ODOO DOWN since", "ODOO DOES NOT TAKE SIGNALS", "ingest: no route")
        centre.health |= {"journal": "failing"}
        await seen(pilot, "NOTHING IS ACKNOWLEDGED")
        centre.health |= {"conditions": [{"code": "disk_low", "detail": "1 GB left"}]}
        await seen(pilot, "disk_low: 1 GB left")

    show(centre, test)


def test_what_odoo_got_shortly_before_it_went_down_is_pinned_to_be_checked(centre: Centre) -> None:
    centre.put("1234", "130")
    centre.journal.settle(centre.journal.reader.pending("sg-1", 10), {})
    centre.run_bridge()

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "Odoo OK", "in Odoo", "No unhandled alarm")
        centre.health |= {"uplink": "failing", "uplink_cause": ["down"]}
        await seen(pilot, "UNHANDLED ALARMS: 1", "check Odoo")
        centre.health |= {"uplink": "ok", "uplink_cause": []}
        await seen(pilot, "No unhandled alarm")

    show(centre, test)


def test_old_alarms_that_wait_for_odoo_are_pinned_though_not_among_the_last(
    centre: Centre,
) -> None:
    centre.put("1234", "130")
    for _count in range(8):
        centre.put("77", "602")

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "UNHANDLED ALARMS: 1", "last 3 in the journal")

    show(centre, test, last=3)


def test_a_damaged_or_missing_journal_is_said_and_taken_up_once_it_is_there(
    tmp_path: Path,
) -> None:
    path = write_config(tmp_path, "http://127.0.0.1:1", RECEIVER)
    config = load_config(path, codec_names())
    config.journal.path.write_bytes(b"no database at all" * 500)

    async def run() -> None:
        app = WatchApp(config, Words())
        async with app.run_test(size=(120, 30)) as pilot:
            await seen(pilot, "The journal cannot be read", "not a database", "JOURNAL FAILS")
            config.journal.path.unlink()
            await seen(pilot, "unable to open database file")
            journal = SqliteJournal(config.journal.path)
            try:
                await seen(pilot, "journal OK", "No unhandled alarm")
            finally:
                journal.close()

    asyncio.run(run())


def test_a_journal_that_cannot_be_written_is_shown_read_only(centre: Centre) -> None:
    centre.put("1234", "130")

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "Read only", "database is locked", "UNHANDLED ALARMS: 1")
        await pilot.press("n", "t")
        await until(pilot, lambda: bool(app._notifications))
        assert centre.ticks() == []
        assert len(app.screen_stack) == 1

    with closing(sqlite3.connect(centre.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        show(centre, test)
        other.execute("ROLLBACK")


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (160, 50), (240, 70)])
def test_it_fits_every_terminal_and_speaks_chinese(centre: Centre, size: tuple[int, int]) -> None:
    centre.put("1234", "130")

    async def test(app: WatchApp, pilot: Pilot[None]) -> None:
        await seen(pilot, "未处置报警：1", "盗警 · 防区 005")
        assert all(len(line) <= size[0] for line in text_of(app).splitlines())
        await pilot.press("n", "t")
        await seen(pilot, "标记为已处置")

    show(centre, test, size=size, language="zh_CN")


def test_who_answers_at_the_bridges_address_may_be_no_bridge(centre: Centre) -> None:
    address = parse_address(f"127.0.0.1:{centre.port}")
    assert "Connection refused" in ask_bridge(address).cause
    centre.run_bridge()
    assert ask_bridge(address).answers
    assert ask_bridge(None).cause == "no [metrics] in the configuration"
    centre.health.pop("receivers")
    assert ask_bridge(address).cause.endswith("no answer of a bridge (KeyError)")
