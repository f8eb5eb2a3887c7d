"""What typed words may mean: other marks, half a word, a slip of the finger, a word as it sounds. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kiosk.eforms.vietnamese_input import is_syllable
from kiosk.procedures.folding import fold, from_keys, has_marks
from kiosk.procedures.index import Index, Pair
from kiosk.procedures.sounds import sound
from kiosk.procedures.vocabulary import KIN, Vocabulary, one_hook

Meanings = dict[str, float]
"""Words of the index with how surely they are meant, from 0 to 1."""

_MOST_BEGINNINGS = {1: 10, 2: 20}
_MOST_LONG_BEGINNINGS = 30
_MOST_SLIPS = 6
_SHORTEST_SLIP = 3
_UNKNOWN, _UNKNOWN_PAIR = 0.3, 0.1
_FOREIGN = 0.8
"""A word that no Vietnamese syllable is: hardly chatter, but the very thing that is asked for."""
OTHER_MARKS, NO_MARKS_AMONG_MARKS, OTHER_HOOK = 0.5, 0.85, 0.95
BEGINNING, SLIP, TWO_SLIPS, SOUND, KIN_FOR_WORD = 0.8, 0.75, 0.55, 0.7, 0.85


_Key = TypeVar("_Key", str, Pair)


@dataclass(frozen=True)
class Part(Generic[_Key]):
    """One word that was typed, or two neighbouring ones, with what it may mean and how much it tells."""

    means: dict[_Key, float]
    weight: float


Read = tuple[list[Part[str]], list[Part[Pair]]]


class Reader:
    """Reads what is typed with the words of one index. Keeps nothing of it: people type names, too."""

    def __init__(self, index: Index, vocabulary: Vocabulary) -> None:
        self._index = index
        self._vocabulary = vocabulary
        self._kin = vocabulary.kin
        self._plain_kin = vocabulary.plain_kin

    def read(self, typed: tuple[str, ...], *, open_end: bool) -> Read:
        """The words, and the pairs of words, each once. ``open_end``: the last word may be half typed."""
        marked = any(map(has_marks, typed))
        typed = self._with_spaces(tuple(self._composed(word) for word in typed))
        parts = self._vocabulary.canonical(typed)
        means: list[Meanings] = []
        for at, word in enumerate(parts):
            means.append(self._word(word, marked))
            if open_end and at == len(parts) - 1:
                self._grow(means[-1], word, means[-2] if at else {})
        spellings = [fold(word) for word in parts]
        singles: dict[str, Part[str]] = {}
        doubles: dict[Pair, Part[Pair]] = {}
        for at in range(1, len(parts)):
            pair = (spellings[at - 1], spellings[at])
            found = self._pair(means[at - 1], means[at])
            if not found:
                found = self._sounding_pair(*pair) or self._slipped_pair(means[at - 1], *pair)
                for (one, two), sure in found.items():
                    means[at - 1][one] = max(means[at - 1].get(one, 0.0), sure)
                    means[at][two] = max(means[at].get(two, 0.0), sure)
            if found:
                doubles.setdefault(pair, Part(found, self._pair_weight(found)))
            else:
                told = (self._told(parts[at - 1]) + self._told(parts[at])) / 2
                doubles.setdefault(pair, Part({}, _UNKNOWN_PAIR * told))
        for word, meant in zip(parts, means, strict=True):
            singles.setdefault(word, Part(meant, self._weight(word, meant)))
        return list(singles.values()), list(doubles.values())

    # -- single words

    def _composed(self, word: str) -> str:
        """Telex or VNI keys that nobody composed; any word that is known stays as it is."""
        if fold(word) in self._index.spelt:
            return word
        meant = from_keys(word)
        return meant if meant is not None and fold(meant) in self._index.spelt else word

    def _with_spaces(self, typed: tuple[str, ...]) -> tuple[str, ...]:
        """Words typed without the space between them, where both are known as neighbours."""
        result: list[str] = []
        for word in typed:
            plain = fold(word)
            at = 0 if plain in self._index.spelt or len(plain) < 5 else self._joint(plain)
            result += [word[:at], word[at:]] if at else [word]
        return tuple(result)

    def _joint(self, plain: str) -> int:
        for at in range(2, len(plain) - 1):
            if (plain[:at], plain[at:]) in self._index.pairs_spelt:
                return at
        return 0

    def _word(self, word: str, marked: bool) -> Meanings:
        plain = fold(word)
        means: Meanings = {}
        self._spelt_so(means, word, plain, marked, 1.0)
        if word in self._kin or (not marked and plain in self._plain_kin):
            means[KIN] = KIN_FOR_WORD
        if not means:
            for spelling, sure in self._slips_of(plain):
                self._spelt_so(means, word, spelling, False, sure)
        return {one: sure for one, sure in means.items() if one in self._index.by_word}

    def _spelt_so(self, means: Meanings, word: str, spelling: str, marked: bool, sure: float) -> None:
        for known in self._index.spelt.get(spelling, ()):
            likely = sure * (likeness(word, known) if marked else 1.0)
            means[known] = max(means.get(known, 0.0), likely)

    def _grow(self, means: Meanings, word: str, before: Meanings) -> None:
        """A word that is only begun: what may follow the word before it, else the most common ones."""
        plain = fold(word)
        most = _MOST_BEGINNINGS.get(len(plain), _MOST_LONG_BEGINNINGS)
        spellings = self._index.beginning(plain, 400 if before else most)
        known = {one for spelling in spellings if spelling != plain for one in self._index.spelt[spelling]}
        after = {two for one in before for two in self._index.following.get(one, ())}
        likely = known & after if before else known
        if not likely:
            spellings = self._index.beginning(plain, most)
            likely = {
                one for spelling in spellings if spelling != plain for one in self._index.spelt[spelling]
            }
        for one in likely:
            fits = 1.0 if not has_marks(word) or one.startswith(word) else 0.7
            means[one] = max(means.get(one, 0.0), BEGINNING * fits)

    def _slips_of(self, plain: str) -> tuple[tuple[str, float], ...]:
        """Known spellings that sound the same or are a slip or two away."""
        found = dict.fromkeys(self._index.sounding.get(sound(plain), ()), SOUND)
        if len(plain) >= 3 and not plain.isdigit():
            far = 1 if len(plain) < 6 else 2
            near = process.extract(
                plain, self._index.spellings, scorer=OSA.distance, score_cutoff=far, limit=_MOST_SLIPS
            )
            for spelling, distance, _ in near:
                short = len(plain) == _SHORTEST_SLIP and len(spelling) <= len(plain)
                found.setdefault(spelling, SLIP if distance <= 1 and not short else TWO_SLIPS)
        return tuple(found.items())

    def _told(self, word: str) -> float:
        return self._vocabulary.told(word)

    def _weight(self, word: str, means: Meanings) -> float:
        if not means:
            return (_UNKNOWN if is_syllable(word) else _FOREIGN) * self._told(word)
        best = max(means.values())
        return max(self._index.weight[one] for one, sure in means.items() if sure >= best - 0.01)

    # -- pairs

    def _pair(self, first: Meanings, second: Meanings) -> dict[Pair, float]:
        known = self._index.by_pair
        return {
            (one, two): sure * certain
            for one, sure in first.items()
            for two, certain in second.items()
            if (one, two) in known
        }

    def _sounding_pair(self, first: str, second: str) -> dict[Pair, float]:
        """Neighbours that are known and sound like these two: *trứng thực* is *chứng thực*."""
        found: dict[Pair, float] = {}
        for one in self._alike(first):
            for two in self._alike(second):
                if (one, two) in self._index.pairs_spelt:
                    found |= self._pair(
                        dict.fromkeys(self._index.spelt[one], SOUND if one != first else 1.0),
                        dict.fromkeys(self._index.spelt[two], SOUND if two != second else 1.0),
                    )
        return found

    def _slipped_pair(self, first: Meanings, spelt: str, second: str) -> dict[Pair, float]:
        """Known after the first word and a slip away from the second: *kết hôm* is *kết hôn*."""
        if len(second) < _SHORTEST_SLIP or not first:
            return {}
        surest = max(first, key=lambda one: (first[one], fold(one) == spelt))
        found = {}
        for two in self._index.following.get(surest, ()):
            if OSA.distance(fold(two), second, score_cutoff=1) <= 1:
                found[surest, two] = (TWO_SLIPS if len(second) == _SHORTEST_SLIP else SLIP) * first[surest]
        return found

    def _alike(self, spelling: str) -> Iterable[str]:
        return self._index.sounding.get(sound(spelling), ())

    def _pair_weight(self, means: dict[Pair, float]) -> float:
        best = max(means.values())
        return max(self._index.pair_weight[pair] for pair, sure in means.items() if sure >= best - 0.01)


def likeness(typed: str, known: str) -> float:
    """How surely a word typed among marked ones is this known one of the same spelling."""
    if typed == known:
        return 1.0
    if one_hook(typed) == one_hook(known):
        return OTHER_HOOK
    return NO_MARKS_AMONG_MARKS if _marks_left_out(typed, known) else OTHER_MARKS


def _marks_left_out(typed: str, known: str) -> bool:
    """Whether every mark that was typed is right and only others are missing: *khuyêt* for *khuyết*."""
    missing = iter(unicodedata.normalize("NFD", known.replace("đ", "d\u0335")))
    return all(sign in missing for sign in unicodedata.normalize("NFD", typed.replace("đ", "d\u0335")))
