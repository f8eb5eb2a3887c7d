"""When counters are there: told from their calls alone, and what the rest of a day may bring."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.queueing.absences import NEVER, Stay, idle_times, likely
from kiosk.queueing.staffing import COURSES, Absence, Staffing

NINE, LUNCH, BACK, FIVE = 9 * 60.0, 11.5 * 60, 13.5 * 60, 17 * 60.0
FADE = 0.97


def calls(counter: str, since: float, until: float, *, waited: float = 30) -> list[Stay]:
    """A stay every ten minutes, of people who have waited so long."""
    count = int((until - since) / 10)
    starts = [since + 10 * number for number in range(count)]
    return [Stay(counter, "a", start - waited, start, start + 9.5) for start in starts]


def a_day(counter: str = "1") -> list[Stay]:
    """Open from nine, away over lunch, until five."""
    return [*calls(counter, NINE, LUNCH), *calls(counter, BACK, FIVE, waited=130)]


def learnt(days: Iterable[list[Stay]]) -> Staffing:
    staffing = Staffing()
    for day in days:
        staffing.learn(day, FADE)
    return staffing


class TestAbsences:
    """What a day's calls tell."""

    def test_a_counter_was_away_while_it_let_people_wait(self) -> None:
        busy = a_day()
        waits = [(stay.queued or 0, stay.start) for stay in busy]
        gone = [likely(one, [], []) for one in idle_times(busy, waits)]
        (lunch,) = [one for one in gone if one is not None and not one.is_late_start]
        assert lunch.called == LUNCH - 10
        assert lunch.missed == LUNCH - 0.5
        assert lunch.back == BACK

    def test_who_serves_all_who_come_was_never_away(self) -> None:
        busy = [Stay("1", "a", start, start, start + 5) for start in (NINE, 600.0, 660.0, 900.0)]
        assert [
            one for one in idle_times(busy, [(stay.start, stay.start) for stay in busy]) if one.missed
        ] == []

    def test_what_nobody_saw_was_as_on_other_days(self) -> None:
        staffing = learnt(
            [a_day() for _ in range(4)] + [[*calls("1", NINE, 640), *calls("1", 850, FIVE, waited=0)]]
        )
        courses = staffing.courses("1", 690.0 - 60, is_open=True)
        assert all(50 <= course[0].leaves <= 62 for course in courses)

    def test_one_who_was_sent_to_another_counter_does_not_make_it_away(self) -> None:
        """Counter 1 once served ``b``, which counter 2 serves; that ``b`` waits says nothing of counter 1."""
        day = [*a_day(), Stay("1", "b", NINE, NINE + 9.6, NINE + 9.9)]
        other = [
            Stay("2", "b", NINE - 60 + 10 * number, NINE + 10 * number, NINE + 9 + 10 * number)
            for number in range(40)
        ]
        courses = learnt([[*day, *other]] * 3).courses("1", 800.0 + 60, is_open=True)
        assert all(not course for course in courses)


class TestCourses:
    """What the rest of the day may bring."""

    def test_without_history_counters_stay_as_they_are(self) -> None:
        assert set(Staffing().courses("1", NINE, is_open=True)) == {()}
        assert set(Staffing().courses("1", NINE, is_open=False)) == {(Absence(0, NEVER),)}

    def test_lunch_comes_and_ends_as_on_other_days(self) -> None:
        staffing = learnt(a_day() for _ in range(8))
        for course in staffing.courses("1", LUNCH - 60, is_open=True):
            (lunch,) = course
            assert 49 <= lunch.leaves <= 60
            assert lunch.back == pytest.approx(60 + BACK - LUNCH)
        for course in staffing.courses("1", LUNCH + 30, is_open=False, since=LUNCH):
            assert course[0] == Absence(0, BACK - LUNCH - 30)

    def test_a_new_counter_is_believed_to_be_like_the_others(self) -> None:
        staffing = learnt(a_day() for _ in range(8))
        assert all(course for course in staffing.courses("new", LUNCH - 60, is_open=True))

    def test_one_who_was_called_away_is_not_expected_back_at_once(self) -> None:
        """On some days the officer goes at ten and does not come back; nobody else ever goes at ten."""
        gone = [*calls("1", NINE, 600), Stay("2", "a", 590, 900, 909)]
        staffing = learnt([a_day(), gone, a_day(), a_day(), a_day(), gone, a_day(), a_day()])
        courses = staffing.courses("1", 630.0, is_open=False, since=600.0)
        assert sum(course[0].back == NEVER for course in courses) > COURSES / 2
        assert not any(course[0].back < 5 for course in courses)

    def test_an_absence_that_lasts_is_expected_to_last(self) -> None:
        staffing = learnt(a_day() for _ in range(8))

        def soonest(after: float) -> float:
            return staffing.courses("1", 600 + after, is_open=False, since=600.0)[0][0].back

        assert soonest(5) < soonest(40) < soonest(80)

    def test_one_who_is_there_longer_than_ever_may_go_any_minute(self) -> None:
        staffing = learnt(a_day() for _ in range(8))
        assert all(course[0].leaves < 10 for course in staffing.courses("1", LUNCH + 20, is_open=True))

    def test_new_habits_replace_old_ones(self) -> None:
        late = [*calls("1", NINE, LUNCH + 60), *calls("1", BACK + 60, FIVE, waited=130)]
        staffing = learnt([a_day()] * 10 + [late] * 60)
        assert all(course[0].leaves > 100 for course in staffing.courses("1", LUNCH - 60, is_open=True))

    @settings(deadline=None)
    @given(
        st.lists(
            st.lists(
                st.tuples(
                    st.sampled_from("12"), st.integers(0, 1400), st.integers(1, 60), st.integers(0, 200)
                ),
                max_size=12,
            ),
            max_size=6,
        ),
        st.floats(0, 1439),
        st.booleans(),
        st.none() | st.floats(0, 1439),
    )
    def test_courses_are_in_order_whatever_happened(
        self, days: list[list[tuple[str, int, int, int]]], minute: float, is_open: bool, since: float | None
    ) -> None:
        staffing = learnt(
            [
                Stay(counter, "a", start - waited, start, start + length)
                for counter, start, length, waited in day
            ]
            for day in days
        )
        courses = staffing.courses("1", minute, is_open=is_open, since=since)
        assert len(courses) == COURSES
        for course in courses:
            assert all(one.leaves >= 0 for one in course)
            assert all(one.back >= 0 for one in course)
            assert is_open or (course and course[0].leaves == 0)


def test_the_last_day_counts_most() -> None:
    """Half of the days with a long lunch, half with a short one: the newer ones weigh more."""
    short = [*calls("1", NINE, LUNCH), *calls("1", LUNCH + 40, FIVE, waited=60)]
    staffing = learnt([a_day()] * 10 + [short] * 10)
    backs = [course[0].back for course in staffing.courses("1", LUNCH + 5, is_open=False, since=LUNCH)]
    assert sum(back < 60 for back in backs) > COURSES / 2
