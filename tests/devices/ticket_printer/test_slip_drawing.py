"""The ticket as a picture: what a citizen of 70 reads, and what her grandson's phone scans."""

import subprocess
import unicodedata
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from devices.ticket_printer import PreparationSheet, Section, TestSlip, TicketSlip, strip
from devices.ticket_printer.drawing import alphabet, draw
from devices.ticket_printer.strip import DOTS, code_modules
from devices.ticket_printer.words import ticket_words

URL = "http://192.168.1.10:8080/follow/Xk3v9QmTz2LrYw8Pq1NsAg"


def slip(**changes):
    values = {
        "centre": "Trung tâm Phục vụ hành chính công xã Thuận Hòa",
        "number": "A015",
        "service": "Hộ tịch",
        "counters": (1, 9),
        "ahead": 4,
        "issued_at": datetime(2026, 11, 23, 7, 32, tzinfo=UTC),
        "follow_url": URL,
    }
    return TicketSlip(**{**values, **changes})


def scanned(picture, folder):
    """What an independent decoder reads in a picture, as codes in order."""
    padded = Image.new("1", (picture.width + 64, picture.height + 64), 255)
    padded.paste(picture, (32, 32))
    path = folder / "slip.png"
    padded.save(path)
    run = subprocess.run(["zbarimg", "-q", "--raw", path], capture_output=True, text=True, check=False)
    return run.stdout.splitlines()


def ink(picture):
    return picture.point(lambda value: 255 - value).getbbox()


def texts_of(thing, paper_mm=80):
    """Every line of text put on the paper, as it was put there."""
    lines = []
    real = strip.Strip._line

    def spy(self, text, font, middle, colour):
        lines.append(text.replace("\u00a0", " "))
        real(self, text, font, middle, colour)

    with patch.object(strip.Strip, "_line", spy):
        draw(thing, paper_mm)
    return " ".join(lines)


@pytest.mark.parametrize("paper_mm", [80, 58])
def test_the_qr_is_read_exactly(paper_mm, tmp_path):
    assert scanned(draw(slip(), paper_mm), tmp_path) == [URL]


@pytest.mark.parametrize("paper_mm", [80, 58])
@pytest.mark.parametrize("length", [20, 60, 120, 200, 300])
def test_the_qr_of_any_allowed_address_is_read(paper_mm, length, tmp_path):
    address = ("https://tthcc.example.vn/follow/" + "aZ09_-" * 60)[:length]
    assert scanned(draw(slip(follow_url=address), paper_mm), tmp_path) == [address]


@pytest.mark.parametrize("paper_mm", [80, 58])
def test_the_qr_is_at_least_20_mm_wide_with_a_quiet_zone_of_four_modules(paper_mm):
    picture = draw(slip(), paper_mm)
    across = len(code_modules(URL))
    with patch.object(strip, "code_modules", lambda _text: [[True] * across] * across):
        solid = draw(slip(), paper_mm)
    rows = [
        max(
            map(
                len, "".join("#" if solid.getpixel((x, y)) == 0 else " " for x in range(solid.width)).split()
            ),
            default=0,
        )
        for y in range(solid.height)
    ]
    first = next(y for y in range(solid.height) if all(run >= 160 for run in rows[y : y + 160]))
    side = next(run for run in rows[first:] if run >= 160)
    assert side >= 160  # 20 mm of 8 dots
    module = side // across
    left = next(
        x for x in range(solid.width) if all(solid.getpixel((x, first + dy)) == 0 for dy in range(100))
    )
    quiet = 4 * module
    assert left >= quiet
    assert ink(picture.crop((left - quiet, first, left, first + side))) is None
    assert (
        ink(picture.crop((left + side, first, min(left + side + quiet, picture.width), first + side))) is None
    )
    assert ink(picture.crop((left, first - quiet + 1, left + side, first))) is None


@pytest.mark.parametrize("paper_mm", [80, 58])
@pytest.mark.parametrize("number", ["A001", "W888", "M999", "K108"])
def test_the_number_is_the_largest_thing_and_never_cut_off(paper_mm, number):
    with_number = draw(slip(number=number), paper_mm)
    assert with_number.width == DOTS[paper_mm]
    box = ink(with_number)
    assert box[0] >= 2
    assert box[2] <= DOTS[paper_mm] - 2
    tall = 80 if paper_mm == 58 else 130  # 10 mm and 16 mm
    runs = longest_vertical_ink(with_number)
    assert runs >= tall * 2 // 3  # the straight stroke of a letter


def longest_vertical_ink(picture):
    best = 0
    for x in range(picture.width):
        column = "".join("#" if picture.getpixel((x, y)) == 0 else " " for y in range(picture.height // 2))
        best = max(best, max(map(len, column.split()), default=0))
    return best


def test_every_letter_of_the_alphabet_is_drawn_whole():
    """A line's own rows hold all of its ink: no mark above or below is cut off or runs into the next line."""
    for line in alphabet():
        for font_name, size in (
            (strip.TEXT, 22),
            (strip.TEXT, 34),
            (strip.BOLD, 46),
            (strip.BOLD, 30),
        ):
            font = strip._font(font_name, size)
            sheet = strip.Strip(DOTS[80] * 2)
            sheet.space(10)
            sheet._line(line, font, DOTS[80], 0)
            sheet.space(10)
            _, top, _, bottom = ink(sheet.picture())  # the picture is as long as what was put on it
            assert top >= 10
            assert bottom <= sheet._top - 10


def test_the_test_slip_shows_every_vietnamese_letter():
    letters = set("".join(alphabet()).replace(" ", ""))
    assert len(letters) == 146  # 12 vowels × 6 tones + đ, twice
    assert all(unicodedata.is_normalized("NFC", letter) for letter in letters)
    shown = texts_of(TestSlip("network 192.168.1.20:9100", datetime.now(UTC), "x"), 58)
    assert letters <= set(shown)


@pytest.mark.parametrize("paper_mm", [80, 58])
def test_the_test_slip_has_a_qr_and_marks_on_the_first_and_the_last_dot(paper_mm, tmp_path):
    picture = draw(TestSlip("network 192.168.1.20:9100", datetime.now(UTC), "MOT CUA 1"), paper_mm)
    assert scanned(picture, tmp_path) == ["MOT CUA 1"]
    box = ink(picture)
    assert (box[0], box[2]) == (0, DOTS[paper_mm])


def test_a_ticket_says_what_the_citizen_needs():
    text = texts_of(slip())
    for words in (
        "SỐ THỨ TỰ CỦA ÔNG/BÀ",
        "Hộ tịch",
        "Quầy số 1 hoặc 9",
        "Còn 4 người trước ông/bà",
        "Quét mã để theo dõi lượt của mình",
        "14:32 · Thứ Hai, 23/11/2026",
        "XÃ THUẬN HÒA",
    ):
        assert words in text
    assert "(in lại)" not in text


def test_the_first_in_line_is_told_so_and_a_copy_says_that_it_is_one():
    text = texts_of(slip(ahead=0, copy=True, counters=(2,)))
    assert "Đến lượt ông/bà ngay sau đây" in text
    assert "(in lại)" in text
    assert "Quầy số 2" in text


def test_the_day_is_the_day_at_the_centre_not_in_greenwich():
    assert "00:05 · Thứ Ba, 01/12/2026" in texts_of(slip(issued_at=datetime(2026, 11, 30, 17, 5, tzinfo=UTC)))


def test_a_ticket_without_counters_or_address_is_still_a_ticket(tmp_path):
    picture = draw(slip(counters=(), follow_url=""), 80)
    assert scanned(picture, tmp_path) == []
    assert "Quầy" not in texts_of(slip(counters=(), follow_url=""))


@pytest.mark.parametrize("paper_mm", [80, 58])
def test_long_names_are_wrapped_and_nothing_leaves_the_paper(paper_mm):
    service = (
        "Đăng ký biến động quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất trong các trường hợp"
    )
    text = texts_of(slip(service=service), paper_mm)
    assert text.count("Đăng ký biến động") == 1
    box = ink(draw(slip(service=service), paper_mm))
    assert box[0] >= 2
    assert box[2] <= DOTS[paper_mm] - 2


@settings(max_examples=40, deadline=None)
@given(
    service=st.text(max_size=120),
    centre=st.text(max_size=80),
    number=st.text(min_size=1, max_size=8).filter(str.strip),
    paper_mm=st.sampled_from([58, 80]),
)
def test_any_text_makes_a_ticket_of_the_right_width(service, centre, number, paper_mm):
    picture = draw(slip(service=service, centre=centre, number=number), paper_mm)
    assert picture.mode == "1"
    assert picture.width == DOTS[paper_mm]
    assert 300 < picture.height < 2000


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"issued_at": datetime(2026, 11, 23, 7, 32)}, "time zone"),  # noqa: DTZ001
        ({"number": " "}, "number"),
        ({"follow_url": "http://x/" + "a" * 300}, "300"),
    ],
)
def test_a_slip_that_cannot_be_right_is_refused(changes, reason):
    with pytest.raises(ValueError, match=reason):
        slip(**changes)


def test_a_centre_without_a_unit_keeps_its_name_whole():
    assert ticket_words().office_and_place("Bộ phận Một cửa") == ("Bộ phận Một cửa", "")
    assert ticket_words().office_and_place("Trung tâm đặc khu Côn Đảo") == ("Trung tâm", "đặc khu Côn Đảo")


def test_a_sheet_to_prepare_with_is_whole_on_both_papers_and_its_code_can_be_scanned(tmp_path):
    sheet = PreparationSheet(
        centre="Trung tâm Phục vụ hành chính công xã Thuận Hòa",
        title="Cấp Giấy xác nhận tình trạng hôn nhân " * 4,
        code="1.004873",
        sections=(
            Section(
                "Cần mang theo", ("Căn cước", "Quyết định ly hôn của Tòa án, nếu đã ly hôn"), to_tick=True
            ),
            Section("Lệ phí", ("Do Hội đồng nhân dân tỉnh quyết định. " * 30,)),
        ),
        url="https://dichvucong.gov.vn/thu-tuc-hanh-chinh/1.004873",
        printed_at=datetime(2026, 11, 23, 1, 15, tzinfo=UTC),
    )
    for paper in (80, 58):
        picture = draw(sheet, paper)
        assert picture.width == DOTS[paper]
        assert picture.crop((0, 0, 2, picture.height)).getextrema() == (255, 255), "the left edge is free"
        file = tmp_path / f"{paper}.png"
        picture.save(file)
        read = subprocess.run(
            ["zbarimg", "-q", "--raw", str(file)], capture_output=True, text=True, check=True
        )
        assert read.stdout.strip() == sheet.url
