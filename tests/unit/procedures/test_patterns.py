"""Everyday names with alternatives, and the words that say nothing or the same."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.procedures.folding import words
from kiosk.procedures.patterns import PatternError, written_out
from kiosk.procedures.vocabulary import Vocabulary, read_vocabulary
from tests.unit.procedures.asked import CONFIG


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("khai sinh", {"khai sinh"}),
        ("(làm|xin) giấy", {"làm giấy", "xin giấy"}),
        ("giấy (đăng ký )kết hôn", {"giấy kết hôn", "giấy đăng ký kết hôn"}),
        ("(giấy |)độc thân", {"giấy độc thân", "độc thân"}),
        ("mất giấy( tờ)", {"mất giấy", "mất giấy tờ"}),
    ],
)
def test_a_pattern_is_written_out(pattern, names):
    assert set(written_out(pattern)) == names


@pytest.mark.parametrize("pattern", ["(a", "a)", "((a|b)|c)", "(a|b)" * 12])
def test_a_pattern_that_is_none_is_refused(pattern):
    with pytest.raises(PatternError):
        written_out(pattern)


@given(st.text(alphabet="ab |()", max_size=30))
def test_any_text_is_written_out_or_refused(text):
    try:
        names = written_out(text)
    except PatternError:
        return
    assert all(name == name.strip() and "(" not in name for name in names)


def vocabulary() -> Vocabulary:
    return read_vocabulary(tomllib.loads((CONFIG / "words.toml").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("làm cccd", "làm căn cước"),
        ("sổ hồng", "sổ đỏ"),
        ("so hong", "sổ đỏ"),
        ("khai sanh cho cháu", "khai sinh cháu"),
        ("khai sanh cho chau", "khai sinh chau"),
        ("mẹ tôi qua đời", "mẹ chết"),
        ("đăng kí kết hôn", "đăng ký kết hôn"),
        ("tôi muốn hỏi", ""),
        ("sao y", "sao y"),
        ("can cuoc", "căn cước"),
        ("khai tu", "khai tu"),
    ],
)
def test_one_word_stands_for_all_that_mean_the_same(typed, meant):
    assert " ".join(vocabulary().canonical(words(typed))) == meant


@pytest.mark.parametrize(
    "table",
    [
        {"skip": "tôi"},
        {"weak": {"a": 2}},
        {"weak": {"a": True}},
        {"same": {"a": "b"}},
        {"other": 1},
        {"elsewhere": [{"ask": ["a"]}]},
        {"elsewhere": [{"ask": ["(a"], "says": "b"}]},
    ],
)
def test_mistakes_in_the_words_are_named(table):
    with pytest.raises(ValueError, match=r"\w"):
        read_vocabulary(table)
