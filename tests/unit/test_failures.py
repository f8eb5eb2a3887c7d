"""Every named failure has words, and the manual holds them all."""

import unicodedata

from kiosk import failures, manual


def test_every_code_has_words_for_staff():
    for code, words in failures.words().items():
        assert words.staff_cause and words.staff_remedy, code


def test_a_citizen_who_is_told_what_happened_is_told_what_to_do():
    for code, words in failures.words().items():
        assert bool(words.citizen_what) == bool(words.citizen_do), code


def test_words_are_in_composed_form():
    for words in failures.words().values():
        for text in vars(words).values():
            assert unicodedata.is_normalized("NFC", text)


def test_the_manual_is_current():
    assert (manual.DOCS / "failures.md").read_text(encoding="utf-8") == manual.failures_page()
    assert (manual.DOCS / "settings.md").read_text(encoding="utf-8") == manual.settings_page()
