"""The machine-readable zone is read by the standard's layouts, and no wrong check digit gets through."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.virtual.chip_card import demo_citizens
from devices.virtual.chip_card.personalisation import mrz as write_mrz
from kiosk.identity import mrz
from kiosk.identity.citizen import Sex
from kiosk.identity.mrz import MrzError, MrzFormat

WOMAN = "IDVNM1990123456001199012345<<79902015F3902013VNM<<<<<<<<<<<0NGUYEN<<THI<VI<DU<<<<<<<<<<<<<"
ODD_SEX = "IDVNM0990123459001099012345<<09902015F3902013VNM<<<<<<<<<<<2NGUYEN<<THI<VI<DU<<<<<<<<<<<<<"
PASSPORT = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
LONG_NUMBER = "I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<"
ZONES = {
    "Doc 9303-5 appendix A": (
        MrzFormat.TD1,
        "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
        "D23145890774081221204159",
    ),
    "Doc 9303-6 appendix A": (
        MrzFormat.TD2,
        "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6",
        "D23145890774081221204159",
    ),
    "Doc 9303-4 appendix A": (MrzFormat.TD3, PASSPORT, "L898902C3674081221204159"),
    "Doc 9303-11 appendix D.2, TD1 with a long number": (
        MrzFormat.TD1,
        LONG_NUMBER,
        "D23145890734934071279507122",
    ),
    "Doc 9303-11 appendix D.2, TD2 with a long number": (
        MrzFormat.TD2,
        "I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<D23145890<UTO3407127M95071227349<<<8",
        "D23145890734934071279507122",
    ),
    "a Vietnamese card": (MrzFormat.TD1, WOMAN, "199012345699020153902013"),
    "a Vietnamese card, odd sex": (MrzFormat.TD1, ODD_SEX, "099012345999020153902013"),
}


@pytest.mark.parametrize("name", ZONES)
def test_the_published_zones_and_their_key_text(name):
    form, text, information = ZONES[name]
    zone = mrz.parse(text)
    assert zone.format is form
    assert zone.information == information


@pytest.mark.parametrize(
    ("text", "digit"), [("520727", "3"), ("AB2134<<<", "5"), ("L898902C<", "3"), ("690806", "1")]
)
def test_check_digits_of_doc_9303_3(text, digit):
    """Doc 9303-3 §4.9 and appendix A; Doc 9303-11 appendix D.2."""
    assert mrz.check_digit(text) == digit


@pytest.mark.parametrize(
    ("values", "information"),
    [
        (("L898902C", "690806", "940623"), "L898902C<369080619406236"),
        (("D23145890734", "340712", "950712"), "D23145890734934071279507122"),
        (("T22000129", "640812", "101031"), "T22000129364081251010318"),
    ],
)
def test_the_key_text_of_three_values(values, information):
    """Doc 9303-11 appendix D.2 and appendix G.1."""
    assert mrz.information(*values) == information


@pytest.mark.parametrize(
    "values",
    [
        ("", "690806", "940623"),
        ("L89 8", "690806", "940623"),
        ("L8", "691306", "940623"),
        ("L8", "690806", "9"),
    ],
)
def test_no_key_text_without_three_values(values):
    with pytest.raises(MrzError):
        mrz.information(*values)


def test_the_zone_of_a_woman_born_in_1999():
    zone = mrz.parse(WOMAN)
    assert zone.number == "001199012345"
    assert zone.document_number == "199012345"
    assert (zone.surname, zone.given_names, zone.full_name) == ("NGUYEN", "THI VI DU", "NGUYEN THI VI DU")
    assert not zone.name_cut
    assert (zone.birth_date, zone.expiry_date) == (date(1999, 2, 1), date(2039, 2, 1))
    assert zone.sex is Sex.FEMALE
    assert (zone.issuer, zone.country, zone.nationality, zone.document_code) == ("VNM", "VNM", "VNM", "ID")


def test_a_passport_is_read_as_well():
    zone = mrz.parse(PASSPORT)
    assert (zone.document_code, zone.issuer, zone.number) == ("P", "UTO", None)
    assert zone.full_name == "ERIKSSON ANNA MARIA"
    assert zone.document_number == "L898902C3"
    assert zone.birth_date is None
    assert zone.birth_date_before(date(2026, 11, 22)) == date(1974, 8, 12)


def test_a_sex_that_the_number_contradicts_is_read_all_the_same():
    assert mrz.parse(ODD_SEX).sex is Sex.FEMALE


def test_a_number_of_more_than_nine_characters_goes_on_in_the_optional_data():
    assert mrz.parse(LONG_NUMBER).document_number == "D23145890734"
    with pytest.raises(MrzError, match="document number"):
        mrz.parse(LONG_NUMBER.replace("<7349<", "<7348<"))
    with pytest.raises(MrzError, match="document number"):
        mrz.parse(LONG_NUMBER.replace("<7349<", "<<<<<<"))


def vietnamese(
    number="001199012345", *, birth="990201", sex="F", expiry="390201", name="NGUYEN<<LAN", own=None
):
    """A zone with all check digits right; ``own``: the 12-digit number's, where it is to be another."""
    own = mrz.check_digit(number) if own is None else own
    one = f"IDVNM{number[3:]}{mrz.check_digit(number[3:])}{number}<<{own}"
    two = f"{birth}{mrz.check_digit(birth)}{sex}{expiry}{mrz.check_digit(expiry)}VNM<<<<<<<<<<<"
    return one + two + mrz.check_digit(one[5:30] + two[:7] + two[8:15] + two[18:29]) + name.ljust(30, "<")


def test_the_numbers_own_check_digit_is_a_check_of_its_own():
    assert mrz.parse(vietnamese()).number == "001199012345"
    assert mrz.parse(vietnamese(own="<")).number == "001199012345"
    with pytest.raises(MrzError, match="12-digit number: wrong check digit"):
        mrz.parse(vietnamese(own="3"))


def test_a_number_that_does_not_end_in_the_document_number_is_refused():
    other = "199012346"
    text = f"IDVNM{other}{mrz.check_digit(other)}001199012345<<7" + vietnamese()[30:59]
    digit = mrz.check_digit(text[5:37] + text[38:45] + text[48:59])
    with pytest.raises(MrzError, match="does not end in the document number"):
        mrz.parse(text + digit + "NGUYEN<<LAN".ljust(30, "<"))


@pytest.mark.parametrize(
    ("number", "year"),
    [("001099012345", 1999), ("001299012345", 2099), ("001043012345", 1943), ("001312012345", 2012)],
)
def test_the_fourth_digit_gives_the_century_of_birth(number, year):
    assert mrz.parse(vietnamese(number, birth=f"{year % 100:02}0201")).birth_date == date(year, 2, 1)


@pytest.mark.parametrize(
    ("birth", "today", "expected"),
    [
        ("400101", date(2026, 11, 22), date(1940, 1, 1)),
        ("261122", date(2026, 11, 22), date(2026, 11, 22)),
        ("261123", date(2026, 11, 22), date(1926, 11, 23)),
        ("000229", date(2026, 11, 22), date(2000, 2, 29)),
        ("120229", date(2011, 1, 1), date(1912, 2, 29)),
    ],
)
def test_without_a_number_birth_is_the_latest_day_that_has_been(birth, today, expected):
    digit = mrz.check_digit(birth)
    two = f"L898902C36UTO{birth}{digit}F1204159ZE184226B<<<<<1"
    zone = mrz.parse(PASSPORT[:44] + two + mrz.check_digit(two[:10] + two[13:20] + two[21:43]))
    assert zone.birth_date is None
    assert zone.birth_date_before(today) == expected


@pytest.mark.parametrize("birth", ["43<<<<", "4305<<", "<<<<<<", "43<<07"])
def test_unknown_parts_of_a_birth_date(birth):
    zone = mrz.parse(vietnamese("001043012345", birth=birth))
    assert zone.birth == birth
    assert zone.birth_date is None
    assert zone.birth_date_before(date(2026, 11, 22)) is None
    assert zone.information[10:16] == birth


@pytest.mark.parametrize(
    "birth", ["991301", "990230", "99020<", "9<0201", "99<<32", "9913<<", "990001", "ABCDEF"]
)
def test_a_birth_date_that_is_none_is_refused(birth):
    with pytest.raises(MrzError, match="birth date"):
        mrz.parse(vietnamese(birth=birth))


def test_29_february_must_be_of_a_leap_year_of_the_numbers_century():
    assert mrz.parse(vietnamese("001200012345", birth="000229")).birth_date == date(2000, 2, 29)
    with pytest.raises(MrzError, match="birth date"):
        mrz.parse(vietnamese("001000012345", birth="000229"))


def test_a_card_without_expiry_date():
    assert mrz.parse(vietnamese(expiry="991231")).expiry_date == date(2099, 12, 31)
    zone = mrz.parse(vietnamese(expiry="<<<<<<"))
    assert zone.expiry_date is None
    assert zone.information.endswith("<<<<<<0")


@pytest.mark.parametrize(("mark", "sex"), [("M", Sex.MALE), ("F", Sex.FEMALE), ("<", None), ("X", None)])
def test_the_sexes_of_the_standard(mark, sex):
    assert mrz.parse(vietnamese(sex=mark)).sex is sex
    with pytest.raises(MrzError, match="sex"):
        mrz.parse(vietnamese(sex="H"))


def test_a_name_that_fills_its_field_may_be_cut():
    assert mrz.parse(vietnamese(name="CONG<TANG<TON<NU<<THI<HUYEN<TR")).name_cut
    assert mrz.parse(vietnamese(name="NGUYEN<<")).full_name == "NGUYEN"


def test_germany_has_one_letter_in_the_zone():
    text = "IDD<<T220001293<<<<<<<<<<<<<<<6408125<2010315D<<<<<<<<<<<<<4MUSTERMANN<<ERIKA<<<<<<<<<<<<<"
    zone = mrz.parse(text)
    assert (zone.issuer, zone.country, zone.nationality, zone.sex) == ("D", "DEU", "D", None)
    assert zone.information == "T22000129364081252010315"


@pytest.mark.parametrize("place", [*range(5, 30), *range(30, 37), *range(38, 45), *range(48, 60)])
def test_a_changed_character_is_found_by_the_check_digits(place):
    other = "8" if WOMAN[place] != "8" else "3"
    with pytest.raises(MrzError) as caught:
        mrz.parse(WOMAN[:place] + other + WOMAN[place + 1 :])
    assert "199012345" not in str(caught.value)
    assert "NGUYEN" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["", "<" * 90, WOMAN[:-1], WOMAN + "<", WOMAN.lower(), "P<VNM" + "<" * 83 + "00", "Ệ" * 90, "１" * 90],
)
def test_what_is_no_zone_is_refused(text):
    with pytest.raises(MrzError):
        mrz.parse(text)


def test_nothing_of_the_person_shows():
    shown = repr(mrz.parse(WOMAN))
    assert "VNM" in shown
    assert not any(secret in shown for secret in ("199012345", "NGUYEN", "990201", "390201", "FEMALE"))


LINES = [WOMAN[:30], WOMAN[30:60], WOMAN[60:]]


@pytest.mark.parametrize(
    "typed",
    [
        "\n".join(LINES),
        "\r\n".join(LINES) + "\r\n",
        "  " + "\n\n".join(LINES).lower(),
        " ".join(WOMAN),
        "\n".join([LINES[0], LINES[1], "NGUYEN<<THI<VI<DU"]),
        "\n".join([LINES[0].replace("0", "O"), LINES[1].replace("0", "o").replace("1", "l"), LINES[2]]),
        "\n".join(
            [LINES[0].replace("IDVNM", "1DVNM"), LINES[1], LINES[2].replace("I", "1").replace("U", "U")]
        ),
        WOMAN.replace("<", "\uff1c"),
        WOMAN.replace("<", "‹"),
    ],
)
def test_a_typed_or_scanned_zone_with_slips_that_can_mean_one_thing_only(typed):
    assert mrz.parse_typed(typed) == mrz.parse(WOMAN)


def test_a_passports_number_may_hold_letters_and_is_not_touched():
    assert mrz.parse_typed(PASSPORT[:44] + "\n" + PASSPORT[44:]).document_number == "L898902C3"
    with pytest.raises(MrzError):
        mrz.parse_typed(PASSPORT.replace("L898902C3", "L8989O2C3"))
    assert mrz.parse_typed("P<UTOERIKSSON<<ANNA<MARIA\n" + PASSPORT[44:]) == mrz.parse(PASSPORT)


@pytest.mark.parametrize(
    "typed", ["", "A015", "IDVNM", LINES[0], "\n".join(LINES[:2]), WOMAN + WOMAN, " " * 500]
)
def test_other_text_is_no_zone(typed):
    with pytest.raises(MrzError):
        mrz.parse_typed(typed)


@given(st.text(alphabet="ABVNM0123456789<", min_size=90, max_size=90))
def test_a_random_zone_never_passes_unchecked(text):
    with pytest.raises(MrzError):
        mrz.parse(text)


@given(st.text(max_size=300) | st.lists(st.text("IDVNM019<\n ", max_size=35), max_size=4).map("\n".join))
def test_any_typed_text_is_a_zone_or_refused(text):
    try:
        zone = mrz.parse_typed(text)
    except MrzError:
        return
    assert len(zone.information) >= 24


@given(st.data())
def test_a_read_zone_says_the_same_whatever_its_spacing(data):
    number = data.draw(st.from_regex(r"[0-9]{3}[0-3][0-9]{8}", fullmatch=True))
    year = 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])
    birth = data.draw(st.dates(date(year, 1, 1), date(year, 12, 31)))
    expiry = data.draw(st.dates(date(2021, 1, 1), date(2099, 12, 31)))
    name = data.draw(st.from_regex(r"[A-Z]{2,9}<<[A-Z]{1,8}(<[A-Z]{1,8})?", fullmatch=True))
    sex = data.draw(st.sampled_from("MF<"))
    text = vietnamese(number, birth=f"{birth:%y%m%d}", sex=sex, expiry=f"{expiry:%y%m%d}", name=name)
    zone = mrz.parse(text)
    assert (zone.number, zone.birth_date, zone.expiry_date) == (number, birth, expiry)
    assert zone.full_name == " ".join(name.replace("<", " ").split())
    assert mrz.parse_typed(" ".join(text.lower())) == zone
    assert zone.information == mrz.information(number[3:], f"{birth:%y%m%d}", f"{expiry:%y%m%d}")


@pytest.mark.parametrize("name", demo_citizens())
def test_the_zone_of_every_demo_card(name):
    citizen = demo_citizens()[name]
    zone = mrz.parse(write_mrz(citizen))
    assert (zone.number, zone.birth_date, zone.sex) == (citizen.number, citizen.birth_date, citizen.sex)
