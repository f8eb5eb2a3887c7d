"""The lists of names and places that the keyboard offers, from ``config/suggestions``."""

from __future__ import annotations

import logging
import unicodedata
from pathlib import Path

from kiosk.eforms.suggestions import Suggestions

_LOG = logging.getLogger(__name__)


def read_suggestions(folder: Path) -> Suggestions:
    """``families.txt``, ``given.txt`` and ``places.txt``: one a line, ``#`` begins a remark.

    A list that cannot be read is empty and told to the log: the keyboard works without it.
    """
    return Suggestions(*(_names(folder / f"{name}.txt") for name in ("families", "given", "places")))


def _names(file: Path) -> tuple[str, ...]:
    try:
        lines = unicodedata.normalize("NFC", file.read_text(encoding="utf-8")).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        _LOG.warning("the keyboard has no suggestions of %s: %s", file.name, type(error).__name__)
        return ()
    names = (" ".join(line.split()) for line in lines if not line.lstrip().startswith("#"))
    return tuple(dict.fromkeys(name for name in names if name))
