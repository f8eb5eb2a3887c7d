"""Vietnam's public holidays as the calendar gets them, beside the days the state announced."""

from __future__ import annotations

import re
import tomllib
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kiosk.centre.holidays import YEARS, calendar_of, vietnam
from kiosk.manual import DOCS
from kiosk.queueing.calendar import ClosedReason
from kiosk.queueing.service import WEEK_DAYS, OpenPeriod
from kiosk.settings import CalendarSettings, ServiceSettings
from tests.unit.queueing.test_calendar import WEEK, at

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def days(*written: str) -> set[date]:
    """Days as ``01-27``, runs as ``01-27/31``; each with its year in front."""
    found: set[date] = set()
    for one in written:
        first, _, last = one.partition("/")
        start = date.fromisoformat(first)
        found |= {start + timedelta(days=more) for more in range(int(last or start.day) - start.day + 1)}
    return found


ANNOUNCED = {
    2025: days("2025-01-01", "2025-01-27/31", "2025-04-07", "2025-04-30", "2025-05-01/02", "2025-09-01/02"),
    2026: days(
        "2026-01-01/02",
        "2026-02-16/20",
        "2026-04-27",
        "2026-04-30",
        "2026-05-01",
        "2026-08-31",
        "2026-09-01/02",
        "2026-11-24",
    ),
}
"""Week days off for those who work for the state, as announced each year with swaps and moved days."""

UNKNOWN = days("2026-01-02")
"""Decided on 25 December 2025: off, Saturday 10 January worked instead. The package does not know it."""


class TestVietnam:
    """Against what was announced."""

    @pytest.mark.parametrize("year", sorted(ANNOUNCED))
    def test_week_days_off_are_those_announced(self, year: int) -> None:
        off = {day for day in vietnam().names if day.year == year and day.weekday() < 5}
        assert off == ANNOUNCED[year] - UNKNOWN

    def test_a_saturday_worked_for_a_day_off_has_that_days_hours(self) -> None:
        assert dict(vietnam().worked) == {date(2025, 4, 26): "fri", date(2026, 8, 22): "mon"}

    @pytest.mark.parametrize("day", ["2025-01-29", "2026-02-17", "2027-02-06", "2030-02-02"])
    def test_lunar_new_year_is_vietnams(self, day: str) -> None:
        """In 2030 China's is a day later."""
        assert vietnam().names[date.fromisoformat(day)] == "Tết Nguyên Đán"

    @pytest.mark.parametrize("year", YEARS)
    def test_every_year_has_a_tet_of_five_week_days_or_more_and_the_fixed_days(self, year: int) -> None:
        names = vietnam().names
        tet = [day for day in names if day.year == year and day.month < 3 and "Nguyên Đán" in names[day]]
        assert len([day for day in tet if day.weekday() < 5]) >= 4
        assert max(tet) - min(tet) == timedelta(days=len(tet) - 1)
        for month, day in ((1, 1), (4, 30), (5, 1), (9, 2)):
            assert date(year, month, day) in names

    def test_names_say_nothing_of_a_day_that_some_years_do_not_have(self) -> None:
        """The package calls the day before the eve *29 Tết*, also when it was the 28th."""
        assert vietnam().names[date(2025, 1, 27)] == "Tết Nguyên Đán"
        assert not [name for name in vietnam().names.values() if name[0].isdigit()]


class TestConfigured:
    """``calendar.toml`` as a calendar."""

    def test_holidays_may_be_switched_off(self) -> None:
        assert calendar_of(CalendarSettings(), VIETNAM).closed(WEEK, at("2026-02-17T09:00:00")) is not None
        none = CalendarSettings(holidays=False)
        assert calendar_of(none, VIETNAM).closed(WEEK, at("2026-02-17T09:00:00")) is None

    def test_a_swap_decided_later_is_mended_by_two_exceptions(self) -> None:
        settings = CalendarSettings.model_validate(
            {
                "exception": [
                    {"date": "2026-01-02", "reason": "Nghỉ Tết Dương lịch"},
                    {"date": "2026-01-10", "works_like": "fri"},
                ]
            }
        )
        calendar = calendar_of(settings, VIETNAM)
        closed = calendar.closed(WEEK, at("2026-01-01T09:00:00"))
        assert closed is not None
        assert (closed.reason, closed.words) == (ClosedReason.HOLIDAY, "Tết Dương lịch")
        assert closed.opens_at == at("2026-01-03T08:00:00")
        assert calendar.closed(WEEK, at("2026-01-10T16:00:00")) is None

    def test_tet_is_skipped_whole(self) -> None:
        week = (OpenPeriod(frozenset(WEEK_DAYS[:5]), time(7, 30), time(17)),)
        opens_at = calendar_of(CalendarSettings(), VIETNAM).opens_at(week, at("2026-02-13T17:00:00"))
        assert opens_at == at("2026-02-23T07:30:00")

    def test_the_examples_of_the_manual_are_good(self) -> None:
        blocks = re.findall(r"```toml\n(.*?)```", (DOCS / "queue.md").read_text(encoding="utf-8"), re.DOTALL)
        found = [entry for block in blocks for entry in tomllib.loads(block).items()]
        for key, entries in found:
            for entry in entries:
                if key == "exception":
                    CalendarSettings.model_validate({"exception": [entry]})
                else:
                    ServiceSettings.model_validate({"id": "a", "name": "A", "series": "A", **entry})
        assert {key for key, _ in found} == {"service", "exception"}

    def test_hours_of_an_exception(self) -> None:
        settings = CalendarSettings.model_validate(
            {"exception": [{"date": "2026-11-23", "hours": [{"from": "08:00", "until": "09:00"}]}]}
        )
        calendar = calendar_of(settings, VIETNAM)
        assert calendar.closed(WEEK, at("2026-11-23T08:30:00")) is None
        assert calendar.closed(WEEK, at("2026-11-23T09:30:00")) is not None
