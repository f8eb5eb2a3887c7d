"""The time of the line: what the standards' framing gives, in round numbers known from the field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.virtual.chip_card import LinkTiming
from devices.virtual.chip_card.link_timing import LinkKind

READ = 18_500
"""Bytes of a whole read with portrait."""


def timing(kind, **more):
    return LinkTiming(LinkKind(kind), **more)


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        ("contactless-106", 1.6), ("contactless-212", 0.8), ("contactless-424", 0.4),
        ("contactless-848", 0.2), ("contact-9600", 22), ("contact-115200", 1.9), ("none", 0),
    ],
)  # fmt: skip
def test_a_whole_read_takes_as_long_as_the_line_needs(kind, seconds):
    assert timing(kind).time_of(0, READ) == pytest.approx(seconds, rel=0.15)


def test_one_byte_contactless_is_nine_bits_and_a_frame_has_three_bytes_more():
    bit = 128 / 13_560_000
    one, two = (timing("contactless-106").time_of(0, size) for size in (1, 2))
    assert two - one == pytest.approx(9 * bit)
    frame = timing("contactless-106").time_of(0, 254) - timing("contactless-106").time_of(0, 253)
    assert frame > 9 * bit + 2 * 29 * bit, "a second frame, and an acknowledgement of the first"


def test_one_character_with_contacts_is_eleven_units():
    one, two = (timing("contact-9600").time_of(0, size) for size in (1, 2))
    assert two - one == pytest.approx(11 / 9600)


@given(st.sampled_from(LinkKind), st.integers(0, 70_000), st.integers(0, 70_000))
def test_more_bytes_never_take_less_time(kind, one, other):
    line = LinkTiming(kind, chip_seconds=0.01)
    less, more = sorted((one, other))
    assert 0.01 <= line.time_of(5, less) <= line.time_of(5, more)
    assert line.time_of(less, 5) == pytest.approx(line.time_of(5, less))
