"""What Odoo says of accounts and receivers: fetched page by page, kept encrypted, read beside."""

from __future__ import annotations

import json
import logging
import sqlite3
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo_server import KEY, OdooServer, serve_odoo

from receiver_bridge.conditions import Conditions
from receiver_bridge.config import AccountSettings, OdooSettings, ReceiverSettings, parse_door
from receiver_bridge.directory import (
    AccountBook,
    AnswerError,
    Change,
    ConfigurationStore,
    Contact,
    Directory,
    DirectoryError,
    Transfer,
    Zone,
    read_answer,
)
from receiver_bridge.directory.cipher import Unreadable, Vault
from receiver_bridge.keys import KeyRing
from receiver_bridge.metrics import Metrics
from receiver_bridge.sources import AllowedSources
from receiver_bridge.uplink import OdooConfiguration, open_transport

PANEL_KEY = "00112233445566778899aabbccddeeff"
PHONE = "+49 30 5550199"
DIRECTORY = {
    "subscriber": "Corner shop",
    "ref": "S-17",
    "state": "active",
    "address": "1 Example Street",
    "areas": [["1", "Ground floor"]],
    "zones": [["005", "Back door", "PIR"], ["006", "Till"]],
    "users": [["003", "Holder of code 3"]],
    "contacts": [{"name": "First keyholder", "phones": [PHONE], "note": "speaks French"}],
    "pets": ["of a newer Odoo"],
}


@dataclass
class Made:
    """A bridge's side of the configuration, without a bridge."""

    folder: Path
    url: str
    key: str = KEY
    stale_after: float = 3600.0
    changes: list[Change] = field(default_factory=list)
    complete: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.path = self.folder / "journal.db.configuration"
        self.book, self.keys, self.sources = AccountBook(), KeyRing(), AllowedSources()
        self.conditions, self.metrics = Conditions(), Metrics()
        self.store = ConfigurationStore(self.path, self.key)
        settings = OdooSettings(self.url, "arc", "bridge", KEY, timeout=5)
        self.fetcher = OdooConfiguration(
            self.store,
            self.book,
            self.keys,
            self.sources,
            open_transport(settings),
            self.metrics,
            self.conditions,
            self.stale_after,
            self._changed,
        )
        self.fetcher.load_cache()

    def _changed(self, changes: Sequence[Change], complete: bool) -> None:
        self.changes += changes
        self.complete.append(complete)

    def accounts(self) -> dict[tuple[str, str], float | None]:
        return dict(self.book.intervals())

    def directory(self) -> Directory:
        return Directory(self.path, self.key)


def dc09_line(name: str) -> ReceiverSettings:
    return ReceiverSettings(name, "dc09", parse_door("tcp-listen://127.0.0.1:0"))


RECEIVERS = [
    {"name": "dc-1", "receiver_group": "HQ", "allow": ["192.0.2.0/24", "nonsense"]},
    {"name": "dc-2", "receiver_group": "BRANCH", "allow": []},
]


def account(number: object, group: str = "HQ", **values: Any) -> dict[str, Any]:
    return {"receiver_group": group, "account": str(number), **values}


def answer(version: str, accounts: Sequence[dict[str, Any]], **values: Any) -> dict[str, Any]:
    return {"version": version, "accounts": list(accounts), "receivers": RECEIVERS, **values}


def serve_pages(odoo: OdooServer, pages: dict[str, Any]) -> None:
    """``since`` -> answer; an exception is raised."""
    odoo.pages = pages.__getitem__


def test_keys_and_sources_come_from_odoo_and_outlive_it(tmp_path: Path) -> None:
    with serve_odoo() as odoo:
        serve_pages(
            odoo,
            {
                "": answer(
                    "7",
                    [
                        account("001a", key=PANEL_KEY),
                        account(2, key=PANEL_KEY),
                        account(3, key=7, timestamps="ignore", tolerate=["length"]),
                    ],
                ),
                "7": answer(
                    "8",
                    [account(4, key=PANEL_KEY, clear="refuse")],
                    full=False,
                    removed=[account(2)],
                ),
                "8": answer("8", [], full=False),
            },
        )
        made = Made(tmp_path, odoo.url)
        made.fetcher.once()
        made.fetcher.once()
        assert odoo.since == ["", "7"]
        again = Made(tmp_path, odoo.url)
        again.fetcher.once()
        assert odoo.since == ["", "7", "8"]
    assert made.path.stat().st_mode & 0o777 == 0o600
    for each in (made, again):
        rules = each.keys.lookup(dc09_line("dc-1"))
        assert rules("1A").key == rules("0004").key == bytes.fromhex(PANEL_KEY)
        assert rules("2").key is rules("3").key is rules(None).key is None
        assert rules("3").timestamps == "ignore"
        assert rules("3").tolerate == {"length"}
        assert rules("4").clear == "refuse"
        assert each.keys.lookup(dc09_line("dc-2"))("1A").key is None
        assert each.sources.admits("dc-1", ())("192.0.2.7")
        assert not each.sources.admits("dc-1", ())("198.51.100.1")
        assert each.sources.admits("dc-2", ())("198.51.100.1")
        assert each.book.knows("dc-1", "3")
        assert not each.book.knows("dc-1", "2")
        assert not each.book.knows("dc-2", "3")


def test_a_whole_transfer_in_pages_forgets_at_its_end_what_it_did_not_name(tmp_path: Path) -> None:
    with serve_odoo() as odoo:
        serve_pages(
            odoo,
            {
                "": answer("a", [account(1), account(2, supervision=60, directory=DIRECTORY)]),
                "a": answer("b1", [account(1, supervision=30)], full=True, more=True),
                "b1": answer("b2", [account(3)], full=False, more=False),
                "b2": answer("b2", [], full=False),
            },
        )
        made = Made(tmp_path, odoo.url)
        made.fetcher.once()
        assert made.changes == [(("HQ", "1"), 0.0), (("HQ", "2"), 60.0)]
        found = made.directory().find("dc-1", "0002")
        assert found is not None and found.subscriber == "Corner shop"
        made.changes.clear()
        made.fetcher.once()
        assert odoo.since == ["", "a", "b1"]
        assert made.changes == [(("HQ", "1"), 30.0), (("HQ", "3"), 0.0), (("HQ", "2"), None)]
        assert made.accounts() == {("HQ", "1"): 30.0, ("HQ", "3"): 0.0}
        assert made.directory().find("dc-1", "2") is None
        assert Made(tmp_path, odoo.url).accounts() == made.accounts()


def test_a_transfer_that_breaks_off_goes_on_where_it_stopped_even_after_a_restart(
    tmp_path: Path,
) -> None:
    with serve_odoo() as odoo:
        pages: dict[str, Any] = {
            "": answer("p1", [account(1)], full=True, more=True),
            "p1": "garbage",
        }
        serve_pages(odoo, pages)
        made = Made(tmp_path, odoo.url)
        made.fetcher.once()
        assert not made.fetcher.complete
        restarted = Made(tmp_path, odoo.url)
        assert not restarted.fetcher.complete
        pages["p1"] = answer("p2", [account(2)], full=False)
        restarted.fetcher.once()
        assert odoo.since == ["", "p1", "p1"]
        assert restarted.fetcher.complete
        assert restarted.accounts() == {("HQ", "1"): 0.0, ("HQ", "2"): 0.0}
        assert Made(tmp_path, odoo.url).fetcher.complete


def test_what_could_not_be_written_is_known_at_once_and_written_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with serve_odoo() as odoo:
        pages = {
            "": answer("1", [account(1)]),
            "1": answer("2", [account(2, key=PANEL_KEY)], full=False, more=True),
            "2": answer("3", [account(3)], full=False),
            "3": answer("3", [], full=False),
        }
        serve_pages(odoo, pages)
        made = Made(tmp_path, odoo.url)
        made.fetcher.once()
        with sqlite3.connect(made.path) as other:
            other.execute(
                "CREATE TRIGGER full BEFORE INSERT ON account"
                " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        made.fetcher.once()
        assert "disk full" in caplog.text
        assert made.keys.lookup(dc09_line("dc-1"))("2").key == bytes.fromhex(PANEL_KEY)
        assert len(made.book) == 3
        assert len(Made(tmp_path, odoo.url).book) == 1
        with sqlite3.connect(made.path) as other:
            other.execute("DROP TRIGGER full")
        made.fetcher.once()
        made.fetcher.once()
        assert odoo.since == ["", "1", "2", "1", "2", "3"]
        assert Made(tmp_path, odoo.url).accounts() == made.accounts()
        assert len(made.book) == 3


def test_a_whole_transfer_of_which_a_part_was_not_written_begins_anew(tmp_path: Path) -> None:
    with serve_odoo() as odoo:
        pages = {
            "": answer("1", [account(1)], full=True, more=True),
            "1": answer("2", [account(2)], full=False),
            "2": answer("2", [], full=False),
        }
        serve_pages(odoo, pages)
        made = Made(tmp_path, odoo.url)
        made.path.parent.joinpath("hold").touch()
        write, failed = made.store.write, []

        def second_page_fails(page: Any, transfer: Any) -> None:
            if transfer.version == "2" and not failed:
                failed.append(page)
                with sqlite3.connect(made.path) as other:
                    other.execute("BEGIN EXCLUSIVE")
                    made.store.close()
                    other.execute(
                        "CREATE TRIGGER full BEFORE INSERT ON account"
                        " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
                    )
                try:
                    write(page, transfer)
                finally:
                    with sqlite3.connect(made.path) as other:
                        other.execute("DROP TRIGGER full")
            else:
                write(page, transfer)

        made.store.write = second_page_fails  # type: ignore[method-assign]
        made.fetcher.once()
        assert len(failed) == 1
        made.fetcher.once()
        assert odoo.since == ["", "1", "", "1"]
        assert made.accounts() == {("HQ", "1"): 0.0, ("HQ", "2"): 0.0}
        assert Made(tmp_path, odoo.url).accounts() == made.accounts()


@pytest.mark.parametrize("content", [b"", b"{}", b'{"accounts": [["HQ", "1", ""]]}' * 99])
def test_a_file_that_is_none_is_thrown_away_and_fetched_anew(
    tmp_path: Path, content: bytes
) -> None:
    with serve_odoo() as odoo:
        odoo.configuration = answer("1", [account(1)])
        (tmp_path / "journal.db.configuration").write_bytes(content)
        made = Made(tmp_path, odoo.url)
        assert len(made.book) == 0
        made.fetcher.once()
        assert odoo.since == [""]
        assert len(Made(tmp_path, odoo.url).book) == 1


def test_another_api_key_cannot_read_it_and_fetches_it_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with serve_odoo() as odoo:
        odoo.configuration = answer("1", [account(1, directory=DIRECTORY)])
        made = Made(tmp_path, odoo.url)
        made.fetcher.once()
        stranger = Directory(made.path, "another-key")
        with pytest.raises(DirectoryError, match="another API key"):
            stranger.find("dc-1", "1")
        rotated = Made(tmp_path, odoo.url, key="rotated-key")
        assert "sealed under another API key" in caplog.text
        assert len(rotated.book) == 0
        rotated.fetcher.once()
        assert odoo.since == ["", ""]
        entry = rotated.directory().find("dc-1", "1")
        assert entry is not None and entry.ref == "S-17"


def test_a_wrong_api_key_costs_nothing_of_what_is_on_disk(tmp_path: Path) -> None:
    with serve_odoo() as odoo:
        odoo.configuration = answer("1", [account(1, directory=DIRECTORY)])
        first = Made(tmp_path, odoo.url)
        first.fetcher.once()
        first.store.close()
    mistaken = Made(tmp_path, first.url, key="not-the-key")
    assert "configuration_unfit" in mistaken.conditions
    mistaken.fetcher.once()
    assert len(mistaken.book) == 0
    # Beside the bridge and with the right key it can be read all the while.
    assert first.directory().find("dc-1", "1") is not None
    mistaken.fetcher.use_secret("nor-this-one")
    mistaken.fetcher.once()
    assert "configuration_unfit" in mistaken.conditions
    mistaken.fetcher.use_secret(KEY)
    mistaken.fetcher.once()
    assert "configuration_unfit" not in mistaken.conditions
    assert mistaken.book.knows("dc-1", "1")
    assert mistaken.fetcher.complete
    assert mistaken.changes == [(("HQ", "1"), first.accounts()[("HQ", "1")])]
    mistaken.store.close()
    restarted = Made(tmp_path, first.url)
    assert restarted.accounts() == first.accounts()
    assert "configuration_unfit" not in restarted.conditions


def test_a_file_under_another_key_stays_until_the_last_page_has_come(tmp_path: Path) -> None:
    with serve_odoo() as odoo:
        odoo.configuration = answer("1", [account(1, directory=DIRECTORY)])
        first = Made(tmp_path, odoo.url)
        first.fetcher.once()
        first.store.close()
        rotated = Made(tmp_path, odoo.url, key="rotated-key")
        pages = {"": answer("p1", [account(1)], full=True, more=True), "p1": "garbage"}
        serve_pages(odoo, pages)
        rotated.fetcher.once()
        assert rotated.book.knows("dc-1", "1")
        assert "configuration_unfit" in rotated.conditions
        assert first.directory().find("dc-1", "1") is not None
        pages["p1"] = answer("p2", [account(2, directory=DIRECTORY)], full=False)
        rotated.fetcher.once()
        assert "configuration_unfit" not in rotated.conditions
        assert rotated.directory().find("dc-1", "2") is not None
        assert not list(tmp_path.glob("*.fetched*"))
        restarted = Made(tmp_path, odoo.url, key="rotated-key")
        assert restarted.accounts() == {("HQ", "1"): 0.0, ("HQ", "2"): 0.0}


def test_a_key_that_is_rotated_while_running_seals_all_anew(tmp_path: Path) -> None:
    with serve_odoo() as odoo:
        odoo.configuration = answer("1", [account(1, directory=DIRECTORY)])
        made = Made(tmp_path, odoo.url)
        made.fetcher.once()
        made.fetcher.use_secret("rotated-key")
        made.fetcher.once()
        assert odoo.since == ["", "1"]
        assert made.book.knows("dc-1", "1")
        rotated = Made(tmp_path, odoo.url, key="rotated-key")
        assert len(rotated.book) == 1
        entry = rotated.directory().find("dc-1", "1")
        assert entry is not None and entry.ref == "S-17"
        with pytest.raises(DirectoryError, match="another API key"):
            made.directory().find("dc-1", "1")


def test_a_key_that_is_rotated_while_odoo_is_away_takes_nothing_from_the_disk(
    tmp_path: Path,
) -> None:
    accounts = [
        account(1, directory=DIRECTORY),
        account(2, key=PANEL_KEY, supervision=60),
        *(account(number, directory={**DIRECTORY, "ref": f"S-{number}"}) for number in range(3, 9)),
    ]
    with serve_odoo() as odoo:
        odoo.configuration = answer("1", accounts)
        made = Made(tmp_path, odoo.url)
        made.fetcher.once()
    beside = Directory(made.path, "rotated-key")
    made.fetcher.use_secret("rotated-key")
    made.fetcher.once()
    entry = beside.find("dc-1", "1")
    assert entry is not None and entry.ref == "S-17"
    assert beside.find("dc-1", "2") is None
    entry = beside.find("dc-1", "8")
    assert entry is not None and entry.ref == "S-8"
    beside.close()
    with pytest.raises(DirectoryError, match="another API key"):
        made.directory().find("dc-1", "1")
    restarted = Made(tmp_path, made.url, key="rotated-key")
    assert restarted.accounts() == made.accounts()
    assert restarted.fetcher.complete
    rules = restarted.keys.lookup(dc09_line("dc-1"))("2")
    assert rules.key == bytes.fromhex(PANEL_KEY)
    with sqlite3.connect(made.path) as connection:
        assert connection.execute("SELECT count(*) FROM account").fetchone() == (8,)
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (7,)


def test_a_key_that_odoo_cannot_decrypt_leaves_the_one_that_is_known_and_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable = {"key": "", "key_unreadable": True}
    with serve_odoo() as odoo:
        odoo.configuration = answer("1", [account(1, key=PANEL_KEY), account(2)])
        made = Made(tmp_path, odoo.url)
        made.fetcher.once()
        odoo.configuration = answer("2", [account(1, **unreadable), account(3, **unreadable)])
        made.fetcher.once()
        [condition] = made.conditions.current()
        assert condition.code == "keys_unreadable"
        assert "1 of HQ, 3 of HQ" in condition.detail
        # Known here, known after a restart, and what Odoo can decrypt again is asked for then.
        odoo.since.clear()
        restarted = Made(tmp_path, odoo.url)
        for each in (made, restarted):
            rules = each.keys.lookup(dc09_line("dc-1"))
            assert rules("1").key == bytes.fromhex(PANEL_KEY)
            assert rules("3").key is None
        odoo.configuration = answer("3", [account(1, key=PANEL_KEY), account(3, key=PANEL_KEY)])
        restarted.fetcher.once()
        assert odoo.since == [""]
        rules = restarted.keys.lookup(dc09_line("dc-1"))
        assert rules("3").key == bytes.fromhex(PANEL_KEY)
        assert restarted.conditions.current() == []
        restarted.fetcher.once()
        assert odoo.since == ["", "3"]
        assert restarted.conditions.current() == []


def test_a_flipped_bit_is_found_and_everything_is_fetched_anew(tmp_path: Path) -> None:
    with serve_odoo() as odoo:
        odoo.configuration = answer("1", [account(1, key=PANEL_KEY)])
        made = Made(tmp_path, odoo.url)
        made.fetcher.once()
        made.store.close()
        with sqlite3.connect(made.path) as other:
            [[sealed]] = other.execute("SELECT sealed FROM account").fetchall()
            flipped = sealed[:-1] + bytes([sealed[-1] ^ 1])
            other.execute("UPDATE account SET sealed = ?", (flipped,))
        other.close()
        assert len(Made(tmp_path, odoo.url).book) == 0


def test_the_files_alone_show_neither_phone_nor_key_nor_name_nor_account(tmp_path: Path) -> None:
    with serve_odoo() as odoo:
        odoo.configuration = answer(
            "1", [account("4711", "HQ-GROUP", key=PANEL_KEY, directory=DIRECTORY)]
        )
        made = Made(tmp_path, odoo.url)
        made.fetcher.once()
    content = b"".join(path.read_bytes() for path in tmp_path.glob("journal.db.configuration*"))
    assert len(content) > 4000
    for secret in (PHONE, "Corner shop", "keyholder", "4711", "HQ-GROUP", PANEL_KEY, KEY):
        assert secret.encode() not in content
    assert bytes.fromhex(PANEL_KEY) not in content


def test_another_process_reads_the_directory_while_the_bridge_writes(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from receiver_bridge.directory import Directory\n"
        "directory = Directory(Path(sys.argv[1]), sys.argv[2])\n"
        "for line in sys.stdin:\n"
        "    found = directory.find('dc-1', line.strip())\n"
        "    print(found and found.subscriber, flush=True)\n"
    )
    path = tmp_path / "journal.db.configuration"
    reader = subprocess.Popen(
        [sys.executable, "-c", script, str(path), KEY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdin is not None and reader.stdout is not None

    def ask(number: str) -> str:
        assert reader.stdin is not None and reader.stdout is not None
        reader.stdin.write(number + "\n")
        reader.stdin.flush()
        return reader.stdout.readline().strip()

    try:
        assert ask("1") == "None"
        with serve_odoo() as odoo:
            odoo.configuration = answer("1", [account(1, directory=DIRECTORY)])
            made = Made(tmp_path, odoo.url)
            made.fetcher.once()
            assert ask("0001") == "Corner shop"
            odoo.configuration = answer(
                "2", [account(1, directory=DIRECTORY | {"subscriber": "Café"})], full=False
            )
            made.fetcher.once()
            assert ask("1") == "Café"
            # Thrown away and made anew under another salt.
            made.store.close()
            path.write_bytes(b"damaged" * 100)
            again = Made(tmp_path, odoo.url)
            again.fetcher.once()
            assert ask("1") == "Café"
            again.store.close()
    finally:
        reader.stdin.close()
        assert reader.wait(20) == 0
        reader.stdout.close()


def test_an_entry_has_its_parts_by_number_and_its_contacts_in_calling_order(
    tmp_path: Path,
) -> None:
    with serve_odoo() as odoo:
        odoo.configuration = answer("1", [account("00A1", directory=DIRECTORY)])
        made = Made(tmp_path, odoo.url)
        made.fetcher.once()
    entry = made.directory().find("dc-1", "a1")
    assert entry is not None
    assert (entry.receiver_group, entry.account, entry.phone) == ("HQ", "A1", "")
    assert entry.zone("5") == entry.zone("005") == Zone("005", "Back door", "PIR")
    assert entry.zone("006") == Zone("006", "Till", "")
    assert entry.zone("7") is entry.zone(None) is None
    area, user = entry.area("01"), entry.user("3")
    assert area is not None and area.name == "Ground floor"
    assert user is not None and user.name == "Holder of code 3"
    assert entry.contacts == (Contact("First keyholder", (PHONE,), "speaks French"),)
    assert made.directory().find("dc-2", "a1") is None
    assert made.directory().find("nowhere", "a1") is None


def test_silence_of_odoo_becomes_a_condition_and_ends(tmp_path: Path) -> None:
    with serve_odoo() as odoo:
        odoo.configuration = "garbage"  # type: ignore[assignment]
        made = Made(tmp_path, odoo.url)
        made.fetcher.once()
        assert "configuration_stale" not in made.conditions
        impatient = Made(tmp_path, odoo.url, stale_after=0.0)
        impatient.fetcher.once()
        assert "configuration_stale" in impatient.conditions
        sample = "receiver_bridge_configuration_age_seconds"
        age = impatient.metrics.registry.get_sample_value(sample)
        assert age is not None and age > 0
        odoo.configuration = answer("1", [])
        impatient.fetcher.once()
        assert "configuration_stale" not in impatient.conditions


def test_an_answer_of_another_shape_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    with serve_odoo() as odoo:
        for wrong in ("text", {"version": "9"}, {"version": "9", "accounts": [1], "receivers": []}):
            odoo.configuration = wrong  # type: ignore[assignment]
            made = Made(tmp_path, odoo.url)
            made.fetcher.once()
    assert caplog.text.count("another shape") == 3
    assert not made.path.exists()


def test_a_slip_of_the_pen_is_said_and_costs_no_more_than_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = read_answer(
        answer(
            "1",
            [
                account(1, key="no key", timestamps="perhaps", tolerate=["crc", "all"]),
                account(2, supervision="soon", directory={"zones": 5}, clear="refuse"),
                account(3, supervision=-1, directory=["none"]),
            ],
        )
    )
    one, two, three = page.accounts
    assert one.rules == AccountSettings(tolerate=frozenset({"crc"}))
    assert two.rules == AccountSettings(clear="refuse")
    assert two.interval == three.interval == 0
    assert two.directory is three.directory is None
    assert "no key" not in caplog.text
    assert caplog.text.count("left out") == 8


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["version", "accounts", "receivers", "account", "receiver_group", "key"]
                    + ["name", "allow", "directory", "zones", "contacts", "phones", "removed"]
                ),
                inner,
            )
        ),
        max_leaves=30,
    )
)
def test_whatever_odoo_answers_is_an_answer_or_an_answer_error(value: Any) -> None:
    try:
        page = read_answer(value)
    except AnswerError:
        return
    assert isinstance(page.version, str)


@given(st.text(), st.binary(min_size=16, max_size=16), st.binary(), st.binary())
def test_what_is_sealed_opens_at_its_place_only(
    secret: str, salt: bytes, place: bytes, value: bytes
) -> None:
    vault = Vault(secret, salt)
    sealed = vault.seal(place, value)
    assert Vault(secret, salt).open(place, sealed) == value
    with pytest.raises(Unreadable):
        vault.open(place + b"x", sealed)
    with pytest.raises(Unreadable):
        Vault(secret + "x", salt).open(place, sealed)


def test_a_hundred_thousand_accounts_are_taken_up_and_kept_small(tmp_path: Path) -> None:
    accounts = [
        account(number, supervision=60, directory=DIRECTORY if number % 1000 == 0 else None)
        for number in range(100_000)
    ]
    page = read_answer(json.loads(json.dumps(answer("1", accounts))))
    store = ConfigurationStore(tmp_path / "configuration", KEY)
    store.write(page, Transfer().after(page))
    store.close()
    del page, accounts
    store = ConfigurationStore(tmp_path / "configuration", KEY)
    # The same bytes through the same parser, without cipher and database, as a measure.
    texts = [json.dumps(["HQ", str(number), 60.0]) for number in range(100_000)]
    began = time.process_time()
    for text in texts:
        json.loads(text)
    measure = time.process_time() - began
    del texts
    began = time.process_time()
    book = AccountBook()
    transfer = store.load(book)
    spent = time.process_time() - began
    assert len(book) == 100_000
    assert spent < 30 * measure
    del book
    tracemalloc.start()
    book = AccountBook()
    store.load(book)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept / 100_000 < 150
    assert most < 1.5 * kept
    assert transfer.complete
    entry = Directory(tmp_path / "configuration", KEY).find("dc-1", "5000")
    assert entry is not None and entry.contacts[0].phones == (PHONE,)


def test_nobody_is_called_unknown_before_the_book_holds_all(tmp_path: Path) -> None:
    with serve_odoo() as odoo:
        odoo.configuration = answer("1", [account(1)])
        made = Made(tmp_path, odoo.url)
        apply, complete = made.book.apply, []

        def observed(page: Any, whole: bool) -> list[Change]:
            complete.append(made.fetcher.complete)
            return apply(page, whole)

        made.book.apply = observed  # type: ignore[method-assign]
        made.fetcher.once()
        assert complete == [False]
        assert made.fetcher.complete
