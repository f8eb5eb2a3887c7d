"""What is wrong with the words of a language: missing, stale, unreviewed, too long on a screen."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kiosk.catalogues import places, read_entries
from screens.locale import catalogue
from screens.locale.languages import Language
from screens.locale.updating import PARTS, Part

ROOT = Path(__file__).parents[2]
DRAWING_SECONDS = 240
_BRACES = re.compile(r"\{[a-z_]*\}")


class Fault(StrEnum):
    """What can be wrong with a text."""

    MISSING = "missing"
    STALE = "stale"
    PLACES = "places"
    UNREVIEWED = "unreviewed"
    UNREADABLE = "unreadable"
    TOO_LONG = "too long"
    NO_RECORDING = "no recording"


@dataclass(frozen=True)
class Finding:
    """One fault: in which language and part, of which key, and in words what it is."""

    language: str
    part: str
    key: str
    fault: Fault
    detail: str = ""


def check_texts(language: Language) -> list[Finding]:
    """Every fault of a language's files that can be found without drawing. Vietnamese has none."""
    if language.tag == "vi":
        return []
    return [finding for part in PARTS for finding in _check_part(part, language)]


def _check_part(part: Part, language: Language) -> list[Finding]:
    path, source = part.file(language.tag), part.source()

    def found(key: str, fault: Fault, detail: str = "") -> Finding:
        return Finding(language.tag, part.name, key, fault, detail)

    findings = []
    try:
        entries = read_entries(path)
    except FileNotFoundError:
        entries = {}
    except (OSError, ValueError) as error:  # all of it is shown in Vietnamese
        entries = {}
        findings.append(found("", Fault.UNREADABLE, str(error)))
    for key, text in source.items():
        entry = entries.get(key)
        if entry is None or not entry.text:
            if not any(letter.isalpha() for letter in _BRACES.sub("", text)):
                continue  # the same in every language
            findings.append(found(key, Fault.MISSING, text))
        elif entry.source != text:
            findings.append(found(key, Fault.STALE, f"translated from “{entry.source}”, now “{text}”"))
        elif places(entry.text) != places(text):
            findings.append(found(key, Fault.PLACES, f"“{entry.text}” for “{text}”"))
        elif entry.fuzzy:
            findings.append(found(key, Fault.UNREVIEWED, entry.text))
    return findings


def check_lengths(
    language: Language, size: tuple[int, int], inches: float, screens: Collection[str] = ()
) -> list[Finding]:
    """Which texts do not fit on which screen, found by laying out each sample of the gallery (or those of
    ``screens``) on a panel of ``size`` pixels and ``inches`` diagonal, in a process of its own without a
    display.

    Raises ``RuntimeError`` when the screens cannot be laid out.
    """
    panel = [*map(str, size), str(inches)]
    done = subprocess.run(
        [sys.executable, "-m", "screens.locale.measuring", language.tag, *panel, *screens],
        cwd=ROOT,
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen", "KIVY_NO_ARGS": "1"},
        capture_output=True,
        text=True,
        timeout=DRAWING_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no answer")
    keys = _keys_by_text(language)
    return [
        Finding(language.tag, screen, _key(keys, text), Fault.TOO_LONG, detail)
        for screen, text, detail in json.loads(done.stdout.splitlines()[-1])
    ]


def _key(keys: Mapping[str, str], text: str) -> str:
    """The catalogue's key of a shown text, or of one of its lines, or else how it begins."""
    for line in (text, *text.split("\n")):
        if line in keys:
            return keys[line]
    return f"“{text[:40]}”"


def _keys_by_text(language: Language) -> Mapping[str, str]:
    words = catalogue("citizen", language.tag, unreviewed=True)
    by_text: dict[str, str] = {}
    for key in sorted(words.keys()):
        entry = words.entry(key)
        for text in (entry,) if isinstance(entry, str) else entry:
            by_text.setdefault(text, key)
    return by_text
