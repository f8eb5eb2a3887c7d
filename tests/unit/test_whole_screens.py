"""Which screens a language has whole: told of the real catalogues and of invented ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.locale import catalogue_file, source_texts, whole
from screens.locale.languages import Language, language, languages
from screens.locale.whole import WholeScreens, texts_by_screen, whole_screens

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
INVENTED = Language("xx", "Xx", "tiếng Xx", "Xx")
IDLE = ("title", "text", "stay", "leave")


def told_of(
    path: Path, monkeypatch: pytest.MonkeyPatch, *, left_out: str = "", fuzzy: str = ""
) -> WholeScreens:
    """What is told of a language that has only the idle warning, without ``left_out``, ``fuzzy`` waiting."""
    blocks = [
        f'{"#, fuzzy" if word == fuzzy else "#"}\nmsgctxt "idle_warning.{word}"\n'
        f'msgid "{source_texts("citizen")[f"idle_warning.{word}"]}"\nmsgstr "Xx"\n'
        for word in IDLE
        if word != left_out
    ]
    path.write_text(HEADER + "\n".join(blocks), encoding="utf-8")
    monkeypatch.setattr(whole, "catalogue_file", lambda _name, _tag: path)
    return whole_screens(INVENTED)


def test_a_screen_is_whole_when_all_it_shows_is_there(tmp_path: Path, monkeypatch) -> None:
    assert told_of(tmp_path / "xx.po", monkeypatch).confirmed == ("idle_warning",)


def test_one_text_that_waits_for_a_reader_makes_a_screen_a_draft(tmp_path: Path, monkeypatch) -> None:
    told = told_of(tmp_path / "xx.po", monkeypatch, fuzzy="stay")
    assert (told.confirmed, told.drafted) == ((), ("idle_warning",))


@pytest.mark.parametrize("word", IDLE)
def test_one_text_that_is_still_vietnamese_leaves_no_screen_whole(
    word: str, tmp_path: Path, monkeypatch
) -> None:
    told = told_of(tmp_path / "xx.po", monkeypatch, left_out=word)
    assert (told.confirmed, told.drafted) == ((), ())


def test_a_file_that_cannot_be_read_has_no_screen(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(whole, "catalogue_file", lambda _name, _tag: tmp_path / "none.po")
    assert whole_screens(INVENTED).confirmed == ()


def test_a_screen_counts_what_it_shows_from_elsewhere_and_not_what_is_only_said() -> None:
    by_screen = texts_by_screen()
    assert by_screen["idle_warning"] == {f"idle_warning.{word}" for word in IDLE}
    assert "frame.close" in by_screen["help"]
    assert {"services.days.1", "rate.faces.5"} <= by_screen["services"] | by_screen["rate"]
    assert not any(".spoken" in key for keys in by_screen.values() for key in keys)


def test_every_screen_is_whole_in_english() -> None:
    told = whole_screens(language("en"))
    assert set(told.confirmed) == set(texts_by_screen())
    assert told.total == len(told.confirmed)


def test_each_language_of_the_commune_has_a_whole_screen() -> None:
    for one in languages()[2:]:
        told = whole_screens(one)
        assert "idle_warning" in (*told.confirmed, *told.drafted), one.tag


def test_a_sentence_put_together_without_a_speaker_says_so() -> None:
    for one in languages()[2:]:
        if one.reviewer:
            continue
        blocks = catalogue_file("citizen", one.tag).read_text(encoding="utf-8").split("\n\n")[1:]
        for block in blocks:
            text = block.rstrip().rpartition('msgstr "')[2].removesuffix('"')
            if len(text.split()) > 2:
                assert block.startswith("# Composed, grammar unchecked."), f"{one.tag}: {text}"
