"""The simulated lobby: everybody ends once, chance is repeatable, and an estimate sees no future."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest

from kiosk.queueing.service_times import Leg
from kiosk.queueing.simulation.lobby import DayRecord, Lobby, Seen
from kiosk.queueing.simulation.study import AHEAD, OURS, a_discipline, mean_error, run
from kiosk.queueing.simulation.world import (
    World,
    calm,
    configured_minutes,
    counters_of,
    draw_day,
    heavy_tails,
    sudden_closures,
)
from kiosk.queueing.ticket import FINAL, Rules, TicketEvent, TicketState

WORLDS = {
    "usual": World(),
    "one counter": World(counters=1, arrivals_per_day=35),
    "crowded": World(counters=3, arrivals_per_day=200),
    "closures": sudden_closures(World()),
    "heavy tails": heavy_tails(World(arrivals_per_day=90)),
    "calm": calm(World()),
}


def day_of(world: World, kind: str = "fair", number: int = 0, seed: int = 5) -> DayRecord:
    """One day."""
    return Lobby(world, draw_day(world, number, seed), a_discipline(kind), Rules()).run()


class Onlooker:
    """Remembers what it was told and checks that it was told nothing of the future."""

    def __init__(self) -> None:
        self.issued: dict[str, datetime] = {}
        self.called_at: dict[str, datetime] = {}
        self.legs: list[Leg] = []

    def arrived(self, ticket: str, seen: Seen) -> None:
        self.issued[ticket] = seen.now
        assert all(one.queued_at <= seen.now for one in seen.waiting)
        assert {one.id for one in seen.waiting} <= set(self.issued)
        assert all(leg.ended_at <= seen.now for leg in self.legs)
        for counter in seen.counters:
            if counter.ticket is not None:
                assert counter.ticket.called_at <= seen.now
                assert counter.ticket.started_at is None or counter.ticket.started_at <= seen.now

    def called(self, ticket: str, at: datetime) -> None:
        assert at >= self.issued[ticket]
        self.called_at.setdefault(ticket, at)

    def cancelled(self, ticket: str, at: datetime) -> None:
        assert at >= self.issued[ticket]

    def left(self, leg: Leg) -> None:
        self.legs.append(leg)


class TestLobby:
    """One day."""

    @pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
    @pytest.mark.parametrize("kind", ["fair", "first_come", "strict", "ratio"])
    def test_everybody_ends_in_exactly_one_outcome(self, world: World, kind: str) -> None:
        citizens = draw_day(world, 0, 5).citizens
        visits = day_of(world, kind).visits
        assert len(visits) == len(citizens) == len({visit.ticket for visit in visits})
        assert all(visit.outcome in FINAL and visit.ended is not None for visit in visits)
        for visit in visits:
            served = visit.events.count(TicketEvent.COMPLETE)
            if visit.outcome is TicketState.COMPLETED:
                assert served >= 1
            elif visit.outcome is TicketState.CANCELLED:
                assert not visit.called

    @pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
    def test_nobody_is_overtaken_more_often_than_the_discipline_says(self, world: World) -> None:
        assert all(visit.overtaken <= 3 for visit in day_of(world).visits)
        assert all(visit.overtaken == 0 for visit in day_of(world, "first_come").visits)

    def test_no_counter_serves_two_at_once(self) -> None:
        legs = day_of(World(arrivals_per_day=200)).legs
        for counter in {leg.counter for leg in legs}:
            own = sorted((leg for leg in legs if leg.counter == counter), key=lambda leg: leg.called_at)
            assert all(one.ended_at <= two.called_at for one, two in pairwise(own))

    def test_the_same_seed_gives_the_same_day_and_another_another(self) -> None:
        assert day_of(World()) == day_of(World())
        assert day_of(World()).legs != day_of(World(), seed=6).legs

    def test_disciplines_meet_the_same_citizens(self) -> None:
        one, other = (day_of(World(), kind).visits for kind in ("fair", "strict"))
        assert [visit.citizen for visit in one] == [visit.citizen for visit in other]

    def test_an_onlooker_learns_nothing_of_the_future(self) -> None:
        world, onlooker = World(), Onlooker()
        record = Lobby(world, draw_day(world, 0, 5), a_discipline("fair"), Rules(), onlooker).run()
        assert len(onlooker.issued) == len(record.visits)
        assert tuple(onlooker.legs) == record.legs

    def test_much_happens_in_it(self) -> None:
        events = Counter(
            event
            for number in range(4)
            for visit in day_of(World(), number=number).visits
            for event in visit.events
        )
        assert set(events) >= {
            TicketEvent.CALL,
            TicketEvent.RECALL,
            TicketEvent.NO_SHOW,
            TicketEvent.REJOIN,
            TicketEvent.PARK,
            TicketEvent.RETURN,
            TicketEvent.TRANSFER,
            TicketEvent.CANCEL,
            TicketEvent.COMPLETE,
        }

    def test_every_service_has_a_counter(self) -> None:
        for counters in range(1, 15):
            world = World(counters=counters)
            served = {service for _, services in counters_of(world) for service in services}
            assert served == {service.id for service in world.services}

    def test_settings_are_wrong_but_not_absurd(self) -> None:
        world = World()
        for service in world.services:
            assert 0.2 < configured_minutes(world, 1)[service.id] / service.minutes < 5


class TestStudy:
    """Several days and what was foretold."""

    def test_an_estimate_changes_nothing_of_what_happens(self) -> None:
        world = World(counters=2, arrivals_per_day=50)
        with_, without = (run(world, "fair", 2, 3, foretell=foretell) for foretell in (True, False))
        assert with_.days == without.days

    def test_the_future_does_not_change_what_was_foretold(self) -> None:
        """Days that go on differently foretell the same until they differ."""
        world = World(counters=2, arrivals_per_day=50)
        short, long = (run(world, "fair", days, 3).promises for days in (2, 3))
        assert long[: len(short)] == short

    def test_it_errs_much_less_than_people_ahead_times_the_average(self) -> None:
        study = run(World(counters=3, arrivals_per_day=100), "fair", 9, 3)
        judged = [promise for promise in study.promises if promise.day >= 4]
        assert mean_error(judged, OURS) < 0.7 * mean_error(judged, AHEAD)
        assert sum(promise.kept_upper for promise in judged) / len(judged) > 0.85

    def test_a_lobby_without_patience_still_ends(self) -> None:
        world = replace(World(counters=1, arrivals_per_day=120), patience=5)
        outcomes = Counter(visit.outcome for visit in day_of(world).visits)
        assert outcomes[TicketState.NO_SHOW] + outcomes[TicketState.CANCELLED] > 30
