"""The code tables."""

from __future__ import annotations

import pytest

from receiver_bridge.codes import ContactIdCode, contact_id_codes, in_words, sia_codes


def test_every_code_of_both_tables_is_there():
    assert len(contact_id_codes()) == 329
    assert len(sia_codes()) == 325


def test_contact_id_says_what_the_number_is():
    codes = contact_id_codes()
    assert codes["130"].ccc_kind == "zone"
    assert codes["401"].ccc_kind == "user"
    # SpanDSP has these two the other way round; the 2016 standard's table holds.
    assert (codes["573"].ccc_kind, codes["574"].ccc_kind) == ("zone", "user")


def test_sia_says_what_the_address_is():
    codes = sia_codes()
    assert codes["BA"].is_zone
    assert codes["CL"].address_field_meaning == "user"
    assert codes["CG"].address_field_meaning == "area"
    assert codes["CJ"].address_field_meaning == "user"


def test_the_tables_cannot_be_changed():
    with pytest.raises(TypeError):
        contact_id_codes()["130"] = contact_id_codes()["131"]  # type: ignore[index]


def test_an_unknown_kind_of_number_is_named():
    with pytest.raises(ValueError, match="code 130: ccc_kind is 'zones'; allowed: other, user"):
        ContactIdCode("130", "Burglary", "burglary", "zones", "", "")


@pytest.mark.parametrize(
    ("code_system", "code", "qualifier", "words"),
    [
        ("cid", "130", "new", "Burglary"),
        ("cid", "130", "restore", "Burglary restored"),
        ("sia", "BA", None, "Burglary Alarm"),
        ("cid", "001", "new", None),
        ("sia", "Q!", None, None),
        (None, None, None, None),
    ],
)
def test_an_event_is_told_in_the_words_of_its_table(code_system, code, qualifier, words):
    assert in_words(code_system, code, qualifier) == words
