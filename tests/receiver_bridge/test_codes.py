"""The code tables."""

from __future__ import annotations

import pytest

from receiver_bridge.codes import (
    ContactIdCode,
    SurgardCode,
    contact_id_codes,
    dc09_payloads,
    in_words,
    sia_codes,
    surgard_codes,
)


def test_every_code_of_both_tables_is_there():
    assert len(contact_id_codes()) == 329
    assert len(sia_codes()) == 325


def test_every_payload_of_dc09_has_a_name():
    payloads = dc09_payloads()
    assert len(payloads) == 18
    assert payloads["ACR-SF"] == "Acron Super Fast"
    assert all(payloads.values())


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
        ("cid", "130", "status", "Burglary"),
        ("cid", "401", "status", "Open/close by user"),
        ("cid", "401", "new", "Opening by user"),
        ("cid", "401", "restore", "Closing by user"),
        ("cid", "441", "restore", "Armed Stay"),
        ("cid", "441", "new", "Disarm from armed stay"),
        ("cid", "407", "restore", "Remote arm"),
        ("cid", "408", "new", "Disarm from quick arm"),
        ("cid", "463", "restore", "Re-Arm After Alarm"),
        ("sia", "CL", None, "Closing Report"),
        ("surgard", "4", "restore", "Closing"),
        ("surgard", "A20", "new", "Receiver: telephone line fault"),
        ("surgard", "Z", "new", None),
        ("somebody's", "130", "new", None),
        (None, None, None, None),
        (None, "130", "new", None),
    ],
)
def test_an_event_is_told_in_the_words_of_its_table(code_system, code, qualifier, words):
    assert in_words(code_system, code, qualifier) == words


# What opens is new, what closes is a restore; these say one thing only, whose end is another.
NO_OPENING = {"406", "453", "454", "455", "457", "458", "461", "462", "464", "465"}


@pytest.mark.parametrize("code", sorted(contact_id_codes()))
def test_every_contact_id_code_has_words_for_each_qualifier(code):
    row = contact_id_codes()[code]
    new, restore, status = (in_words("cid", code, name) for name in ("new", "restore", "status"))
    assert new and restore and status
    assert status == row.name
    assert "/" not in (row.name_new + row.name_restore).replace("w/", "")
    if row.group == "open_close" and code not in NO_OPENING:
        assert restore == row.name_restore and "restored" not in restore
        assert not any(word in restore.lower() for word in ("disarm", "opening", "open"))
        assert not any(word in (row.name_new or "").lower() for word in ("closing", "close"))
    elif not row.name_restore:
        assert restore == f"{row.name} restored"


@pytest.mark.parametrize("code", sorted(NO_OPENING))
def test_what_neither_opens_nor_closes_just_ends(code):
    row = contact_id_codes()[code]
    assert row.group == "open_close"
    assert in_words("cid", code, "restore") == f"{row.name} restored"


def test_surgards_letters_say_what_their_number_is():
    codes = surgard_codes()
    assert set("ABCFHORT0123456789") == {code for code in codes if len(code) == 1}
    assert {code for code in "COF45"} == {
        code for code, row in codes.items() if row.number_kind == "user"
    }
    assert [codes[code].qualifier for code in "ARC8"] == ["new", "restore", "restore", "status"]


def test_a_wrong_row_of_surgards_table_is_named():
    with pytest.raises(ValueError, match="code A: qualifier is 'over'; allowed: new, restore, st"):
        SurgardCode("A", "Alarm", "zone", "over")
