"""Brings the other languages' files up to today's Vietnamese: new entries, changed ones, those that are gone.

Written by hand rather than by Babel: the order stays that of the Vietnamese file, lines are not wrapped, and
nothing changes from run to run but what really changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from kiosk import failures
from screens.locale import catalogue_file, source_texts
from screens.locale.languages import Language

_HEADER = """\
# {title} in {name} ({english}).
# msgid is the Vietnamese, msgctxt its key. Write the translation into msgstr; leave it empty and the
# Vietnamese is shown. {{places}} in braces stay as they are. "fuzzy" = not confirmed, not shown.
# {review}
msgid ""
msgstr ""
"Project-Id-Version: mot-cua {part}\\n"
"Language: {tag}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"X-Review: {reviewer}\\n"
"""


@dataclass(frozen=True)
class Part:
    """One set of words: its name, its Vietnamese by key, and where another language's file stands."""

    name: str
    title: str
    source: Callable[[], Mapping[str, str]]
    file: Callable[[str], Path]


PARTS = (
    Part(
        "citizen",
        "The citizen's screens",
        lambda: source_texts("citizen"),
        lambda tag: catalogue_file("citizen", tag),
    ),
    Part(
        "ceiling",
        "The ceiling display",
        lambda: source_texts("ceiling"),
        lambda tag: catalogue_file("ceiling", tag),
    ),
    Part(
        "failures", "What citizens are told of a failure", failures.citizen_texts, failures.translation_file
    ),
)
"""What is translated. The maintenance screen and the officers' pages are Vietnamese only."""


def update(part: Part, language: Language) -> bool:
    """Write the file of ``part`` in ``language`` anew; whether it changed.

    A translation of an older Vietnamese text is kept, marked fuzzy, with the older text above it. Entries of
    keys that are gone are left out. Raises ``OSError``, and ``ValueError`` for a file that cannot be read.
    """
    path = part.file(language.tag)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    after = merged(part, language, before)
    if after == before:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(after, encoding="utf-8")
    return True


def merged(part: Part, language: Language, text: str) -> str:
    """``text``, a file of this part and language, brought up to today's Vietnamese."""
    known = {str(one.context): one for one in read_po(text.splitlines(keepends=True)) if one.id}
    header = _HEADER.format(
        title=part.title,
        name=language.name,
        english=language.english,
        tag=language.tag,
        part=part.name,
        review=f"Reviewed by: {language.reviewer}." if language.reviewer else "needs native reviewer",
        reviewer=language.reviewer or "none",
    )
    entries = [_entry(key, source, known.get(key)) for key, source in part.source().items()]
    return "\n".join([header, *entries])


def _entry(key: str, source: str, old: Message | None) -> str:
    comments: list[str] = []
    text, fuzzy, earlier = "", False, ""
    if old is not None:
        text = str(old.string or "")
        changed = bool(text) and str(old.id) != source
        fuzzy = bool(text) and (old.fuzzy or changed)
        comments = [f"# {line}" for line in old.user_comments if line and not line.startswith("|")]
        before = [f"#{line}" for line in old.user_comments if line.startswith("|")]  # so Babel reads “#| …”
        if changed:
            earlier = f"#| msgid {_quoted(str(old.id))}"
        elif fuzzy and before:
            earlier = before[0]
    lines = [
        *comments,
        *(["#, fuzzy"] if fuzzy else []),
        *([earlier] if earlier else []),
        f"msgctxt {_quoted(key)}",
        f"msgid {_quoted(source)}",
        f"msgstr {_quoted(text)}",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
