"""Words of failures wait for a native reader like all other words, and are shown with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk import failures
from kiosk.failures import FailureCode
from screens.locale import catalogue

FUZZY = """\
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

#, fuzzy
msgctxt "PRINTER_PAPER_OUT.citizen_what"
msgid "{vietnamese}"
msgstr "Invented."
"""


@pytest.fixture
def fuzzy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tyz" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    vietnamese = failures.citizen_texts()["PRINTER_PAPER_OUT.citizen_what"]
    (folder / "failures.po").write_text(FUZZY.replace("{vietnamese}", vietnamese), encoding="utf-8")
    monkeypatch.setattr(failures, "_TRANSLATIONS", tmp_path)
    failures.words.cache_clear()
    yield
    failures.words.cache_clear()


@pytest.mark.usefixtures("fuzzy")
def test_unreviewed_words_of_failures_are_shown_only_where_all_unreviewed_words_are() -> None:
    code = FailureCode.PRINTER_PAPER_OUT
    vietnamese = failures.words()[code].citizen_what
    assert catalogue("citizen", "tyz").failures()[code].citizen_what == vietnamese
    assert catalogue("citizen", "tyz", unreviewed=True).failures()[code].citizen_what == "Invented."
