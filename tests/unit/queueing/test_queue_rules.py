"""The rules of the queue by themselves: every pair answered, nobody passed, no day twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.queueing.business_day import business_day, local_date
from kiosk.queueing.counter import CounterState, counter_state
from kiosk.queueing.discipline import WaitingTicket, ahead, next_ticket, services_before
from kiosk.queueing.number import BandExhaustedError, format_number, sequence_in_band
from kiosk.queueing.service import OpenPeriod, is_open, opens_at
from kiosk.queueing.ticket import ACTIVE, FINAL, MOVES, Actor, Refused, TicketEvent, TicketState, after
from kiosk.queueing.wait import minutes_wait

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
SERVICES = ("a", "b", "c")
QUEUES = st.lists(st.sampled_from(SERVICES), max_size=25).map(
    lambda services: [WaitingTicket(f"t{n}", service, n) for n, service in enumerate(services)]
)
COUNTERS = st.lists(st.sets(st.sampled_from(SERVICES), min_size=1), min_size=1, max_size=4)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


class TestTicket:
    """A ticket's life."""

    @pytest.mark.parametrize("state", TicketState)
    @pytest.mark.parametrize("event", TicketEvent)
    def test_every_state_answers_every_event(self, state: TicketState, event: TicketEvent) -> None:
        answer = after(state, event)
        assert isinstance(answer, Refused) == ((state, event) not in MOVES)
        if isinstance(answer, Refused):
            assert (answer.state, answer.event) == (state, event)

    def test_nothing_leaves_a_final_state(self) -> None:
        assert not [pair for pair in MOVES if pair[0] in FINAL]

    def test_every_state_that_is_not_final_has_a_way_on(self) -> None:
        assert {state for state, _ in MOVES} == set(TicketState) - FINAL

    def test_only_the_day_ends_a_ticket_without_a_person(self) -> None:
        assert {event for (_, event), move in MOVES.items() if Actor.SYSTEM in move.who} == {
            TicketEvent.EXPIRE
        }

    def test_who_is_being_served_is_not_sent_away_by_midnight(self) -> None:
        assert isinstance(after(TicketState.SERVING, TicketEvent.EXPIRE), Refused)


class TestCounter:
    """What a counter is doing follows from who holds it and its ticket."""

    @pytest.mark.parametrize(
        ("held", "ticket", "state"),
        [
            (False, None, CounterState.CLOSED),
            (True, None, CounterState.OPEN_IDLE),
            (True, TicketState.CALLED, CounterState.CALLING),
            (True, TicketState.SERVING, CounterState.SERVING),
        ],
    )
    def test_state(self, held: bool, ticket: TicketState | None, state: CounterState) -> None:
        assert counter_state(held=held, ticket=ticket) is state

    @pytest.mark.parametrize("ticket", sorted(set(TicketState) - ACTIVE))
    def test_a_ticket_that_is_elsewhere_occupies_no_counter(self, ticket: TicketState) -> None:
        with pytest.raises(ValueError, match=ticket):
            counter_state(held=True, ticket=ticket)


class TestDiscipline:
    """Who is called next."""

    @given(QUEUES, st.sets(st.sampled_from(SERVICES)))
    def test_somebody_is_called_if_and_only_if_somebody_waits(
        self, queue: list[WaitingTicket], services: set[str]
    ) -> None:
        called = next_ticket(queue, services)
        assert (called is not None) == any(one.service in services for one in queue)

    @given(QUEUES, st.sets(st.sampled_from(SERVICES)), st.randoms(use_true_random=False))
    def test_nobody_is_passed_whatever_order_the_list_comes_in(
        self, queue: list[WaitingTicket], services: set[str], shuffler: object
    ) -> None:
        mixed = list(queue)
        shuffler.shuffle(mixed)  # type: ignore[attr-defined]
        called = next_ticket(mixed, services)
        if called is not None:
            assert called.service in services
            assert not [one for one in queue if one.service in services and one.arrival < called.arrival]

    @given(QUEUES, COUNTERS, st.data())
    def test_those_said_to_be_ahead_are_called_before(
        self, queue: list[WaitingTicket], counters: list[set[str]], data: st.DataObject
    ) -> None:
        """Whichever counters press *next* in whatever order."""
        mine = [one for one in queue if any(one.service in counter for counter in counters)]
        if not mine:
            return
        ticket = data.draw(st.sampled_from(mine))
        promised = ahead(ticket, queue, services_before(ticket.service, counters))
        waiting, called_before = list(queue), 0
        while True:
            counter = data.draw(st.sampled_from(counters))
            called = next_ticket(waiting, counter)
            if called is None:
                if not any(next_ticket(waiting, one) for one in counters):
                    break
                continue
            if called.id == ticket.id:
                break
            waiting.remove(called)
            called_before += 1
        assert called_before >= promised

    def test_a_service_shared_by_all_its_counters_counts(self) -> None:
        counters = [{"a", "b"}, {"a", "b", "c"}]
        assert services_before("a", counters) == {"a", "b"}
        assert services_before("c", counters) == {"a", "b", "c"}
        assert services_before("x", counters) == {"x"}


class TestBusinessDay:
    """The date in Vietnam, never backwards."""

    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            ("2026-11-22T16:59:59+00:00", "2026-11-22"),
            ("2026-11-22T17:00:00+00:00", "2026-11-23"),
            ("2026-11-23T00:00:00+00:00", "2026-11-23"),
            ("2026-11-23T07:00:00+07:00", "2026-11-23"),
        ],
    )
    def test_turns_at_local_midnight(self, moment: str, day: str) -> None:
        assert business_day(None, datetime.fromisoformat(moment), VIETNAM) == date.fromisoformat(day)

    @given(st.lists(MOMENTS, min_size=1, max_size=20))
    def test_never_goes_back_whatever_the_clock_does(self, moments: list[datetime]) -> None:
        day = None
        for moment in moments:
            following = business_day(day, moment, VIETNAM)
            assert day is None or following >= day
            assert following >= local_date(moment, VIETNAM)
            day = following

    def test_a_moment_without_zone_belongs_to_no_day(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            local_date(datetime(2026, 1, 1), VIETNAM)  # noqa: DTZ001


class TestHours:
    """When numbers are given."""

    WEEK = (
        OpenPeriod(frozenset({"mon", "tue", "wed", "thu", "fri"}), time(7, 30), time(11, 30)),
        OpenPeriod(frozenset({"mon", "tue", "wed", "thu", "fri"}), time(13, 30), time(17, 0)),
    )

    @pytest.mark.parametrize(
        ("local", "open_now", "opens"),
        [
            ("2026-11-23T07:29:59", False, "2026-11-23T07:30:00"),
            ("2026-11-23T07:30:00", True, None),
            ("2026-11-23T11:30:00", False, "2026-11-23T13:30:00"),
            ("2026-11-23T16:59:59", True, None),
            ("2026-11-27T17:00:00", False, "2026-11-30T07:30:00"),
        ],
    )
    def test_at(self, local: str, open_now: bool, opens: str | None) -> None:
        now = datetime.fromisoformat(local).replace(tzinfo=VIETNAM).astimezone(UTC)
        assert is_open(self.WEEK, now, VIETNAM) is open_now
        following = opens_at(self.WEEK, now, VIETNAM)
        assert (following and following.replace(tzinfo=None).isoformat()) == opens

    @given(MOMENTS)
    def test_what_opens_then_is_open_then(self, now: datetime) -> None:
        following = opens_at(self.WEEK, now, VIETNAM)
        if following is None:
            assert is_open(self.WEEK, now, VIETNAM)
        else:
            assert is_open(self.WEEK, following, VIETNAM)
            assert not is_open(self.WEEK, following - timedelta(seconds=1), VIETNAM)

    def test_until_midnight(self) -> None:
        late = [OpenPeriod(frozenset({"mon"}), time(20), time(0))]
        assert is_open(late, datetime(2026, 11, 23, 23, 59, 59, tzinfo=VIETNAM), VIETNAM)
        assert not is_open(late, datetime(2026, 11, 24, 0, 0, tzinfo=VIETNAM), VIETNAM)

    def test_without_hours_always(self) -> None:
        assert is_open([], datetime(2026, 11, 22, 3, tzinfo=VIETNAM), VIETNAM)

    def test_never(self) -> None:
        assert opens_at([OpenPeriod(frozenset(), time(7), time(8))], datetime.now(UTC), VIETNAM) is None


class TestNumber:
    """Letter and sequence."""

    @given(st.integers(0, 2000), st.integers(1, 500), st.integers(1, 999))
    def test_a_band_is_used_once_from_its_first_to_its_last(
        self, taken: int, first: int, length: int
    ) -> None:
        last = first + length - 1
        if taken >= length:
            with pytest.raises(BandExhaustedError):
                sequence_in_band(taken, first, last)
        else:
            assert sequence_in_band(taken, first, last) == first + taken

    @pytest.mark.parametrize(("sequence", "shown"), [(1, "A001"), (15, "A015"), (999, "A999")])
    def test_three_digits(self, sequence: int, shown: str) -> None:
        assert format_number("A", sequence) == shown


class TestWait:
    """An estimate, or nothing."""

    @pytest.mark.parametrize(
        ("people", "minutes", "counters", "wait"),
        [(0, 8, 1, 0), (1, 8, 1, 8), (3, 7, 2, 11), (5, 8, 0, None)],
    )
    def test_estimate(self, people: int, minutes: float, counters: int, wait: int | None) -> None:
        assert minutes_wait(people, minutes, counters) == wait
