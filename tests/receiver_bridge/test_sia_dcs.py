"""SIA blocks, standard and as seen on the wire."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.sia_dcs import MOST_EVENTS, encode_payload, parse_payload
from receiver_bridge.codes import sia_codes


def sia(code, **fields):
    return Event("sia", code, **fields)


ZONE_5 = {"zone": "5", "address": "5"}


@pytest.mark.parametrize(
    ("data", "events"),
    [
        ("#1234|NRR|Atest", [sia("RR", text="test")]),
        ("#12345A|NFA129", [sia("FA", zone="129", address="129")]),
        ("#1234|NBA005^Hall^", [sia("BA", zone="005", address="005", text="Hall")]),
        ("#1234|NBA005^Hall", [sia("BA", zone="005", address="005", text="Hall")]),
        ("#1234|OBA005", [sia("BA", zone="005", address="005")]),
        ("#1234|Nri1/BA5", [sia("BA", area="1", **ZONE_5)]),
        # no slash between modifier and code
        ("#1234|Nri1BA5", [sia("BA", area="1", **ZONE_5)]),
        ("#1234|Nri1CL0^text^", [sia("CL", area="1", user="0", address="0", text="text")]),
        ("#1234|Nti20:50:26RP99", [sia("RP", address="99")]),
        ("#1234|Nda11-20-2026/ti20:50/id7/pi010/CL", [sia("CL", user="7")]),
        # text behind the area
        ("#1234|Nri2^Hal^OP14", [sia("OP", area="2", user="14", address="14", text="Hal")]),
        # a hexadecimal area
        ("#1234|Nri0A/BA5", [sia("BA", area="0A", **ZONE_5)]),
        # several codes in one block: modifiers hold for all that follow
        (
            "#1234|Nid22/CL/PA31",
            [sia("CL", user="22"), sia("PA", user="22", zone="31", address="31")],
        ),
        (
            "#1234|Nri1/BA5/ri2/FA6",
            [sia("BA", area="1", **ZONE_5), sia("FA", area="2", zone="6", address="6")],
        ),
        # several blocks; a text belongs to the block before it
        (
            "#1234|NBA5|Adoor|NFA6",
            [sia("BA", **ZONE_5, text="door"), sia("FA", zone="6", address="6")],
        ),
        ("#1234|NBA5^own^|Aother", [sia("BA", **ZONE_5, text="own")]),
        # the code's address is an area
        ("#1234|NCG3", [sia("CG", area="3", address="3")]),
        # inner account empty, missing
        ("|Nri1/CL501", [sia("CL", area="1", user="501", address="501")]),
        ("Nri1/WA000", [sia("WA", area="1", zone="000", address="000")]),
        # a block "0" (AlphaVision)
        ("#1234|0|NRP", [sia("RP")]),
        # a range, units, what a receiver says of its network
        ("#1234|NBA1-5", [sia("BA", zone="1-5", address="1-5")]),
        ("#1234|NKA5*35F", [sia("KA", **ZONE_5, text="35F")]),
        ("#0000|NNT*192.0.2.7*", [sia("NT", text="192.0.2.7")]),
        # a code in no table is an event all the same
        ("#1234|Nri1/QZ7", [sia("QZ", area="1", address="7")]),
        # text in UTF-8, as its bytes look in Latin-1
        ("#1234|NBA5^K\xc3\xbcche^", [sia("BA", **ZONE_5, text="Küche")]),
    ],
)
def test_payload(data, events):
    assert parse_payload(data) == (tuple(events), True)


@pytest.mark.parametrize("data", ["", "#1234|", "#1234", "#1234|N", "#1234|Nri1", "#1234|Atext"])
def test_what_names_no_code_gives_no_event(data):
    assert parse_payload(data) == ((), False)


@pytest.mark.parametrize("data", ["#1234|NBA5/!!/FA6", "#1234|NBA5?/FA6", "#1234|NBA5/FA6|C12"])
def test_what_is_not_understood_is_said_and_hides_nothing(data):
    events, whole = parse_payload(data)
    assert not whole
    assert [event.code for event in events] == ["BA", "FA"]


zone_codes = sorted(code for code, row in sia_codes().items() if row.is_zone)
user_codes = sorted(
    code for code, row in sia_codes().items() if row.address_field_meaning == "user"
)
decimals = st.text("0123456789", min_size=1, max_size=4)
areas = st.none() | decimals
texts = st.none() | st.text("abc XYZ019.-", min_size=1, max_size=12)

sia_events = st.one_of(
    st.builds(
        lambda code, number, area, user, text: sia(
            code, zone=number, address=number, area=area, user=user, text=text
        ),
        st.sampled_from(zone_codes),
        decimals,
        areas,
        st.none() | decimals.map(lambda digits: "9" + digits),
        texts,
    ).filter(lambda event: event.user != event.address),
    st.builds(
        lambda code, number, area, text: sia(
            code, user=number, address=number, area=area, text=text
        ),
        st.sampled_from(user_codes),
        decimals,
        areas,
        texts,
    ),
)


@given(st.lists(sia_events, min_size=1, max_size=4))
def test_what_is_encoded_is_decoded(events):
    assert parse_payload(encode_payload("1234", events)) == (tuple(events), True)


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_no_text_raises(data):
    parse_payload(data)


@pytest.mark.parametrize("piece", ["/", "^", "ri", "ri1", "BA", "*", "-", "|", "|N", "a/", "/^"])
def test_no_data_takes_longer_than_its_length_allows(piece):
    """One frame must not keep all other panels waiting; a second is far more than it takes."""
    data = "#1234|N" + piece * (4000 // len(piece))
    began = process_time()
    for tail in ("", "!", "BA5"):
        parse_payload(data + tail)
    assert process_time() - began < 1


def test_more_events_than_any_panel_sends_are_one_unparsed_frame():
    assert len(parse_payload("#1234|N" + "ZZ" * MOST_EVENTS)[0]) == MOST_EVENTS
    assert parse_payload("#1234|N" + "ZZ" * (MOST_EVENTS + 1)) == ((), False)


@given(
    st.from_regex(r"(#[0-9A-F]{0,6})?\|N(ri[0-9A-F]{0,3}/?)?[A-Z]{2}[0-9A-F]{0,4}", fullmatch=True)
)
def test_the_short_way_for_ordinary_data_says_the_same_as_the_long_one(data):
    assert parse_payload(data) == parse_payload(data + "/")
