"""The Vietnamese catalogue of the web pages and the words of failures as staff read them."""

from __future__ import annotations

import json
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kiosk import failures

_CATALOGUE = Path(__file__).with_name("texts") / "vi.toml"


@cache
def catalogue() -> dict[str, Any]:
    """Every section of ``texts/vi.toml``, in NFC. Raises ``tomllib.TOMLDecodeError``."""
    text = unicodedata.normalize("NFC", _CATALOGUE.read_text(encoding="utf-8"))
    return tomllib.loads(text)


def word(path: str, **values: object) -> str:
    """The words at a dotted path such as ``follow.title``, its ``{names}`` replaced. Raises ``KeyError``."""
    found: Any = catalogue()
    for part in path.split("."):
        found = found[part]
    if not isinstance(found, str):
        raise KeyError(path)
    return found.format_map(values) if values else found


@cache
def failure_words() -> Mapping[str, dict[str, str]]:
    """Code → cause, remedy and consequence as staff read them, and what officers read where they are told."""
    return {
        code.value: {
            "cause": entry.staff_cause,
            "remedy": entry.staff_remedy,
            "consequence": entry.consequence,
        }
        | ({"lobby_what": entry.lobby_what, "lobby_do": entry.lobby_do} if entry.lobby_do else {})
        for code, entry in failures.words().items()
    }


def page_words(*sections: str, with_failures: bool = False) -> str:
    """JSON of the named catalogue sections for a page's script, safe inside a ``<script>`` data block."""
    table: dict[str, Any] = {section: catalogue()[section] for section in sections}
    if with_failures:
        table["failure"] = failure_words()
    return script_safe(table)


def script_safe(value: object) -> str:
    """JSON that cannot end the data block it stands in (``<`` is escaped; HTML Living Standard §4.12.1.3)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
