"""What holds for an account, and whose word counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver_bridge.codecs import AccountRules
from receiver_bridge.config import AccountSettings, ReceiverSettings, parse_door
from receiver_bridge.keys import MOST_REMEMBERED, KeyRing, normal_account

OWN, ODOO, REST = b"o" * 16, b"d" * 16, b"r" * 16


def line(accounts: dict[str, AccountSettings] | None = None, **settings) -> ReceiverSettings:
    door = parse_door("tcp-listen://127.0.0.1:0")
    return ReceiverSettings("dc-1", "dc09", door, accounts=accounts or {}, **settings)


def test_a_lines_own_keys_come_before_odoos_and_the_fallback_last() -> None:
    ring = KeyRing()
    ring.replace({"dc-1": {"1": AccountSettings(ODOO), "2": AccountSettings(ODOO)}})
    rules = ring.lookup(line({"0001": AccountSettings(OWN), "*": AccountSettings(REST)}))
    assert rules("0001").key == rules("1").key == OWN
    assert rules("2").key == rules("0002").key == ODOO
    assert rules("3").key == rules(None).key == REST


def test_an_account_as_it_is_written_comes_before_one_with_other_zeros() -> None:
    rules = KeyRing().lookup(line({"01": AccountSettings(OWN), "1": AccountSettings(REST)}))
    assert (rules("01").key, rules("1").key) == (OWN, REST)


def test_without_a_word_on_an_account_the_lines_settings_hold() -> None:
    made = line(timestamps="encrypted", tolerate=frozenset({"crc"}), clear="refuse")
    rules = KeyRing().lookup(made)
    assert rules("1") == AccountRules(None, "encrypted", frozenset({"crc"}), "refuse")


def test_each_matter_is_decided_by_the_first_that_speaks_of_it() -> None:
    ring = KeyRing()
    ring.replace({"dc-1": {"1": AccountSettings(ODOO, "encrypted", clear="refuse")}})
    own = {"1": AccountSettings(timestamps="ignore"), "*": AccountSettings(REST, clear="accept")}
    rules = ring.lookup(line(own))
    assert rules("1") == AccountRules(ODOO, "ignore", frozenset(), "refuse")
    assert rules("2") == AccountRules(REST, "check", frozenset(), "accept")


def test_what_is_tolerated_adds_up() -> None:
    ring = KeyRing()
    ring.replace({"dc-1": {"1": AccountSettings(tolerate=frozenset({"length"}))}})
    rules = ring.lookup(line(tolerate=frozenset({"crc"})))
    assert rules("1").tolerate == {"crc", "length"}
    assert rules("2").tolerate == {"crc"}


def test_what_odoo_says_anew_counts_at_once_and_for_its_receiver_only() -> None:
    ring = KeyRing()
    rules = ring.lookup(line())
    assert rules("1").key is None
    ring.replace({"dc-1": {"1": AccountSettings(ODOO)}})
    assert rules("1").key == ODOO
    ring.replace({"dc-2": {"1": AccountSettings(ODOO)}})
    assert rules("1").key is None


def test_strangers_do_not_fill_the_memory() -> None:
    rules = KeyRing().lookup(line(clear="refuse"))
    first = rules("0")
    for number in range(1, 2 * MOST_REMEMBERED):
        rules(f"{number:X}")
    assert rules("0") == first and rules("0") is not first


@pytest.mark.parametrize(
    ("account", "normal"), [("00aB", "AB"), ("0000", "0"), ("", "0"), ("100", "100")]
)
def test_accounts_differ_in_case_and_zeros_only_on_the_wire(account: str, normal: str) -> None:
    assert normal_account(account) == normal


@given(st.text("0123456789abcdefABCDEF", max_size=16), st.integers(0, 4))
def test_a_normal_account_stays_as_it_is(account: str, zeros: int) -> None:
    assert normal_account("0" * zeros + account) == normal_account(account)
    assert normal_account(normal_account(account)) == normal_account(account)


def test_no_representation_shows_a_key() -> None:
    shown = (
        repr(AccountRules(OWN))
        + repr(AccountSettings(OWN))
        + repr(line({"1": AccountSettings(OWN)}))
    )
    assert "oooo" not in shown
