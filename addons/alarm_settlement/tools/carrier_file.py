"""Reads what a carrier says it collected: a CSV or Excel file of one row per account.

Nothing here knows the database. A heading counts in English and in Chinese, whatever its case and
blanks; columns that nobody knows are left. A row that cannot be read is a row with a problem, never
left out.
"""

import csv
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from io import BytesIO, StringIO
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

import openpyxl

# A carrier's month of a province; beyond that somebody sent something else.
MAX_ROWS = 200_000
MAX_BYTES = 50_000_000
# An .xlsx is a zip: what it says it unpacks to.
MAX_UNPACKED = 500_000_000

HEADINGS = {
    "reference": (
        "reference",
        "ref",
        "contract",
        "contract number",
        "contract no",
        "合同",
        "合同号",
        "合同编号",
        "业务编号",
        "协议号",
        "协议编号",
    ),
    "account": (
        "account",
        "account number",
        "account no",
        "subscriber",
        "user number",
        "用户编号",
        "用户号",
        "账号",
        "帐号",
        "号码",
        "业务号码",
        "设备号码",
    ),
    "name": ("name", "customer", "customer name", "客户", "客户名称", "用户名称", "用户"),
    "amount": (
        "amount",
        "settled",
        "settlement amount",
        "fee",
        "金额",
        "结算金额",
        "应结算金额",
        "结算费用",
    ),
    "status": ("status", "state", "状态", "用户状态", "业务状态"),
}

_BY_HEADING = {heading: name for name, headings in HEADINGS.items() for heading in headings}
# A sum at the foot of the file is no account.
TOTALS = frozenset({"total", "sum", "grand total", "合计", "总计", "小计"})
_CURRENCY = re.compile(r"[¥￥$€\s]|rmb|cny|元", re.IGNORECASE)


class Row(NamedTuple):
    """One row of the file. `problem` is a key for the words of the screen, "" when it was read:
    no_reference, no_amount, bad_amount."""

    number: int
    reference: str
    account: str
    name: str
    amount: Decimal | None
    status: str
    problem: str = ""
    text: str = ""


class Totals(NamedTuple):
    number: int
    amount: Decimal


class NotReadable(Exception):
    """The file as a whole cannot be read; `args[0]` is a key: empty, too_big, too_many_rows,
    not_text, not_excel, no_headings, no_reference_column, no_amount_column, twice_column."""


def key(text):
    """A heading or reference as it is compared: width, case and blanks do not count."""
    text = unicodedata.normalize("NFKC", str(text or "")).strip().casefold()
    return re.sub(r"[\s_]+", " ", text)


def plain(text):
    """A contract's or account's number as it is compared: blanks and width do not count, nor
    what Excel adds to a number."""
    text = unicodedata.normalize("NFKC", str("" if text is None else text))
    return re.sub(r"\s+", "", text).upper()


def read(content, filename=""):
    """Rows of the file, and what it says they add up to.

    :param content: bytes
    :return: ([Row], Totals or None)
    :raises NotReadable:
    """
    if not content:
        raise NotReadable("empty")
    if len(content) > MAX_BYTES:
        raise NotReadable("too_big")
    if content[:4] == b"PK\x03\x04":
        table = _excel(content)
    elif filename.lower().endswith((".xlsx", ".xls")) or b"\x00" in content:
        raise NotReadable("not_excel")
    else:
        table = _text(content)
    return _rows(table)


def _excel(content):
    try:
        with ZipFile(BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise NotReadable("too_big")
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        page = book.worksheets[0]
        # A sheet's own word for its size may be wrong.
        page.reset_dimensions()
        rows = []
        for row in page.iter_rows(values_only=True):
            rows.append([_shown(cell) for cell in row])
            if len(rows) > MAX_ROWS + 1:
                raise NotReadable("too_many_rows")
        return rows
    except NotReadable:
        raise
    except (BadZipFile, KeyError, ValueError, IndexError, OSError, SyntaxError) as error:
        # openpyxl passes on whatever zipfile and the XML parser raise.
        raise NotReadable("not_excel") from error


def _shown(cell):
    """A cell as it is read: a number of an account that Excel keeps as a number has no decimals."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell).strip()


def _text(content):
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise NotReadable("not_text")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t|", key=first.count)
    rows = []
    try:
        for row in csv.reader(StringIO(text), delimiter=delimiter):
            rows.append([cell.strip() for cell in row])
            if len(rows) > MAX_ROWS + 1:
                raise NotReadable("too_many_rows")
    except csv.Error as error:
        raise NotReadable("not_text") from error
    return rows


def _rows(table):
    columns, first = _columns(table)
    rows, totals = [], None
    for number, cells in enumerate(table[first:], first + 1):
        if not any(cells):
            continue
        values = {
            name: cells[index] if index < len(cells) else "" for name, index in columns.items()
        }
        row = _row(number, values, cells)
        if not row.reference and not row.account and any(key(cell) in TOTALS for cell in cells):
            if row.amount is not None:
                totals = Totals(number, row.amount)
                continue
        rows.append(row)
    return rows, totals


def _columns(table):
    """{name: index of its column} and the index of the first row below the headings, which may
    stand below a title."""
    for index, cells in enumerate(table[:20]):
        found = {}
        for position, cell in enumerate(cells):
            name = _BY_HEADING.get(key(cell))
            if name and name in found:
                raise NotReadable("twice_column", cell)
            if name:
                found[name] = position
        if len(found) < 2:
            continue
        if "reference" not in found and "account" not in found:
            raise NotReadable("no_reference_column")
        if "amount" not in found:
            raise NotReadable("no_amount_column")
        return found, index + 1
    raise NotReadable("no_headings")


def _row(number, values, cells):
    reference, account = plain(values.get("reference")), plain(values.get("account"))
    for total in TOTALS:
        reference = "" if key(reference) == total else reference
        account = "" if key(account) == total else account
    amount, problem = _amount(values["amount"])
    if not reference and not account:
        problem = "no_reference"
    return Row(
        number,
        reference,
        account,
        values.get("name", ""),
        amount,
        values.get("status", ""),
        problem,
        " | ".join(filter(None, cells))[:500],
    )


def _amount(text):
    """(amount, problem). Thousands have commas, decimals a point; brackets are below zero."""
    text = _CURRENCY.sub("", unicodedata.normalize("NFKC", text))
    if not text:
        return None, "no_amount"
    negative = text.startswith("(") and text.endswith(")")
    text = text.strip("()")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text):
        return None, "bad_amount"
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None, "bad_amount"
    if abs(amount) >= Decimal(10) ** 12:
        return None, "bad_amount"
    return (-amount if negative else amount), ""
