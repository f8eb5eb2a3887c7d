"""What every discipline promises on any day, and that each promise is seen to break under a seeded bug."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from kiosk.queueing.discipline import (
    Choice,
    CounterQueue,
    Discipline,
    Fair,
    FirstCome,
    Ratio,
    Strict,
    Waiting,
    ahead,
    passed_by,
)
from tests.unit.queueing.lobby_runs import (
    CLASSES,
    COUNTERS,
    Arrive,
    Call,
    Event,
    Miss,
    Rejoin,
    Run,
    events,
    ran,
)

K = 2
DISCIPLINES: list[Discipline] = [
    Fair(overtaken_at_most=K, head_starts=CLASSES),
    FirstCome(overtaken_at_most=K),
    Strict(overtaken_at_most=K, head_starts=CLASSES),
    Ratio(overtaken_at_most=K, head_starts=CLASSES, ordinary_per_priority=2),
    Ratio(overtaken_at_most=K, head_starts=CLASSES, ordinary_per_priority=5),
    Fair(overtaken_at_most=0, head_starts=CLASSES),
]
each = pytest.mark.parametrize("discipline", DISCIPLINES, ids=lambda one: one.name)


def calls_if_and_only_if_somebody_may_be_called(run: Run) -> bool:
    return all((call.choice is not None) == bool(call.callable_) for call in run.calls) and all(
        call.choice.ticket.id in {one.id for one in call.callable_} for call in run.calls if call.choice
    )


def nobody_is_overtaken_too_often(run: Run) -> bool:
    at_most: int = run.discipline.overtaken_at_most  # type: ignore[attr-defined]
    return max(run.overtakings.values(), default=0) <= at_most


def nobody_is_left(run: Run) -> bool:
    return not run.waiting


def inside_a_class_nobody_passes_an_earlier_one(run: Run) -> bool:
    return not any(
        call.choice
        and (one.service, one.priority) == (call.choice.ticket.service, call.choice.ticket.priority)
        and one.arrival < call.choice.ticket.arrival
        for call in run.calls
        for one in call.callable_
    )


def the_count_kept_is_the_count_seen(run: Run) -> bool:
    return all(one.overtaken == call.overtaken[one.id] for call in run.calls for one in call.callable_)


ALWAYS = [calls_if_and_only_if_somebody_may_be_called, nobody_is_overtaken_too_often, nobody_is_left]
BUT_BY_RATIO = [inside_a_class_nobody_passes_an_earlier_one, the_count_kept_is_the_count_seen]
"""``Ratio`` also counts how many a priority ticket had to let go first, at each counter by itself."""


class TestEveryDiscipline:
    """On any day."""

    @each
    @given(day=events())
    def test_keeps_what_all_promise(self, discipline: Discipline, day: list[Event]) -> None:
        run = ran(discipline, day)
        for promise in ALWAYS:
            assert promise(run), promise.__name__

    @pytest.mark.parametrize(
        "discipline", [one for one in DISCIPLINES if one.name != "ratio"], ids=lambda one: one.name
    )
    @given(day=events(appointments=False))
    def test_lets_nobody_pass_an_earlier_one_of_the_same_service_and_class(
        self, discipline: Discipline, day: list[Event]
    ) -> None:
        run = ran(discipline, day)
        for promise in BUT_BY_RATIO:
            assert promise(run), promise.__name__

    @each
    @given(k=st.integers(0, 6), before=st.integers(0, 5))
    def test_an_endless_stream_of_priority_starves_nobody(
        self, discipline: Discipline, k: int, before: int
    ) -> None:
        """Stated: whoever waits is called after those before it and at most k later ones."""
        run = Run(replace(discipline, overtaken_at_most=k))  # type: ignore[type-var]
        for _ in range(before):
            run.arrive(Arrive("a", None, None))
        ticket = run.arrive(Arrive("a", None, None))
        for _ in range(before + k + 1):
            run.arrive(Arrive("a", "q", None))
            run.call(COUNTERS[0])
        assert ticket.id not in run.waiting

    @each
    @given(day=events(), counter=st.sampled_from(COUNTERS))
    def test_people_ahead_is_what_happens_at_one_counter(
        self, discipline: Discipline, day: list[Event], counter: CounterQueue
    ) -> None:
        assert ahead_agrees(discipline, day, counter)

    def test_two_days_alike_are_called_alike(self) -> None:
        """The order in which the tickets are offered does not count."""
        day: list[Event] = [Arrive("a", priority, None) for priority in (None, "p", None, "q", "p")]
        for discipline in DISCIPLINES:
            one, other = Run(discipline), Run(discipline)
            for event in day:
                one.happen(event)
            other.waiting = dict(reversed(one.waiting.items()))
            assert [one.call(COUNTERS[0]) for _ in day] == [other.call(COUNTERS[0]) for _ in day]


def ahead_agrees(
    discipline: Discipline,
    day: list[Event],
    counter: CounterQueue,
    told: Callable[..., int] = ahead,
) -> bool:
    run = Run(discipline)
    for event in day:
        run.happen(event)
    waiting = list(run.waiting.values())
    promised = {one.id: told(one, waiting, counter, discipline, run.now) for one in waiting}
    order = []
    while (called := run.call(counter)) is not None:
        order.append(called.id)
    return all(promised[one] == place for place, one in enumerate(order))


class _Buggy(Fair):
    """A discipline that is ``Fair`` but for one mistake."""

    def choose(self, waiting: Sequence[Waiting], counter: CounterQueue, now: datetime) -> Choice | None:
        return next(self.forward(waiting, counter, now), None)


class _NobodyWhenPriorityWaits(_Buggy):
    """Holds the place free for a priority ticket of another service (NovoSGA's fault 14)."""

    def choose(self, waiting: Sequence[Waiting], counter: CounterQueue, now: datetime) -> Choice | None:
        choice = super().choose(waiting, counter, now)
        held = any(one.priority for one in waiting if not counter.may_call(one))
        return None if choice and held and choice.ticket.priority is None else choice


class _CallsWhatIsReserved(_Buggy):
    """Takes a ticket that was sent to another counter."""

    def choose(self, waiting: Sequence[Waiting], counter: CounterQueue, now: datetime) -> Choice | None:
        return super().choose([replace(one, reserved_counter=None) for one in waiting], counter, now)


class _ForgetsTheBound(_Buggy):
    """Never looks at how often somebody was overtaken."""

    def forward(self, waiting: Any, counter: CounterQueue, now: datetime) -> Iterator[Choice]:
        return super().forward([replace(one, overtaken=-99) for one in waiting], counter, now)


class _CountsOnlyTheFirst(_Buggy):
    """Tells of one of those it overtakes."""

    def choose(self, waiting: Sequence[Waiting], counter: CounterQueue, now: datetime) -> Choice | None:
        choice = super().choose(waiting, counter, now)
        return choice and Choice(choice.ticket, choice.passed[:1])


class _LastComeFirst(_Buggy):
    """Inside a class the latest goes first (NovoSGA's fault 15)."""

    def choose(self, waiting: Sequence[Waiting], counter: CounterQueue, now: datetime) -> Choice | None:
        choice = super().choose(waiting, counter, now)
        if choice is None:
            return None
        key = (choice.ticket.service, choice.ticket.priority)
        alike = [one for one in waiting if counter.may_call(one) and (one.service, one.priority) == key]
        latest = max(alike, key=lambda one: one.place)
        others = [one for one in waiting if one.id != latest.id]
        return Choice(latest, passed_by(latest, others, counter))


class _OldestForcedFirst(_Buggy):
    """Takes whoever was overtaken often enough, also before an earlier one of the same class."""

    def choose(self, waiting: Sequence[Waiting], counter: CounterQueue, now: datetime) -> Choice | None:
        mine = [one for one in waiting if counter.may_call(one)]
        forced = [one for one in mine if one.overtaken >= self.overtaken_at_most]
        if not forced:
            return super().choose(waiting, counter, now)
        chosen = min(forced, key=lambda one: one.place)
        return Choice(chosen, passed_by(chosen, [one for one in mine if one.id != chosen.id], counter))


class _Starves(_Buggy):
    """Serves no ticket of the class it likes least."""

    def choose(self, waiting: Sequence[Waiting], counter: CounterQueue, now: datetime) -> Choice | None:
        return super().choose([one for one in waiting if one.service != "b"], counter, now)


def _by_arrival_alone(
    ticket: Waiting, waiting: list[Waiting], counter: CounterQueue, discipline: Discipline, now: datetime
) -> int:
    return sum(counter.may_call(one) and one.place < ticket.place for one in waiting)


class TestThePropertiesCanFail:
    """A property that no mistake breaks says nothing."""

    @pytest.mark.parametrize(
        ("bug", "broken"),
        [
            (_NobodyWhenPriorityWaits, calls_if_and_only_if_somebody_may_be_called),
            (_CallsWhatIsReserved, calls_if_and_only_if_somebody_may_be_called),
            (_ForgetsTheBound, nobody_is_overtaken_too_often),
            (_CountsOnlyTheFirst, nobody_is_overtaken_too_often),
            (_CountsOnlyTheFirst, the_count_kept_is_the_count_seen),
            (_LastComeFirst, inside_a_class_nobody_passes_an_earlier_one),
            (_Starves, nobody_is_left),
        ],
        ids=lambda one: one.__name__,
    )
    def test_a_seeded_bug_is_found(self, bug: type[_Buggy], broken: Callable[[Run], bool]) -> None:
        discipline = bug(overtaken_at_most=1, head_starts=CLASSES)
        assert counterexample(lambda day: not broken(ran(discipline, day)), events(appointments=False))

    def test_one_who_comes_back_stands_before_a_later_one_of_its_class_that_was_overtaken_often(self) -> None:
        """Too rare a day to be met at random."""
        back, priority = Arrive("a", None, None), Arrive("a", "p", None)
        day = [back, Call(0), Miss(), back, priority, Call(0), Rejoin(0), Call(0)]
        kept, broken = (
            inside_a_class_nobody_passes_an_earlier_one(ran(kind(1, CLASSES), day))
            for kind in (Fair, _OldestForcedFirst)
        )
        assert (kept, broken) == (True, False)

    def test_a_count_by_arrival_alone_is_found(self) -> None:
        discipline = DISCIPLINES[0]
        assert counterexample(
            lambda day: not ahead_agrees(discipline, day, COUNTERS[2], _by_arrival_alone), events()
        )


def counterexample(breaks: Callable[[list[Event]], bool], days: st.SearchStrategy[list[Event]]) -> bool:
    try:
        find(
            days,
            breaks,
            settings=settings(max_examples=2000, database=None, suppress_health_check=list(HealthCheck)),
        )
    except NoSuchExample:
        return False
    return True
