"""The portal's run-together text: nothing free that is not, nothing invented, every doubt told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.procedures.portal_text import CUT_AT, dong, fee_of_words, kind_together, take_apart, together
from kiosk.procedures.procedure import Channel, FeeKind

COUNCIL = "Mức thu do Hội đồng nhân dân tỉnh quy định. Miễn cho hộ nghèo."


def only(text: str):
    methods = take_apart(text).methods
    assert len(methods) == 1
    return methods[0]


def test_channels_are_taken_apart_in_any_order():
    taken = take_apart(
        "Trực tiếp5 Ngày làm việcMiễn phíTrực tuyến3 NgàyMiễn phíDịch vụ bưu chính1 GiờMiễn phí"
    )
    assert [(one.channel, one.time) for one in taken.methods] == [
        (Channel.DIRECT, "5 ngày làm việc"),
        (Channel.ONLINE, "3 ngày"),
        (Channel.POST, "1 giờ"),
    ]
    assert taken.whole
    assert taken.doubts == ()


def test_a_channel_named_inside_a_note_is_no_channel():
    taken = take_apart("Trực tiếp5 NgàyMiễn phí- Trực tuyến: nộp qua Cổng. Trực tiếp tại Công an cấp xã.")
    assert len(taken.methods) == 1


def test_a_number_without_unit_is_told_and_not_completed():
    taken = take_apart("Trực tiếp1Miễn phí")
    assert taken.methods[0].time == "1"
    assert not taken.methods[0].unit_known
    assert any("no unit" in doubt for doubt in taken.doubts)


@pytest.mark.parametrize(
    ("text", "fee", "kind"),
    [
        ("Trực tiếp3 NgàyMiễn phí", "Miễn phí", FeeKind.FREE),
        ("Trực tiếp3 NgàyMiễn phí(Không quy định.)", "Miễn phí", FeeKind.FREE),
        (f"Trực tiếp3 NgàyMiễn phí({COUNCIL})", COUNCIL, FeeKind.PROVINCIAL),
        (f"Trực tiếp3 NgàyMiễn phí(({COUNCIL}))", COUNCIL, FeeKind.PROVINCIAL),
        ("Trực tiếp3 NgàyMiễn phí(Thông tư số 1/2026)", "Thông tư số 1/2026", FeeKind.REGULATION),
        (
            "Trực tiếp3 NgàyMiễn phí(Miễn lệ phí. Bản sao có phí.)",
            "Miễn lệ phí. Bản sao có phí.",
            FeeKind.FREE,
        ),
        ("Trực tiếp3 NgàyMiễn phí(Chưa quy định.)", "", FeeKind.UNKNOWN),
        ("Trực tiếp3 NgàyKhông có thông tin", "", FeeKind.UNKNOWN),
        ("Trực tiếp3 Ngày8,000 VNĐ", "8.000 đồng", FeeKind.AMOUNT),
        ("Trực tiếp3 Ngày4,500,000 Việt Nam Đồng", "4.500.000 đồng", FeeKind.AMOUNT),
        ("Trực tiếpKhông có thông tin50,000 Việt Nam Đồng(/văn bản)", "50.000 đồng/văn bản", FeeKind.AMOUNT),
        ("Trực tiếp3 Ngày7,000 VNĐ(thu 7.000 đồng/lần)", "7.000 đồng (thu 7.000 đồng/lần)", FeeKind.AMOUNT),
        ("Trực tiếp3 Ngày5,000 VNĐ(thu 7.000 đồng/lần)", "thu 7.000 đồng/lần", FeeKind.DOUBTFUL),
        ("Trực tiếp3 Ngày700 VNĐ(thu 700.000 đồng/cơ sở)", "thu 700.000 đồng/cơ sở", FeeKind.DOUBTFUL),
        (f"Trực tiếp3 Ngày150,000 VNĐ({COUNCIL})", COUNCIL, FeeKind.PROVINCIAL),
    ],
)
def test_fees_word_for_word_and_what_may_be_concluded(text, fee, kind):
    method = only(text)
    assert (method.fee, method.fee_kind) == (fee, kind)


def test_free_in_one_channel_is_not_believed_beside_a_fee_of_the_province():
    taken = take_apart(f"Trực tuyến5 NgàyMiễn phíTrực tiếp5 NgàyMiễn phí({COUNCIL})")
    assert [one.fee_kind for one in taken.methods] == [FeeKind.DOUBTFUL, FeeKind.PROVINCIAL]
    assert taken.methods[0].fee == ""


def test_a_day_that_the_notes_call_a_working_day_is_doubted():
    assert not only("Trực tiếp20 NgàyMiễn phíKhông quá 20 ngày làm việc.").unit_known


def test_words_about_a_fee_that_break_off_are_not_shown():
    text = ("Trực tuyến5 NgàyMiễn phíTrực tiếp5 NgàyMiễn phí(" + COUNCIL * 20)[:CUT_AT]
    taken = take_apart(text)
    assert not taken.whole
    assert taken.methods[-1].fee == ""
    assert taken.methods[-1].fee_kind is FeeKind.PROVINCIAL
    assert any("cut" in doubt for doubt in taken.doubts)


def test_channels_together_are_one_text_or_each_behind_its_word():
    same = take_apart("Trực tiếp5 NgàyMiễn phíTrực tuyến5 NgàyMiễn phí").methods
    assert together(same, [one.time for one in same]) == "5 ngày"
    other = take_apart("Trực tiếp5 NgàyMiễn phíTrực tuyến3 Ngày8,000 VNĐ").methods
    assert together(other, [one.time for one in other]) == "Trực tiếp: 5 ngày. Trực tuyến: 3 ngày."
    assert kind_together(other) is FeeKind.AMOUNT
    assert kind_together(()) is FeeKind.UNKNOWN


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("", FeeKind.UNKNOWN),
        ("Miễn phí", FeeKind.FREE),
        (f"Miễn phí. {COUNCIL}", FeeKind.PROVINCIAL),
        ("8.000 đồng/bản", FeeKind.AMOUNT),
        ("Theo quy định", FeeKind.REGULATION),
        ("Hỏi tại quầy", FeeKind.UNKNOWN),
    ],
)
def test_fees_written_by_hand(words, kind):
    assert fee_of_words(words) is kind


def test_amounts_as_they_are_written():
    assert dong(8000) == "8.000 đồng"
    assert dong(4_500_000) == "4.500.000 đồng"


PIECES = st.sampled_from(
    [
        "Trực tuyến",
        "Trực tiếp",
        "Dịch vụ bưu chính",
        "Không có thông tin",
        "Miễn phí",
        "5",
        "1 Ngày",
        " làm việc",
        "(",
        ")",
        "8,000 VNĐ",
        "700 VNĐ",
        "7.000 đồng",
        COUNCIL,
        "Thông tư",
        "(Không)",
        " ",
        "\t",
        "20 USD",
        "ê\u0301",
        "999999999",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=80))
def test_any_text_is_taken_apart_and_nothing_of_the_province_is_free(text):
    taken = take_apart(text)
    assert bool(taken.methods or taken.doubts) == bool(text.strip())
    for method in taken.methods:
        assert "Hội đồng nhân dân" not in method.fee or method.fee_kind is not FeeKind.FREE
        assert method.fee_kind is not FeeKind.AMOUNT or "đồng" in method.fee


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["Trực tuyến", "Trực tiếp", "Dịch vụ bưu chính"]),
    st.integers(1, 999),
    st.sampled_from(["Ngày", "Ngày làm việc", "Giờ"]),
    st.integers(1, 999).map(lambda thousand: thousand * 1000),
)
def test_what_is_put_together_is_taken_apart_again(channel, number, unit, amount):
    method = only(f"{channel}{number} {unit}{amount:,} VNĐ")
    assert (method.time, method.fee) == (f"{number} {unit.lower()}", dong(amount))
