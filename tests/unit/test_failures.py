"""Every named failure has words, for citizens and staff alike."""

import unicodedata

from kiosk import failures


def test_every_code_has_words_for_staff():
    for code, words in failures.words().items():
        assert words.staff_cause and words.staff_remedy, code


def test_a_citizen_who_is_told_what_happened_is_told_what_to_do():
    for code, words in failures.words().items():
        assert bool(words.citizen_what) == bool(words.citizen_do), code


def test_officers_are_told_what_happened_of_what_they_can_mend():
    for code, words in failures.words().items():
        assert bool(words.lobby_what) == bool(words.lobby_do), code
    paper = failures.words()[failures.FailureCode.PRINTER_PAPER_OUT]
    assert (paper.lobby_what, paper.citizen_what) == (paper.citizen_what, "Máy in hết giấy.")


def test_words_are_in_composed_form():
    for words in failures.words().values():
        for text in vars(words).values():
            assert unicodedata.is_normalized("NFC", text)
