"""Texts of the configuration in other languages than Vietnamese.

Beside a text ``KEY`` that citizens read may stand ``KEY_in``, the same text by language::

    name = "Hộ tịch"
    name_in.en = "Civil status"

What has no translation is shown in Vietnamese. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Translations = Mapping[str, str]
"""One text by language, as tags of BCP 47 (``en``, ``hmn-Latn``)."""

SUFFIX = "_in"
TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
Places = Mapping[str, Mapping[str, int]]
"""By table of a file (``""`` for its top) and key: how many letters fit where that text is shown."""

_VALUE = re.compile(r"\{([a-z_]*)\}")


@dataclass(frozen=True)
class Text:
    """A text that citizens read: where it stands in its file, in Vietnamese, in another language if it is
    there, and how many letters fit.
    """

    place: str
    vietnamese: str
    translated: str | None
    longest: int


def faults(vietnamese: object, others: Mapping[object, object]) -> Iterator[tuple[str, str]]:
    """What is wrong with the table beside a text: the language, and the fault."""
    for tag, text in others.items():
        if not re.match(TAG, str(tag)):
            yield str(tag), "is no language such as en or hmn-Latn"
        elif not isinstance(text, str):
            yield str(tag), "must be text"
        elif not text.strip():
            yield str(tag), "is empty"
        elif isinstance(vietnamese, str) and set(_VALUE.findall(text)) != set(_VALUE.findall(vietnamese)):
            yield str(tag), f"must have the same values in braces as “{vietnamese}”"


def languages_of(raw: object) -> frozenset[str]:
    """Every language of which some text stands in a file."""
    if isinstance(raw, Mapping):
        here = {
            tag for key, one in raw.items() if key.endswith(SUFFIX) and isinstance(one, dict) for tag in one
        }
        return frozenset(here).union(*(languages_of(one) for one in raw.values()))
    if isinstance(raw, list):
        return frozenset().union(*(languages_of(one) for one in raw))
    return frozenset()


def in_language(raw: Mapping[str, object], language: str) -> dict[str, object]:
    """A file as if each text that has a translation had been written in ``language``."""
    made: dict[str, object] = {}
    for key, value in raw.items():
        if key.endswith(SUFFIX):
            continue
        others = raw.get(key + SUFFIX)
        text = others.get(language) if isinstance(others, dict) else None
        made[key] = text if isinstance(text, str) else _inside(value, language)
    return made


def _inside(value: object, language: str) -> object:
    if isinstance(value, dict):
        return in_language(value, language)
    return [_inside(one, language) for one in value] if isinstance(value, list) else value


def texts_of(raw: Mapping[str, object], places: Places, language: str) -> list[Text]:
    """Every text of a file that citizens read, in its order. Fields of a form that are neither asked nor
    shown to be checked are passed over.
    """
    return list(_texts(raw, places, language, "", ""))


def _texts(
    raw: Mapping[str, object], places: Places, language: str, table: str, where: str
) -> Iterator[Text]:
    if raw.get("must_be_true") or (raw.get("ask") is False and raw.get("check") is False):
        return
    for key, value in raw.items():
        longest = places.get(table, {}).get(key)
        place = f"{where}.{key}" if where else key
        if longest is not None and isinstance(value, str) and value:
            others = raw.get(key + SUFFIX)
            found = others.get(language) if isinstance(others, dict) else None
            yield Text(place, value, found if isinstance(found, str) else None, longest)
        elif isinstance(value, dict) and not key.endswith(SUFFIX):
            yield from _texts(value, places, language, key, place)
        elif isinstance(value, list):
            yield from _listed(value, places, language, key, place)


def _listed(
    entries: Sequence[object], places: Places, language: str, table: str, where: str
) -> Iterator[Text]:
    for number, one in enumerate(entries, 1):
        if isinstance(one, dict):
            name = next((one[key] for key in ("id", "value") if isinstance(one.get(key), str)), number)
            yield from _texts(one, places, language, table, f"{where}[{name}]")
