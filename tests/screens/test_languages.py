"""Every text of a translated language has room on every screen, drawn in real pixels."""

import pytest

from screens.locale.checking import check_lengths
from screens.locale.languages import language


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)], ids=["upright", "lying"])
@pytest.mark.parametrize("tag", ["vi", "en"])
def test_no_text_is_cut_and_no_page_is_too_full(tag: str, size: tuple[int, int]) -> None:
    assert [f"{one.part}: {one.key}: {one.detail}" for one in check_lengths(language(tag), size, 21.5)] == []
