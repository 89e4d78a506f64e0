"""Supervision of many accounts by a clock that the test turns: who is lost, who is not."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from receiver_bridge.conditions import Conditions
from receiver_bridge.config import SupervisionSettings
from receiver_bridge.journal import Append
from receiver_bridge.lines import Line
from receiver_bridge.metrics import Metrics
from receiver_bridge.supervision import AccountWatch, SqliteLastSeen

EPOCH = 1_700_000_000.0


class Centre:
    """What outlives a bridge: the clock, the store's file, the journal's memory, what was told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 1000.0
        self.told: list[tuple[str, str, str]] = []
        self.memory: dict[str, str] = {}
        self.failing = False

    def tell(self, append: Append, done: Callable[[bool], None]) -> None:
        if self.failing:
            done(False)
            return
        for draft in append.drafts:
            assert (draft.kind, draft.code_system, draft.code) == ("supervision", "bridge", "lost")
            self.told.append((draft.receiver, str(draft.account), str(draft.qualifier)))
        for name, value in append.remember:
            if value is None:
                self.memory.pop(name, None)
            else:
                self.memory[name] = value
        done(True)

    def count(self, qualifier: str) -> int:
        return sum(told[2] == qualifier for told in self.told)


class Bridge:
    """One process' life: an AccountWatch on two lines of one group and a real store."""

    def __init__(
        self,
        centre: Centre,
        intervals: dict[str, float],
        file: str = "last-seen",
        shared: bool = False,
        holds: Callable[[str], bool] = lambda receiver: True,
        clock_error: float = 0.0,
        complete: bool = True,
        **values: float,
    ) -> None:
        self.centre = centre
        self.lines = {name: Line(name, "dc09", "tcp") for name in ("tcp", "udp", "other")}
        for line in self.lines.values():
            line.opened()
        self.conditions, self.metrics = Conditions(), Metrics()
        offset = EPOCH + clock_error
        self.store = SqliteLastSeen(centre.folder / file, lambda: centre.now + offset)
        self.shared = shared
        self.watch = AccountWatch(
            [(line, centre.tell) for line in self.lines.values()],
            SupervisionSettings(**values),
            self.metrics,
            self.conditions,
            centre.now,
            holds=holds,
            shared=shared,
            lag=20.0 if shared else 0.0,
        )
        self.watch.set_groups({"tcp": "HQ", "udp": "HQ", "other": "BRANCH"})
        self.watch.change(
            [(("HQ", name), interval) for name, interval in intervals.items()], complete
        )
        self.watch.restore_seen(self.store.scope, self.store.listened())
        self.watch.restore_lost(centre.memory)
        self.watch.take_over(self.watch.unheld(), centre.memory)
        self.next_write = centre.now + 10

    def heard(self, account: str, line: str = "tcp") -> None:
        self.watch.heard(line, account, self.centre.now)

    def second(self) -> None:
        """What the service does in one second."""
        candidates = self.watch.sweep(self.centre.now)
        if candidates:
            self.watch.checked(candidates, self.store.read([item.key for item in candidates]))
        self.watch.take_over(self.watch.unheld(), self.centre.memory)
        if self.centre.now >= self.next_write:
            self.next_write = self.centre.now + 10
            self.store.write(self.watch.take_batch(self.centre.now))
            if self.shared:
                lost = self.watch.lost()
                self.watch.lost_checked(lost, self.store.read([item.key for item in lost]))

    def figure(self, name: str, receiver: str = "tcp") -> float:
        value = self.metrics.registry.get_sample_value(
            f"receiver_bridge_accounts_{name}", {"receiver": receiver}
        )
        assert value is not None
        return value


def run(centre: Centre, bridge: Bridge, seconds: int, polling: dict[str, int]) -> None:
    """Let time pass; ``polling``: account -> seconds between its polls."""
    for _second in range(seconds):
        centre.now += 1
        for account, interval in polling.items():
            if int(centre.now) % interval == 0:
                bridge.heard(account)
        bridge.second()


def test_lost_is_told_once_after_two_missed_polls_and_restored_at_the_next_frame(
    tmp_path: Path,
) -> None:
    centre = Centre(tmp_path)
    bridge = Bridge(centre, {"1": 60}, grace=0)
    run(centre, bridge, 300, {"0001": 60})
    last = centre.now - centre.now % 60
    while not centre.told:
        run(centre, bridge, 1, {})
    assert 150 <= centre.now - last <= 153
    run(centre, bridge, 1000, {})
    assert centre.told == [("tcp", "1", "new")]
    assert bridge.figure("lost") == 1
    bridge.heard("0001")
    run(centre, bridge, 1, {})
    assert centre.told[1:] == [("tcp", "1", "restore")]
    run(centre, bridge, 200, {"1": 60})
    assert len(centre.told) == 2
    assert bridge.figure("lost") == 0


def test_an_account_is_one_panel_on_all_lines_of_its_group(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    bridge = Bridge(centre, {"1": 60}, grace=0)
    for number in range(20):
        bridge.heard("1" if number % 2 else "0001", ("tcp", "udp")[number % 2])
        run(centre, bridge, 60, {})
    assert centre.told == []
    assert bridge.figure("supervised", "tcp") + bridge.figure("supervised", "udp") == 1
    # Of another group the same number is another panel.
    for _number in range(4):
        bridge.heard("1", "other")
        run(centre, bridge, 60, {})
    assert [told[1:] for told in centre.told] == [("1", "new")]


def test_what_was_never_heard_is_lost_too(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    bridge = Bridge(centre, {"1": 60}, grace=180)
    run(centre, bridge, 170, {})
    assert centre.told == []
    run(centre, bridge, 15, {})
    assert [told[1:] for told in centre.told] == [("1", "new")]


def test_who_has_no_interval_is_never_lost_but_kept_as_seen(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    bridge = Bridge(centre, {"1": 0}, grace=0)
    bridge.heard("1")
    bridge.heard("77")
    run(centre, bridge, 1000, {})
    assert centre.told == []
    seen = dict(bridge.store.scope("group HQ"))
    assert set(seen) == {"1", "77"}
    assert 995 <= seen["77"].age <= 1001


def test_a_restart_raises_no_false_lost_and_forgets_no_lost(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    known = {str(number): 60.0 for number in range(1, 30)}
    bridge = Bridge(centre, known, grace=180)
    polling = {name: 60 for name in known if name != "7"}
    run(centre, bridge, 400, polling)
    assert [told[1:] for told in centre.told] == [("7", "new")]
    for down in (1, 45, 170, 3600):
        centre.now += down
        bridge = Bridge(centre, known, grace=180)
        run(centre, bridge, 400, polling)
    assert [told[1:] for told in centre.told] == [("7", "new")]
    centre.now += 30
    bridge = Bridge(centre, known, grace=180)
    run(centre, bridge, 70, polling | {"7": 60})
    assert [told[1:] for told in centre.told] == [("7", "new"), ("7", "restore")]
    assert centre.memory == {}


def test_a_clock_that_jumps_over_a_restart_raises_no_false_lost(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    known, polling = {"1": 600.0}, {"1": 600}
    error = 0.0
    for jump in (0.0, 7200.0, -86_400.0, 200.0, -100.0):
        error += jump
        bridge = Bridge(centre, known, clock_error=error, grace=180)
        run(centre, bridge, 700, polling)
    assert centre.told == []


def test_accounts_of_a_line_that_is_down_or_silent_are_not_lost(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    known = {str(number): 60.0 for number in range(1, 200)}
    polling = dict.fromkeys(known, 60)
    bridge = Bridge(centre, known, grace=180)
    run(centre, bridge, 100, polling)
    bridge.lines["tcp"].closed("cable pulled")
    run(centre, bridge, 2000, {})
    bridge.lines["tcp"].opened()
    run(centre, bridge, 100, {})
    run(centre, bridge, 400, polling)
    bridge.lines["tcp"].silent = True
    run(centre, bridge, 2000, {})
    bridge.lines["tcp"].silent = False
    run(centre, bridge, 300, polling)
    assert centre.told == []
    run(centre, bridge, 400, {})
    assert centre.count("new") == 199


def test_a_process_that_was_stopped_for_an_hour_reports_nobody(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    known = {str(number): 60.0 for number in range(1, 200)}
    polling = dict.fromkeys(known, 60)
    bridge = Bridge(centre, known, grace=180)
    run(centre, bridge, 300, polling)
    centre.now += 3600
    run(centre, bridge, 300, polling)
    assert centre.told == []


def test_a_network_that_fails_is_one_condition_and_paced_reports(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    known = {str(number): 60.0 for number in range(1, 2001)}
    bridge = Bridge(centre, known, grace=0, burst=20, per_minute=60, mass_share=0.2)

    def poll(accounts: range) -> None:
        for number in accounts:
            if number % 60 == int(centre.now) % 60:
                bridge.heard(str(number))

    for _second in range(200):
        centre.now += 1
        poll(range(1, 2001))
        bridge.second()
    cut = range(1, 1001)
    began = None
    for second in range(300):
        centre.now += 1
        poll(range(1001, 2001))
        bridge.second()
        if began is None and "accounts_lost" in bridge.conditions:
            began = second
    assert began is not None and began < 160
    assert centre.count("new") <= 20 + 300
    assert centre.count("new") >= 150
    assert {int(told[1]) for told in centre.told} <= set(cut)
    [condition] = bridge.conditions.current()
    assert "tcp: 1000 of 2000" in condition.detail
    assert bridge.figure("lost") + bridge.figure("lost_untold") == 1000
    reported = {told[1] for told in centre.told}
    # The network is back: those that were told are told back, the others never were lost.
    for _second in range(120):
        centre.now += 1
        poll(range(1, 2001))
        bridge.second()
    assert "accounts_lost" not in bridge.conditions
    restored = Counter(told[1] for told in centre.told if told[2] == "restore")
    lost = Counter(told[1] for told in centre.told if told[2] == "new")
    assert lost == restored
    assert set(lost.values()) == {1}
    assert len(set(lost) - reported) <= 60
    assert bridge.figure("lost_untold") == 0


def test_who_is_cut_off_later_does_not_wait_behind_a_failed_network(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    known = {str(number): 60.0 for number in range(1, 2001)}
    bridge = Bridge(centre, known, grace=0, burst=20, per_minute=60, mass_share=0.2)

    def second(first: int, cut: int) -> None:
        centre.now += 1
        for number in range(first, 2001):
            if number != cut and number % 60 == int(centre.now) % 60:
                bridge.heard(str(number))
        bridge.second()

    for _second in range(100):
        second(1, 0)
    for _second in range(300):
        second(1001, 0)
    last = int(centre.now) - (int(centre.now) - 1500) % 60
    while ("tcp", "1500") not in [told[:2] for told in centre.told]:
        second(1001, 1500)
        assert centre.now <= last + 150 + 5, f"{bridge.figure('lost_untold')} wait"
    # Those of the network that failed have their turns still.
    before = centre.count("new")
    for _second in range(60):
        second(1001, 1500)
    assert 55 <= centre.count("new") - before <= 65


def test_a_report_that_did_not_reach_the_disk_is_told_later(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    bridge = Bridge(centre, {"1": 60}, grace=0)
    centre.failing = True
    run(centre, bridge, 300, {})
    centre.failing = False
    run(centre, bridge, 60, {})
    assert [told[1:] for told in centre.told] == [("1", "new")]
    centre.failing = True
    bridge.heard("1")
    run(centre, bridge, 20, {"1": 5})
    centre.failing = False
    run(centre, bridge, 20, {"1": 5})
    assert [told[1:] for told in centre.told] == [("1", "new"), ("1", "restore")]


def test_who_is_supervised_no_longer_does_not_stay_lost(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    bridge = Bridge(centre, {"1": 60, "2": 60, "3": 60}, grace=0)
    run(centre, bridge, 200, {"3": 60})
    assert centre.count("new") == 2
    bridge.watch.change([(("HQ", "1"), 0.0), (("HQ", "3"), 86_400.0)], True)
    run(centre, bridge, 2, {})
    assert [told[1:] for told in centre.told[2:]] == [("1", "restore")]
    # And when the bridge was down while the account was taken out.
    bridge = Bridge(centre, {"3": 86_400}, grace=0)
    run(centre, bridge, 2, {})
    assert [told[1:] for told in centre.told[3:]] == [("2", "restore")]
    run(centre, bridge, 4000, {})
    assert len(centre.told) == 4
    assert centre.memory == {}


def test_what_was_lost_stays_lost_while_odoo_has_not_said_who_is_supervised(
    tmp_path: Path,
) -> None:
    centre = Centre(tmp_path)
    run(centre, Bridge(centre, {"1": 60, "2": 60}, grace=0), 200, {})
    assert centre.count("new") == 2
    # Its configuration was thrown away with the API key, and Odoo is down.
    bridge = Bridge(centre, {}, complete=False, grace=0)
    run(centre, bridge, 100, {})
    bridge.watch.change([(("HQ", "1"), 60.0)], False)
    run(centre, bridge, 500, {})
    assert len(centre.told) == 2
    bridge.heard("1")
    run(centre, bridge, 2, {})
    assert [told[1:] for told in centre.told[2:]] == [("1", "restore")]
    bridge.watch.change([], True)
    run(centre, bridge, 2, {})
    assert [told[1:] for told in centre.told[3:]] == [("2", "restore")]


def test_who_does_not_speak_for_a_line_raises_no_alarm_about_it(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    known = {str(number): 60.0 for number in range(1, 100)}
    bridge = Bridge(centre, known, shared=True, holds=lambda receiver: False, grace=0)
    run(centre, bridge, 120, dict.fromkeys(known, 60))
    run(centre, bridge, 600, {})
    assert centre.told == []
    assert "accounts_lost" not in bridge.conditions
    assert bridge.figure("lost_untold") == 0


def test_lines_may_come_and_go_while_accounts_are_supervised(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    bridge = Bridge(centre, {"1": 60, "2": 60}, grace=0)
    run(centre, bridge, 100, {"1": 20, "2": 20})
    # The line is opened anew, as another object.
    line = Line("tcp", "dc09", "tcp")
    bridge.watch.add_line(line, centre.tell, centre.now)
    run(centre, bridge, 600, {})
    assert centre.told == []
    line.opened()
    run(centre, bridge, 300, {"1": 20, "2": 20})
    # It goes for good, and its accounts call on the other line of their group.
    bridge.watch.remove_line("tcp")
    for _number in range(20):
        bridge.heard("1", "tcp")
        bridge.heard("1", "udp")
        run(centre, bridge, 20, {})
    assert centre.told == [("udp", "2", "new")]
    bridge.watch.remove_line("udp")
    run(centre, bridge, 600, {})
    new = Line("udp", "dc09", "udp")
    new.opened()
    bridge.watch.add_line(new, centre.tell, centre.now)
    bridge.heard("2", "udp")
    run(centre, bridge, 100, {})
    assert centre.told[1:] == [("udp", "2", "restore")]
    bridge.watch.adjust(SupervisionSettings(grace=10_000))
    run(centre, bridge, 1000, {})
    assert len(centre.told) == 2


def test_a_shorter_interval_counts_from_the_last_frame(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    bridge = Bridge(centre, {"1": 86_400}, grace=0)
    bridge.heard("1")
    run(centre, bridge, 100, {})
    bridge.watch.change([(("HQ", "1"), 60.0)], True)
    run(centre, bridge, 45, {})
    assert centre.told == []
    run(centre, bridge, 10, {})
    assert centre.count("new") == 1


def test_two_bridges_hear_one_centre_and_one_of_them_speaks(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    known = {str(number): 60.0 for number in range(1, 50)}
    holder = ["first"]
    first = Bridge(centre, known, shared=True, holds=lambda receiver: holder[0] == "first")
    second = Bridge(centre, known, shared=True, holds=lambda receiver: holder[0] == "second")

    def both(seconds: int, alive: tuple[Bridge, ...], silent: frozenset[str]) -> None:
        """Every panel calls the second bridge, as long as there is one."""
        for _second in range(seconds):
            centre.now += 1
            for account in known:
                if account not in silent and (int(account) + int(centre.now)) % 60 == 0:
                    alive[-1].heard(account)
            for bridge in alive:
                bridge.second()

    both(600, (first, second), frozenset())
    assert centre.told == []
    both(400, (first, second), frozenset({"7"}))
    assert [told[1:] for told in centre.told] == [("7", "new")]
    both(100, (first, second), frozenset())
    assert [told[1:] for told in centre.told] == [("7", "new"), ("7", "restore")]
    both(400, (first, second), frozenset({"8"}))
    assert [told[1:] for told in centre.told[2:]] == [("8", "new")]
    # The first is gone, and its lease: the second speaks for it, and repeats nothing.
    holder[0] = "second"
    both(400, (second,), frozenset({"8"}))
    assert len(centre.told) == 3
    both(100, (second,), frozenset())
    assert [told[1:] for told in centre.told[3:]] == [("8", "restore")]


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["run", "restart", "down", "stall", "jump"]), st.integers(1, 900)
        ),
        max_size=10,
    ),
    st.sampled_from([30, 60, 300]),
    st.randoms(use_true_random=False),
)
def test_a_panel_that_polls_is_never_lost_and_a_dead_one_is_in_the_end(
    tmp_path: Path, happenings: list[tuple[str, int]], interval: int, chance: random.Random
) -> None:
    for path in tmp_path.glob("last-seen*"):
        path.unlink()
    centre, error = Centre(tmp_path), 0.0
    known = {"1": float(interval)}
    bridge = Bridge(centre, known)
    due = 0.0

    def live(seconds: int, reachable: bool = True) -> None:
        nonlocal due
        for _second in range(seconds):
            centre.now += 1
            if centre.now >= due:
                if reachable:
                    bridge.heard("1")
                due = centre.now + interval * chance.uniform(0.6, 1.0)
            bridge.second()

    for what, seconds in happenings:
        if what == "restart":
            centre.now += seconds
            bridge = Bridge(centre, known, clock_error=error)
        elif what == "down":
            bridge.lines["tcp"].closed("pulled")
            live(seconds, reachable=False)
            bridge.lines["tcp"].opened()
        elif what == "stall":
            centre.now += seconds
        elif what == "jump":
            error += chance.uniform(-1, 1) * 10_000
        live(seconds if what == "run" else 20)
    assert centre.told == []
    run(centre, bridge, 3 * interval + 200, {})
    assert [told[1:] for told in centre.told] == [("1", "new")]


def test_a_hundred_thousand_accounts(tmp_path: Path) -> None:
    number, interval, length = 100_000, 60, 360
    centre = Centre(tmp_path)
    names = [f"{account:06d}" for account in range(number)]
    known = {name.lstrip("0") or "0": float(interval) for name in names}
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    bridge = Bridge(centre, known, grace=60, per_minute=10_000, burst=1000)
    rows = [names[second::interval] for second in range(interval)]
    silent = set(names[::1000])
    spent = writing = 0.0
    written = batches = 0

    def second(quiet: set[str]) -> None:
        nonlocal spent, writing, written, batches
        centre.now += 1
        row = [name for name in rows[int(centre.now) % interval] if name not in quiet]
        began = time.process_time()
        for name in row:
            bridge.heard(name)
        bridge.watch.sweep(centre.now)
        spent += time.process_time() - began
        if int(centre.now) % 10 == 0:
            batch = bridge.watch.take_batch(centre.now)
            batches += 1
            written += len(batch.seen)
            bridge.store.write(batch)

    for _second in range(interval):
        second(set())
    assert (tracemalloc.get_traced_memory()[0] - before) / number < 400
    tracemalloc.stop()
    spent, written, batches = 0.0, 0, 0
    for _second in range(length):
        second(silent if _second > 60 else set())
    for _second in range(interval + 5):
        second(set())
    seconds = length + interval + 5
    lost = Counter(told[1] for told in centre.told if told[2] == "new")
    restored = Counter(told[1] for told in centre.told if told[2] == "restore")
    expected = {name.lstrip("0") or "0" for name in silent}
    assert set(lost) == set(restored) == expected
    assert set(lost.values()) == set(restored.values()) == {1}
    assert bridge.figure("supervised") == number
    # One batch every ten seconds, and in it every account at most once.
    assert batches in (seconds // 10, seconds // 10 + 1)
    assert written <= number * seconds / interval
    assert sum(1 for _row in bridge.store.scope("group HQ")) == number
    bare: dict[str, float] = {}
    began = time.process_time()
    for at in range(seconds):
        for name in rows[at % interval]:
            bare[name] = float(at)
    measure = time.process_time() - began
    assert spent / measure < 60
