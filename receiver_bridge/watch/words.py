"""The display's own words in the dispatcher's language, and the code tables' words too."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

LANGUAGES: Final = ("en", "zh_CN")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """English -> translation, from ``<language>.csv`` beside this file; empty for English."""
    file = resources.files(__name__.rpartition(".")[0]).joinpath(f"{language}.csv")
    if not file.is_file():
        return MappingProxyType({})
    with file.open(encoding="utf-8") as lines:
        return MappingProxyType(
            {row["english"]: row["translation"] for row in csv.DictReader(lines)}
        )


@dataclass(frozen=True, slots=True)
class Words:
    """``say("{n} wait", n=3)`` in the language chosen; English where a translation is missing."""

    language: str = "en"

    def say(self, text: str, /, **values: object) -> str:
        translated = catalogue(self.language).get(text, text)
        return translated.format(**values) if values else translated


def language_of(environment: Mapping[str, str]) -> str:
    """The language that the terminal asks for, as gettext reads the environment.

    >>> language_of({"LANG": "zh_CN.UTF-8"})
    'zh_CN'
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "zh_CN" if value.startswith("zh") else "en"
    return "en"
