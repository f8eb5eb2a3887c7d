"""Finds instruction clips by their title, their topic and what is said in them. Pure.

Words are compared as the search for a procedure compares them: without marks, half a word, a slip of the
finger, a word as it sounds, Telex keys that nobody composed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kiosk.procedures.folding import words
from kiosk.procedures.index import Index, Named, Pair, Posting, build
from kiosk.procedures.query import Part, Reader
from kiosk.procedures.vocabulary import Vocabulary
from kiosk.visit.states import Clip, ClipLine

FITS = 0.55
"""A clip is found when at least so much of what was typed, by weight, stands in one of its texts."""
_SHARE_OF_ALL = 0.3
_TITLE_FIRST = 0.1
_VOCABULARY = Vocabulary()

Texts = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ClipFound:
    """A clip that fits, from 0 to about 1, and the line in which it was found; None: by title or topic."""

    clip: Clip
    line: ClipLine | None
    score: float


def find(clips: Sequence[Clip], text: str, language: str = "vi") -> tuple[ClipFound, ...]:
    """The clips that fit, each once, by topic: the topic with the best clip first, in it the best first.

    The last word may be half typed. Looked through are titles and topics in ``language`` and Vietnamese, and
    the lines in ``language``, or in Vietnamese where a clip has none.
    """
    typed = words(text)
    if not typed or not clips:
        return ()
    lines = [_lines(clip, language) for clip in clips]
    index, reader = _read(
        tuple(
            (*_names(clip, language), *(line.text for line in told))
            for clip, told in zip(clips, lines, strict=True)
        )
    )
    singles, doubles = reader.read(typed, open_end=text[-1:].isalnum())
    asked = sum(part.weight for part in singles) + sum(part.weight for part in doubles)
    if not asked:
        return ()
    single, double = list(_held(singles, index.by_word)), list(_held(doubles, index.by_pair))
    found, first = [], 0
    for clip, told in zip(clips, lines, strict=True):
        names = len(_names(clip, language))
        own = range(first, first + names + len(told))
        first = own.stop
        fits = [_covered(single, (one,)) + _covered(double, (one,)) for one in own]
        everything = (_covered(single, own) + _covered(double, own)) / asked
        named = max(fits[:names]) / asked
        best = max(range(len(told)), key=lambda at: fits[names + at], default=None)
        said = fits[names + best] / asked if best is not None else 0.0
        if max(named, said) < FITS:
            continue
        by_name = named >= said
        score = (1 - _SHARE_OF_ALL) * max(named, said) + _SHARE_OF_ALL * everything
        line = None if by_name or best is None else told[best]
        found.append(ClipFound(clip, line, round(score + (_TITLE_FIRST if by_name else 0.0), 4)))
    return _by_topic(found)


def _names(clip: Clip, language: str) -> tuple[str, ...]:
    both = dict.fromkeys(("vi", language))
    titles = [clip.title, *(clip.titles[one] for one in both if one in clip.titles)]
    return tuple(dict.fromkeys([*titles, *(clip.topics[one] for one in both if one in clip.topics)]))


def _lines(clip: Clip, language: str) -> tuple[ClipLine, ...]:
    return clip.lines.get(language) or clip.lines.get("vi", ())


@lru_cache(maxsize=4)
def _read(texts: Texts) -> tuple[Index, Reader]:
    """Each text is an entry of its own. Only the clips' texts are kept, never what was typed."""
    index = build([Named((text,)) for clip in texts for text in clip], _VOCABULARY)
    return index, Reader(index, _VOCABULARY)


def _held(
    parts: Sequence[Part[str]] | Sequence[Part[Pair]],
    postings: Mapping[str, Posting] | Mapping[Pair, Posting],
) -> Iterator[dict[int, float]]:
    """For each part that was typed, how much of it each text has."""
    for part in parts:
        held: defaultdict[int, float] = defaultdict(float)
        for meant, sure in part.means.items():
            for text in postings[meant][1]:  # type: ignore[index]
                held[text] = max(held[text], sure * part.weight)
        yield held


def _covered(held: list[dict[int, float]], texts: Sequence[int]) -> float:
    return sum(max((one.get(text, 0.0) for text in texts), default=0.0) for one in held)


def _by_topic(found: list[ClipFound]) -> tuple[ClipFound, ...]:
    best: dict[str, float] = {}
    for one in found:
        best[one.clip.topic] = max(best.get(one.clip.topic, 0.0), one.score)
    return tuple(sorted(found, key=lambda one: (-best[one.clip.topic], one.clip.topic, -one.score)))
