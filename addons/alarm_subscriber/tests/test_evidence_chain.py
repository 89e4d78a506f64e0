import tempfile
from datetime import datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import revision_values, seal_file
from ..tools.evidence_chain import ORIGIN, ChainKey, Head, Keyring, canonical, extend, first_break
from ..tools.revision_state import Step, state_after

KEY = ChainKey("some.ledger", 7)
RING = Keyring([b"a" * 32])
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.datetimes()
CONTENTS = st.lists(
    st.dictionaries(st.text(min_size=1, max_size=3), SCALARS, max_size=3), min_size=1, max_size=5
)


def chain(contents, ring=RING, key=KEY):
    return extend(ring, key, Head(0, ORIGIN), [canonical(content) for content in contents])


def end(links):
    return Head(links[-1].seq, links[-1].mac)


@tagged("post_install", "-at_install")
class TestEvidenceChain(BaseCase):
    def kind(self, links, **kwargs):
        found = first_break(RING, KEY, links, **kwargs)
        return found and (found.seq, found.kind)

    @given(CONTENTS)
    def test_what_was_written_is_intact_however_it_was_appended(self, contents):
        links = chain(contents)
        half = len(contents) // 2
        first = extend(RING, KEY, Head(0, ORIGIN), [canonical(one) for one in contents[:half]])
        head = end(first) if first else Head(0, ORIGIN)
        rest = extend(RING, KEY, head, [canonical(one) for one in contents[half:]])
        self.assertEqual(first + rest, links)
        self.assertIsNone(self.kind(links, head=end(links), sealed=[end(links)]))

    @given(CONTENTS, st.data())
    def test_any_change_is_found_where_it_is(self, contents, data):
        links = chain(contents)
        place = data.draw(st.integers(0, len(links) - 1))
        links[place] = links[place]._replace(content=links[place].content + b" ")
        self.assertEqual(self.kind(links, head=end(links)), (place + 1, "changed"))

    @given(CONTENTS, st.data())
    def test_a_row_taken_out_is_found(self, contents, data):
        links = chain(contents)
        head = end(links)
        place = data.draw(st.integers(0, len(links) - 1))
        del links[place]
        kind = "cut" if place == len(links) else "missing"
        self.assertEqual(self.kind(links, head=head), (place + 1, kind))

    def test_a_hash_recomputed_without_the_key_is_found(self):
        links = chain([{"a": 1}, {"a": 2}, {"a": 3}])
        forged = extend(Keyring(), KEY, end(links[:1]), [canonical({"a": 9}), canonical({"a": 3})])
        self.assertEqual(self.kind(links[:1] + forged, head=end(forged)), (2, "unsigned"))
        pretended = [link._replace(key_id=RING.key_id) for link in forged]
        self.assertEqual(self.kind(links[:1] + pretended, head=end(forged)), (2, "changed"))
        other = extend(Keyring([b"b" * 32]), KEY, end(links[:1]), [canonical({"a": 9})])
        self.assertEqual(self.kind(links[:1] + other, head=end(other)), (2, "forged"))

    def test_a_row_of_another_chain_does_not_fit(self):
        stranger = chain([{"a": 1}], key=KEY._replace(chain=8))
        self.assertEqual(self.kind(stranger, head=end(stranger)), (1, "changed"))

    def test_a_tail_cut_together_with_its_head_shows_against_the_seal(self):
        links = chain([{"a": 1}, {"a": 2}, {"a": 3}])
        sealed = [Head(3, links[-1].mac[:24])]
        self.assertEqual(self.kind(links[:2], head=end(links[:2])), None)
        self.assertEqual(self.kind(links[:2], head=end(links[:2]), sealed=sealed), (3, "cut"))
        again = chain([{"a": 1}, {"a": 2}, {"a": 4}])
        self.assertEqual(self.kind(again, head=end(again), sealed=sealed), (3, "rewritten"))
        self.assertEqual(self.kind([], sealed=sealed), (1, "cut"))

    def test_a_former_key_still_verifies(self):
        links = chain([{"a": 1}])
        both = Keyring([b"b" * 32, b"a" * 32])
        links += extend(both, KEY, end(links), [canonical({"a": 2})])
        self.assertIsNone(first_break(both, KEY, links, end(links)))
        self.assertEqual(self.kind(links, head=end(links)), (2, "forged"))

    def test_a_column_added_later_leaves_signatures_true(self):
        self.assertEqual(canonical({"a": 1}), canonical({"a": 1, "added": None}))
        self.assertNotEqual(canonical({"a": 1}), canonical({"a": 1, "added": ""}))
        self.assertIn(b"00:00:00.000000", canonical({"at": datetime(2026, 1, 1)}))


@tagged("post_install", "-at_install")
class TestSealFile(BaseCase):
    def setUp(self):
        super().setUp()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.path = Path(folder) / "seals"

    def append(self, seq, database="db", chain=1):
        heads = [(ChainKey("l", chain), Head(seq, f"{seq:064d}"))]
        seal_file.append_seals(self.path, RING, database, f"day {seq}", heads)

    def read_back(self, **kwargs):
        return seal_file.read_seals(self.path, RING, "db", **kwargs)

    def test_each_database_reads_its_own(self):
        self.assertIsNone(self.read_back())
        self.append(1)
        self.append(9, database="other")
        self.append(2)
        sealed = self.read_back()
        self.assertEqual(sealed.at, "day 2")
        self.assertEqual([head.seq for head in sealed.heads[ChainKey("l", 1)]], [1, 2])
        self.assertEqual(self.read_back(chains=range(2, 5)).heads, {})

    def test_many_heads_are_several_lines(self):
        heads = [(ChainKey("l", chain), Head(1, "ab" * 32)) for chain in range(2500)]
        seal_file.append_seals(self.path, RING, "db", "now", heads)
        self.assertEqual(len(self.path.read_text().splitlines()), 3)
        self.assertEqual(len(self.read_back().heads), 2500)

    def test_a_line_changed_taken_out_or_put_in_is_named(self):
        for seq in (1, 2, 3):
            self.append(seq)
        lines = self.path.read_text().splitlines(keepends=True)
        for bad, wrong in (
            ([lines[0], lines[1].replace("day 2", "day 7"), lines[2]], 2),
            ([lines[0], lines[2]], 2),
            (lines[1:], 1),
            ([*lines, "{}\n"], 4),
            ([*lines, "rubbish\n"], 4),
        ):
            self.path.write_text("".join(bad))
            with self.assertRaises(seal_file.SealFileError) as caught:
                self.read_back()
            self.assertEqual(caught.exception.line, wrong)

    def test_a_line_that_was_never_finished_is_written_anew(self):
        self.append(1)
        with self.path.open("a") as file:
            file.write('{"number": 2, "data')
        self.assertEqual(self.read_back().at, "day 1")
        self.append(2)
        self.assertEqual(self.read_back().at, "day 2")

    def test_only_its_owner_reads_it(self):
        self.append(1)
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)


@tagged("post_install", "-at_install")
class TestRevisionValues(BaseCase):
    @given(st.text(), st.text(min_size=1))
    def test_a_value_of_a_person_is_read_with_the_key_alone(self, text, raw):
        person, key = ("res.partner", 1), revision_values.new_key()
        value = revision_values.Value(raw, text, person)
        kept = revision_values.encode(value, {person: (5, key)})
        self.assertEqual(revision_values.key_ids({"name": kept}), {5})
        self.assertEqual(revision_values.decode(kept, {5: key}), {"v": raw, "t": text})
        self.assertIsNone(revision_values.decode(kept, {}))
        self.assertIsNone(revision_values.decode(kept, {5: revision_values.new_key()}))

    def test_a_secret_is_never_kept(self):
        value = revision_values.Value("1234", secret=True)
        self.assertEqual(revision_values.encode(value, {}), {"secret": True})

    def test_a_record_as_it_stood(self):
        shop, zone = "alarm.subscriber", "alarm.zone"
        steps = [
            Step(shop, 1, "baseline", new={"name": "a"}),
            Step(zone, 5, "baseline", new={"name": "old"}),
            Step(zone, 6, "create", new={"name": "new"}),
            Step(shop, 1, "write", field="name", new="b"),
            Step(zone, 5, "unlink"),
        ]
        self.assertEqual(state_after(steps[:2])[zone, 5]["values"], {"name": "old"})
        after = state_after(steps)
        self.assertEqual(after[shop, 1]["values"], {"name": "b"})
        self.assertEqual(set(after), {(shop, 1), (zone, 6)})
        afresh = state_after([*steps, Step(shop, 1, "baseline", new={"name": "c"})])
        self.assertEqual(set(afresh), {(shop, 1)})
