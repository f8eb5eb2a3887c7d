"""When numbers are given: shifts, lunch, Saturday morning, holidays, local exceptions, the last ticket."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.queueing.calendar import Calendar, Closed, ClosedReason, DayException
from kiosk.queueing.service import WEEK_DAYS, OpenPeriod

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
WORK_DAYS = frozenset(WEEK_DAYS[:5])
WEEK = (
    OpenPeriod(WORK_DAYS, time(7, 30), time(11, 30)),
    OpenPeriod(WORK_DAYS, time(13, 30), time(17, 0)),
    OpenPeriod(frozenset({"sat"}), time(8, 0), time(11, 0)),
)
ALWAYS: tuple[OpenPeriod, ...] = ()
TET = {date(2026, 2, day): "Tết Nguyên Đán" for day in range(16, 21)}
CALENDAR = Calendar(VIETNAM, holidays=TET)
"""In November 2026 the 23rd is a Monday."""


def at(local: str) -> datetime:
    """A local moment, as the clock of the centre has it."""
    return datetime.fromisoformat(local).replace(tzinfo=VIETNAM).astimezone(UTC)


def local(moment: datetime | None) -> str | None:
    return moment and moment.astimezone(VIETNAM).replace(tzinfo=None).isoformat(timespec="minutes")


def closed(
    calendar: Calendar, moment: str, hours: tuple[OpenPeriod, ...] = WEEK, last_ticket_minutes: float = 0
) -> tuple[str, str, str | None] | None:
    """Reason, words, and when it opens."""
    found = calendar.closed(hours, at(moment), last_ticket_minutes)
    return found and (found.reason.value, found.words, local(found.opens_at))


def with_exception(day: str, exception: DayException) -> Calendar:
    return Calendar(VIETNAM, holidays=TET, exceptions={date.fromisoformat(day): exception})


class TestWeek:
    """An ordinary week."""

    @pytest.mark.parametrize(
        ("moment", "answer"),
        [
            ("2026-11-23T07:29:59", ("hours", "", "2026-11-23T07:30")),
            ("2026-11-23T07:30:00", None),
            ("2026-11-23T11:29:59", None),
            ("2026-11-23T11:30:00", ("hours", "", "2026-11-23T13:30")),
            ("2026-11-23T16:59:59", None),
            ("2026-11-23T17:00:00", ("hours", "", "2026-11-24T07:30")),
            ("2026-11-27T17:00:00", ("hours", "", "2026-11-28T08:00")),
            ("2026-11-28T10:59:59", None),
            ("2026-11-28T11:00:00", ("hours", "", "2026-11-30T07:30")),
            ("2026-11-29T10:00:00", ("hours", "", "2026-11-30T07:30")),
        ],
    )
    def test_shifts_lunch_and_saturday_morning(
        self, moment: str, answer: tuple[str, str, str | None] | None
    ) -> None:
        assert closed(CALENDAR, moment) == answer
        assert CALENDAR.is_open(WEEK, at(moment)) == (answer is None)

    @pytest.mark.parametrize(
        ("day", "closes"),
        [("2026-11-23", "2026-11-23T17:00"), ("2026-11-28", "2026-11-28T11:00"), ("2026-11-29", None)],
    )
    def test_closing_time_is_that_of_the_day(self, day: str, closes: str | None) -> None:
        for hour in ("00:00", "12:00", "23:59"):
            assert local(CALENDAR.closes_at(WEEK, at(f"{day}T{hour}"))) == closes

    def test_without_hours_always(self) -> None:
        for moment in ("2026-11-29T03:00:00", "2026-02-17T12:00:00", "2026-11-23T23:59:59"):
            assert closed(CALENDAR, moment, ALWAYS, last_ticket_minutes=60) is None
            assert CALENDAR.closes_at(ALWAYS, at(moment)) is None
            assert CALENDAR.last_ticket_at(ALWAYS, at(moment), 60) is None

    def test_until_midnight(self) -> None:
        late = (OpenPeriod(frozenset({"mon"}), time(20), time(0)),)
        assert closed(CALENDAR, "2026-11-23T23:59:59", late) is None
        assert closed(CALENDAR, "2026-11-24T00:00:00", late) == ("hours", "", "2026-11-30T20:00")
        assert local(CALENDAR.closes_at(late, at("2026-11-23T12:00"))) == "2026-11-24T00:00"

    def test_shifts_that_touch_are_one(self) -> None:
        shifts = (
            OpenPeriod(WORK_DAYS, time(12), time(17)),
            OpenPeriod(WORK_DAYS, time(7), time(12)),
            OpenPeriod(WORK_DAYS, time(9), time(10)),
        )
        assert len(CALENDAR.open_on(shifts, date(2026, 11, 23))) == 1

    def test_never(self) -> None:
        never = (OpenPeriod(frozenset(), time(7), time(8)),)
        assert closed(CALENDAR, "2026-11-23T09:00:00", never) == ("hours", "", None)

    def test_a_moment_without_zone_belongs_to_no_day(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            CALENDAR.is_open(WEEK, datetime(2026, 1, 1))  # noqa: DTZ001

    def test_the_zone_is_the_calendars(self) -> None:
        """Also in one whose clocks change: the night of 25 October 2026 in Berlin has an hour twice."""
        berlin = Calendar(ZoneInfo("Europe/Berlin"))
        night = (OpenPeriod(frozenset({"sun"}), time(1), time(4)),)
        open_hours = sum(
            berlin.is_open(night, datetime(2026, 10, 24, 22, tzinfo=UTC) + timedelta(hours=hour))
            for hour in range(24)
        )
        assert open_hours == 4


class TestHolidays:
    """Days off by law."""

    def test_closed_with_its_name_and_open_after_all_of_it(self) -> None:
        """From the Saturday before Tết to the Monday after, with the Saturday morning between."""
        assert closed(CALENDAR, "2026-02-14T11:00:00") == ("hours", "", "2026-02-21T08:00")
        assert closed(CALENDAR, "2026-02-16T09:00:00") == ("holiday", "Tết Nguyên Đán", "2026-02-21T08:00")
        week = WEEK[:2]
        assert closed(CALENDAR, "2026-02-20T09:00:00", week) == (
            "holiday",
            "Tết Nguyên Đán",
            "2026-02-23T07:30",
        )

    def test_a_day_worked_for_another_has_the_hours_of_that_one(self) -> None:
        swapped = Calendar(VIETNAM, holidays={date(2026, 8, 31): "nghỉ"}, worked={date(2026, 8, 22): "mon"})
        assert closed(swapped, "2026-08-22T16:00:00") is None
        assert closed(swapped, "2026-08-31T16:00:00") == ("holiday", "nghỉ", "2026-09-01T07:30")


class TestExceptions:
    """What the house does otherwise goes before everything."""

    def test_closed_for_a_day(self) -> None:
        calendar = with_exception("2026-11-23", DayException("Tập huấn toàn xã"))
        assert closed(calendar, "2026-11-23T09:00:00") == (
            "holiday",
            "Tập huấn toàn xã",
            "2026-11-24T07:30",
        )
        assert closed(calendar, "2026-11-23T09:00:00", ALWAYS) == (
            "holiday",
            "Tập huấn toàn xã",
            "2026-11-24T00:00",
        )

    def test_open_on_a_holiday_like_another_day(self) -> None:
        calendar = with_exception("2026-02-20", DayException(works_like="sat"))
        assert closed(calendar, "2026-02-20T09:00:00") is None
        assert closed(calendar, "2026-02-20T11:00:00") == ("hours", "", "2026-02-21T08:00")

    def test_hours_of_one_day_for_every_service(self) -> None:
        short = DayException("Họp Hội đồng nhân dân", hours=((time(7, 30), time(9, 0)),))
        calendar = with_exception("2026-11-29", short)
        for hours in (WEEK, ALWAYS):
            assert closed(calendar, "2026-11-29T08:59:59", hours) is None
            found = closed(calendar, "2026-11-29T09:00:00", hours)
            assert found is not None
            assert found[:2] == ("hours", "Họp Hội đồng nhân dân")

    def test_a_shorter_day_keeps_each_services_own_hours(self) -> None:
        short = DayException(works_like="mon", hours=((time(0), time(15)),))
        calendar = with_exception("2026-11-23", short)
        spans = calendar.open_on(WEEK, date(2026, 11, 23))
        assert [(span.start.time(), span.until.time()) for span in spans] == [
            (time(7, 30), time(11, 30)),
            (time(13, 30), time(15, 0)),
        ]


class TestLastTicket:
    """So that those in the lobby are served by closing."""

    @pytest.mark.parametrize(
        ("moment", "answer"),
        [
            ("2026-11-23T16:29:59", None),
            ("2026-11-23T16:30:00", ("last_ticket", "", "2026-11-24T07:30")),
            ("2026-11-23T17:00:00", ("hours", "", "2026-11-24T07:30")),
            ("2026-11-23T11:15:00", None),
            ("2026-11-28T10:30:00", ("last_ticket", "", "2026-11-30T07:30")),
        ],
    )
    def test_counts_from_the_end_of_the_day(
        self, moment: str, answer: tuple[str, str, str | None] | None
    ) -> None:
        assert closed(CALENDAR, moment, last_ticket_minutes=30) == answer

    def test_is_told(self) -> None:
        assert local(CALENDAR.last_ticket_at(WEEK, at("2026-11-23T08:00:00"), 45)) == "2026-11-23T16:15"
        assert CALENDAR.last_ticket_at(WEEK, at("2026-11-29T08:00:00"), 45) is None

    def test_longer_than_the_afternoon_it_takes_from_the_morning(self) -> None:
        assert closed(CALENDAR, "2026-11-23T11:00:00", last_ticket_minutes=360) == (
            "last_ticket",
            "",
            "2026-11-24T07:30",
        )

    def test_longer_than_the_day_there_are_no_numbers(self) -> None:
        only_saturdays = WEEK[2:]
        assert closed(CALENDAR, "2026-11-28T08:00:00", only_saturdays, 180) == ("last_ticket", "", None)


TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
PERIODS = st.builds(OpenPeriod, st.frozensets(st.sampled_from(WEEK_DAYS)), TIMES, TIMES)
DAYS = st.dates(date(2026, 11, 20), date(2026, 12, 3))
CALENDARS = st.builds(
    Calendar,
    st.sampled_from([VIETNAM, UTC, ZoneInfo("America/Los_Angeles")]),
    st.dictionaries(DAYS, st.just("lễ"), max_size=4),
    st.dictionaries(DAYS, st.sampled_from(WEEK_DAYS), max_size=3),
    st.dictionaries(
        DAYS,
        st.builds(
            DayException,
            st.just("riêng"),
            st.none() | st.sampled_from(WEEK_DAYS),
            st.lists(st.tuples(TIMES, TIMES), max_size=2).map(tuple),
        ),
        max_size=4,
    ),
)
MOMENTS = st.datetimes(datetime(2026, 11, 20), datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001


def minutes_since_midnight(at_: time) -> int:
    return at_.hour * 60 + at_.minute


def said_plainly(calendar: Calendar, hours: list[OpenPeriod], now: datetime) -> bool:
    """Whether a service is open, minute by minute and by no more than the rules' own words."""
    here = now.astimezone(calendar.zone)
    minute = here.hour * 60 + here.minute

    def within(start: time, until: time) -> bool:
        return minutes_since_midnight(start) <= minute < (minutes_since_midnight(until) or 24 * 60)

    def like(week_day: str) -> bool:
        return not hours or any(week_day in one.days and within(one.start, one.until) for one in hours)

    exception = calendar.exceptions.get(here.date())
    if exception is not None:
        in_hours = any(within(*one) for one in exception.hours)
        if exception.works_like is None:
            return in_hours
        return like(exception.works_like) and (in_hours or not exception.hours)
    if hours and here.date() in calendar.holidays:
        return False
    return like(calendar.worked.get(here.date(), WEEK_DAYS[here.weekday()]))


class TestAnyCalendar:
    """Whatever is configured."""

    @given(CALENDARS, st.lists(PERIODS, max_size=3), MOMENTS)
    def test_open_is_what_the_rules_say(
        self, calendar: Calendar, hours: list[OpenPeriod], now: datetime
    ) -> None:
        assert calendar.is_open(hours, now) == said_plainly(calendar, hours, now)

    @settings(deadline=None)
    @given(CALENDARS, st.lists(PERIODS, max_size=3), MOMENTS, st.sampled_from([0, 30, 200]))
    def test_what_opens_then_is_open_then_and_not_before(
        self, calendar: Calendar, hours: list[OpenPeriod], now: datetime, last_minutes: int
    ) -> None:
        found: Closed | None = calendar.closed(hours, now, last_minutes)
        opens_at = calendar.opens_at(hours, now, last_minutes)
        if found is None:
            assert opens_at is None
            assert calendar.is_open(hours, now)
            return
        assert found.opens_at == opens_at
        assert (found.reason is ClosedReason.LAST_TICKET) <= (last_minutes > 0)
        if opens_at is not None:
            assert opens_at > now
            assert calendar.closed(hours, opens_at, last_minutes) is None
            a_little_before = opens_at.astimezone(UTC) - timedelta(seconds=1)
            assert a_little_before < now or calendar.closed(hours, a_little_before, last_minutes)
            between = now + (opens_at - now) / 2
            assert calendar.closed(hours, between, last_minutes) is not None
