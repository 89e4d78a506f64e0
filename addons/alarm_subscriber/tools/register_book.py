"""The register as a workbook: four sheets, their columns, and what a cell may hold.

Nothing here knows the database. A heading counts in English, in Chinese and by its technical
name, so that a workbook made in one language is read in the other.
"""

from io import BytesIO
from typing import Any, NamedTuple

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

YES = {"1", "yes", "y", "true", "x", "是", "√"}
NO = {"0", "no", "n", "false", "否"}


class Column(NamedTuple):
    name: str
    en: str
    zh: str
    kind: str = "text"  # text, integer, number, boolean, choice
    required: bool = False
    example: Any = ""
    low: float | None = None
    high: float | None = None


class Sheet(NamedTuple):
    name: str
    en: str
    zh: str
    columns: tuple


class Problem(NamedTuple):
    """What is wrong with a cell: where it is, what was found, what is allowed.

    `reason` is a key for the words of the screen; `allowed` values that would have done.
    """

    sheet: str
    row: int
    column: str
    found: str
    reason: str
    allowed: tuple = ()


REF = Column("ref", "Reference", "用户编号", required=True, example="X0001")

SUBSCRIBERS = Sheet(
    "subscribers",
    "Subscribers",
    "用户",
    (
        REF,
        Column("name", "Name", "名称", required=True, example="Example Shop"),
        Column("customer", "Customer", "客户", required=True, example="Example Ltd."),
        Column("category", "Kind", "单位类别", "choice", example="shop"),
        Column("risk", "Risk", "风险等级", "choice", example="2"),
        Column("service_level", "Service Level", "服务等级", "choice"),
        Column("territory", "Responder Territory", "出警片区", "choice"),
        Column("police", "Police Station", "派出所", "choice"),
        Column("fire", "Fire Brigade", "消防队", "choice"),
        Column("street", "Street", "街道", example="1 Example Road"),
        Column("street2", "Building, Floor", "楼栋楼层"),
        Column("city", "City", "城市", example="Example City"),
        Column("zip", "ZIP", "邮编", example="000000"),
        Column("phone", "Phone", "电话", example="100 0000 0001"),
        Column("latitude", "Latitude", "纬度", "number", low=-90, high=90),
        Column("longitude", "Longitude", "经度", "number", low=-180, high=180),
        Column("tz", "Time Zone", "时区", "choice", example="Asia/Shanghai"),
        Column("directions", "Directions", "到达路线"),
    ),
)
PANELS = Sheet(
    "panels",
    "Panels",
    "报警主机",
    (
        REF,
        Column("account", "Account", "账号", required=True, example="9001"),
        Column("name", "Panel Name", "主机名称"),
        # What is left empty here the type says.
        Column("panel_type", "Panel Type", "主机类型", "choice"),
        Column("panel_model", "Make and Model", "品牌型号", example="Example 8"),
        Column(
            "supervision_interval",
            "Supervision Interval (s)",
            "巡检间隔（秒）",
            "integer",
            example=86400,
            low=0,
            high=31 * 86400,
        ),
    ),
)
ZONES = Sheet(
    "zones",
    "Zones",
    "防区",
    (
        REF,
        Column("account", "Account", "账号", required=True, example="9001"),
        Column("number", "Number", "号码", required=True, example="001"),
        Column("name", "Name", "名称", required=True, example="Front door"),
        Column("detector_type", "Detector Type", "探测器类型", "choice", example="contact"),
        Column("area", "Area Number", "分区号", example="01"),
        Column("position", "Position", "安装位置", example="Ground floor"),
        Column("billable", "Billable", "计费", "boolean", example="yes"),
    ),
)
CONTACTS = Sheet(
    "contacts",
    "Contacts",
    "联系人",
    (
        REF,
        Column("person", "Person", "姓名", required=True, example="Example Person"),
        Column("phone", "Phone", "电话", example="100 0000 0002"),
        Column("role", "Role", "角色", "choice", example="keyholder"),
        Column("sequence", "Order", "次序", "integer", example=10, low=0, high=10000),
        Column("available", "Available", "可联系时间"),
        Column("note", "Note", "备注"),
        Column("passcode", "Passcode", "口令"),
        Column("duress_code", "Duress Code", "胁迫口令"),
    ),
)
SHEETS = (SUBSCRIBERS, PANELS, ZONES, CONTACTS)


def key(text):
    """Under which a heading or a choice is the same however it is typed."""
    return " ".join(str(text).split()).casefold()


def names(column):
    return {key(column.name), key(column.en), key(column.zh)}


def read(content, sheets):
    """Rows of a workbook.

    :param content: bytes of an .xlsx file
    :return: ({sheet name: [(row number, {column name: value})]}, [Problem])
    :raise ValueError: no workbook
    """
    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
    except Exception as error:
        # openpyxl passes on whatever zipfile and the XML parser raise.
        raise ValueError("not a workbook") from error
    rows, problems = {}, []
    for sheet in sheets:
        found = [page for page in book.worksheets if key(page.title) in names(sheet)]
        if found:
            rows[sheet.name] = list(_rows(found[0], sheet, problems))
        else:
            rows[sheet.name] = []
            problems.append(Problem(sheet.name, 0, "", "", "no_sheet", (sheet.en, sheet.zh)))
    book.close()
    return rows, problems


def _rows(page, sheet, problems):
    """Rows of one sheet, converted; what is wrong is added to `problems`."""
    heads = {}
    for number, cells in enumerate(page.iter_rows(values_only=True), 1):
        if number == 1:
            heads = _heads(cells, sheet, problems)
            continue
        if all(cell is None or not str(cell).strip() for cell in cells):
            continue
        row = {}
        for column in sheet.columns:
            index = heads.get(column.name)
            cell = cells[index] if index is not None and index < len(cells) else None
            place = "" if index is None else f"{get_column_letter(index + 1)} {column.en}"
            value, reason = convert(column, cell)
            if reason and index is not None:
                problems.append(
                    Problem(sheet.name, number, place, _shown(cell), reason, _range(column))
                )
            row[column.name] = value
            row[f"{column.name}@"] = place
        yield number, row


def _heads(cells, sheet, problems):
    """{column name: index} of the first row."""
    heads = {}
    for index, cell in enumerate(cells):
        if cell is None or not str(cell).strip():
            continue
        # A star marks what is required, as in the template.
        column = next((c for c in sheet.columns if key(str(cell).strip(" *")) in names(c)), None)
        place = get_column_letter(index + 1)
        if column is None:
            allowed = tuple(c.en for c in sheet.columns)
            problems.append(Problem(sheet.name, 1, place, _shown(cell), "heading", allowed))
        elif column.name in heads:
            problems.append(Problem(sheet.name, 1, place, _shown(cell), "heading_twice"))
        else:
            heads[column.name] = index
    for column in sheet.columns:
        if column.required and column.name not in heads:
            problems.append(Problem(sheet.name, 1, "", "", "no_column", (column.en, column.zh)))
    return heads


def convert(column, cell):
    """(value, reason): the cell as its column wants it; a reason when it cannot be."""
    if isinstance(cell, bool):
        cell = "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "" if cell is None else str(cell).strip()
    if not text:
        return None, "required" if column.required else None
    if column.kind == "integer":
        return _number(column, text, int)
    if column.kind == "number":
        return _number(column, text, float)
    if column.kind == "boolean":
        if key(text) in YES | NO:
            return key(text) in YES, None
        return None, "boolean"
    return text, None


def _number(column, text, cast):
    try:
        value = cast(text)
    except ValueError:
        return None, column.kind
    # Not so for nan either.
    if not (column.low <= value <= column.high):
        return None, "range"
    return value, None


def _range(column):
    return () if column.low is None else (f"{column.low} – {column.high}",)


def _shown(cell):
    text = "" if cell is None else str(cell)
    return text if len(text) <= 60 else f"{text[:59]}…"


def write(sheets, rows, chinese, choices=None):
    """Bytes of a workbook.

    :param rows: {sheet name: [{column name: value}]}
    :param chinese: headings in Chinese instead of English
    :param choices: {(sheet name, column name): texts allowed}, shown as comment of the heading
    """
    book = openpyxl.Workbook()
    book.remove(book.active)
    bold, fill = Font(bold=True), PatternFill("solid", fgColor="E7E4EE")
    for sheet in sheets:
        page = book.create_sheet(sheet.zh if chinese else sheet.en)
        page.freeze_panes = "A2"
        for index, column in enumerate(sheet.columns, 1):
            label = column.zh if chinese else column.en
            cell = page.cell(1, index, f"{label} *" if column.required else label)
            cell.font, cell.fill = bold, fill
            page.column_dimensions[get_column_letter(index)].width = max(
                14, 2 * len(label) if chinese else len(label) + 4
            )
            allowed = (choices or {}).get((sheet.name, column.name))
            if allowed:
                cell.comment = Comment("\n".join(allowed[:40]), "Alarm Centre")
        for number, row in enumerate(rows.get(sheet.name, ()), 2):
            for index, column in enumerate(sheet.columns, 1):
                value = row.get(column.name)
                # Odoo's False of a text is no text.
                if value is None or value == "" or (value is False and column.kind != "boolean"):
                    continue
                if isinstance(value, bool):
                    value = ("是" if value else "否") if chinese else "yes" if value else "no"
                cell = page.cell(number, index)
                if isinstance(value, str):
                    # Whatever a text begins with, it is no formula.
                    cell.value = value
                    cell.data_type = "s"
                    cell.number_format = "@"
                else:
                    cell.value = value
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def template_rows(sheets):
    """One example row for each sheet."""
    return {sheet.name: [{c.name: c.example for c in sheet.columns}] for sheet in sheets}
