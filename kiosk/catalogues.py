"""Reading gettext catalogues (``.po``) whose entries are known by a key, not by their text.

Every entry has ``msgctxt`` = its key and ``msgid`` = the Vietnamese text it was made from. The Vietnamese
catalogue has nothing in ``msgstr``: its text is the ``msgid``, so that it is written in one place. In every
other language ``msgstr`` is the translation, and it counts only while its ``msgid`` is still today's
Vietnamese text: a sentence is never shown in the words of another one.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

logger = logging.getLogger(__name__)

SOURCE_LANGUAGE = "vi"
_PLACE = re.compile(r"\{([a-z_]*)\}")
_BEGINS = re.compile(r'msg|"')
_WHOLE = re.compile(r'(?:msg[a-z_]+(?:\[\d\])?\s+)?"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class Entry:
    """One text of a catalogue file. ``fuzzy`` ones wait for a reader who speaks the language."""

    key: str
    source: str
    text: str
    fuzzy: bool
    line: int = 0


def read_entries(path: Path) -> dict[str, Entry]:
    """The entries of one file by key, NFC. Raises ``OSError``; ``ValueError`` for what is no such file."""
    with path.open(encoding="utf-8") as file:
        try:
            lines = file.readlines()
            _check_quotes(path.name, lines)
            found = read_po(lines, abort_invalid=True)
        except (PoFileError, UnicodeDecodeError) as error:
            raise ValueError(f"{path.name}: {error}") from error
    entries: dict[str, Entry] = {}
    for message in found:
        if not message.id:
            continue
        if not message.context or not isinstance(message.id, str) or not isinstance(message.string, str):
            raise ValueError(f"{path.name}, line {message.lineno}: an entry without msgctxt, or with plurals")
        if message.context in entries:
            raise ValueError(f"{path.name}, line {message.lineno}: {message.context} stands there twice")
        entries[message.context] = Entry(
            key=message.context,
            source=unicodedata.normalize("NFC", message.id),
            text=unicodedata.normalize("NFC", message.string),
            fuzzy=message.fuzzy,
            line=message.lineno or 0,
        )
    return entries


def _check_quotes(name: str, lines: list[str]) -> None:
    """Raises ``ValueError`` for a text whose quotes do not match: the parser would take a letter away."""
    for number, line in enumerate(map(str.strip, lines), 1):
        if _BEGINS.match(line) and not _WHOLE.fullmatch(line):
            raise ValueError(f"{name}, line {number}: the quotes round the text do not match")


def translated(source: Mapping[str, str], path: Path, *, unreviewed: bool = False) -> dict[str, str]:
    """The texts of ``source`` (Vietnamese by key) in the language of the file at ``path``.

    A text stays Vietnamese where the file has none, has one of an older Vietnamese text, one with other
    ``{places}``, or one that nobody has reviewed (unless ``unreviewed``). A file that is not there or cannot
    be read leaves all of it Vietnamese: no citizen's screen stops for a translation.
    """
    texts = dict(source)
    try:
        entries = read_entries(path)
    except FileNotFoundError:
        return texts
    except (OSError, ValueError) as error:
        logger.error("words stay Vietnamese, %s", error)
        return texts
    for key, entry in entries.items():
        if key in texts and usable(entry, texts[key]) and (unreviewed or not entry.fuzzy):
            texts[key] = entry.text
    return texts


def usable(entry: Entry, source: str) -> bool:
    """Whether ``entry`` says today's Vietnamese text ``source`` with the same ``{places}``."""
    return bool(entry.text) and entry.source == source and places(entry.text) == places(source)


def places(text: str) -> frozenset[str]:
    """The names in braces which are replaced by values: “Còn {n} người” → {n}."""
    return frozenset(_PLACE.findall(text))
