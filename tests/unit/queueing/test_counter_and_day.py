"""What a counter is doing, and which day's numbers are given."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.queueing.business_day import business_day, local_date
from kiosk.queueing.counter import CounterState, counter_state
from kiosk.queueing.ticket import ACTIVE, TicketState

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


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
