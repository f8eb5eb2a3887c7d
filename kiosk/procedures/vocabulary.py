"""The everyday words of the search: what is skipped, what tells little, what means the same. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kiosk.procedures.folding import fold, has_marks, words
from kiosk.procedures.patterns import written_out

KIN = "{kin}"
"""Stands in everyday names for any word for a member of the family."""

_SAFE_WITHOUT_MARKS = 4
_SWAPPED = str.maketrans("\u0303", "\u0309")
_KNOWN_KEYS = frozenset({"skip", "skip_plain", "keep", "kin", "weak", "same", "elsewhere"})


@dataclass(frozen=True)
class Elsewhere:
    """What people ask for and is not done here: the names they use, and what they are told.

    ``until``: it is done here after all where the name of a procedure holds one of these words.
    """

    ask: tuple[str, ...]
    says: str
    until: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Phrase:
    words: tuple[str, ...]
    becomes: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The words of ``words.toml``. An empty one still searches, by the words of the names only."""

    weak: Mapping[str, float] = field(default_factory=dict)
    kin: frozenset[str] = frozenset()
    elsewhere: tuple[Elsewhere, ...] = ()
    phrases: Mapping[str, tuple[_Phrase, ...]] = field(default_factory=dict)
    """By the first word without marks, the longest first."""
    skip_plain: frozenset[str] = frozenset()
    """What is skipped also where nobody typed any marks."""

    @property
    def plain_kin(self) -> frozenset[str]:
        """The words of the family without marks."""
        return frozenset(fold(word) for word in self.kin)

    def told(self, word: str) -> float:
        """How much a word tells, from 0 to 1."""
        return self.weak.get(word, 1.0)

    def canonical(self, typed: tuple[str, ...]) -> tuple[str, ...]:
        """The words with one word for each thing, without those that say nothing."""
        plain = [fold(word) for word in typed]
        marked = any(map(has_marks, typed))
        result: list[str] = []
        at = 0
        while at < len(typed):
            phrase = self._phrase_at(typed, plain, at, marked)
            result += (typed[at],) if phrase is None else phrase.becomes
            at += 1 if phrase is None else len(phrase.words)
        return tuple(result)

    def _phrase_at(self, typed: tuple[str, ...], plain: list[str], at: int, marked: bool) -> _Phrase | None:
        for phrase in self.phrases.get(plain[at], ()):
            end = at + len(phrase.words)
            if end > len(typed):
                continue
            if len(phrase.words) == 1 and not self._means(typed[at], phrase, marked):
                continue
            if all(_may_be(one, other) for one, other in zip(typed[at:end], phrase.words, strict=True)):
                return phrase
        return None

    def _means(self, typed: str, phrase: _Phrase, marked: bool) -> bool:
        """A single word stands for another if its marks are there, or it can hardly be something else."""
        if typed == phrase.words[0]:
            return marked or phrase.becomes != () or typed in self.skip_plain
        if marked or typed != fold(phrase.words[0]):
            return False
        return typed in self.skip_plain if not phrase.becomes else len(typed) >= _SAFE_WITHOUT_MARKS


def _may_be(typed: str, word: str) -> bool:
    """Whether a typed word may be this one: equal, without marks, or with ngã for hỏi."""
    if typed == word:
        return True
    plain = fold(word)
    return typed == plain or (fold(typed) == plain and one_hook(typed) == one_hook(word))


def one_hook(word: str) -> str:
    """The word with hỏi for ngã, which many do not tell apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_SWAPPED))


def read_vocabulary(table: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary of a parsed ``words.toml``. Raises ``ValueError`` naming what is wrong."""
    unknown = sorted(set(table) - _KNOWN_KEYS)
    if unknown:
        raise ValueError(f"words.toml: {', '.join(unknown)} is not known")
    phrases: dict[str, list[_Phrase]] = {}

    def add(text: str, becomes: tuple[str, ...]) -> None:
        parts = words(text)
        if parts:
            phrases.setdefault(fold(parts[0]), []).append(_Phrase(parts, becomes))

    for text in _texts(table, "skip"):
        add(text, ())
    for text in _texts(table, "keep"):
        add(text, words(text))
    for first, others in _mapping(table, "same").items():
        add(first, words(first))
        for text in _texts({"same": others}, "same"):
            add(text, words(first))
    weak = {}
    for word, value in _mapping(table, "weak").items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ValueError(f"words.toml: weak.{word} = {value!r}; a number from 0 to 1 is wanted")
        weak[word] = float(value)
    return Vocabulary(
        weak=weak,
        skip_plain=frozenset(_texts(table, "skip_plain")),
        kin=frozenset(word for text in _texts(table, "kin") for word in words(text)),
        elsewhere=tuple(_elsewhere(table.get("elsewhere", []))),
        phrases={
            first: tuple(sorted(known, key=lambda phrase: -len(phrase.words)))
            for first, known in phrases.items()
        },
    )


def _elsewhere(entries: Any) -> Iterable[Elsewhere]:
    for entry in entries if isinstance(entries, list) else [entries]:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("says"), str):
            raise ValueError("words.toml: elsewhere needs ask and says")
        names = tuple(name for pattern in _texts(entry, "ask") for name in written_out(pattern))
        yield Elsewhere(names, entry["says"], tuple(_texts(entry, "until")))


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"words.toml: {key} = {str(value)[:60]}; a list of texts is wanted")
    return value


def _mapping(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, Mapping):
        raise ValueError(f"words.toml: {key} must be a table")
    return value
