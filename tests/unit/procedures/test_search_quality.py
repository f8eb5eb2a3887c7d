"""How often citizens' questions find their procedure, among 2,500."""

from __future__ import annotations

import pytest

from tests.unit.procedures.asked import ENTRIES, large_library, questions, rates


def test_there_are_at_least_150_questions_of_our_own_and_a_third_of_them_is_held_out():
    own = [one for part in ("tuning", "held_out") for one in questions(part) if "facts" not in one.kind]
    assert len(own) >= 150
    assert len(questions("held_out")) * 3 >= len(own) - 2
    assert len({one.text for one in own}) == len(own)
    assert len(large_library()) == ENTRIES


def test_another_hand_asked_160_and_half_of_them_is_held_out():
    halves = [questions("another_hand"), questions("another_hand_held_out")]
    assert [len(half) for half in halves] == [80, 80]
    assert len({one.text for half in halves for one in half}) == 160


@pytest.mark.parametrize("part", ["tuning", "held_out", "later", "another_hand", "another_hand_held_out"])
def test_the_right_procedure_is_first_in_nine_of_ten_and_among_three_in_97_of_100(part):
    first, three, failed = rates(part)
    assert first >= 0.90, failed
    assert three >= 0.97, failed


@pytest.mark.parametrize(
    "question", [one for one in questions("tuning") if "facts" in one.kind], ids=lambda one: one.text
)
def test_the_questions_of_the_public_collection_are_answered(question):
    hits = [hit.code for hit in large_library().search(question.text, 3)]
    if question.right:
        assert hits[0] in question.right
    else:
        assert hits == []


def test_to_register_again_asks_which_of_three():
    hits = large_library().search("Tôi muốn đăng ký lại", 5)
    assert {hit.code for hit in hits[:3]} == {"1.004884", "1.004746", "1.005461"}
    assert len({hit.score for hit in hits[:3]}) == 1
    assert hits[3].score < hits[2].score


def test_a_divorce_is_not_done_here_and_one_is_told_where():
    assert large_library().search("Tôi muốn ly hôn") == ()
    assert "Tòa án" in (large_library().elsewhere("Tôi muốn ly hôn") or "")
    assert large_library().elsewhere("đăng ký khai sinh") is None


@pytest.mark.parametrize("typed", ["người có công", "Người có công", "nguoi co cong"])
def test_the_name_of_a_field_finds_its_procedures_also_where_much_of_it_is_done_elsewhere(typed):
    hits = large_library().search(typed, 3)
    assert {large_library().get(hit.code).field for hit in hits} == {"Người có công"}
    assert large_library().elsewhere(typed) is None
