"""Catalogues of words. One TOML file for each part of the screens and language; a key is ``table.name``."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


class WordMissingError(KeyError):
    """A catalogue lacks a word that a screen needs."""


class Words:
    """The words of one catalogue, NFC."""

    def __init__(self, name: str, entries: Mapping[str, str | tuple[str, ...]]) -> None:
        self.name = name
        self._entries = dict(entries)

    def __call__(self, key: str, **values: object) -> str:
        """The words under ``key`` with ``{name}`` replaced. Raises ``WordMissingError``."""
        entry = self._entries.get(key)
        if not isinstance(entry, str):
            raise WordMissingError(f"{self.name}: {key}")
        return entry.format(**values) if values else entry

    def lines(self, key: str, **values: object) -> tuple[str, ...]:
        """The list of words under ``key``. Raises ``WordMissingError``."""
        entry = self._entries.get(key)
        if not isinstance(entry, tuple):
            raise WordMissingError(f"{self.name}: {key}")
        return tuple(line.format(**values) if values else line for line in entry)

    def keys(self) -> frozenset[str]:
        """Every key of the catalogue."""
        return frozenset(self._entries)


@cache
def catalogue(name: str, language: str = "vi") -> Words:
    """The catalogue ``NAME.LANGUAGE.toml`` of this folder. Raises ``OSError`` and ``ValueError``."""
    table = tomllib.loads((_FOLDER / f"{name}.{language}.toml").read_text(encoding="utf-8"))
    entries: dict[str, str | tuple[str, ...]] = {}
    for section, words in table.items():
        for key, entry in words.items():
            if isinstance(entry, str):
                entries[f"{section}.{key}"] = unicodedata.normalize("NFC", entry)
            else:
                entries[f"{section}.{key}"] = tuple(unicodedata.normalize("NFC", line) for line in entry)
    return Words(f"{name}.{language}.toml", entries)
