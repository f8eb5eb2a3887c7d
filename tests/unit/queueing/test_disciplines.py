"""Who is called next under each discipline, by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.queueing.discipline import (
    CounterQueue,
    Discipline,
    Fair,
    FirstCome,
    Ratio,
    Strict,
    Waiting,
    ahead,
    counter_before,
    discipline,
    services_before,
)

NINE = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ONE = CounterQueue("quay-1", ("a",))
TWO = CounterQueue("quay-2", ("a", "b"))
OLD = {"aged": 30.0, "merit": 45.0}


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def waiting(
    number: int, at: float, service: str = "a", priority: str | None = None, **more: object
) -> Waiting:
    """Ticket t<number>, queued ``at`` minutes after nine."""
    return Waiting(f"t{number}", service, NINE + minutes(at), number, priority, **more)  # type: ignore[arg-type]


def order(
    chooser: Discipline, tickets: list[Waiting], counter: CounterQueue = ONE, now: datetime | None = None
) -> str:
    """The numbers in which one counter calls."""
    now = now or NINE + minutes(60)
    return " ".join(choice.ticket.id[1:] for choice in chooser.forward(tickets, counter, now))


class TestFair:
    """Arrival, with a head start for those whom law and custom put first, and a bound."""

    FAIR = Fair(overtaken_at_most=3, head_starts=OLD)

    def test_priority_goes_before_those_who_came_at_most_its_head_start_earlier(self) -> None:
        queue = [waiting(1, 0), waiting(2, 11), waiting(3, 12), waiting(4, 40.5, priority="aged")]
        assert order(self.FAIR, queue) == "1 4 2 3"

    def test_nobody_is_overtaken_more_than_three_times(self) -> None:
        queue = [waiting(1, 0), *(waiting(n, n, priority="merit") for n in range(2, 8))]
        assert order(self.FAIR, queue) == "2 3 4 1 5 6 7"
        assert order(replace(self.FAIR, overtaken_at_most=0), queue) == "1 2 3 4 5 6 7"

    def test_the_bound_goes_with_the_ticket_from_counter_to_counter(self) -> None:
        moved = waiting(1, 0, "b", overtaken=3)
        assert order(self.FAIR, [moved, waiting(2, 1, "b", "merit")], TWO) == "1 2"

    def test_those_overtaken_are_told(self) -> None:
        queue = [waiting(1, 0), waiting(2, 1), waiting(3, 2, priority="aged"), waiting(4, 3, service="b")]
        choice = self.FAIR.choose(queue, ONE, NINE)
        assert choice is not None
        assert (choice.ticket.id, choice.passed) == ("t3", ("t1", "t2"))

    def test_an_unknown_class_has_no_head_start(self) -> None:
        assert order(self.FAIR, [waiting(1, 0), waiting(2, 1, priority="gone")]) == "1 2"

    def test_a_reserved_ticket_waits_for_its_counter(self) -> None:
        queue = [waiting(1, 0, reserved_counter="quay-2"), waiting(2, 1)]
        assert order(self.FAIR, queue, ONE) == "2"
        assert order(self.FAIR, queue, TWO) == "1 2"
        sent = [waiting(1, 0, "z", reserved_counter="quay-2"), waiting(2, -1)]
        assert order(self.FAIR, sent, TWO) == "2 1"


class TestBalance:
    """A counter with several services prefers by minutes and dries out none."""

    def test_the_next_service_waits_as_if_queued_five_minutes_later(self) -> None:
        queue = [waiting(1, 0, "b"), waiting(2, 4, "a"), waiting(3, 6, "a")]
        assert order(Fair(), queue, TWO) == "2 1 3"
        assert order(Fair(preference_minutes=0), queue, TWO) == "1 2 3"

    def test_a_flood_of_the_preferred_service_delays_the_other_by_that_only(self) -> None:
        """Somebody for *a* comes each minute, more than can be served: *b* is still called in its turn."""
        lengths = []
        for fair in (Fair(overtaken_at_most=99), Fair(overtaken_at_most=99, preference_minutes=100_000)):
            line = [waiting(99, 0, "b"), *(waiting(n, n) for n in range(-10, 31))]
            lengths.append(order(fair, line, TWO, NINE + minutes(30)).split().index("99"))
        ours, absolute = lengths
        assert ours == len([n for n in range(-10, 31) if n < 5])
        assert absolute == 41

    def test_all_services_of_a_busy_counter_move(self) -> None:
        """Both queues long: of any twelve calls no service gets fewer than four."""
        line = [waiting(n, n, "ab"[n % 2]) for n in range(60)]
        called = order(Fair(), line, TWO, NINE + minutes(60)).split()
        services = ["ab"[int(number) % 2] for number in called]
        assert min(services[n : n + 12].count(one) for n in range(0, 49) for one in "ab") >= 4


class TestAppointments:
    """They are woven in by their time."""

    FAIR = Fair(overtaken_at_most=99, appointment_head_start=60, appointment_early=10)

    def at(self, moment: float, arrived: float, slot: float) -> str:
        """The order at ``moment`` of walk-ins who came at 0, 20, … and an appointment (9) for ``slot``."""
        walk_ins = [waiting(n, 20 * n) for n in range(7)]
        appointed = waiting(9, arrived, appointed_at=NINE + minutes(slot))
        queue = [one for one in [*walk_ins, appointed] if one.queued_at <= NINE + minutes(moment)]
        return order(self.FAIR, queue, ONE, NINE + minutes(moment))

    def test_before_its_time_it_waits_for_it(self) -> None:
        assert self.at(moment=60, arrived=10, slot=90) == "0 1 2 3 9"

    def test_when_it_is_due_it_goes_before_those_who_came_within_the_last_hour(self) -> None:
        assert self.at(moment=79, arrived=10, slot=90) == "0 1 2 3 9"
        assert self.at(moment=80, arrived=10, slot=90) == "0 1 9 2 3 4"

    def test_a_little_late_is_not_too_late(self) -> None:
        assert self.at(moment=100, arrived=100, slot=90) == "0 1 2 9 3 4 5"

    def test_later_than_that_it_waits_like_a_walk_in(self) -> None:
        assert self.at(moment=101, arrived=101, slot=90) == "0 1 2 3 4 5 9"

    def test_nobody_waits_in_an_empty_lobby_for_the_time_to_come(self) -> None:
        assert order(self.FAIR, [waiting(1, 0, appointed_at=NINE + minutes(90))], ONE, NINE) == "1"

    def test_walk_ins_before_its_time_do_not_overtake_it(self) -> None:
        """Else who came much too early would be called much too early, too."""
        early = waiting(1, 0, appointed_at=NINE + minutes(90))
        choice = self.FAIR.choose([early, waiting(2, 1)], ONE, NINE + minutes(2))
        assert choice is not None
        assert (choice.ticket.id, choice.passed) == ("t2", ())

    def test_an_appointment_overtakes_within_the_bound(self) -> None:
        bounded = replace(self.FAIR, overtaken_at_most=1)
        line = [waiting(1, 0), *(waiting(n, 1, appointed_at=NINE + minutes(10)) for n in (2, 3, 4))]
        assert order(bounded, line, ONE, NINE + minutes(10)) == "2 1 3 4"

    def test_by_arrival_alone_its_time_is_its_arrival(self) -> None:
        assert order(FirstCome(), [waiting(1, 0, appointed_at=NINE + minutes(9)), waiting(2, 5)]) == "2 1"


class TestFirstCome:
    """By arrival."""

    def test_no_class_and_no_preference_counts(self) -> None:
        queue = [waiting(1, 0, "b"), waiting(2, 1, "a", "merit"), waiting(3, 2, "a")]
        assert order(FirstCome(head_starts=OLD), queue, TWO) == "1 2 3"

    def test_at_one_moment_the_number_decides(self) -> None:
        assert order(FirstCome(), [waiting(2, 0), waiting(1, 0)]) == "1 2"


class TestStrict:
    """Class, then arrival, and the same bound."""

    STRICT = Strict(overtaken_at_most=99, head_starts=OLD)

    def test_the_class_with_the_greater_head_start_first(self) -> None:
        queue = [
            waiting(1, 0),
            waiting(2, 1, priority="aged"),
            waiting(3, 2, priority="merit"),
            waiting(4, 3),
        ]
        assert order(self.STRICT, queue) == "3 2 1 4"

    def test_classes_with_the_same_head_start_are_one(self) -> None:
        alike = replace(self.STRICT, head_starts={"aged": 30, "merit": 30})
        assert order(alike, [waiting(1, 1, priority="merit"), waiting(2, 0, priority="aged")]) == "2 1"

    def test_the_bound_holds(self) -> None:
        queue = [waiting(1, 0), *(waiting(n, n, priority="merit") for n in range(2, 6))]
        assert order(replace(self.STRICT, overtaken_at_most=2), queue) == "2 3 1 4 5"


class TestRatio:
    """After so many ordinary ones a priority one, and never a free counter beside a waiting citizen."""

    RATIO = Ratio(overtaken_at_most=99, head_starts=OLD, ordinary_per_priority=2)

    def test_two_ordinary_then_one_with_priority(self) -> None:
        queue = [waiting(n, n) for n in range(1, 8)]
        queue += [waiting(n, n, priority="aged") for n in (11, 12, 13)]
        assert order(self.RATIO, queue) == "1 2 11 3 4 12 5 6 13 7"

    def test_two_ordinary_then_one_step_by_step_with_nothing_kept_but_the_count(self) -> None:
        queue = {n: waiting(n, n) for n in range(1, 8)}
        queue |= {n: waiting(n, n, priority="merit") for n in (11, 12, 13)}
        called = []
        while (choice := self.RATIO.choose(list(queue.values()), ONE, NINE)) is not None:
            del queue[choice.ticket.arrival]
            called.append(choice.ticket.arrival)
            for one in choice.passed:
                number = int(one[1:])
                queue[number] = replace(queue[number], overtaken=queue[number].overtaken + 1)
        assert called == [1, 2, 11, 3, 4, 12, 5, 6, 13, 7]

    def test_priority_that_came_first_is_not_held_back(self) -> None:
        assert order(self.RATIO, [waiting(1, 0, priority="aged"), waiting(2, 1)]) == "1 2"

    def test_only_one_kind_waits(self) -> None:
        assert order(self.RATIO, [waiting(n, n, priority="aged") for n in range(4)]) == "0 1 2 3"
        assert order(self.RATIO, [waiting(n, n) for n in range(4)]) == "0 1 2 3"

    def test_the_bound_holds(self) -> None:
        queue = [*(waiting(n, n) for n in range(1, 6)), *(waiting(n, n, priority="aged") for n in (11, 12))]
        assert order(replace(self.RATIO, overtaken_at_most=1), queue) == "1 11 2 3 4 5 12"


class TestByName:
    """As in the settings."""

    @pytest.mark.parametrize("kind", ["fair", "first_come", "strict", "ratio"])
    def test_every_kind_is_built(self, kind: str) -> None:
        built = discipline(
            kind,
            overtaken_at_most=7,
            head_starts=OLD,
            preference_minutes=1,
            appointment_head_start=2,
            appointment_early=3,
            ordinary_per_priority=4,
        )
        assert built.name == kind
        common = ("overtaken_at_most", "head_starts", "preference_minutes", "appointment_head_start")
        assert [getattr(built, one) for one in common] == [7, OLD, 1, 2]
        assert getattr(built, "ordinary_per_priority", 4) == 4

    def test_another_is_refused(self) -> None:
        with pytest.raises(ValueError, match="lottery"):
            discipline("lottery")


SERVICES = ("a", "b", "c")
QUEUES = st.lists(st.sampled_from(SERVICES), max_size=25).map(
    lambda services: [waiting(n, n, service) for n, service in enumerate(services)]
)
HOUSES = st.lists(st.sets(st.sampled_from(SERVICES), min_size=1), min_size=1, max_size=4)


class TestAhead:
    """How many people are before somebody."""

    def test_with_priority_those_count_who_are_really_called_before(self) -> None:
        queue = [waiting(1, 0), waiting(2, 1), waiting(3, 2, priority="aged")]
        fair = Fair(head_starts=OLD)
        assert [ahead(one, queue, ONE, fair, NINE) for one in queue] == [1, 2, 0]

    def test_one_who_is_not_there_yet_can_ask(self) -> None:
        assert ahead(waiting(9, 9), [waiting(1, 0), waiting(2, 1)], ONE, Fair(), NINE) == 2

    def test_a_ticket_for_one_counter_counts_who_goes_before_it_there(self) -> None:
        mine = waiting(3, 3, reserved_counter="quay-2")
        queue = [waiting(1, 0, reserved_counter="quay-1"), waiting(2, 1), mine]
        assert ahead(mine, queue, ("a",), Fair(), NINE) == 1

    @given(QUEUES, HOUSES, st.data())
    def test_those_said_to_be_ahead_are_called_before_whichever_counter_presses(
        self, queue: list[Waiting], house: list[set[str]], data: st.DataObject
    ) -> None:
        counters = [CounterQueue(f"quay-{n}", tuple(sorted(services))) for n, services in enumerate(house)]
        mine = [one for one in queue if any(counter.may_call(one) for counter in counters)]
        if not mine:
            return
        ticket = data.draw(st.sampled_from(mine))
        promised = ahead(ticket, queue, counter_before(ticket.service, counters), FirstCome(), NINE)
        left, before = list(queue), 0
        while True:
            choice = FirstCome().choose(left, data.draw(st.sampled_from(counters)), NINE)
            if choice is None:
                continue
            if choice.ticket.id == ticket.id:
                break
            left.remove(choice.ticket)
            before += 1
        assert before >= promised

    def test_services_shared_by_all_their_counters_compete(self) -> None:
        counters = [{"a", "b"}, {"a", "b", "c"}]
        assert services_before("a", counters) == {"a", "b"}
        assert services_before("c", counters) == {"a", "b", "c"}
        assert services_before("x", counters) == {"x"}

    def test_the_only_counter_of_a_service_stands_for_itself(self) -> None:
        assert counter_before("b", [ONE, TWO]) == TWO
        assert counter_before("a", [ONE, TWO]) == CounterQueue("", ("a",), ordered=False)
