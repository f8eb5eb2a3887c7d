"""Words in other languages: what a citizen sees of a translation, and what the translators' files become."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from PIL import ImageFont

from kiosk import failures
from kiosk.catalogues import Entry, places, read_entries, translated
from screens.locale import catalogue, checking, source_texts
from screens.locale.languages import Language, language, languages
from screens.locale.updating import PARTS, Part, merged

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
FONTS = Path(__file__).resolve().parents[2] / "media" / "fonts"
SYMBOLS = frozenset("⌫")  # drawn as a picture, not as a letter
VIETNAMESE = {"start.title": "Kính chào ông/bà", "ticket.ahead": "Còn {n} người trước"}
INVENTED = Language("xx", "Xx", "tiếng Xx", "Xx")


def file_of(tmp_path: Path, *entries: tuple[str, str, str], flag: str = "") -> Path:
    path = tmp_path / "words.po"
    blocks = [f'{flag}msgctxt "{key}"\nmsgid "{source}"\nmsgstr "{text}"\n' for key, source, text in entries]
    path.write_text(HEADER + "\n".join(blocks), encoding="utf-8")
    return path


def test_a_translation_of_todays_vietnamese_is_shown(tmp_path: Path) -> None:
    path = file_of(tmp_path, ("start.title", "Kính chào ông/bà", "Welcome"))
    assert translated(VIETNAMESE, path) == VIETNAMESE | {"start.title": "Welcome"}


def test_a_translation_of_an_older_text_is_not_shown(tmp_path: Path) -> None:
    path = file_of(tmp_path, ("start.title", "Chào ông/bà", "Hello"))
    assert translated(VIETNAMESE, path) == VIETNAMESE


def test_a_translation_that_lost_its_number_is_not_shown(tmp_path: Path) -> None:
    path = file_of(tmp_path, ("ticket.ahead", "Còn {n} người trước", "Some are ahead of you"))
    assert translated(VIETNAMESE, path) == VIETNAMESE


def test_what_no_native_reader_confirmed_is_shown_only_when_asked_for(tmp_path: Path) -> None:
    path = file_of(tmp_path, ("start.title", "Kính chào ông/bà", "Nyob zoo"), flag="#, fuzzy\n")
    assert translated(VIETNAMESE, path) == VIETNAMESE
    assert translated(VIETNAMESE, path, unreviewed=True)["start.title"] == "Nyob zoo"


@pytest.mark.parametrize("content", [b"", b"msgid\n", b"\xff\xfe\x00", b'msgctxt "a"\nmsgid "b'])
def test_a_broken_file_leaves_the_screens_vietnamese(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "words.po"
    path.write_bytes(content)
    assert translated(VIETNAMESE, path) == VIETNAMESE


@pytest.mark.parametrize("written", ['"Welcome', 'Welcome"', '"Wel"come"', '"Welcome\\"'])
def test_a_text_whose_quotes_do_not_match_is_told_with_its_line(tmp_path: Path, written: str) -> None:
    path = file_of(tmp_path, ("start.title", "Kính chào ông/bà", "Welcome"))
    path.write_text(path.read_text(encoding="utf-8").replace('"Welcome"', written), encoding="utf-8")
    with pytest.raises(ValueError, match=r"words\.po, line 7: the quotes"):
        read_entries(path)
    assert translated(VIETNAMESE, path) == VIETNAMESE


def test_of_a_file_that_cannot_be_read_every_text_counts_as_vietnamese(monkeypatch) -> None:
    def damaged(path: Path) -> dict[str, Entry]:
        raise ValueError(f"{path.name}, line 3: damaged")

    monkeypatch.setattr(checking, "read_entries", damaged)
    kinds = Counter(one.fault for one in checking.check_texts(language("en")))
    assert kinds[checking.Fault.UNREADABLE] == len(PARTS)
    assert kinds[checking.Fault.MISSING] > 400


def test_a_language_nobody_has_translated_is_vietnamese() -> None:
    words, vietnamese = catalogue("citizen", "xx"), catalogue("citizen")
    assert words.keys() == vietnamese.keys()
    assert words("start.title") == vietnamese("start.title")
    assert words.lines("services.days") == vietnamese.lines("services.days")
    assert failures.words("xx") == failures.words()


def test_the_vietnamese_file_says_each_text_once() -> None:
    for name in ("citizen", "ceiling", "maintenance"):
        path = Path(__file__).parents[2] / "screens/locale/vi/LC_MESSAGES" / f"{name}.po"
        assert all(not entry.text and not entry.fuzzy for entry in read_entries(path).values()), name


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_english_is_whole(part: Part) -> None:
    source = part.source()
    english = read_entries(part.file("en"))
    assert [key for key in source if key not in english or not english[key].text] == []
    assert [key for key in source if english[key].source != source[key] or english[key].fuzzy] == []


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_language_keeps_the_places_for_values(part: Part) -> None:
    source = part.source()
    for one in languages()[1:]:
        if not part.file(one.tag).exists():
            continue
        for key, entry in read_entries(part.file(one.tag)).items():
            if entry.text and entry.source == source.get(key):
                assert places(entry.text) == places(entry.source), f"{one.tag}: {key}"


def test_english_has_no_vietnamese_left_in_it() -> None:
    for part in PARTS:
        for key, entry in read_entries(part.file("en")).items():
            if not key.startswith(("question.", "find_procedure.examples.")):  # tones, and words to be typed
                assert not re.search(
                    "[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]", entry.text.lower()
                )


def test_every_language_has_a_name_of_its_own() -> None:
    assert [one.tag for one in languages()] == ["vi", "en", "hmn-Latn", "tyz", "ium", "mtq"]
    assert len({one.name for one in languages()}) == len(languages())


def made(*pairs: tuple[str, str]) -> Part:
    return Part("words", "Words", lambda: dict(pairs), lambda _tag: Path("unused"))


def test_a_changed_vietnamese_text_marks_its_translation_and_shows_the_old_text() -> None:
    one = merged(made(("a.b", "Xin chào"), ("a.c", "Xong")), INVENTED, "")
    done = one.replace('msgid "Xin chào"\nmsgstr ""', 'msgid "Xin chào"\nmsgstr "Hello"')
    after = merged(made(("a.b", "Kính chào"), ("a.d", "Thôi")), INVENTED, done)
    assert '#, fuzzy\n#| msgid "Xin chào"\nmsgctxt "a.b"\nmsgid "Kính chào"\nmsgstr "Hello"\n' in after
    assert 'msgctxt "a.d"\nmsgid "Thôi"\nmsgstr ""\n' in after
    assert "a.c" not in after
    assert merged(made(("a.b", "Kính chào"), ("a.d", "Thôi")), INVENTED, after) == after


def test_a_translators_notes_stay() -> None:
    noted = merged(made(("a.b", "Xong")), INVENTED, "").replace(
        'msgctxt "a.b"', '# from a book\nmsgctxt "a.b"'
    )
    assert merged(made(("a.b", "Xong")), INVENTED, noted) == noted


def test_bringing_a_file_up_to_date_twice_changes_nothing_more() -> None:
    for part in PARTS:
        for one in languages()[1:]:
            path = part.file(one.tag)
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            once = merged(part, language(one.tag), text)
            assert merged(part, language(one.tag), once) == once, path


def test_what_no_native_speaker_confirmed_is_marked_and_names_its_source() -> None:
    for one in languages():
        if one.reviewer:
            continue
        for part in PARTS:
            if not part.file(one.tag).exists():
                continue
            text = part.file(one.tag).read_text(encoding="utf-8")
            assert "X-Review: none" in text
            for block in text.split("\n\n")[1:]:
                if not block.rstrip().endswith('msgstr ""'):
                    assert "#, fuzzy" in block, block
                    assert block.startswith("# "), block


def test_values_fit_into_every_text() -> None:
    for one in languages():
        words = catalogue("citizen", one.tag, unreviewed=True)
        for key, text in source_texts("citizen").items():
            if not key.rpartition(".")[2].isdigit():
                assert words(key, **dict.fromkeys(places(text), "1"))


@pytest.mark.parametrize("weight", ["Regular", "SemiBold", "Bold"])
def test_the_shipped_letters_have_every_sign_of_every_language(weight: str) -> None:
    font = ImageFont.truetype(str(FONTS / f"BeVietnamPro-{weight}.ttf"), 64)
    unknown = bytes(font.getmask("\U0010fffd"))
    names = "".join(one.name for one in languages())
    for one in languages():
        texts = [read_entries(part.file(one.tag)) for part in PARTS if part.file(one.tag).exists()]
        signs = set(names).union(*(entry.text + entry.source for read in texts for entry in read.values()))
        missing = {sign for sign in signs if not sign.isspace() and bytes(font.getmask(sign)) == unknown}
        assert missing <= SYMBOLS, f"{one.tag}: {sorted(missing)}"
