"""The foretold wait: what it promises, and that what is told is rounded honestly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.queueing.arrivals import Arrivals
from kiosk.queueing.calibration import Calibration
from kiosk.queueing.discipline import CounterQueue, Fair, FirstCome, Waiting, discipline
from kiosk.queueing.estimate import Coming, OpenCounter, estimate, forecast, newcomers
from kiosk.queueing.replay import Past, promised_again
from kiosk.queueing.service_times import Leg, Running, ServiceTimes
from kiosk.queueing.wait import NOBODY_KNOWS, Wait, WaitKind, WaitRange, wait_range

NOW = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
FIRST_COME = FirstCome()
A, B, AB = CounterQueue("1", ("a",)), CounterQueue("2", ("b",)), CounterQueue("3", ("a", "b"))


def line(*services: str) -> list[Waiting]:
    """A ticket for each service, in this order."""
    return [
        Waiting(f"t{number}", service, NOW - timedelta(minutes=30 - number), number)
        for number, service in enumerate(services)
    ]


def open_(*queues: CounterQueue) -> list[OpenCounter]:
    """Counters at which nobody is."""
    return [OpenCounter(queue) for queue in queues]


@pytest.fixture
def times() -> ServiceTimes:
    """Nothing learnt yet."""
    return ServiceTimes({"a": 6, "b": 12}, UTC)


def medians(waits: dict[str, Wait]) -> list[float]:
    """The medians in the order of the tickets."""
    return [wait.median for wait in waits.values() if wait.median is not None]


class TestForecast:
    """Waits of those who wait."""

    def test_without_an_open_counter_nobody_can_say(self, times: ServiceTimes) -> None:
        answer = forecast(line("a", "b"), open_(A), times, FIRST_COME, NOW, services=["a", "b"], closed=[B])
        assert answer.tickets["t1"] == NOBODY_KNOWS == answer.newcomers["b"]
        assert answer.tickets["t0"].median is not None
        assert estimate(line("a"), [], times, FIRST_COME, NOW) == {"t0": NOBODY_KNOWS}

    def test_a_free_counter_calls_at_once(self, times: ServiceTimes) -> None:
        wait = estimate(line("a"), open_(A), times, FIRST_COME, NOW)["t0"]
        assert wait.median is not None
        assert wait.median < 1

    def test_each_further_one_waits_about_one_service_longer(self, times: ServiceTimes) -> None:
        found = medians(dict(estimate(line(*"aaaaaaaaaa"), open_(A), times, FIRST_COME, NOW)))
        assert found == sorted(found)
        assert found[9] == pytest.approx(9 * times.minutes("a"), rel=0.2)

    def test_two_counters_halve_it(self, times: ServiceTimes) -> None:
        one = estimate(line(*"a" * 13), open_(A), times, FIRST_COME, NOW)["t12"]
        two = estimate(line(*"a" * 13), open_(A, replace(A, id="4")), times, FIRST_COME, NOW)["t12"]
        assert one.median is not None
        assert two.median == pytest.approx(one.median / 2, rel=0.2)

    def test_who_is_being_served_counts_by_what_remains(self, times: ServiceTimes) -> None:
        def wait(elapsed: float) -> float:
            called = NOW - timedelta(minutes=elapsed)
            counter = OpenCounter(A, Running("a", "1", called, called))
            return medians(dict(estimate(line("a"), [counter], times, FIRST_COME, NOW)))[0]

        assert 3 < wait(0) < 8
        assert wait(4) < wait(0)

    def test_the_discipline_decides_who_goes_first(self, times: ServiceTimes) -> None:
        waiting = line(*"aaaaaaa")
        waiting[6] = replace(waiting[6], priority="aged")
        plain = estimate(waiting, open_(A), times, FIRST_COME, NOW)["t6"]
        fair = estimate(waiting, open_(A), times, Fair(head_starts={"aged": 60.0}), NOW)
        assert plain.median is not None
        assert fair["t6"].median is not None
        assert fair["t6"].median < plain.median / 3
        assert fair["t0"].median is not None
        assert fair["t0"].median > 3

    @pytest.mark.parametrize("kind", ["fair", "first_come", "strict", "ratio"])
    def test_a_long_run_calls_in_the_very_order_of_the_discipline(
        self, kind: str, times: ServiceTimes
    ) -> None:
        waiting = [
            replace(one, priority="aged" if number % 3 == 2 else None)
            for number, one in enumerate(line(*"aaabbabababaabba"))
        ]
        chosen = discipline(kind, head_starts={"aged": 10.0})
        waits = estimate(waiting, open_(AB), times, chosen, NOW)
        foretold = sorted(waiting, key=lambda one: waits[one.id].median or 0)
        truly = [choice.ticket.id for choice in chosen.forward(waiting, AB, NOW)]
        assert [one.id for one in foretold] == truly

    def test_a_newcomer_waits_like_the_last_and_takes_nobodys_time(self, times: ServiceTimes) -> None:
        waiting, counters = line(*"aabab"), open_(A, B)
        with_ = forecast(waiting, counters, times, FIRST_COME, NOW, services=["a", "b"])
        assert with_.tickets == estimate(waiting, counters, times, FIRST_COME, NOW)
        last = estimate([*waiting, Waiting("last", "a", NOW, 99)], counters, times, FIRST_COME, NOW)["last"]
        assert with_.newcomers["a"].median == pytest.approx(last.median, rel=0.05)
        assert with_.newcomers == newcomers(waiting, counters, times, FIRST_COME, NOW, services=["a", "b"])

    def test_one_sent_to_a_counter_waits_for_that_counter(self, times: ServiceTimes) -> None:
        sent = replace(line("a")[0], reserved_counter="2")
        busy = OpenCounter(B, Running("b", "2", NOW, NOW))
        assert (estimate([sent], [*open_(A), busy], times, FIRST_COME, NOW)["t0"].median or 0) > 3
        assert estimate([sent], open_(A), times, FIRST_COME, NOW)["t0"] == NOBODY_KNOWS

    def test_further_services_come_back_before_those_who_came_later(self, times: ServiceTimes) -> None:
        waiting = line("a", "b", "b", "b")
        without = estimate(waiting, open_(A, B), times, FIRST_COME, NOW)["t3"]
        with_ = forecast(waiting, open_(A, B), times, FIRST_COME, NOW, then={"t0": ("b",)}).tickets["t3"]
        assert without.median is not None
        assert with_.median is not None
        assert with_.median > without.median + 6
        running = OpenCounter(A, Running("a", "1", NOW, NOW, replace(waiting[0], id="here")))
        again = forecast(waiting[1:], [running, *open_(B)], times, FIRST_COME, NOW, then={"here": ("b",)})
        assert (again.tickets["t3"].median or 0) > without.median + 6

    def test_one_who_is_parked_goes_before_when_back(self, times: ServiceTimes) -> None:
        waiting = line(*"aaaaaa")
        parked = replace(waiting[0], id="parked", arrival=-1)
        with_ = forecast(
            waiting, open_(A), times, FIRST_COME, NOW, coming=[Coming(parked, NOW + timedelta(minutes=8))]
        ).tickets
        without = estimate(waiting, open_(A), times, FIRST_COME, NOW)
        assert with_["t0"] == without["t0"]
        assert (with_["t5"].median or 0) > (without["t5"].median or 0) + 3
        assert "parked" not in with_

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(
            st.tuples(st.sampled_from("ab"), st.sampled_from([None, "aged"]), st.booleans()), max_size=14
        ),
        st.lists(st.sampled_from([A, B, AB]), unique=True, max_size=3),
        st.sampled_from(["fair", "first_come", "strict", "ratio"]),
        st.booleans(),
    )
    def test_it_answers_always_and_the_same_again(
        self, people: list[tuple[str, str | None, bool]], queues: list[CounterQueue], kind: str, further: bool
    ) -> None:
        waiting = [
            replace(one, priority=priority, appointed_at=NOW if appointed else None)
            for one, (_, priority, appointed) in zip(
                line(*(service for service, _, _ in people)), people, strict=True
            )
        ]
        chosen = discipline(kind, head_starts={"aged": 30.0})
        then = {one.id: ("b",) for one in waiting if further and one.service == "a"}

        def answer() -> object:
            known = ServiceTimes({"a": 6, "b": 12}, UTC)
            return forecast(waiting, open_(*queues), known, chosen, NOW, services=["a", "b"], then=then)

        made = answer()
        assert made == answer()
        for one in waiting:
            wait = made.tickets[one.id]  # type: ignore[attr-defined]
            callable_ = any(queue.may_call(one) for queue in queues)
            assert (wait.median is not None) == callable_
            assert wait == NOBODY_KNOWS or 0 <= wait.median <= wait.p90


class TestHabits:
    """Counters come and go as they usually do."""

    def _times(self) -> ServiceTimes:
        """Counter 1 calls from 1:00 to 4:00 and, after lunch, from 6:00; somebody always waits."""
        times = ServiceTimes({"a": 10}, UTC)
        for day in range(1, 9):
            for minute in [*range(60, 240, 10), *range(360, 480, 10)]:
                called = NOW.replace(hour=0) - timedelta(days=9 - day) + timedelta(minutes=minute)
                ended = called + timedelta(minutes=9)
                queued = called - timedelta(minutes=130)
                times.add(Leg("a", called, called, ended, "completed", 1, called.date(), "1", queued))
        times.begin(NOW.date())
        return times

    def test_lunch_is_waited_through(self) -> None:
        before_lunch = NOW.replace(hour=3, minute=45)
        waiting = [replace(one, queued_at=before_lunch) for one in line(*"aaaaa")]
        waits = estimate(waiting, open_(A), self._times(), FIRST_COME, before_lunch)
        assert (waits["t0"].median or 0) < 5
        assert 120 < (waits["t4"].median or 0) < 170

    def test_a_closed_counter_is_counted_on_from_when_it_usually_opens(self) -> None:
        early = NOW.replace(hour=0, minute=50)
        second = replace(A, id="4")
        waiting = [replace(one, queued_at=early) for one in line(*"aaaaaaaa")]
        alone = forecast(waiting, open_(second), self._times(), FIRST_COME, early)
        both = forecast(waiting, open_(second), self._times(), FIRST_COME, early, closed=[A])
        assert (both.tickets["t7"].median or 0) < 0.75 * (alone.tickets["t7"].median or 0)


class TestExpected:
    """Who is still to come."""

    def test_those_with_priority_are_expected_at_the_rate_at_which_they_come(self) -> None:
        arrivals = Arrivals(UTC)
        for day in range(5):
            for minute in range(0, 240, 4):
                at = NOW - timedelta(days=5 - day) + timedelta(minutes=minute)
                arrivals.add("a", "aged" if minute % 8 == 0 else None, at)
        for minute in range(0, 60, 4):
            arrivals.add("a", "aged" if minute % 8 == 0 else None, NOW + timedelta(minutes=minute))
        now = NOW + timedelta(minutes=61)
        expected = arrivals.futures(now)[0]
        with_priority = [one for one in expected if one.ticket.priority == "aged"]
        assert 4 <= len(with_priority) <= 7
        assert all(now <= one.at < now + timedelta(minutes=60) for one in expected)
        assert len({one.ticket.id for one in expected}) == len(expected)

    def test_futures_differ_in_who_comes_and_agree_in_how_many(self) -> None:
        arrivals = Arrivals(UTC)
        for day in range(5):
            for minute in range(0, 240, 3):
                at = NOW - timedelta(days=5 - day) + timedelta(minutes=minute)
                arrivals.add("ab"[minute % 2], "aged" if minute % 9 == 0 else None, at)
        futures = arrivals.futures(NOW + timedelta(minutes=30))
        counts = [sum(one.ticket.priority == "aged" for one in future) for future in futures]
        assert len(futures) > 2
        assert max(counts) - min(counts) <= 2
        assert len({tuple(one.ticket.service for one in future) for future in futures}) > 1
        assert futures == arrivals.futures(NOW + timedelta(minutes=30))
        assert 1 < len(arrivals.futures(NOW + timedelta(minutes=30), waiting=200)) < len(futures)

    def test_each_future_weighs_the_same(self, times: ServiceTimes) -> None:
        """Of two futures one brings three who go first: the wait lies between the two."""
        waiting = line("a", "a")
        first = [Waiting(f"p{number}", "a", NOW, 50 + number, "aged") for number in range(3)]
        busy = [Coming(one, NOW) for one in first]
        chosen = Fair(head_starts={"aged": 90.0})

        def wait(*futures: list[Coming]) -> float:
            return forecast(waiting, open_(A), times, chosen, NOW, futures=futures).tickets["t1"].median or 0

        assert wait([]) + 2 < wait([], busy) < wait(busy) - 2

    def test_of_nothing_follows_nothing(self) -> None:
        assert not any(Arrivals(UTC).futures(NOW))


class TestStaying:
    """A wait is foretold to those who stay."""

    def test_where_people_leave_after_long_waits_long_waits_count_less(self) -> None:
        times = ServiceTimes({"a": 6}, UTC)
        before = estimate(line(*"a" * 20), open_(A), times, FIRST_COME, NOW)["t19"]
        for _ in range(300):
            times.cancelled(110)
        waits = estimate(line(*"a" * 20), open_(A), times, FIRST_COME, NOW)
        assert (waits["t19"].p90 or 0) < (before.p90 or 0)
        assert all((wait.median or 0) <= (wait.p90 or 0) for wait in waits.values())


class TestReplay:
    """A restart forgets no promise."""

    def test_promises_made_again_teach_what_the_first_did(self) -> None:
        """Twenty a day who wait twice as long as foretold: the upper figure moves up."""
        legs, past = [], []
        for number in range(60):
            queued = NOW + timedelta(minutes=5 * number)
            called = queued + timedelta(minutes=20)
            legs.append(
                Leg(
                    "a",
                    called,
                    called,
                    called + timedelta(minutes=4),
                    "completed",
                    1,
                    NOW.date(),
                    "1",
                    queued,
                )
            )
            past.append(Past(Waiting(f"t{number}", "a", queued, number), called, legs[-1].ended_at))
        seen: list[tuple[int, bool]] = []

        def foretell(
            waiting: Sequence[Waiting],
            counters: Sequence[OpenCounter],
            closed: Sequence[CounterQueue],
            now: datetime,
        ) -> Wait:
            assert waiting[-1].queued_at == now
            seen.append((len(waiting), bool(counters) and counters[0].ticket is not None))
            return Wait(10.0, 14.0)

        calibration, fresh = Calibration(), Calibration()
        steps = sum(1 for _ in promised_again(past, legs, [A], foretell, calibration))
        assert steps == len(seen) == 60
        assert seen[30] == (4, True)
        told = Wait(10.0, 14.0)
        assert (calibration.corrected(told).p90 or 0) > (fresh.corrected(told).p90 or 0) + 3
        fresh.take_over(calibration)
        assert fresh.corrected(told) == calibration.corrected(told)


class TestCalibration:
    """Promises are learnt from."""

    @pytest.mark.parametrize("truth", [0.5, 1, 1.6])
    def test_nine_in_ten_are_kept_whatever_the_forecast_is_worth(self, truth: float) -> None:
        calibration = Calibration()
        kept = []
        for number in range(3000):
            wait = Wait(20.0, 24.0)
            told = calibration.corrected(wait)
            actual = 20.0 * truth * (0.6 + (number * 0.6180339887) % 1 * 0.8)
            calibration.promised(str(number), wait, NOW)
            calibration.called(str(number), NOW + timedelta(minutes=actual))
            kept.append(actual <= (told.p90 or 0))
        assert sum(kept[1000:]) / 2000 == pytest.approx(0.9, abs=0.04) or truth < 1 < sum(kept)

    def test_no_figure_stays_no_figure(self) -> None:
        calibration = Calibration()
        calibration.promised("t", NOBODY_KNOWS, NOW)
        calibration.called("t", NOW)
        calibration.called("never seen", NOW)
        calibration.forget("never seen")
        assert calibration.corrected(NOBODY_KNOWS) == NOBODY_KNOWS


class TestRange:
    """What is told."""

    @pytest.mark.parametrize(
        ("median", "p90", "told"),
        [
            (None, None, WaitRange(None, None, WaitKind.UNKNOWN)),
            (0, 1.5, WaitRange(None, 5, WaitKind.UNDER)),
            (3, 8, WaitRange(None, 10, WaitKind.UNDER)),
            (12, 17, WaitRange(10, 20, WaitKind.RANGE)),
            (24, 29.9, WaitRange(20, 30, WaitKind.RANGE)),
            (50, 62, WaitRange(40, 70, WaitKind.RANGE)),
            (120, 150, WaitRange(100, 150, WaitKind.RANGE)),
            (170, 190, WaitRange(120, None, WaitKind.OVER)),
        ],
    )
    def test_examples(self, median: float | None, p90: float | None, told: WaitRange) -> None:
        assert wait_range(Wait(median, p90)) == told

    @given(st.floats(0, 600), st.floats(0, 300))
    def test_the_upper_figure_is_never_below_the_90_percent_time(self, median: float, more: float) -> None:
        told = wait_range(Wait(median, median + more))
        assert told.high is None or told.high >= median + more - 1e-6
        assert told.low is None or told.low <= median
        assert told.high is None or told.low is None or told.low < told.high
