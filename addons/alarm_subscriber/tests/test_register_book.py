import base64
from io import BytesIO

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, HttpCase, new_test_user, tagged

from ..tools import register_book
from .common import RegisterCase

cells = st.none() | st.text() | st.integers() | st.floats() | st.booleans()


@tagged("post_install", "-at_install")
class TestRegisterBookRules(BaseCase):
    @given(cells)
    def test_any_cell_is_converted_or_has_a_reason(self, cell):
        for sheet in register_book.SHEETS:
            for column in sheet.columns:
                value, reason = register_book.convert(column, cell)
                self.assertTrue(value is None or reason is None)

    def test_both_languages_and_technical_names_are_headings(self):
        for chinese in (False, True):
            content = register_book.write(
                register_book.SHEETS, register_book.template_rows(register_book.SHEETS), chinese
            )
            rows, problems = register_book.read(content, register_book.SHEETS)
            self.assertEqual(problems, [])
            self.assertEqual(rows["zones"][0][1]["number"], "001")
            self.assertIs(rows["zones"][0][1]["billable"], True)

    def test_what_looks_like_a_formula_is_text(self):
        content = register_book.write(
            register_book.SHEETS, {"subscribers": [{"name": "=1+1"}]}, False
        )
        page = openpyxl.load_workbook(BytesIO(content))["Subscribers"]
        self.assertEqual((page["B2"].value, page["B2"].data_type), ("=1+1", "s"))

    def test_no_workbook(self):
        with self.assertRaises(ValueError):
            register_book.read(b"no workbook", register_book.SHEETS)


class BookCase(RegisterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Import = (
            cls.env["alarm.register.import"].with_user(cls.back_office).with_context(lang="en_US")
        )

    def rows(self, refs=("B001", "B002")):
        return {
            "subscribers": [
                {
                    "ref": ref,
                    "name": f"Book {ref}",
                    "customer": "Book Customer",
                    "category": "Shop",
                    "risk": "3",
                    "street": "1 Book Road",
                    "latitude": 31.5,
                    "longitude": 121.25,
                    "tz": "Asia/Shanghai",
                }
                for ref in refs
            ],
            "panels": [
                {"ref": ref, "account": f"B{n}77", "supervision_interval": 90}
                for n, ref in enumerate(refs)
            ],
            "zones": [
                {
                    "ref": ref,
                    "account": f"B{n}77",
                    "number": f"00{z}",
                    "name": f"Zone {z}",
                    "detector_type": "Smoke Detector",
                    "area": "1",
                    "billable": z != 2,
                }
                for n, ref in enumerate(refs)
                for z in (1, 2)
            ],
            "contacts": [
                {"ref": ref, "person": "Book Keeper", "phone": "100", "sequence": 10,
                 "passcode": "blue42", "duress_code": "red13"}
                for ref in refs
            ],
        }  # fmt: skip

    def book(self, rows, chinese=False):
        sheets = self.Import._sheets()
        content = register_book.write(sheets, rows, chinese)
        return self.Import.create({"name": "t.xlsx", "file": base64.b64encode(content)})

    def subscribers(self, *refs):
        return self.env["alarm.subscriber"].search([("ref", "in", refs)])


@tagged("post_install", "-at_install")
class TestRegisterBook(BookCase):
    def test_one_workbook_brings_all(self):
        book = self.book(self.rows())
        self.assertEqual((book.state, book.problem_count), ("checked", 0))
        seen = []
        book._import_all(seen.append)
        self.assertEqual(seen[-1], book.total)
        first, second = self.subscribers("B001", "B002")
        self.assertEqual(first.partner_id, second.partner_id)
        self.assertEqual((first.risk, first.latitude), ("3", 31.5))
        self.assertEqual(first.panel_ids.supervision_interval, 90)
        self.assertEqual(first.zone_ids.mapped("number"), ["001", "002"])
        self.assertEqual(first.zone_ids.mapped("billable"), [True, False])
        self.assertEqual(len(first.area_ids), 1)
        self.assertEqual(first.contact_ids.partner_id, second.contact_ids.partner_id)
        self.assertTrue(first.contact_ids.passcode_set)
        answer = first.sudo().action_verify_passcode("BLUE 42")
        self.assertEqual(answer["result"], "ok")

    def test_every_error_is_named_by_sheet_row_and_column(self):
        rows = self.rows()
        rows["subscribers"][1] |= {"ref": "B001", "category": "Castle", "latitude": 91}
        rows["panels"][1] |= {"ref": "B001", "account": "no account!"}
        rows["zones"][3] |= {"number": "", "detector_type": "Dog"}
        rows["zones"][1] |= {"number": "1"}
        rows["contacts"][1] |= {"ref": "B009", "sequence": "first", "passcode": "4"}
        book = self.book(rows)
        self.assertEqual(book.state, "faulty")
        found = {(p.sheet, p.row, p.column.partition(" ")[0], p.found) for p in book.problem_ids}
        for expected in (
            ("Subscribers", 3, "A", "B001"),
            ("Subscribers", 3, "D", "Castle"),
            ("Subscribers", 3, "O", "91"),
            ("Panels", 3, "B", "no account!"),
            ("Zones", 3, "C", "1"),
            ("Zones", 5, "C", ""),
            ("Zones", 5, "E", "Dog"),
            ("Contacts", 3, "A", "B009"),
            ("Contacts", 3, "E", "first"),
            ("Contacts", 3, "H", "•••"),
        ):
            self.assertIn(expected, found)
        castle = book.problem_ids.filtered(lambda p: p.found == "Castle")
        self.assertIn("Shop", castle.allowed)
        with self.assertRaises(UserError):
            book.action_import()
        with self.assertRaises(UserError):
            book._import_all()
        self.assertFalse(self.subscribers("B001"))

    def test_what_the_register_has_already_is_an_error(self):
        rows = self.rows()
        rows["subscribers"][0]["ref"] = self.subscriber.ref
        book = self.book(rows)
        self.assertIn(self.subscriber.ref, book.problem_ids.mapped("found"))

    def test_missing_sheets_and_strange_headings(self):
        sheets = [s for s in self.Import._sheets() if s.name != "zones"]
        strange = sheets[0]._replace(
            columns=(*sheets[0].columns[1:], register_book.Column("colour", "Colour", "颜色"))
        )
        content = register_book.write([strange, *sheets[1:]], self.rows(), False)
        book = self.Import.create({"name": "t.xlsx", "file": base64.b64encode(content)})
        problems = " ".join(book.problem_ids.mapped("allowed"))
        self.assertIn("Zones", problems)
        self.assertIn("Reference", problems)
        self.assertIn("Colour", book.problem_ids.mapped("found"))
        text = self.Import.create({"name": "t.txt", "file": base64.b64encode(b"text")})
        self.assertEqual((text.state, text.problem_ids.allowed), ("faulty", ".xlsx"))

    def test_round_trip(self):
        self.book(self.rows())._import_all()
        Book = self.env["alarm.register.book"].with_user(self.back_office)
        exported = Book._export(self.subscribers("B001", "B002"))
        rows, problems = register_book.read(exported, Book._sheets())
        self.assertEqual(problems, [])
        self.assertFalse(rows["contacts"][0][1]["passcode"])
        plain = {
            sheet: [
                {name: value for name, value in row.items() if not name.endswith("@")}
                for _number, row in lines
            ]
            for sheet, lines in rows.items()
        }
        renamed = {sheet: [self._renamed(row) for row in lines] for sheet, lines in plain.items()}
        book = self.book(renamed, chinese=True)
        self.assertEqual(
            [(p.sheet, p.row, p.column, p.found, p.problem) for p in book.problem_ids], []
        )
        book._import_all()
        again, problems = register_book.read(
            Book._export(self.subscribers("C001", "C002")), Book._sheets()
        )
        self.assertEqual(problems, [])
        self.assertEqual(
            {
                sheet: [
                    {name: value for name, value in row.items() if not name.endswith("@")}
                    for _number, row in lines
                ]
                for sheet, lines in again.items()
            },
            renamed,
        )

    def _renamed(self, row):
        changed = dict(row)
        for name in ("ref", "account"):
            if changed.get(name):
                changed[name] = changed[name].replace("B", "C", 1)
        return changed

    def test_queries_do_not_grow_with_the_rows(self):
        self.book(self.rows())._import_all()

        def queries(refs):
            rows = self.rows(refs)
            for lines in rows.values():
                for line in lines:
                    line.pop("passcode", None)
                    line.pop("duress_code", None)
                    if "account" in line:
                        line["account"] = f"{refs[0]}{line['account']}"
            book = self.book(rows)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            book._import_all()
            return self.env.cr.sql_log_count - before

        few = queries([f"E{n:03}" for n in range(5)])
        many = queries([f"F{n:03}" for n in range(55)])
        # What other modules ask about each new panel is theirs: 2 queries.
        self.assertLess(many, few + 3 * 50)

    def test_only_the_back_office_imports(self):
        with self.assertRaises(AccessError):
            self.env["alarm.register.import"].with_user(self.reader).create({"name": "t.xlsx"})

    def test_the_cron_imports_and_forgets_the_workbook(self):
        book = self.book(self.rows())
        book.action_import()
        self.assertEqual(book.state, "queued")
        summary = book.sudo()._import_all()
        self.assertIn("2", summary)


@tagged("post_install", "-at_install")
class TestRegisterBookDownload(HttpCase):
    def test_template_and_export_are_downloaded_by_those_who_may(self):
        new_test_user(self.env, "t-book", "alarm_subscriber.group_back_office", lang="en_US")
        new_test_user(self.env, "t-nobody", "base.group_user")
        self.authenticate("t-book", "t-book")
        answer = self.url_open("/alarm_subscriber/register_template")
        self.assertEqual(answer.status_code, 200)
        book = openpyxl.load_workbook(BytesIO(answer.content))
        self.assertEqual(book.sheetnames, ["Subscribers", "Panels", "Zones", "Contacts"])
        self.assertEqual(
            self.url_open("/alarm_subscriber/register_export?ids=1,2").status_code, 200
        )
        self.authenticate("t-nobody", "t-nobody")
        answer = self.url_open("/alarm_subscriber/register_template")
        self.assertEqual(answer.status_code, 403)
