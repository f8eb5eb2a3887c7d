"""What a screen shows is said in words: no voice is ever left to guess at a digit."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.speech import cardinal, one_by_one, spoken, ticket_number
from kiosk.speech import english as en
from screens.locale import catalogue, source_texts
from screens.locale.languages import languages

VIETNAMESE = {
    "Mời số A015 đến quầy 9.": "Mời số A không một năm đến quầy chín.",
    "Mở lại lúc 10 giờ 30": "Mở lại lúc mười giờ ba mươi phút",
    "Mở lại lúc 10\u00a0giờ\u00a005": "Mở lại lúc mười giờ năm phút",
    "Mở lại 7h30 thứ 4": "Mở lại bảy giờ ba mươi phút thứ tư",
    "8h-11h30": "tám giờ đến mười một giờ ba mươi phút",
    "13:30": "mười ba giờ ba mươi phút",
    "khoảng 20–30\u00a0phút": "khoảng hai mươi đến ba mươi phút",
    "1 giờ 15 phút": "một giờ mười lăm phút",
    "Còn 4 người trước, 21 người chờ": "Còn bốn người trước, hai mươi mốt người chờ",
    "hoặc gọi 1800 1096.": "hoặc gọi một tám không không, một không chín sáu.",
    "gọi 1022": "gọi một không hai hai",
    "0912 345 678": "không chín một hai, ba bốn năm, sáu bảy tám",
    "0912345678": "không chín một hai ba bốn năm sáu bảy tám",
    "H06.45-260930-0012": "hát không sáu chấm bốn năm gạch ngang hai sáu không chín ba không gạch ngang "
    "không không một hai",
    "thủ tục 1.001193": "thủ tục một chấm không không một một chín ba",
    "8.000 đồng/bản": "tám nghìn đồng một bản",
    "8.000 đ": "tám nghìn đồng",
    "1.500.000 VNĐ": "một triệu năm trăm nghìn đồng",
    "16.000₫": "mười sáu nghìn đồng",
    "ngày 12/3/1978": "ngày mười hai tháng ba năm một nghìn chín trăm bảy mươi tám",
    "nghỉ đến 30/4": "nghỉ đến ngày ba mươi tháng tư",
    "tháng 4/2025": "tháng tư năm hai nghìn không trăm hai mươi lăm",
    "Trang 1/3": "Trang một trên ba",
    "2.500 thủ tục": "hai nghìn năm trăm thủ tục",
    "2,5 km": "hai phẩy năm km",
    "90 %": "chín mươi phần trăm",
    "25 m²": "hai mươi lăm mét vuông",
    "001078012345": "không không một không bảy tám không một hai ba bốn năm",
    "Kính chào ông/bà": "Kính chào ông bà",
    "Chạm “Xong” (nếu có)…": "Chạm Xong, nếu có.",
    "Quét mã QR": "Quét mã kiu a",
}
ENGLISH = {
    "You have number A015": "You have number A zero one five",
    "Opens again Monday at 13:30": "Opens again Monday at one thirty p m",
    "Opens again on 24/12 at 7:05": "Opens again on the twenty-fourth of December at seven oh five a m",
    "under 5 min": "under five minutes",
    "1 min": "one minute",
    "about 1 hr 15 min to 1 hr 30 min": "about one hour fifteen minutes to one hour thirty minutes",
    "about 20–30 min": "about twenty to thirty minutes",
    "call 1800 1096": "call one eight zero zero, one zero nine six",
    "16,000 VND": "sixteen thousand dong",
    "16.000 đồng": "sixteen thousand dong",
    "H60-251003-0007": "H six zero dash two five one zero zero three dash zero zero zero seven",
    "born 5/3/1978": "born the fifth of March nineteen seventy-eight",
    "Question 3 of 10": "Question three of ten",
    "2.5 km": "two point five km",
}


@pytest.mark.parametrize(("text", "words"), VIETNAMESE.items())
def test_vietnamese_is_said_as_people_say_it(text: str, words: str) -> None:
    assert spoken(text) == words


@pytest.mark.parametrize(("text", "words"), ENGLISH.items())
def test_english_is_said_as_people_say_it(text: str, words: str) -> None:
    assert spoken(text, "en") == words


NUMBERISH = st.text(alphabet="0123456789 .,:/–-hđAHĐ%gàmin()", max_size=60)


@given(st.one_of(st.text(max_size=200), NUMBERISH), st.sampled_from(["vi", "en", "hmn-Latn"]))
@example("1.2.3.4-5–6/7:8", "vi")
@example("٣ ² ① 1²", "vi")
def test_nothing_that_is_said_holds_a_digit(text: str, language: str) -> None:
    said = spoken(text, language)
    assert not any(character.isdigit() for character in said)
    assert said == unicodedata.normalize("NFC", said)
    assert "\n" not in said
    assert "  " not in said


WORD = st.text(alphabet="abcdeghiklmnopqrstuvxyàáảãạâầđêôơưừ", min_size=1, max_size=7).filter(
    lambda word: word not in ("min", "hr", "sec", "h", "g")
)


@given(
    st.lists(WORD, min_size=1).map(" ".join),
    st.sampled_from(["", ".", "?", "!"]),
    st.sampled_from(["vi", "en"]),
)
def test_plain_words_are_said_as_they_stand(words: str, end: str, language: str) -> None:
    assert spoken(words + end, language) == words + end


@given(st.from_regex(r"[A-HK-VX-Z][0-9]{3}", fullmatch=True))
def test_a_tickets_number_is_said_as_it_is_called(number: str) -> None:
    called = ticket_number(number).split(" ", 1)[1]
    assert spoken(f"Số {number}.").endswith(f"{called}.")


@given(st.integers(0, 999_999_999))
def test_a_number_alone_is_a_cardinal(value: int) -> None:
    assert spoken(str(value)) == cardinal(value)
    assert spoken(f"{value:,}".replace(",", ".") + " đồng") == f"{cardinal(value)} đồng"
    assert spoken(f"{value:,} VND", "en") == f"{en.cardinal(value)} dong"


@given(st.integers(0, 23), st.integers(1, 59))
def test_a_time_says_its_hour_and_its_minute(hour: int, minute: int) -> None:
    said = f"{cardinal(hour)} giờ {cardinal(minute)} phút"
    assert spoken(f"lúc {hour} giờ {minute:02d}") == f"lúc {said}"
    assert spoken(f"lúc {hour}:{minute:02d}") == f"lúc {said}"
    assert spoken(f"lúc {hour}h{minute:02d}") == f"lúc {said}"


@given(st.from_regex(r"0[0-9]{9}", fullmatch=True))
def test_a_phone_number_is_said_digit_by_digit(phone: str) -> None:
    assert spoken(phone) == one_by_one(phone)
    assert spoken(phone, "en") == en.one_by_one(phone)


@given(st.integers(1, 60), st.integers(61, 600))
def test_a_range_says_both_ends(low: int, high: int) -> None:
    assert spoken(f"{low}–{high} phút") == f"{cardinal(low)} đến {cardinal(high)} phút"
    assert spoken(f"{low}–{high} min", "en") == f"{en.cardinal(low)} to {en.cardinal(high)} minutes"


@pytest.mark.parametrize("tag", [one.tag for one in languages()])
def test_every_text_of_the_screens_can_be_said(tag: str) -> None:
    words = catalogue("citizen", tag, unreviewed=True)
    for key in source_texts("citizen"):
        base, _, last = key.rpartition(".")
        texts = words.lines(base) if last.isdigit() else (words(key),)
        for text in texts:
            assert not any(character.isdigit() for character in spoken(text, tag))


def test_english_cardinals_ordinals_and_years() -> None:
    assert en.cardinal(0) == "zero"
    assert en.cardinal(1005) == "one thousand and five"
    assert en.cardinal(120_115) == "one hundred and twenty thousand one hundred and fifteen"
    assert [en.ordinal(n) for n in (1, 2, 3, 12, 20, 21, 30)] == [
        "first",
        "second",
        "third",
        "twelfth",
        "twentieth",
        "twenty-first",
        "thirtieth",
    ]
    assert en.year(1905) == "nineteen oh five"
    assert en.year(2026) == "twenty twenty-six"
    with pytest.raises(ValueError, match="from 0"):
        en.cardinal(-1)
