"""The languages a citizen can choose, as ``languages.toml`` lists them."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("languages.toml")


@dataclass(frozen=True)
class Language:
    """``tag`` is BCP 47; ``name`` what its speakers call it; ``vietnamese`` and ``english`` what others do.

    ``voice`` is espeak-ng's, empty where there is none. ``reviewer``: who confirmed its words, empty when no
    native reader has.
    """

    tag: str
    name: str
    vietnamese: str
    english: str
    voice: str = ""
    reviewer: str = ""


@cache
def languages() -> tuple[Language, ...]:
    """In the order of their buttons, Vietnamese first. Raises ``ValueError`` and ``TypeError``."""
    table = tomllib.loads(unicodedata.normalize("NFC", _FILE.read_text(encoding="utf-8")))
    return tuple(Language(**entry) for entry in table["language"])


def language(tag: str) -> Language:
    """The language with this tag. Raises ``KeyError``."""
    return {one.tag: one for one in languages()}[tag]
