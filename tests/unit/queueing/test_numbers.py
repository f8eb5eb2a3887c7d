"""Numbers: a band is given once a day from both ends, and its letters are told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.queueing.number import (
    LIKE_DIGITS,
    LOOK_ALIKE,
    SOUND_ALIKE,
    BandExhaustedError,
    LetterFault,
    LetterProblem,
    cut_block,
    format_number,
    free_in_band,
    letter_problems,
    next_in_band,
)
from kiosk.settings import load
from kiosk.speech.vietnamese import LETTERS

SHIPPED = Path(__file__).resolve().parents[3] / "config"


class TestBand:
    """From the start one by one, from the end in blocks."""

    @given(
        first=st.integers(1, 500),
        length=st.integers(1, 60),
        wishes=st.lists(st.none() | st.integers(1, 20), max_size=120),
    )
    def test_no_number_is_given_twice_in_a_day_and_none_is_left_when_it_is_exhausted(
        self, first: int, length: int, wishes: list[int | None]
    ) -> None:
        """``None`` asks for one number, a count for a block of so many."""
        last = first + length - 1
        taken, reserved = 0, 0
        given_out: list[int] = []
        for size in wishes:
            if size is not None:
                block = cut_block(first, last, taken, reserved, size)
                assert (block is None) == (len(given_out) == length)
                if block is not None:
                    numbers = range(block[0], block[1] + 1)
                    assert 1 <= len(numbers) <= size
                    given_out += numbers
                    reserved += len(numbers)
                continue
            try:
                given_out.append(next_in_band(first, last, taken, reserved))
                taken += 1
            except BandExhaustedError:
                assert len(given_out) == length
            assert free_in_band(first, last, taken, reserved) == length - len(given_out)
        assert len(set(given_out)) == len(given_out)
        assert set(given_out) <= set(range(first, last + 1))

    def test_given_at_the_centre_they_have_no_gap(self) -> None:
        assert [next_in_band(101, 105, taken, 2) for taken in range(3)] == [101, 102, 103]
        with pytest.raises(BandExhaustedError, match="101 to 105"):
            next_in_band(101, 105, 3, 2)

    def test_blocks_come_from_the_end_downward(self) -> None:
        assert cut_block(1, 999, 20, 0, 10) == (990, 999)
        assert cut_block(1, 999, 20, 10, 10) == (980, 989)

    def test_the_last_block_is_smaller(self) -> None:
        assert cut_block(1, 25, 18, 4, 10) == (19, 21)
        assert cut_block(1, 25, 18, 7, 10) is None
        assert cut_block(1, 25, 0, 0, 0) is None

    def test_a_band_that_was_made_smaller_during_the_day_is_exhausted(self) -> None:
        assert free_in_band(1, 10, 20, 5) == 0
        assert cut_block(1, 10, 20, 5, 3) is None
        with pytest.raises(BandExhaustedError):
            next_in_band(1, 10, 20, 5)

    @pytest.mark.parametrize(("sequence", "shown"), [(1, "A001"), (15, "A015"), (999, "A999")])
    def test_three_digits(self, sequence: int, shown: str) -> None:
        assert format_number("A", sequence) == shown


class TestLetters:
    """Read on a slip and heard from a loudspeaker."""

    def test_the_shipped_centre_has_good_ones(self) -> None:
        assert letter_problems({service.series for service in load(SHIPPED).services}) == []

    @pytest.mark.parametrize("letter", LIKE_DIGITS)
    def test_a_letter_that_is_read_as_a_digit(self, letter: str) -> None:
        problem = LetterProblem(LetterFault.LIKE_A_DIGIT, (letter, LIKE_DIGITS[letter]))
        assert letter_problems([letter]) == [problem]

    @pytest.mark.parametrize("pair", sorted(SOUND_ALIKE))
    def test_two_that_sound_alike(self, pair: str) -> None:
        assert LetterProblem(LetterFault.SOUND_ALIKE, (pair[0], pair[1])) in letter_problems(pair[::-1])

    @pytest.mark.parametrize("pair", sorted(LOOK_ALIKE - SOUND_ALIKE))
    def test_two_that_look_alike(self, pair: str) -> None:
        assert LetterProblem(LetterFault.LOOK_ALIKE, (pair[0], pair[1])) in letter_problems(pair)

    def test_pairs_stand_in_the_order_of_the_alphabet(self) -> None:
        assert all(pair == "".join(sorted(pair)) for pair in SOUND_ALIKE | LOOK_ALIKE)

    def test_one_letter_for_all_is_no_problem(self) -> None:
        assert letter_problems(["B", "B"]) == []

    def test_there_are_letters_enough(self) -> None:
        """A house with twelve services finds twelve letters, each with a name that can be spoken."""
        twelve = "ABDEGHKLSUXY".translate(str.maketrans("SUY", "TVM"))
        assert len(set(twelve)) == 12
        assert set(twelve) <= set(LETTERS)
        problems = letter_problems(twelve)
        assert problems == [], problems
