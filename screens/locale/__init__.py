"""Catalogues of words: gettext files ``LANGUAGE/LC_MESSAGES/NAME.po``, Vietnamese first, then translated.

To add words: write an entry into ``vi/LC_MESSAGES/NAME.po``, with the Vietnamese in ``msgid`` and nothing in
``msgstr``; that is all. The key is ``screen.word``; a list is ``screen.word.1``, ``screen.word.2`` …::

    msgctxt "start.title"
    msgid "Kính chào ông/bà"
    msgstr ""

To translate (Poedit or any editor), the same entry with a ``msgstr`` stands in the other language's file.
``python main.py languages update`` puts it there, and marks what was translated from an older text. What has
no translation yet is shown in Vietnamese. ``python main.py languages check`` tells what is missing;
docs/languages.md has the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kiosk.catalogues import SOURCE_LANGUAGE, places, read_entries, translated
from kiosk.failures import FailureCode, FailureWords
from kiosk.failures import words as failure_words

FOLDER = Path(__file__).parent
_LIST_ITEM = re.compile(r"(.+)\.(\d+)")


class WordMissingError(KeyError):
    """A catalogue lacks a word that a screen needs."""


class Words:
    """The words of one catalogue in one language, NFC."""

    def __init__(
        self,
        name: str,
        entries: Mapping[str, str | tuple[str, ...]],
        language: str = SOURCE_LANGUAGE,
        *,
        unreviewed: bool = False,
    ) -> None:
        self.name = name
        self.language = language
        self.unreviewed = unreviewed  #: whether words that no native reader has confirmed are among them
        self._entries = dict(entries)

    def __call__(self, key: str, **values: object) -> str:
        """The words under ``key`` with ``{name}`` replaced. Raises ``WordMissingError``."""
        entry = self._entries.get(key)
        if not isinstance(entry, str):
            raise WordMissingError(f"{self.name}: {key}")
        return entry.format(**values) if values else entry

    def failures(self) -> Mapping[FailureCode, FailureWords]:
        """What citizens read of each failure, as reviewed as these words."""
        return failure_words(self.language, unreviewed=self.unreviewed)

    def lines(self, key: str, **values: object) -> tuple[str, ...]:
        """The list of words under ``key``. Raises ``WordMissingError``."""
        entry = self._entries.get(key)
        if not isinstance(entry, tuple):
            raise WordMissingError(f"{self.name}: {key}")
        return tuple(line.format(**values) if values else line for line in entry)

    def entry(self, key: str) -> str | tuple[str, ...]:
        """What stands under ``key``, values not filled in. Raises ``KeyError``."""
        return self._entries[key]

    def keys(self) -> frozenset[str]:
        """Every key of the catalogue; a list has one."""
        return frozenset(self._entries)


@cache
def catalogue(name: str, language: str = SOURCE_LANGUAGE, *, unreviewed: bool = False) -> Words:
    """The words ``name`` in ``language``, Vietnamese where that has none.

    ``unreviewed`` also takes translations that no native reader has confirmed. Raises ``OSError`` and
    ``ValueError`` when the Vietnamese file cannot be read; another language's file stops nothing.
    """
    texts = source_texts(name)
    if language != SOURCE_LANGUAGE:
        texts = translated(texts, catalogue_file(name, language), unreviewed=unreviewed)
    return Words(f"{language}/{name}.po", _with_lists(texts), language, unreviewed=unreviewed)


@cache
def fixed_texts(name: str, language: str = SOURCE_LANGUAGE, *, unreviewed: bool = False) -> frozenset[str]:
    """The texts of a catalogue that take no value, in which therefore nothing of a person can stand."""
    words = catalogue(name, language, unreviewed=unreviewed)
    texts: set[str] = set()
    for key in words.keys():  # noqa: SIM118 - no mapping
        entry = words.entry(key)
        texts.update((entry,) if isinstance(entry, str) else entry)
    return frozenset(text for text in texts if not places(text))


def sections(name: str) -> dict[str, dict[str, str]]:
    """The Vietnamese words ``name`` by section and key, for screens that look up what devices tell."""
    found: dict[str, dict[str, str]] = {}
    for key, text in source_texts(name).items():
        section, _, rest = key.partition(".")
        found.setdefault(section, {})[rest] = text
    return found


@cache
def source_texts(name: str) -> dict[str, str]:
    """Vietnamese by key, as it stands in the file: items of lists one by one. Errors as ``catalogue``."""
    return {key: entry.source for key, entry in read_entries(catalogue_file(name, SOURCE_LANGUAGE)).items()}


def catalogue_file(name: str, language: str) -> Path:
    """Where the words ``name`` in ``language`` stand; the file need not be there."""
    return FOLDER / language / "LC_MESSAGES" / f"{name}.po"


def _with_lists(texts: Mapping[str, str]) -> dict[str, str | tuple[str, ...]]:
    entries: dict[str, str | tuple[str, ...]] = {}
    lists: dict[str, dict[int, str]] = {}
    for key, text in texts.items():
        if item := _LIST_ITEM.fullmatch(key):
            lists.setdefault(item[1], {})[int(item[2])] = text
        else:
            entries[key] = text
    for key, items in lists.items():
        entries[key] = tuple(items[place] for place in sorted(items))
    return entries
