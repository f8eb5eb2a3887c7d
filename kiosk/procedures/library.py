"""All procedures of a centre, found in the words in which people ask for them. Pure; safe in any thread."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from kiosk.procedures.folding import fold, words
from kiosk.procedures.index import Named, Pair, Posting, build
from kiosk.procedures.procedure import Procedure
from kiosk.procedures.query import Part, Reader
from kiosk.procedures.vocabulary import Elsewhere, Vocabulary

_Key = TypeVar("_Key", str, Pair)

FITS = 0.45
"""Hits below this score are not shown: nothing here fits what was typed."""
_AS_GOOD = 0.12
"""Below what is done elsewhere, only what fits nearly as well is shown."""

_TYPED_SHARE = 0.22
_ALL_WORDS = 0.3
_LEAST_SHARE = 0.12
_COMMON, _TYPED_IN = 0.025, 0.01
_FEW_LETTERS, _LITTLE_TYPED = 3, 8.0
_CODE_LIKE = re.compile(r"\s*[\d][\d.\s-]{2,}(?:[.\s-]*[A-Za-z]\d{0,2})?\s*")
_CODE_WITHIN = re.compile(r"(?<![\d.])([1-9])[.\s]?(\d{6})(?!\d)")
_FEWEST_DIGITS = 3
_VERY_COMMON, _ENOUGH = 250, 20


@dataclass(frozen=True)
class Hit:
    """One procedure that may be meant. ``score`` from 0 to 1: how well it fits, not a probability."""

    code: str
    name: str
    score: float


class ProcedureLibrary:
    """The procedures by code, by field and by what is typed."""

    def __init__(self, procedures: Iterable[Procedure], vocabulary: Vocabulary | None = None) -> None:
        vocabulary = vocabulary or Vocabulary()
        self._all = tuple({one.code: one for one in procedures}.values())
        self._by_code = {one.code: one for one in self._all}
        self._elsewhere = _still_elsewhere(self._all, vocabulary.elsewhere)
        named = [Named((one.name, one.short), one.everyday, one.field) for one in self._all]
        named += [Named((), one.ask) for one in self._elsewhere]
        self._index = build(named, vocabulary)
        self._reader = Reader(self._index, vocabulary)
        self._prior = [
            (_COMMON if one.common else 0.0) + (_TYPED_IN if one.everyday else 0.0) for one in self._all
        ] + [0.0] * len(self._elsewhere)
        self._fields = {fold(" ".join(words(one.field))) for one in self._all}
        self._digits = sorted((_only_digits(one.code)[:7], at) for at, one in enumerate(self._all))

    def search(self, text: str, limit: int = 8, on: date | None = None) -> tuple[Hit, ...]:
        """What fits best first; empty when nothing does. ``on`` leaves out what is not in force that day.

        The last word may be half typed. A code is found with or without dots and province suffix.
        """
        scored = self._scored(text)
        if scored and scored[0][1] >= len(self._all) and not self._is_field(text):
            scored = [one for one in scored if one[0] >= scored[0][0] - _AS_GOOD]
        hits: list[Hit] = []
        for score, at in scored:
            if at >= len(self._all) or score < FITS or len(hits) >= limit:
                continue
            one = self._all[at]
            if on is None or one.is_valid(on):
                hits.append(Hit(one.code, one.shown, round(min(score, 1.0), 4)))
        return tuple(hits)

    def elsewhere(self, text: str) -> str | None:
        """What to say when that is asked which is known not to be done here."""
        scored = self._scored(text)
        if not scored or scored[0][1] < len(self._all) or scored[0][0] < FITS or self._is_field(text):
            return None
        return self._elsewhere[scored[0][1] - len(self._all)].says

    def get(self, code: str) -> Procedure | None:
        """The procedure with this code, whatever province suffix either has."""
        found = self._by_code.get(code)
        if found is not None:
            return found
        digits = _only_digits(code)[:7]
        matches = self._with_digits(digits) if len(digits) == 7 else []
        return self._all[matches[0]] if matches else None

    def fields(self) -> tuple[str, ...]:
        """All fields, by name."""
        return tuple(sorted({one.field for one in self._all}))

    def of_field(self, field: str) -> tuple[Procedure, ...]:
        """The procedures of a field, by name; tone places and case of the field do not matter."""
        wanted = words(field)
        return tuple(
            sorted(
                (one for one in self._all if words(one.field) == wanted),
                key=lambda one: (fold(one.shown), one.shown),
            )
        )

    def _is_field(self, text: str) -> bool:
        """Whether the name of a field was typed, with or without marks; then its procedures are wanted."""
        return fold(" ".join(words(text))) in self._fields

    def __len__(self) -> int:
        return len(self._all)

    # -- scores

    def _scored(self, text: str) -> list[tuple[float, int]]:
        """Every entry that has something of it with its score, best first."""
        by_code = self._by_digits(text)
        if by_code is not None:
            return by_code
        typed = words(text)
        if not typed:
            return []
        singles, doubles = self._reader.read(typed, open_end=text[-1:].isalnum())
        asked = sum(part.weight for part in singles) + sum(part.weight for part in doubles)
        titles, entries = self._found(singles, doubles)
        best = self._best_titles(titles, asked)
        known = _LITTLE_TYPED if sum(map(len, typed)) <= _FEW_LETTERS else 1.0
        scored = [
            ((1 - _ALL_WORDS) * fit + _ALL_WORDS * entries[entry] / asked + known * self._prior[entry], entry)
            for entry, fit in best.items()
        ]
        scored = [one for one in scored if one[0] >= FITS]
        scored.sort(key=lambda one: (-one[0], one[1]))
        return scored

    def _best_titles(self, titles: Mapping[int, float], asked: float) -> dict[int, float]:
        """How well the best title of each entry fits; titles that hold hardly anything are passed over."""
        entry_of, mass_of, factor_of = self._index.entries, self._index.masses, self._index.factors
        least, share, rest = _LEAST_SHARE * asked, _TYPED_SHARE * asked, 1 - _TYPED_SHARE
        best: dict[int, float] = {}
        for number, found in titles.items():
            if found < least:
                continue
            mass = mass_of[number]
            fit = factor_of[number] * found / (share + rest * (mass if mass > found else found))
            entry = entry_of[number]
            if fit > best.get(entry, 0.0):
                best[entry] = fit
        return best

    def _found(
        self, singles: list[Part[str]], doubles: list[Part[Pair]]
    ) -> tuple[dict[int, float], dict[int, float]]:
        """How much of what was typed stands in each title, and in each entry's titles together."""
        titles: defaultdict[int, float] = defaultdict(float)
        entries: defaultdict[int, float] = defaultdict(float)
        for double in sorted(doubles, key=lambda part: -part.weight):
            _count(double, self._index.by_pair, self._index.pair_weight, titles, entries)
        for single in sorted(singles, key=lambda part: -part.weight):
            _count(single, self._index.by_word, self._index.weight, titles, entries)
        return titles, entries

    # -- codes

    def _by_digits(self, text: str) -> list[tuple[float, int]] | None:
        """The entries of a typed code or its beginning; None if the text is none."""
        within = _CODE_WITHIN.search(text)
        if within is not None:
            found = self._with_digits(within.group(1) + within.group(2))
            if found:
                return [(1.0, at) for at in found]
        if not _CODE_LIKE.fullmatch(text):
            return None
        digits = _only_digits(text)
        if len(digits) < _FEWEST_DIGITS:
            return None
        return [(0.6 + 0.05 * min(len(digits), 7), at) for at in self._with_digits(digits[:7])]

    def _with_digits(self, digits: str) -> list[int]:
        at = bisect_left(self._digits, (digits, -1))
        found = []
        while at < len(self._digits) and self._digits[at][0].startswith(digits):
            found.append(self._digits[at][1])
            at += 1
        return found


def _count(
    part: Part[_Key],
    postings: Mapping[_Key, Posting],
    weights: Mapping[_Key, float],
    titles: defaultdict[int, float],
    entries: defaultdict[int, float],
) -> None:
    """Credit every title and entry with the surest of the meanings that it holds.

    Words that stand everywhere only tell between what others found: that keeps a keystroke fast.
    """
    in_title: dict[int, float] = {}
    in_entry: dict[int, float] = {}
    for meant, sure in sorted(part.means.items(), key=lambda one: one[1]):
        holding, holders = postings[meant]
        worth = sure * weights[meant]
        if len(holding) > _VERY_COMMON and len(titles) > _ENOUGH:
            holding, holders = holding & titles.keys(), holders & entries.keys()
        in_title.update(dict.fromkeys(holding, worth))
        in_entry.update(dict.fromkeys(holders, min(worth, part.weight)))
    for number, worth in in_title.items():
        titles[number] += worth
    for number, worth in in_entry.items():
        entries[number] += worth


def _only_digits(text: str) -> str:
    return "".join(sign for sign in text if sign in "0123456789")


def _still_elsewhere(procedures: Iterable[Procedure], known: Iterable[Elsewhere]) -> tuple[Elsewhere, ...]:
    """Those that no procedure has brought here meanwhile; a commune may take in a table of its own."""
    names = [f" {' '.join(words(one.name))} " for one in procedures]
    return tuple(
        one
        for one in known
        if not any(f" {' '.join(words(text))} " in name for text in one.until for name in names)
    )
