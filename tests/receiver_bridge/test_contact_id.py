"""Contact ID payloads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.contact_id import encode_payload, make_event, parse_payload
from receiver_bridge.codes import contact_id_codes


def test_the_number_of_a_zone_code_is_a_zone():
    assert parse_payload("#1234|1130 01 005") == (
        (Event("cid", "130", "new", area="01", zone="005", address="005"),),
        True,
    )


def test_the_number_of_a_user_code_is_a_user():
    assert parse_payload("#1234|3401 02 007") == (
        (Event("cid", "401", "restore", area="02", user="007", address="007"),),
        True,
    )


def test_an_unknown_code_keeps_its_number_as_address():
    assert "199" not in contact_id_codes()
    assert parse_payload("#1234|6199 00 012") == (
        (Event("cid", "199", "status", area="00", address="012"),),
        True,
    )


@pytest.mark.parametrize("data", ["|1130 01 005", "1130 01 005", "#00AAAA|1130 01 005"])
def test_the_inner_account_may_be_empty_missing_or_longer(data):
    events, whole = parse_payload(data)
    assert whole and events[0].code == "130"


@pytest.mark.parametrize(
    "data",
    [
        "",
        "#1234|",
        "#1234|1130  01 005",
        "#1234|113001005",
        "#1234|2130 01 005",
        "#1234|11A0 01 005",
        "#1234|1130 01 05",
        "#1234|1130 01 0055",
        "#1234|1130 01 005x",
    ],
)
def test_what_is_no_contact_id_message_gives_no_event(data):
    assert parse_payload(data) == ((), False)


@pytest.mark.parametrize("rest", [" ", "|Atext", " 18"])
def test_what_follows_the_message_is_said_and_does_not_hide_it(rest):
    whole, event = parse_payload("#1234|1130 01 005"), parse_payload(f"#1234|1130 01 005{rest}")
    assert whole[1] and event == (whole[0], False)


digits = st.sampled_from("0123456789BCDEF")


def numbers(size):
    return st.text(digits, min_size=size, max_size=size)


contact_id_events = st.builds(
    make_event,
    st.sampled_from("136"),
    st.one_of(st.sampled_from(sorted(contact_id_codes())), numbers(3)),
    numbers(2),
    numbers(3),
)


@given(contact_id_events)
def test_what_is_encoded_is_decoded(event):
    assert parse_payload(encode_payload("1234", event)) == ((event,), True)
