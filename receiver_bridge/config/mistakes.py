"""Mistakes of a configuration file: all of them are found before any of them is reported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mistake:
    """``key`` as one finds it in the file, ``found`` as it stands there, ``allowed`` in words."""

    file: Path
    key: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: found {self.found}; allowed: {self.allowed}"


class ConfigError(Exception):
    """The configuration cannot be used; ``mistakes`` holds every reason."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)
