"""Sizes in millimetres of the real panel and colours that can be told apart."""

from __future__ import annotations

import pytest

from kiosk.visit.comfort import Comfort, TextSize
from screens.theme import (
    CAPITALS_NUMERALS,
    CAPITALS_TEXT,
    FONT_FILES,
    FONTS,
    HIGH_CONTRAST,
    HIGH_SHAPE_CONTRAST,
    HIGH_TEXT_CONTRAST,
    SHAPE_CONTRAST,
    SHAPE_PAIRS,
    TEXT_CONTRAST,
    TEXT_PAIRS,
    Palette,
    Theme,
    contrast,
)


@pytest.mark.parametrize(("over", "under"), TEXT_PAIRS)
def test_every_text_stands_out_ten_to_one(over, under):
    palette = Palette()
    assert contrast(getattr(palette, over), getattr(palette, under)) >= TEXT_CONTRAST


@pytest.mark.parametrize(("over", "under"), SHAPE_PAIRS)
def test_every_shape_that_means_something_stands_out(over, under):
    palette = Palette()
    assert contrast(getattr(palette, over), getattr(palette, under)) >= SHAPE_CONTRAST


@pytest.mark.parametrize(("over", "under"), TEXT_PAIRS)
def test_in_high_contrast_every_text_stands_out_fifteen_to_one(over, under):
    assert contrast(getattr(HIGH_CONTRAST, over), getattr(HIGH_CONTRAST, under)) >= HIGH_TEXT_CONTRAST


@pytest.mark.parametrize(("over", "under"), SHAPE_PAIRS)
def test_in_high_contrast_every_shape_that_means_something_stands_out_seven_to_one(over, under):
    assert contrast(getattr(HIGH_CONTRAST, over), getattr(HIGH_CONTRAST, under)) >= HIGH_SHAPE_CONTRAST


def test_running_text_grows_more_than_headings_and_no_step_gets_smaller():
    usual, large, largest = (Theme(1080, 1920, 21.5, comfort=Comfort(text_size=size)) for size in TextSize)
    for step in ("body", "lead", "title", "hero"):
        assert getattr(usual, step) < getattr(large, step) < getattr(largest, step)
    assert largest.body / usual.body > largest.title / usual.title > largest.hero / usual.hero
    assert largest.body < largest.lead < largest.title < largest.hero


def test_a_theme_is_another_only_where_something_that_is_seen_differs():
    theme = Theme(1080, 1920, 21.5).drawn_for(267.7, 475.9)
    assert theme.suited_to(Comfort(language="en", volume=4)) is theme
    assert theme.suited_to(Comfort(high_contrast=True)).palette == HIGH_CONTRAST
    assert theme.suited_to(Comfort(high_contrast=True)).suited_to(Comfort()).palette == theme.palette


def test_what_is_touched_low_stands_below_one_metre_ten():
    upright = Theme(1080, 1920, 21.5, comfort=Comfort(low=True), bottom_mm=750)
    assert upright.low
    assert upright.bottom_mm + upright.reach / upright.true_px_per_mm <= 1100 + 1
    lying = Theme(1920, 1080, 21.5, comfort=Comfort(low=True), bottom_mm=750)
    assert not lying.low, "all of it is in reach"


def test_contrast_is_the_one_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("inches", "px_per_mm", "touch"), [(15.6, 5.56, 111), (21.5, 4.03, 81), (32, 2.71, 54)]
)
def test_a_touch_target_is_twenty_millimetres_on_every_panel(inches, px_per_mm, touch):
    theme = Theme(1080, 1920, inches)
    assert theme.mm.px_per_mm == pytest.approx(px_per_mm, abs=0.01)
    assert theme.touch == touch


@pytest.mark.parametrize("inches", [15.6, 18.5, 21.5, 27, 32, 43])
@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)])
def test_screens_drawn_for_one_panel_grow_and_shrink_with_another(inches, size):
    true = Theme(*size, inches)
    theme = true.drawn_for(267.7, 475.9)
    assert theme.touch / true.mm.px_per_mm >= 13 - 0.1
    assert theme.enlarge == pytest.approx(inches / 21.5, abs=0.02)
    assert theme.mm(267.7) <= min(size) + 8


def test_on_the_panel_they_were_drawn_for_millimetres_are_true():
    assert Theme(1080, 1920, 21.5).drawn_for(267.7, 475.9).enlarge == 1.0


def test_no_panel_is_small_enough_for_a_touch_target_below_thirteen_millimetres():
    theme = Theme(800, 1280, 7).drawn_for(267.7, 475.9)
    assert 20 * theme.enlarge >= 13


@pytest.mark.parametrize(("face", "em"), [("text", CAPITALS_TEXT), ("numerals", CAPITALS_NUMERALS)])
def test_capitals_of_the_shipped_fonts_are_as_high_as_said(face, em):
    from PIL import ImageFont

    font = ImageFont.truetype(str(FONTS / FONT_FILES[face]), 1000)
    box = font.getbbox("H", anchor="ls")
    assert -box[1] == pytest.approx(em * 1000, abs=2)
    theme = Theme(1080, 1920, 21.5)
    assert theme.capitals(7, face) * em == pytest.approx(7 * theme.mm.px_per_mm)


def test_lines_of_vietnamese_stand_far_enough_apart():
    from PIL import ImageFont

    for file in FONT_FILES.values():
        ascent, descent = ImageFont.truetype(str(FONTS / file), 1000).getmetrics()
        assert (ascent + descent) * Theme.line_height >= 1250


def test_digits_of_numbers_are_all_equally_wide():
    from PIL import ImageFont

    font = ImageFont.truetype(str(FONTS / FONT_FILES["numerals"]), 1000)
    assert len({font.getlength(digit) for digit in "0123456789"}) == 1
