"""What the display shows, apart from how: alarms, folding, what is unhandled, in which order."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from receiver_bridge.clock import to_iso
from receiver_bridge.codes import contact_id_codes, sia_codes
from receiver_bridge.directory import Area, Entry, User, Zone
from receiver_bridge.journal import SignalStatus, Stored, Tick
from receiver_bridge.watch.board import Board, Filter
from receiver_bridge.watch.detail import DetailText
from receiver_bridge.watch.lines import Lines, duration, fit
from receiver_bridge.watch.meaning import KINDS, meaning_of
from receiver_bridge.watch.row import Row, read_row
from receiver_bridge.watch.words import Words

NOON = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
PENDING = SignalStatus("pending")


def stored(position: int, status: SignalStatus = PENDING, **values: object) -> Stored:
    signal = {
        "uid": f"e:sg-1:{position}",
        "receiver": "sg-1",
        "kind": "event",
        "received_at": to_iso(NOON + timedelta(seconds=position)),
        "account": "1234",
        "code_system": "cid",
        "code": "130",
        "qualifier": "new",
        "zone": "005",
        **values,
    }
    return Stored(position, str(signal["uid"]), status, json.dumps(signal))


def tick(position: int, **values: object) -> Tick:
    at = to_iso(NOON + timedelta(minutes=5))
    return Tick(position, f"e:sg-1:{position}", "sg-1", "1234", "Li", at, "", **values)  # type: ignore[arg-type]


def delivered(position: int, minutes: float) -> SignalStatus:
    return SignalStatus("delivered", to_iso(NOON + timedelta(minutes=minutes)))


def meaning(
    system: str | None, code: str | None, qualifier: str | None = None, kind: str = "event"
):
    found = meaning_of(
        {
            "code_system": system,
            "code": code,
            "qualifier": qualifier,
            "kind": kind,
            "text": "silent",
        }
    )
    return found.kind, found.urgency


def pinned(board: Board, since: str | None = None) -> list[list[int]]:
    return [[row.position for row in pin.rows] for pin in board.pins(since)]


@pytest.mark.parametrize(
    ("system", "code", "qualifier", "expected"),
    [
        ("cid", "110", "new", ("fire", 1)),
        ("cid", "110", "restore", ("restore", 5)),
        ("cid", "130", "new", ("burglary", 2)),
        ("cid", "121", "new", ("panic", 1)),
        ("cid", "124", "new", ("panic", 1)),
        ("cid", "162", "new", ("gas", 1)),
        ("cid", "137", "new", ("burglary", 2)),
        ("cid", "383", "new", ("tamper", 3)),
        ("cid", "154", "new", ("alarm", 3)),
        ("cid", "423", "new", ("alarm", 3)),
        ("cid", "301", "new", ("trouble", 4)),
        ("cid", "301", "restore", ("restore", 5)),
        ("cid", "401", "new", ("open", 5)),
        ("cid", "401", "restore", ("close", 5)),
        ("cid", "406", "new", ("cancel", 5)),
        ("cid", "570", "new", ("bypass", 5)),
        ("cid", "602", "new", ("test", 5)),
        ("cid", "912", "new", ("cancel", 5)),
        ("cid", "ABC", "new", ("unknown", 3)),
        ("cid", "ABC", "restore", ("restore", 5)),
        ("sia", "FA", None, ("fire", 1)),
        ("sia", "FH", None, ("restore", 5)),
        ("sia", "BA", None, ("burglary", 2)),
        ("sia", "GA", None, ("gas", 1)),
        ("sia", "TA", None, ("burglary", 2)),
        ("sia", "AT", None, ("trouble", 4)),
        ("sia", "BC", None, ("cancel", 5)),
        ("sia", "OP", None, ("open", 5)),
        ("sia", "CL", None, ("close", 5)),
        ("sia", "DF", None, ("alarm", 3)),
        ("sia", "DL", None, ("alarm", 3)),
        ("sia", "DN", None, ("access", 5)),
        ("sia", "EZ", None, ("alarm", 3)),
        ("sia", "Q!", None, ("unknown", 3)),
        ("bridge", "silent", "new", ("silent", 2)),
        ("bridge", "lost", "new", ("silent", 2)),
        ("bridge", "lost", "restore", ("restore", 5)),
        ("bridge", "handled", None, ("handled", 5)),
    ],
)
def test_what_a_code_means_comes_from_the_tables(
    system: str, code: str, qualifier: str | None, expected: tuple[str, int]
) -> None:
    assert meaning(system, code, qualifier) == expected


def test_what_has_no_code_is_an_alarm_unless_it_is_a_state_of_the_receiver() -> None:
    assert meaning(None, None, kind="unparsed") == ("unknown", 3)
    assert meaning(None, None) == ("unknown", 3)
    assert meaning(None, None, kind="receiver_status") == ("silent", 2)


def test_every_code_of_the_tables_has_a_meaning_with_a_label() -> None:
    found = {
        meaning(system, code, qualifier)[0]
        for system, table in (("cid", contact_id_codes()), ("sia", sia_codes()))
        for code in table
        for qualifier in ("new", "restore")
    }
    assert found <= set(KINDS)
    assert "unknown" not in found
    assert all(len(label) <= 5 for label in KINDS.values())


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_is_in_the_journal_is_shown_as_an_alarm(value: object) -> None:
    board = Board()
    shown = [Stored(1, "u", PENDING, json.dumps(value))]
    for name in ("code", "account", "extended", "zone", "received_at", "raw_hex", "repeat_of"):
        damaged = json.dumps({"kind": "event", "code_system": "cid", name: value})
        shown.append(Stored(len(shown) + 1, f"u{name}", PENDING, damaged))
    board.take(shown)
    draw = lines(board)
    details = DetailText(board, draw, Words())
    for row in board.rows(Filter()):
        assert row.meaning.is_alarm
        assert sum(cell_len(part) for part, _style in draw.of_row(row, 100)) == 100
        assert details.of(row, ENTRY, 60).plain.replace("\n", "").isprintable()


def test_text_that_is_no_json_becomes_a_row() -> None:
    row = read_row(Stored(1, "u", PENDING, "{"))
    assert row.in_words(Words()) == "Not understood: damaged in the journal"


def test_the_list_is_newest_first_and_retries_are_folded() -> None:
    board = Board()
    board.take([stored(1), stored(2, code="401"), stored(3, repeat_of="e:sg-1:1")])
    board.take([stored(4, repeat_of="gone:sg-1:9")])
    rows = board.rows(Filter())
    assert [row.position for row in rows] == [4, 2, 1]
    assert [board.repeats(row) for row in rows] == [0, 0, 1]


def test_only_new_alarms_are_announced() -> None:
    board = Board()
    new = board.take([stored(1), stored(2, code="602"), stored(3, repeat_of="e:sg-1:1")])
    assert [row.position for row in new] == [1]


def test_unhandled_alarms_are_pinned_by_urgency_then_age_each_event_once() -> None:
    board = Board()
    board.take(
        [
            stored(1),
            stored(2, code="110"),
            stored(3),
            stored(4, code="110", account="77"),
            stored(5, code="301"),
            stored(6, zone="006"),
            stored(7, repeat_of="e:sg-1:6"),
        ]
    )
    assert pinned(board) == [[2], [4], [1, 3], [6]]


def test_the_same_account_with_and_without_zeros_is_one() -> None:
    board = Board()
    board.take([stored(1, account="0012"), stored(2, account="12"), stored(3, account="120")])
    assert pinned(board) == [[1, 2], [3]]
    first = board.rows(Filter())[-1]
    assert [row.position for row in board.unhandled_of(first, None)] == [1, 2]
    assert [row.position for row in board.rows(Filter(site=first.site))] == [2, 1]


def test_a_ticked_or_delivered_alarm_is_no_longer_pinned_and_a_rejected_one_is() -> None:
    board = Board()
    board.take([stored(position, zone=str(position)) for position in (1, 2, 3, 4)])
    board.take_ticks([tick(1), tick(4, withdrawn_at="2026-11-20T13:00:00.000000Z")])
    board.take_statuses({2: delivered(2, 1), 3: SignalStatus("dead", None, "no"), 99: PENDING})
    assert pinned(board) == [[3], [4]]
    assert board.undelivered() == [1, 4]


def test_while_odoo_is_away_what_it_got_shortly_before_is_pinned_as_sent() -> None:
    board = Board()
    board.take([stored(1, delivered(1, 1), zone="1"), stored(2, delivered(2, 40), zone="2")])
    assert pinned(board) == []
    since = to_iso(NOON + timedelta(minutes=20))
    (pin,) = board.pins(since)
    assert pin.first.position == 2
    assert pin.sent
    board.take([stored(3, zone="2")])
    (pin,) = board.pins(since)
    assert not pin.sent


def test_a_pin_says_that_the_panel_took_it_back() -> None:
    board = Board()
    board.take(
        [
            stored(1, qualifier="restore"),
            stored(2),
            stored(3, zone="006"),
            stored(4, qualifier="restore", zone="006"),
            stored(5, code="406", zone=None, user="003"),
            stored(6, account="99"),
        ]
    )
    ends = {
        pin.first.position: (pin.restored_at is not None, pin.cancelled_at is not None)
        for pin in board.pins(None)
    }
    assert ends == {2: (False, True), 3: (True, True), 6: (False, False)}


def test_an_unhandled_alarm_outlives_the_list() -> None:
    board = Board(kept=3)
    board.take([stored(1)])
    board.take([stored(position, code="602") for position in range(2, 9)])
    assert len(board) == 3
    assert pinned(board) == [[1]]
    assert board.undelivered() == [1, 6, 7, 8]
    board.take_statuses({1: delivered(1, 1)})
    board.take([stored(9, code="602")])
    assert pinned(board) == []
    assert 1 not in board.undelivered()


def test_alarms_from_before_the_list_are_pinned_but_not_listed() -> None:
    board = Board()
    board.take_older([stored(1)])
    board.take([stored(5, zone="9")])
    assert pinned(board) == [[1], [5]]
    assert [row.position for row in board.rows(Filter())] == [5]


def test_filters_choose_alarms_unhandled_accounts_and_text() -> None:
    board = Board(describe=lambda row: f"{row.account} {row.in_words(Words())}")
    board.take(
        [
            stored(1),
            stored(2, code="301"),
            stored(3, delivered(3, 1), account="77", code="110"),
            stored(4, code="602"),
        ]
    )
    board.take_ticks([tick(1)])

    def shown(**wanted: object) -> list[int]:
        return [row.position for row in board.rows(Filter(**wanted))]  # type: ignore[arg-type]

    assert shown(show="alarms") == [3, 1]
    assert shown(show="unhandled") == [2]
    assert shown(site=("sg-1", "77")) == [3]
    assert shown(text="AC lo") == [2]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["130", "110", "301", "602", "ABC"]),
            st.sampled_from(["1", "2"]),
            st.sampled_from(["new", "restore"]),
            st.sampled_from(["pending", "delivered", "dead"]),
            st.booleans(),
        ),
        max_size=60,
    ),
    st.integers(1, 20),
)
def test_no_unhandled_alarm_is_ever_missing_from_the_pins(
    signals: list[tuple[str, str, str, str, bool]], kept: int
) -> None:
    board, expected = Board(kept=kept), set()
    for position, (code, account, qualifier, state, ticked) in enumerate(signals, start=1):
        status = SignalStatus(state, to_iso(NOON) if state != "pending" else None)  # type: ignore[arg-type]
        item = stored(position, status, code=code, account=account, qualifier=qualifier)
        if ticked:
            board.take_ticks([*board._ticks.values(), tick(position)])
        board.take([item])
        if read_row(item).meaning.is_alarm and state != "delivered" and not ticked:
            expected.add(position)
    pins = board.pins(None)
    assert {row.position for pin in pins for row in pin.rows} == expected
    order = [(pin.first.meaning.urgency, pin.first.position) for pin in pins]
    assert order == sorted(order)
    assert len(board) <= kept


ENTRY = Entry(
    "HQ",
    "1234",
    subscriber="滨江路珠宝店",
    areas=(Area("1", "Ground floor"),),
    zones=(Zone("5", "Back door", "PIR"),),
    users=(User("003", "Zhang Wei"),),
)


def lines(board: Board, entry: Entry | None = ENTRY, language: str = "en") -> Lines:
    return Lines(board, lambda row: entry, Words(language), lambda: NOON)


def row_of(**values: object) -> Row:
    return read_row(stored(1, **values))  # type: ignore[arg-type]


def test_an_event_is_told_with_the_names_of_zone_user_and_area() -> None:
    draw = lines(Board())
    row = row_of(area="01")
    assert draw.event(row) == "Burglary · zone 005 Back door (PIR) · area 01 Ground floor"
    assert draw.event(row, brief=True) == "Burglary · 005 Back door"
    row = row_of(code="401", zone=None, user="003")
    assert draw.event(row) == "Opening by user · user 003 Zhang Wei"
    assert lines(Board(), None).event(row, brief=True) == "Opening by user · user 003"
    assert lines(Board(), language="zh_CN").event(row_of(area="00")) == (
        "盗警 · 防区 005 Back door (PIR)"
    )


def test_what_numbers_neither_zone_nor_user_is_shown_all_the_same() -> None:
    row = row_of(code_system="sia", code="DF", qualifier=None, zone=None, address="12")
    assert lines(Board()).event(row).endswith(" · number 12")


def test_retries_on_the_link_are_marked() -> None:
    board = Board()
    board.take([stored(1), stored(2, repeat_of="e:sg-1:1"), stored(3, repeat_of="gone")])

    def text(row: Row) -> str:
        return "".join(part for part, _style in lines(board).of_row(row, 160))

    lost, original = board.rows(Filter())
    assert "(retry)" in text(lost)
    assert "(+1 retries)" in text(original)


def test_a_signal_that_comes_late_says_so() -> None:
    row = row_of(occurred_at=to_iso(NOON - timedelta(hours=2)))
    assert "LATE 2 h 00 min" in lines(Board()).event(row)
    assert "LATE" not in lines(Board()).event(row_of(occurred_at=to_iso(NOON)))


def test_a_tick_is_shown_with_who_and_when() -> None:
    board = Board()
    board.take([stored(1)])
    board.take_ticks([tick(1)])
    text = "".join(part for part, _style in lines(board).of_row(board.rows(Filter())[0], 120))
    assert "[Li 12:05:00]" in text
    assert "handled" in text


@given(st.text(max_size=40), st.text(max_size=20), st.integers(60, 200))
def test_a_line_has_exactly_the_width_there_is(name: str, text: str, width: int) -> None:
    board = Board()
    board.take([stored(1, text=text, account=name), stored(2, text=text, zone=name)])
    draw = lines(board, Entry("HQ", "1", subscriber=name))
    for row in board.rows(Filter()):
        drawn = "".join(part for part, _style in draw.of_row(row, width))
        assert cell_len(drawn) == width
        assert drawn.isprintable()
    for pin in board.pins(None):
        assert sum(cell_len(part) for part, _style in draw.of_pin(pin, width)) == width


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("door", 6, "door  "),
        ("door", 4, "door"),
        ("back door", 6, "back…"),
        ("滨江路", 5, "滨江…"),
        ("滨江路", 4, "滨…"),
        ("a\x1b[2Jb", 8, "a\ufffd[2Jb"),
    ],
)
def test_text_is_cut_to_cells_not_characters(text: str, width: int, expected: str) -> None:
    fitted = fit(text, width)
    assert fitted.rstrip() == expected.rstrip()
    assert cell_len(fitted) == width


def test_the_clock_shows_the_day_when_it_is_another() -> None:
    draw = lines(Board())
    assert draw.clock(NOON) == "12:00:00"
    assert draw.clock(NOON - timedelta(days=1)) == "19. 12:00"
    assert draw.clock(None) == "--:--:--"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(45, "45 s"), (720, "12 min"), (11_100, "3 h 05 min"), (187_200, "2 d 4 h")],
)
def test_durations_are_told_as_people_do(seconds: float, expected: str) -> None:
    assert duration(seconds, Words()) == expected
