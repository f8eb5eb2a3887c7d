"""Every text of a translated language has as much room as the Vietnamese, drawn in real pixels."""

import pytest

from screens.locale.checking import check_lengths
from screens.locale.languages import language


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)], ids=["upright", "lying"])
def test_english_is_cut_nowhere_and_fills_no_page_that_the_vietnamese_does_not(size: tuple[int, int]) -> None:
    too_full = {one.part for one in check_lengths(language("vi"), size, 21.5)}
    assert [
        f"{one.part}: {one.key}: {one.detail}"
        for one in check_lengths(language("en"), size, 21.5)
        if one.part not in too_full
    ] == []
