"""A signal's JSON: written by a template, the same as what an encoder makes of the object."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from receiver_bridge.signal import Draft, Signal

ANY_TEXT = st.text(st.characters(codec=None))
MAYBE_TEXT = st.none() | ANY_TEXT
DRAFTS = st.builds(
    Draft,
    *[ANY_TEXT] * 5,
    *[MAYBE_TEXT] * 12,
    ANY_TEXT,
    st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=3).map(tuple),
)


@given(DRAFTS, st.uuids().map(str), st.none() | st.uuids().map(str))
def test_the_text_says_what_the_object_says(draft: Draft, uid: str, repeat_of: str | None) -> None:
    signal = Signal(uid, "2026-11-20T08:00:00.000000Z", repeat_of, draft)
    assert json.loads(signal.as_json()) == json.loads(json.dumps(signal.as_dict()))


@given(DRAFTS)
def test_no_text_reaches_a_database_that_it_cannot_keep(draft: Draft) -> None:
    text = json.dumps(json.loads(Signal("1:a:1", "", None, draft).as_json()), ensure_ascii=False)
    assert "\\u0000" not in text
    text.encode()
