"""A number pad is enough: what its keys and those of a keyboard mean."""

from __future__ import annotations

import pytest

from screens.citizen.key_moves import Move, Typed, move_of_key, move_of_text, types_on_pad

UP, DOWN, RIGHT, LEFT, TAB, ENTER, PAD_ENTER, ESCAPE, BACKSPACE = 273, 274, 275, 276, 9, 13, 271, 27, 8


@pytest.mark.parametrize(
    ("digit", "move"),
    [("2", Move.DOWN), ("4", Move.LEFT), ("6", Move.RIGHT), ("8", Move.UP), ("5", Move.PRESS)],
)
def test_digits_move_where_none_are_wanted(digit, move):
    assert move_of_key(256 + int(digit), shift=False, typing=False) is move
    assert move_of_text(digit, typing=False) is move


@pytest.mark.parametrize("digit", list("0123456789"))
def test_digits_are_typed_where_they_are_wanted(digit):
    assert move_of_key(256 + int(digit), shift=False, typing=True) == Typed(digit)
    assert move_of_text(digit, typing=True) == Typed(digit)
    assert types_on_pad(256 + int(digit)) == digit


@pytest.mark.parametrize("typing", [True, False])
def test_these_keys_mean_the_same_everywhere(typing):
    meant = {
        UP: Move.UP,
        DOWN: Move.DOWN,
        LEFT: Move.LEFT,
        RIGHT: Move.RIGHT,
        ENTER: Move.PRESS,
        PAD_ENTER: Move.PRESS,
        ESCAPE: Move.BACK,
        BACKSPACE: Move.ERASE,
        268: Move.AGAIN,
    }
    assert {key: move_of_key(key, shift=False, typing=typing) for key in meant} == meant
    assert move_of_key(TAB, shift=False, typing=typing) is Move.NEXT
    assert move_of_key(TAB, shift=True, typing=typing) is Move.BEFORE


def test_letters_are_typed_only_where_something_types_them():
    assert move_of_text("ơ", typing=True) == Typed("ơ")
    assert move_of_text("ơ", typing=False) is None
    assert move_of_text("*", typing=False) is Move.AGAIN
    assert move_of_text("0", typing=False) is None
