"""The citizen's catalogue has every word the screens ask for and none that nobody asks for."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path

import pytest

from kiosk.catalogues import read_entries
from kiosk.eforms.definition import load_forms
from kiosk.eforms.rules import ProblemCode
from kiosk.eforms.vietnamese_input import InputMethod
from kiosk.identity.citizen import Source
from kiosk.visit.comfort import TextSize, Voice
from kiosk.visit.events import Aspect, ReadingStep
from kiosk.visit.states import RatingStep
from screens.locale import WordMissingError, catalogue

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "screens" / "citizen"
KEY = re.compile(r"""["']([a-z_]+\.[a-z_]+)["']""")


def asked() -> set[str]:
    tables = {key.split(".")[0] for key in catalogue("citizen").keys()}  # noqa: SIM118
    files = [*FOLDER.glob("*.py"), *FOLDER.glob("*/presenter.py")]
    found = {key for file in files for key in KEY.findall(file.read_text(encoding="utf-8"))}
    found |= {f"answer.{code.value}" for code in ProblemCode} | {
        f"source.{source.value}" for source in Source
    }
    found |= {f"reading.{step.value}" for step in ReadingStep}
    found |= {f"question.{name}" for name in ("sac", "huyen", "hoi", "nga", "nang")}
    found |= {f"question.{kind}_hint" for kind in ("date", "digits", "text")}
    found |= {f"question.{method.value}" for method in InputMethod}
    found |= {f"comfort.{name}" for name in ("size", "contrast", "reach", "hand", "voice")}
    found |= {f"comfort.size_{size.name.lower()}" for size in TextSize}
    found |= {f"comfort.voice_{voice.value}" for voice in Voice}
    found |= {f"comfort.contrast_{name}" for name in ("usual", "high")}
    found |= {f"comfort.reach_{name}" for name in ("usual", "low")}
    found |= {f"comfort.hand_{name}" for name in ("left", "right")}
    found |= {f"rate.{step.value}_{part}" for step in RatingStep for part in ("title", "hint")}
    found |= {f"rate.aspect_{aspect.value}" for aspect in Aspect}
    return {key for key in found if key.split(".")[0] in tables}


def test_every_word_asked_for_is_there_and_every_word_is_asked_for() -> None:
    assert asked() == catalogue("citizen").keys()


def test_a_missing_word_is_named() -> None:
    with pytest.raises(WordMissingError, match=r"vi/citizen\.po: start\.tite"):
        catalogue("citizen")("start.tite")


def test_words_are_nfc_and_without_stray_spaces() -> None:
    for path in (ROOT / "screens" / "locale").glob("*/LC_MESSAGES/*.po"):
        text = path.read_text(encoding="utf-8")
        assert text == unicodedata.normalize("NFC", text), path
        for entry in read_entries(path).values():
            for value in (entry.source, entry.text):
                assert value == value.strip(), value
                assert "  " not in value, value
    for path in (ROOT / "config" / "forms").glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        assert text == unicodedata.normalize("NFC", text), path.name
        for value in _values(tomllib.loads(text)):
            assert value == value.strip(), value
            assert "  " not in value, value


def test_every_question_ends_like_one() -> None:
    for form in load_forms(ROOT / "config" / "forms").values():
        for made in form.fields():
            for question in (made.question, *(words.question for words in made.wording)):
                assert question == "" or question.endswith("?"), question


def _values(table: object) -> list[str]:
    if isinstance(table, dict):
        return [text for value in table.values() for text in _values(value)]
    if isinstance(table, list):
        return [text for value in table for text in _values(value)]
    return [table] if isinstance(table, str) else []
