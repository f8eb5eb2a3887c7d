"""Learnt service times: robust, warm from the start, corrected as the day goes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.queueing.leaving import Leaving
from kiosk.queueing.service_times import NO_SHOW, Leg, Running, ServiceTimes

START = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)


def leg(minutes: float, at: datetime = START, **more: object) -> Leg:
    """A stay of so many minutes."""
    values: dict[str, object] = {
        "service": "copy",
        "called_at": at,
        "started_at": at + timedelta(seconds=20),
        "ended_at": at + timedelta(minutes=minutes),
        "outcome": "completed",
        "officers": 3,
        "day": at.date(),
        "counter": "1",
    }
    return Leg(**(values | more))  # type: ignore[arg-type]


def days(
    count: int, middle: float, *, per_day: int = 40, spread: float = 0.5, seed: int = 1
) -> Iterator[Leg]:
    """Legs of several days."""
    chance = Random(seed)  # noqa: S311
    for day in range(count):
        for number in range(per_day):
            at = START + timedelta(days=day, minutes=10 * number)
            yield leg(middle * math.exp(chance.gauss(0, spread)), at)


def middle_minutes(times: ServiceTimes, now: datetime, running: list[Running] | None = None) -> float:
    """Median minutes as they look now."""
    return median(times.outlook(running or [], now, 3).levels("copy"))


class TestHistory:
    """What days past teach."""

    def test_a_new_service_takes_its_configured_minutes(self) -> None:
        times = ServiceTimes({"copy": 8}, UTC)
        assert times.minutes("copy") == pytest.approx(8, rel=0.1)

    @pytest.mark.parametrize("configured", [2, 8, 40])
    def test_wrong_settings_are_forgotten(self, configured: float) -> None:
        times = ServiceTimes({"copy": configured}, UTC, days(20, 6))
        later = START + timedelta(days=20)
        times.begin(later.date())
        assert middle_minutes(times, later) == pytest.approx(6, rel=0.12)

    def test_forgotten_tickets_do_not_count(self) -> None:
        forgotten = [leg(240, START + timedelta(days=day, hours=7)) for day in range(20) for _ in range(2)]
        history = sorted([*days(20, 6), *forgotten], key=lambda one: one.called_at)
        times, without = ServiceTimes({"copy": 6}, UTC, history), ServiceTimes({"copy": 6}, UTC, days(20, 6))
        for one in (times, without):
            one.begin(date(2026, 10, 1))
        assert times.minutes("copy") == pytest.approx(without.minutes("copy"), rel=0.08)

    def test_missed_calls_are_short_and_grow_with_the_wait(self) -> None:
        times = ServiceTimes({"copy": 6}, UTC)
        for day in range(10):
            for number in range(20):
                at = START + timedelta(days=day, minutes=number * 12)
                long_wait = number % 2 == 1
                waited = at - timedelta(minutes=90 if long_wait else 5)
                missed = long_wait and number % 4 == 1
                times.add(
                    leg(2 if missed else 6, at, outcome=NO_SHOW if missed else "completed", queued_at=waited)
                )
        assert times.leaving.no_show_share(5) < 0.05
        assert times.leaving.no_show_share(90) > 0.3
        assert times.leaving.no_show_minutes == pytest.approx(2, rel=0.2)
        assert times.minutes("copy") > 4

    def test_who_cancels_is_not_waited_for(self) -> None:
        times = ServiceTimes({"copy": 6}, UTC)
        assert times.leaving.gone_share(0, 200) == 0
        for number in range(40):
            at = START + timedelta(minutes=10 * number)
            times.add(leg(6, at, queued_at=at - timedelta(minutes=70)))
            if number % 2:
                times.cancelled(50)
        assert times.leaving.gone_share(0, 30) == 0
        assert 0.2 < times.leaving.gone_share(0, 90) < 0.5
        assert times.leaving.gone_share(62, 90) == 0

    @settings(deadline=None)
    @given(st.lists(st.tuples(st.sampled_from("canm"), st.floats(0, 400)), max_size=300))
    def test_shares_stay_shares_and_fewer_stay_the_longer_it_lasts(
        self, seen: list[tuple[str, float]]
    ) -> None:
        leaving = Leaving(0.04, 1.5)
        for what, waited in seen:
            if what == "c":
                leaving.cancelled(waited)
            else:
                leaving.called(waited, answered=what != "n")
        staying = leaving.staying()
        assert staying[0] == 1
        assert all(0 < later <= earlier for earlier, later in pairwise(staying))
        assert all(0 <= leaving.no_show_share(waited) <= 1 for waited in range(0, 400, 7))

    def test_a_slow_hour_is_learnt(self) -> None:
        chance = Random(3)  # noqa: S311
        history = [
            leg(
                (12 if hour == 3 else 6) * math.exp(chance.gauss(0, 0.3)),
                START + timedelta(days=day, hours=hour),
            )
            for day in range(20)
            for hour in range(8)
            for _ in range(6)
        ]
        times = ServiceTimes({"copy": 6}, UTC, sorted(history, key=lambda one: one.called_at))
        times.begin(date(2026, 10, 1))
        usual = middle_minutes(times, START + timedelta(days=24, hours=1))
        assert middle_minutes(times, START + timedelta(days=24, hours=3)) > 1.4 * usual

    def test_few_legs_of_an_hour_teach_little(self) -> None:
        times = ServiceTimes({"copy": 6}, UTC, [*days(5, 6), leg(30, START + timedelta(days=5, hours=9))])
        times.begin(date(2026, 10, 1))
        usual = middle_minutes(times, START + timedelta(days=24, hours=1))
        assert middle_minutes(times, START + timedelta(days=24, hours=10)) == pytest.approx(usual, rel=0.15)

    def test_a_leg_without_length_or_of_an_unknown_service_is_survived(self) -> None:
        times = ServiceTimes({}, UTC, [leg(0), leg(-5), leg(7)])
        assert times.minutes("copy") > 0

    def test_all_at_once_and_one_by_one_are_the_same(self) -> None:
        legs = list(days(5, 6))
        at_once, one_by_one = ServiceTimes({"copy": 8}, UTC, legs), ServiceTimes({"copy": 8}, UTC)
        for one in legs:
            one_by_one.add(one)
        now = legs[-1].ended_at
        assert at_once.outlook([], now, 3).levels("copy") == pytest.approx(
            one_by_one.outlook([], now, 3).levels("copy")
        )


class TestToday:
    """What today says besides."""

    def _times(self, minutes: list[float]) -> tuple[ServiceTimes, datetime]:
        times = ServiceTimes({"copy": 6}, UTC, days(15, 6))
        today = START + timedelta(days=15)
        for number, length in enumerate(minutes):
            times.add(leg(length, today + timedelta(minutes=number)))
        return times, today + timedelta(hours=1)

    def test_a_slow_day_makes_it_longer_and_the_more_was_seen_the_more(self) -> None:
        usual, few, many = (middle_minutes(*self._times([9.0] * count)) for count in (0, 4, 40))
        assert usual < few < many < 9.5

    def test_one_absurd_stay_changes_little(self) -> None:
        usual, after = middle_minutes(*self._times([])), middle_minutes(*self._times([480]))
        assert after < 1.15 * usual

    def test_who_is_still_there_makes_it_longer_before_they_are_done(self) -> None:
        times, now = self._times([])
        stuck = [
            Running("copy", str(number), now - timedelta(minutes=25), now - timedelta(minutes=24))
            for number in range(4)
        ]
        just_begun = [Running("copy", "1", now - timedelta(seconds=30), now)]
        assert middle_minutes(times, now, stuck) > 1.1 * middle_minutes(times, now)
        assert middle_minutes(times, now, just_begun) == pytest.approx(middle_minutes(times, now), rel=0.02)

    def test_what_remains_is_less_than_a_whole_one_and_never_negative(self) -> None:
        times, now = self._times([])
        for elapsed in (0, 1, 5, 20, 300):
            one = Running("copy", "1", now - timedelta(minutes=elapsed), now)
            remaining = times.outlook([one], now, 3).remaining(one, 48)
            assert min(remaining) >= 0
            assert len(remaining) == 48
            assert max(remaining) < 60

    def test_a_new_day_begins_without_yesterdays_correction(self) -> None:
        times, now = self._times([20.0] * 30)
        slow = middle_minutes(times, now)
        times.begin((now + timedelta(days=1)).date())
        assert middle_minutes(times, now + timedelta(days=1)) < slow
