"""Which screens a language has whole: every text of theirs that is shown, confirmed or drafted.

A screen is a folder of ``screens/citizen``. Its texts are those of its own section and those that it takes
from others (its *Close* from the frame). Not counted: hints that only a voice says (``idle_warning.spoken``),
the frame around the screen, and what failures tell, for these are texts of every screen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kiosk.catalogues import Entry, read_entries, usable
from screens.locale import catalogue_file, source_texts
from screens.locale.languages import Language

_CITIZEN = Path(__file__).parents[1] / "citizen"
_ASKED = re.compile(r'\bwords(?:\.lines|\.entry)?\(\s*f?"(\w+\.[\w.]*)(\{?)')
_BRACES = re.compile(r"\{[a-z_]*\}")
_SPOKEN = "spoken"


@dataclass(frozen=True)
class WholeScreens:
    """Of ``total`` screens, those whose every text a native reader ``confirmed``; and those that are whole
    only when texts that wait for one are counted too: ``drafted``.
    """

    total: int
    confirmed: tuple[str, ...]
    drafted: tuple[str, ...]


def whole_screens(language: Language) -> WholeScreens:
    """Which screens are whole in ``language``. A file that cannot be read has none."""
    try:
        entries = read_entries(catalogue_file("citizen", language.tag))
    except (OSError, ValueError):
        entries = {}
    source = source_texts("citizen")
    states = {screen: _state(keys, source, entries) for screen, keys in texts_by_screen().items()}
    return WholeScreens(
        total=len(states),
        confirmed=tuple(screen for screen, state in states.items() if state == "confirmed"),
        drafted=tuple(screen for screen, state in states.items() if state == "drafted"),
    )


@cache
def texts_by_screen() -> Mapping[str, frozenset[str]]:
    """The keys of every text that a screen shows, by screen."""
    found: dict[str, frozenset[str]] = {}
    for folder in sorted(path for path in _CITIZEN.iterdir() if (path / "presenter.py").exists()):
        code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
        asked = [(f"{folder.name}.", "{"), *_ASKED.findall(code)]
        found[folder.name] = frozenset(
            key for key, text in source_texts("citizen").items() if _shown(key, text, asked)
        )
    return found


def _shown(key: str, text: str, asked: list[tuple[str, str]]) -> bool:
    """Whether ``key`` is among those ``asked``: beginnings of keys, or keys whole, a list by its name."""
    if key.rpartition(".")[2].startswith(_SPOKEN) or not any(map(str.isalpha, _BRACES.sub("", text))):
        return False
    return any(
        key.startswith(name) if open_end else key == name or key.startswith(f"{name}.")
        for name, open_end in asked
    )


def _state(keys: frozenset[str], source: Mapping[str, str], entries: Mapping[str, Entry]) -> str:
    found = [entries.get(key) for key in keys]
    if any(entry is None or not usable(entry, source[entry.key]) for entry in found):
        return ""
    return "drafted" if any(entry is not None and entry.fuzzy for entry in found) else "confirmed"
