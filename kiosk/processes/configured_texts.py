"""What citizens read of a centre's folder, and what of it is missing or too long in a language."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from kiosk.translations import Places, Text, texts_of

_NOTICES: Places = {"notice": {"text": 200}}
_SERVICES: Places = {"service": {"name": 35, "hint": 40}}
_PRIORITIES: Places = {"priority": {"name": 40}}
_FORM: Places = {
    "": {"title": 50, "lead": 65},
    "consent": {"statement": 60},
    "notice": {"heading": 20, "text": 75},
    "declaration": {"text": 120},
    "section": {"title": 30},
    "field": {"label": 30, "question": 45, "hint": 65, "if_missing": 40},
    "options": {"label": 40, "hint": 45},
    "wording": {"label": 45, "question": 55, "hint": 65},
}
"""How many letters each text may have: with so many every screen of the shipped centre is whole in every size
of the letters, upright and lying, as the checks of the pages have found.
"""

Fault = tuple[str, str, str, str]
"""What is wrong (``missing``, ``too long``, ``unreadable``), the file, the place in it, and the text."""


def check(folder: Path, language: str) -> tuple[int, list[Fault]]:
    """How many texts of ``folder`` citizens read, and what is wrong with them in ``language``. Files that are
    not there are passed over.
    """
    count, found = 0, list[Fault]()
    for path, places in _files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            texts = texts_of(tomllib.loads(path.read_text(encoding="utf-8")), places, language)
        except (OSError, ValueError) as error:
            found.append(("unreadable", name, "", str(error)))
            continue
        count += len(texts)
        found += [fault for text in texts if (fault := _fault(name, text)) is not None]
    return count, found


def _files(folder: Path) -> Iterator[tuple[Path, Places]]:
    known = (("services.toml", _SERVICES), ("queue.toml", _PRIORITIES), ("centre.toml", _NOTICES))
    yield from ((folder / name, places) for name, places in known if (folder / name).exists())
    yield from ((path, _FORM) for path in sorted((folder / "forms").glob("*.toml")))


def _fault(file: str, text: Text) -> Fault | None:
    if text.translated is None:
        return "missing", file, text.place, text.vietnamese
    if len(text.translated) > text.longest:
        told = f"{len(text.translated)} letters, {text.longest} fit: {text.translated}"
        return "too long", file, text.place, told
    return None
