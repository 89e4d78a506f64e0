from decimal import Decimal
from io import BytesIO

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.carrier_file import NotReadable, Row, read
from ..tools.carrier_match import Expected, match

CHINESE = (
    "合同编号,用户编号,客户名称,结算金额,状态\r\n"
    "CT/1,A1,甲商店,30.00,正常\r\n"
    'CT/2,A2,乙商店,"1,030.50",正常\r\n'
    "合计,,,1060.50,\r\n"
)


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def row(reference="", amount="30", account="", problem=""):
    number = None if amount is None else Decimal(amount)
    return Row(2, reference, account, "", number, "", problem)


@tagged("post_install", "-at_install")
class TestCarrierFile(BaseCase):
    def check_unreadable(self, content, why, name="a.csv"):
        with self.assertRaises(NotReadable) as caught:
            read(content, name)
        self.assertEqual(caught.exception.args[0], why)

    def test_chinese_files_come_in_two_encodings(self):
        for encoding in ("utf-8", "utf-8-sig", "gb18030"):
            rows, totals = read(CHINESE.encode(encoding))
            self.assertEqual(
                [(one.reference, one.account, one.amount) for one in rows],
                [("CT/1", "A1", Decimal("30.00")), ("CT/2", "A2", Decimal("1030.50"))],
            )
            self.assertEqual((totals.number, totals.amount), (4, Decimal("1060.50")))

    def test_delimiters_and_a_title_above_the_headings(self):
        for delimiter in ",;\t|":
            text = delimiter.join(("Account", "Amount")) + "\n" + delimiter.join(("A1", "12.5"))
            rows, _totals = read(text.encode())
            self.assertEqual((rows[0].account, rows[0].amount), ("A1", Decimal("12.5")))
        rows, _totals = read(b"Settlement of March\n\nContract No,Amount\nCT/1,5\n")
        self.assertEqual((rows[0].number, rows[0].reference), (4, "CT/1"))

    def test_excel_keeps_account_numbers_as_numbers(self):
        rows, _totals = read(workbook(["Account", "Amount"], [13800000000, 30], [900.0, 30.1]))
        self.assertEqual([one.account for one in rows], ["13800000000", "900"])
        self.assertEqual([one.amount for one in rows], [Decimal(30), Decimal("30.1")])

    def test_a_row_that_cannot_be_read_is_a_row_with_its_problem(self):
        text = "contract,amount\nCT/1,\nCT/2,thirty\n,30\nCT/3,1,5\n\nCT/4,(12.00)\n"
        rows, _totals = read(text.encode())
        self.assertEqual(
            [one.problem for one in rows], ["no_amount", "bad_amount", "no_reference", "", ""]
        )
        self.assertEqual(rows[4].amount, Decimal("-12.00"))

    def test_amounts_as_people_write_them(self):
        text = "contract;amount\nA;¥1,234.50\nB;￥ 12元\nC;-3\nD;1.2.3\nE;1,2\nF;NaN\nG;1e3"
        rows, _totals = read(text.encode())
        self.assertEqual(
            [one.amount for one in rows],
            [Decimal("1234.50"), Decimal(12), Decimal(-3), None, None, None, None],
        )

    def test_files_that_are_none_say_why(self):
        self.check_unreadable(b"", "empty")
        self.check_unreadable(b"one,two\n1,2\n", "no_headings")
        self.check_unreadable(b"contract,customer\nCT/1,x\n", "no_amount_column")
        self.check_unreadable(b"customer,amount\nx,1\n", "no_reference_column")
        self.check_unreadable(b"amount,contract,fee\n1,x,1\n", "twice_column")
        self.check_unreadable(b"\xff\xfe\x00\x01", "not_excel")
        self.check_unreadable(b"PK\x03\x04 no zip", "not_excel", "a.xlsx")
        self.check_unreadable(b"\xd0\xcf\x11\xe0", "not_excel", "old.xls")

    @given(st.binary(max_size=300))
    def test_any_bytes_are_read_or_refused(self, content):
        try:
            rows, _totals = read(content)
        except NotReadable:
            return
        self.assertTrue(all(one.problem or one.amount is not None for one in rows))


@tagged("post_install", "-at_install")
class TestCarrierMatch(BaseCase):
    def types(self, rows, contracts):
        return [(line.type, line.row, line.contract) for line in match(rows, contracts)]

    def test_each_disagreement_has_its_type(self):
        contracts = [
            Expected(1, ("CT/1", "A1"), Decimal(30)),
            Expected(2, ("CT/2",), Decimal(30)),
            Expected(3, ("CT/3",), Decimal(30)),
            Expected(4, ("CT/4",), Decimal(0), ended=True),
            Expected(5, ("CT/5",), Decimal(0), settled=True),
        ]
        rows = [
            row(account="A1"),
            row("CT/2", "29.99"),
            row("CT/9"),
            row("CT/4"),
            row("CT/1"),
            row("CT/5"),
            row("", None, problem="no_reference"),
        ]
        self.assertEqual(
            self.types(rows, contracts),
            [
                ("matched", 0, 1),
                ("amount", 1, 2),
                ("unknown", 2, None),
                ("terminated", 3, 4),
                ("duplicate", 4, 1),
                ("settled", 5, 5),
                ("unreadable", 6, None),
                ("missing", None, 3),
            ],
        )

    def test_an_account_whose_amount_cannot_be_read_is_one_line(self):
        contracts = [Expected(1, ("CT/1",), Decimal(30))]
        rows = [row("CT/1", None, problem="bad_amount")]
        self.assertEqual(self.types(rows, contracts), [("unreadable", 0, 1)])

    def test_a_reference_of_two_contracts_points_to_none(self):
        contracts = [Expected(1, ("A",), Decimal(30)), Expected(2, ("A",), Decimal(30))]
        self.assertEqual(
            self.types([row("A")], contracts),
            [("unknown", 0, None), ("missing", None, 1), ("missing", None, 2)],
        )

    def test_the_contract_number_counts_before_the_account(self):
        contracts = [Expected(1, ("CT/1",), Decimal(30)), Expected(2, ("A2",), Decimal(30))]
        self.assertEqual(self.types([row("CT/1", account="A2")], contracts)[0], ("matched", 0, 1))

    def test_what_owes_nothing_and_is_not_in_the_file_is_nothing(self):
        self.assertEqual(match([], [Expected(1, ("CT/1",), Decimal(0), ended=True)]), [])

    references = st.sampled_from(["A", "B", "C", "D", "E"])
    amounts = st.integers(-2, 5).map(Decimal)

    @given(
        st.lists(st.tuples(references, amounts, st.sampled_from(["", "bad_amount"])), max_size=12),
        st.lists(st.tuples(references, amounts, st.booleans(), st.booleans()), max_size=6),
    )
    def test_nothing_is_swallowed(self, file, known):
        """Each row is exactly one line, each contract with an amount is in one, and the sums of
        both sides are kept."""
        rows = [row(ref, str(amount), problem=problem) for ref, amount, problem in file]
        contracts = [
            Expected(number, (ref,), amount, ended, settled)
            for number, (ref, amount, ended, settled) in enumerate(known, 1)
        ]
        lines = match(rows, contracts)
        self.assertEqual(
            sorted(line.row for line in lines if line.row is not None), list(range(len(rows)))
        )
        self.assertEqual(sum(line.expected for line in lines), sum(one.amount for one in contracts))
        self.assertEqual(sum(line.found for line in lines), sum(one.amount for one in rows))
        for line in lines:
            if line.type == "matched":
                self.assertEqual(line.expected, line.found)
