"""The display's words in Chinese: complete, and the code tables' the same as in Odoo."""

from __future__ import annotations

import ast
import csv
from functools import cache
from pathlib import Path
from string import Formatter

import polib
import pytest

import receiver_bridge.codes
import receiver_bridge.watch
from receiver_bridge.codes import code_names, contact_id_codes, in_words, sia_codes
from receiver_bridge.watch import dialogs, heading
from receiver_bridge.watch.meaning import KINDS
from receiver_bridge.watch.words import Words, catalogue, language_of

ROOT = Path(__file__).parents[2]
PO = ROOT / "addons/alarm_monitoring/i18n/zh_CN.po"


def said() -> set[str]:
    """Every text that the display says: literals given to ``say``, and the tables of words."""
    found = set(KINDS.values()) | {label for label, _style in heading._LINE_STATES.values()}
    found |= set(dialogs._EXPLAINED)
    for head, lines in dialogs._HELP:
        found |= {head, *(does for _key, does in lines)}
    for file in Path(receiver_bridge.watch.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) in ("say", "_head", "_list"):
                found |= {
                    part.value
                    for argument in node.args
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    return found | _chosen()


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", None) or getattr(function, "id", "")


def _chosen() -> set[str]:
    """Words that a condition chooses before they are said."""
    return {
        "Address",
        "Phone",
        "Panel is heard again",
        "Panel is not heard any more",
        "Handled at this display",
        "not yet told to Odoo, u takes it back",
        "told to Odoo",
    }


def test_every_word_of_the_display_is_translated_and_no_translation_is_dead() -> None:
    texts = {text for text in said() if any(char.isalpha() or char == "?" for char in text)}
    # Names of fields stand in these calls too.
    texts -= {"note"}
    translated = set(catalogue("zh_CN"))
    assert texts - translated == set()
    assert translated - texts == set()


def test_a_translation_takes_the_same_values() -> None:
    def values(text: str) -> set[str | None]:
        return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}

    for english, translation in catalogue("zh_CN").items():
        assert values(english) == values(translation), english


def test_what_is_not_translated_is_said_in_english() -> None:
    assert Words("zh_CN").say("no such text {n}", n=1) == "no such text 1"
    assert Words("en").say("{n} wait", n=3) == "3 wait"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "", "LC_MESSAGES": "zh_CN"}, "zh_CN"),
    ],
)
def test_the_language_is_what_the_terminal_asks_for(
    environment: dict[str, str], language: str
) -> None:
    assert language_of(environment) == language


@cache
def odoo_names() -> dict[str, str]:
    """English name -> Chinese, of all that Odoo's translation says of event codes."""
    names = {
        entry.msgid: entry.msgstr
        for entry in polib.pofile(str(PO))
        if entry.msgid == "%s restored"
        or any(
            place.startswith("model:alarm.event.code,name") for place, _line in entry.occurrences
        )
    }
    return dict(sorted(names.items()))


def test_codes_are_called_in_chinese_as_odoo_calls_them() -> None:
    """Where this fails, Odoo's translation has changed: write ``odoo_names()`` to the file."""
    assert dict(code_names("zh_CN")) == odoo_names()


def test_every_code_has_a_chinese_name() -> None:
    for system, table in (("cid", contact_id_codes()), ("sia", sia_codes())):
        for code in table:
            for qualifier in ("new", "restore"):
                english = in_words(system, code, qualifier)
                chinese = in_words(system, code, qualifier, "zh_CN")
                assert chinese
                assert english in odoo_names() or chinese != english
    assert in_words("cid", "130", "restore", "zh_CN") == "盗警恢复"


def test_the_files_of_translations_name_nothing_twice() -> None:
    for folder in (receiver_bridge.watch, receiver_bridge.codes):
        with (Path(folder.__path__[0]) / "zh_CN.csv").open(encoding="utf-8", newline="") as lines:
            names = [row[0] for row in csv.reader(lines)]
        assert len(names) == len(set(names)) > 100
