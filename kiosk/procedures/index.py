"""The index of the search: names and everyday names as words and pairs of words. Pure.

A pair of neighbouring words tells much more than its words: Vietnamese writes every syllable apart, and
without marks one spelling stands for many of them.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import pairwise

from kiosk.procedures.folding import fold, words
from kiosk.procedures.patterns import PatternError, written_out
from kiosk.procedures.sounds import sound
from kiosk.procedures.vocabulary import KIN, Vocabulary

Pair = tuple[str, str]
Posting = tuple[frozenset[int], frozenset[int]]
"""Numbers of the titles, and of the entries."""
_KIN_WORD = KIN.strip("{}")
_LONGEST_TITLE = 60
_MOST_MASS = 4.5
_HEAD = re.compile(r"[(;:]")
_FIELD_FACTOR = 0.6


@dataclass
class Index:
    """Which titles and which entries hold a word or a pair; entries are numbered in the order given."""

    entries: list[int] = field(default_factory=list)
    """The entry of each title, a name under which it is found."""
    masses: list[float] = field(default_factory=list)
    """How much all the words of a title tell together."""
    factors: list[float] = field(default_factory=list)
    by_word: dict[str, Posting] = field(default_factory=dict)
    by_pair: dict[Pair, Posting] = field(default_factory=dict)
    weight: dict[str, float] = field(default_factory=dict)
    pair_weight: dict[Pair, float] = field(default_factory=dict)
    spelt: dict[str, list[str]] = field(default_factory=dict)
    """The words with one spelling without marks."""
    spellings: list[str] = field(default_factory=list)
    """All of those, sorted."""
    sounding: dict[str, list[str]] = field(default_factory=dict)
    """The spellings that sound alike."""
    pairs_spelt: set[Pair] = field(default_factory=set)
    following: dict[str, list[str]] = field(default_factory=dict)
    """The words known to come after a word."""
    common: dict[str, int] = field(default_factory=dict)
    """How many titles a spelling stands in."""

    def beginning(self, start: str, most: int) -> list[str]:
        """Spellings that begin so; if there are too many, those in most titles."""
        at = bisect_left(self.spellings, start)
        found = []
        while at < len(self.spellings) and self.spellings[at].startswith(start):
            found.append(self.spellings[at])
            at += 1
        return found if len(found) <= most else nlargest(most, found, key=self.common.__getitem__)


@dataclass(frozen=True)
class Named:
    """What an entry is called: names, everyday names (patterns), its field."""

    names: Sequence[str]
    everyday: Sequence[str] = ()
    field: str = ""


def build(entries: Iterable[Named], vocabulary: Vocabulary) -> Index:
    """The index of these entries."""
    listed: list[tuple[int, tuple[str, ...], float]] = []
    count = 0
    for count, entry in enumerate(entries, 1):
        seen: set[tuple[str, ...]] = set()
        for text, factor in _titles(entry):
            parts = title_words(text, vocabulary)
            if parts and parts not in seen:
                seen.add(parts)
                listed.append((count - 1, parts, factor))
    index = Index()
    index.weight, index.pair_weight = _weights(listed, count, vocabulary)
    _post(index, listed)
    for word in index.by_word:
        index.spelt.setdefault(fold(word), []).append(word)
    index.spellings = sorted(index.spelt)
    for spelling in index.spellings:
        index.sounding.setdefault(sound(spelling), []).append(spelling)
    index.common = {
        spelling: sum(len(index.by_word[word][0]) for word in known)
        for spelling, known in index.spelt.items()
    }
    for one, two in index.by_pair:
        index.pairs_spelt.add((fold(one), fold(two)))
        index.following.setdefault(one, []).append(two)
    return index


def title_words(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The words of a title; the place of a family member is the word ``{kin}``."""
    parts = words(text[: _LONGEST_TITLE * 8].replace(KIN, f" {_KIN_WORD} "))
    marked = tuple(KIN if word == _KIN_WORD else word for word in parts)
    return vocabulary.canonical(marked)[:_LONGEST_TITLE]


def pairs(parts: Sequence[str]) -> Iterator[Pair]:
    """Neighbouring words."""
    return pairwise(parts)


def _titles(entry: Named) -> Iterator[tuple[str, float]]:
    for name in entry.names:
        yield name, 1.0
        head = _HEAD.split(name, maxsplit=1)[0]
        if head != name and len(head.split()) >= 3:
            yield head, 1.0
    for pattern in entry.everyday:
        try:
            for name in written_out(pattern):
                yield name, 1.0
        except PatternError:  # a name with brackets of its own
            yield pattern, 1.0
    if entry.field:
        yield entry.field, _FIELD_FACTOR


def _weights(
    listed: list[tuple[int, tuple[str, ...], float]], count: int, vocabulary: Vocabulary
) -> tuple[dict[str, float], dict[Pair, float]]:
    """How much words and pairs tell: the fewer entries have them, the more; 1 is the most."""
    holders: defaultdict[str, set[int]] = defaultdict(set)
    pair_holders: defaultdict[Pair, set[int]] = defaultdict(set)
    for entry, parts, _ in listed:
        for word in parts:
            holders[word].add(entry)
        for pair in pairs(parts):
            pair_holders[pair].add(entry)
    most = math.log1p(count)

    def rarity(found: int) -> float:
        return 0.15 + 0.85 * math.log((count + 1) / found) / most if most else 1.0

    weight = {word: rarity(len(found)) * vocabulary.told(word) for word, found in holders.items()}
    pair_weight = {
        (one, two): rarity(len(found)) * (vocabulary.told(one) + vocabulary.told(two)) / 2
        for (one, two), found in pair_holders.items()
    }
    return weight, pair_weight


def _post(index: Index, listed: list[tuple[int, tuple[str, ...], float]]) -> None:
    holding: defaultdict[str, list[int]] = defaultdict(list)
    holding_pair: defaultdict[Pair, list[int]] = defaultdict(list)
    for number, (entry, parts, factor) in enumerate(listed):
        own_words, own_pairs = dict.fromkeys(parts), dict.fromkeys(pairs(parts))
        mass = sum(index.weight[word] for word in own_words)
        mass += sum(index.pair_weight[pair] for pair in own_pairs)
        index.entries.append(entry)
        index.masses.append(min(mass, _MOST_MASS))
        index.factors.append(factor)
        for word in own_words:
            holding[word].append(number)
        for pair in own_pairs:
            holding_pair[pair].append(number)
    entry_of = index.entries
    index.by_word = {word: _posting(numbers, entry_of) for word, numbers in holding.items()}
    index.by_pair = {pair: _posting(numbers, entry_of) for pair, numbers in holding_pair.items()}


def _posting(numbers: list[int], entry_of: list[int]) -> Posting:
    return frozenset(numbers), frozenset(entry_of[number] for number in numbers)
