"""The hours told, what fits a person, and the typing of a dossier's code."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.citizen import Citizen, Sex
from kiosk.procedures.dossier_code import LONGEST, DossierCodeError, found_in, parse
from kiosk.visit.dossier import shortened, typed
from kiosk.visit.events import ServiceChoice
from kiosk.visit.hours import SOON, Giving, lobby_hours
from kiosk.visit.offers import fitting, offered
from kiosk.visit.states import Lobby, Person, Setup, VisitState

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=7)))
NOON = NOW.replace(hour=11, minute=30)
SETUP = Setup("m", "Trung tâm", "1800", "xã", 1, 60, 30, 90, clips=(), forms={})
CODES = st.builds(
    lambda unit, day, number: f"{unit}-{day:%y%m%d}-{number}",
    st.one_of(
        st.from_regex(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}", fullmatch=True),
        st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{1,3}){0,3}", fullmatch=True),
    ),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.from_regex(r"[0-9]{4,5}", fullmatch=True),
)


def told(*services: ServiceChoice, silent: bool = False, known: bool = True):
    state = VisitState(SETUP, now=NOW, services=services if known else None)
    return lobby_hours(replace(state, lobby=Lobby(centre_silent=silent)))


def service(**changes) -> ServiceChoice:
    return ServiceChoice("a", "A", **changes)


def test_nothing_is_said_before_the_centre_was_heard_and_out_of_order_when_it_is_silent() -> None:
    assert told(known=False).giving is Giving.UNKNOWN
    assert told(known=False, silent=True).giving is Giving.NOT_HERE
    assert told(service(), silent=True).giving is Giving.OPEN, "the machine holds numbers of its own"
    assert told(service(open=False, closed_reason="used_up"), silent=True).giving is Giving.NOT_HERE


def test_numbers_are_given_until_the_last_of_the_open_services_ends() -> None:
    late = service(closes_at=NOON + timedelta(hours=1), last_ticket_at=NOON + timedelta(minutes=50))
    hours = told(service(closes_at=NOON), late)
    assert (hours.giving, hours.until) == (Giving.OPEN, late.last_ticket_at)
    assert hours.closes_at == late.closes_at
    assert told(service(closes_at=NOON), service()).until is None, "one of them never closes"


@pytest.mark.parametrize("left", [timedelta(0), timedelta(minutes=1), SOON])
def test_the_last_half_hour_is_told(left: timedelta) -> None:
    assert told(service(closes_at=NOW + left)).giving is Giving.SOON_OVER
    assert told(service(closes_at=NOW + SOON + timedelta(seconds=1))).giving is Giving.OPEN


def test_closed_tells_the_first_opening_and_the_words_that_all_share() -> None:
    shut = service(open=False, closed_reason="holiday", closed_words="Tết", opens_at=NOON)
    hours = told(shut, replace(shut, opens_at=NOON + timedelta(days=1)))
    assert (hours.giving, hours.opens_at, hours.holiday) == (Giving.CLOSED, NOON, "Tết")
    stopped = service(open=False, closed_reason="stopped", closed_words="Đang kiểm kê.")
    assert told(stopped).why == "Đang kiểm kê."
    assert told(stopped, shut).why == ""
    assert told().giving is Giving.CLOSED


def test_what_is_meant_for_ones_age_comes_first_and_nothing_is_left_out() -> None:
    born = date(2000, 11, 24)
    person = Person(Citizen("008200001234", "Sùng A Páo", born, Sex.MALE), None, NOW)
    young, all_, older = (
        ServiceChoice("y", "Y", for_ages=(18, 25)),
        ServiceChoice("x", "X"),
        ServiceChoice("o", "O", for_ages=(26, 99)),
    )
    state = VisitState(SETUP, now=NOW, services=(all_, older, young), person=person)
    assert [one.id for one in offered(state)] == ["y", "x", "o"], "26 only tomorrow"
    tomorrow = replace(state, centre_day=NOW.date() + timedelta(days=1))
    assert [one.id for one in offered(tomorrow)] == ["o", "x", "y"]
    assert [one.id for one in offered(replace(state, person=None))] == ["x", "o", "y"]
    assert fitting((young,), person, date(1999, 1, 1)) == frozenset(), "a wrong clock is no error"


@given(CODES)
def test_whoever_types_all_signs_gets_the_code(code: str) -> None:
    text = ""
    for sign in code:
        text = typed(text, sign)
    assert parse(text) == parse(code)


@given(st.from_regex(r"[0-9]{7}[A-Z][0-9]{2}", fullmatch=True), st.dates(date(2000, 1, 1), date(2099, 1, 1)))
def test_in_the_old_form_dots_and_dashes_come_by_themselves(unit: str, day: date) -> None:
    text = ""
    for sign in f"{unit}{day:%y%m%d}0012":
        text = typed(text, sign)
    assert parse(text).received == day
    assert text.replace(".", "").replace("-", "") == f"{unit}{day:%y%m%d}0012"


@given(st.lists(st.sampled_from("AH019.-<"), max_size=60))
def test_any_typing_stays_short_and_the_way_back_is_as_long_as_the_way_there(signs: list[str]) -> None:
    text = ""
    for sign in signs:
        longer = shortened(text) if sign == "<" else typed(text, sign)
        assert len(longer) <= LONGEST
        if sign not in "<.-" and longer != text:
            assert shortened(longer) == text or text.endswith((".", "-"))
        text = longer
    for _ in range(LONGEST):
        text = shortened(text)
    assert text == ""


@given(CODES, st.sampled_from(["{}", " {} ", "https://a.gov.vn/x?ma={}&y=1", "HS:{};"]))
def test_a_scanner_finds_the_code_alone_and_within_an_address(code: str, around: str) -> None:
    assert found_in(around.format(code.lower())) == parse(code)


@pytest.mark.parametrize("text", ["", "bad", "H26-261301-0001", "H26-260930-0012 H26-260930-0013", "x" * 600])
def test_a_scanner_finds_no_code_where_there_is_none_or_more_than_one(text: str) -> None:
    with pytest.raises(DossierCodeError):
        found_in(text)
