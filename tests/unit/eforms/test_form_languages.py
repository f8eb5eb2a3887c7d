"""A form in other languages: read in them, stored and declared in Vietnamese."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from kiosk.eforms.definition import FormDefinitionError, load_form, parse_form
from kiosk.eforms.fields import FormDefinition

SHIPPED = Path(__file__).parents[3] / "config" / "forms" / "1.004873.toml"
SMALL = """
id = "x"
version = "1"
title = "Tờ khai"
title_in.en = "Declaration"
effective_from = 2026-01-01
[consent]
version = "1"
statement = "Tôi đồng ý."
notice = [{ heading = "Ai dùng", text = "{centre}", heading_in.en = "Who uses it" }]
[declaration]
field = "camDoan"
text = "Tôi cam đoan."
[[section]]
id = "s"
title = "Phần"
[[section.field]]
id = "gioi"
label = "Giới tính"
label_in.en = "Sex"
question = "Nam hay nữ?"
question_in.en = "Male or female?"
type = "enum"
options = [{ value = "Nam", label = "Nam", label_in.en = "Male" }, { value = "Nữ", label = "Nữ" }]
[[section.field]]
id = "camDoan"
label = "Cam đoan"
type = "bool"
ask = false
must_be_true = true
"""


def test_a_text_without_translation_stays_vietnamese() -> None:
    english = parse_form(SMALL, "small.toml").said_in("en")
    sex = english.field("gioi")
    assert (english.title, sex.label, sex.question) == ("Declaration", "Sex", "Male or female?")
    assert [one.label for one in sex.options] == ["Male", "Nữ"]
    assert english.sections[0].title == "Phần"
    assert english.consent.notice[0].heading == "Who uses it"


@pytest.mark.parametrize("language", ["vi", "tyz", "hmn-Latn"])
def test_a_language_without_any_translation_reads_the_form_itself(language: str) -> None:
    form = parse_form(SMALL, "small.toml")
    assert form.said_in(language) is form


def test_every_fault_of_a_translation_is_told_with_its_place() -> None:
    wrong = SMALL.replace('label_in.en = "Sex"', 'hint_in.en = "Sex"').replace(
        'title_in.en = "Declaration"', 'title_in.en = "{centre}"'
    )
    with pytest.raises(FormDefinitionError) as caught:
        parse_form(wrong, "small.toml")
    assert caught.value.problems == [
        "small.toml: title_in.en: must have the same values in braces as “Tờ khai”",
        "small.toml: gioi.hint_in: translates “hint”, which is not there",
    ]


def structure(form: FormDefinition) -> list[object]:
    """All of a form's fields that are no words."""
    words = {"label", "question", "hint", "if_missing", "options", "wording"}
    return [
        (
            *(getattr(one, part.name) for part in fields(one) if part.name not in words),
            [option.value for option in one.options],
            [wording.when for wording in one.wording],
        )
        for one in form.fields()
    ]


def test_the_shipped_form_asks_and_stores_the_same_in_english() -> None:
    form = load_form(SHIPPED)
    english = form.said_in("en")
    assert english is not form
    assert structure(english) == structure(form)
    assert (english.id, english.version, english.rules) == (form.id, form.version, form.rules)
    assert english.consent.version == form.consent.version
    assert form.declaration.text.startswith("Tôi cam đoan")


def test_translations_do_not_make_another_form() -> None:
    form = load_form(SHIPPED)
    assert replace(form, in_languages={}) == form
