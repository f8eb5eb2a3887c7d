"""The world outside: who comes, how long things take, when officers sit at their counters.

Nothing here was fitted to an estimate. Assumptions, each a field of ``World``:

* Doors 07:30-11:30 and 13:30-17:00; numbers until 11:15 and 16:30. Arrivals are Poisson with a peak at
  8-10 and a smaller one at 14; their number varies by day (20 %). Hours of Vietnamese offices; counts of
  a few dozen to a few hundred a day as communes report them.
* Times are log-normal (spread 0.45-0.75 of the logarithm) with a share of long cases; every officer has a
  speed of his own (spread 0.2), every day its own (0.12), every service wanders from day to day (0.03),
  late mornings and afternoons are slower (up to 12 %), and each further open counter slows all by 1 %.
* Officers come up to 15 minutes late (one in five days up to 45), take tea without closing the counter,
  close it at lunch (which not all begin at the same minute), and some days somebody is called away for
  good.
* One in 100 tickets is forgotten: it stays "being served" for about 20 minutes after the citizen has
  left.
* Citizens: 18 % with priority, 5 % with an appointment, 12 % with a second service; 4 % are not there
  when called, of whom half come back; patience is about 100 minutes, after which 3 in 10 cancel and the
  others just leave; 3 % chose the wrong service or need another counter; 3 % are sent for a copy and come
  back.
* The configured minutes of a service are wrong by a factor (spread 0.35).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from random import Random
from zoneinfo import ZoneInfo

Minutes = float
"""Minutes since midnight at the centre."""


@dataclass(frozen=True)
class SimulatedService:
    """A service: its share of arrivals, its true middle time in minutes and the spread of its logarithm."""

    id: str
    share: float
    minutes: float
    spread: float


SERVICES = (
    SimulatedService("civil-status", 0.24, 9, 0.55),
    SimulatedService("marital-status", 0.10, 7, 0.5),
    SimulatedService("certified-copy", 0.30, 4.5, 0.6),
    SimulatedService("land", 0.11, 13, 0.75),
    SimulatedService("business", 0.07, 10, 0.6),
    SimulatedService("results", 0.18, 3, 0.45),
)
PRIORITIES = (("aged", 0.11), ("disabled", 0.02), ("pregnant-or-child", 0.03), ("merit", 0.02))
ARRIVALS_BY_HALF_HOUR = {
    7.5: 1.2, 8.0: 2.0, 8.5: 2.2, 9.0: 1.9, 9.5: 1.6, 10.0: 1.2, 10.5: 0.9, 11.0: 0.3,
    13.5: 1.1, 14.0: 1.5, 14.5: 1.2, 15.0: 0.9, 15.5: 0.7, 16.0: 0.5,
}  # fmt: skip
LAST_NUMBERS = (11.25 * 60, 16.5 * 60)
WEEK_DAYS = 5


@dataclass(frozen=True)
class World:
    """Assumptions; see the module. Shares are probabilities, spreads those of logarithms, times minutes."""

    counters: int = 4
    arrivals_per_day: float = 140
    services: tuple[SimulatedService, ...] = SERVICES
    priorities: tuple[tuple[str, float], ...] = PRIORITIES
    zone: tzinfo = field(default_factory=lambda: ZoneInfo("Asia/Ho_Chi_Minh"))
    first_day: date = date(2026, 9, 7)
    load_spread: float = 0.2
    officer_spread: float = 0.2
    day_spread: float = 0.12
    wander: float = 0.03
    hour_drift: float = 0.12
    crowding: float = 0.01
    long_share: float = 0.03
    long_factor: float = 3.0
    appointments: float = 0.05
    second_service: float = 0.12
    absent: float = 0.04
    comes_back: float = 0.5
    patience: float = 100
    patience_spread: float = 0.5
    cancels: float = 0.3
    transfers: float = 0.03
    parks: float = 0.03
    forgotten: float = 0.01
    forgotten_minutes: float = 20
    very_late: float = 0.2
    called_away: float = 0.05
    configured_spread: float = 0.35
    overtime_until: Minutes = 17.75 * 60

    def moment(self, day: date, at: Minutes) -> datetime:
        """A moment of a day at the centre."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return midnight + timedelta(minutes=at)

    def date_of(self, number: int) -> date:
        """The date of a simulated working day, counted from 0."""
        weeks, days = divmod(number, WEEK_DAYS)
        return self.first_day + timedelta(days=7 * weeks + days)


def heavy_tails(world: World) -> World:
    """The same with far longer tails: spreads half as large again, and 8 % of cases five times as long."""
    services = tuple(replace(one, spread=one.spread * 1.5) for one in world.services)
    return replace(world, services=services, long_share=0.08, long_factor=5.0)


def sudden_closures(world: World) -> World:
    """The same, but on half of all days an officer is called away for good."""
    return replace(world, called_away=0.5)


def calm(world: World) -> World:
    """The same without what nobody foresees: officers alike and punctual, days alike, nobody leaves."""
    return replace(
        world, officer_spread=0, day_spread=0, wander=0, hour_drift=0, load_spread=0, long_share=0, absent=0,
        transfers=0, parks=0, forgotten=0, very_late=0, called_away=0, patience=10_000, configured_spread=0,
    )  # fmt: skip


@dataclass(frozen=True)
class Citizen:
    """One who comes. ``work``: for each service the factor by which this case is longer than the middle."""

    number: int
    arrives: Minutes
    services: tuple[str, ...]
    work: tuple[float, ...]
    priority: str | None
    appointed: Minutes | None
    patience: float
    cancels: bool
    absent: bool
    back_after: float | None
    transfer: str | None
    parked_for: float | None
    walk: float
    forgotten: float


@dataclass(frozen=True)
class Officer:
    """One counter for one day: what it serves, how fast, when it is there.

    ``breaks``: from, until, and whether the counter is closed meanwhile.
    """

    counter: str
    services: tuple[str, ...]
    speed: float
    opens: Minutes
    closes: Minutes
    breaks: tuple[tuple[Minutes, Minutes, bool], ...]


@dataclass(frozen=True)
class SimulatedDay:
    """All that chance decides on one day, whatever the discipline. ``slowness`` by service."""

    number: int
    date: date
    citizens: tuple[Citizen, ...]
    officers: tuple[Officer, ...]
    slowness: dict[str, float]


def counters_of(world: World) -> list[tuple[str, tuple[str, ...]]]:
    """Counters and their services: the first of each is its own, then neighbours' in the order of preference.

    Every service has a counter; with at least as many counters as services most have two or more.
    """
    ids = [service.id for service in sorted(world.services, key=lambda one: -one.share * one.minutes)]
    counters: list[list[str]] = [[] for _ in range(world.counters)]
    for place, service in enumerate(ids):
        counters[place % world.counters].append(service)
    for number, services in enumerate(counters):
        for further in (number, number + 1, number + 3):
            service = ids[further % len(ids)]
            if service not in services and len(services) < 3:
                services.append(service)
    return [(f"counter-{number + 1}", tuple(services)) for number, services in enumerate(counters)]


def configured_minutes(world: World, seed: int) -> dict[str, float]:
    """What the settings say of each service: wrong, as settings are."""
    chance = Random(f"{seed} configured")  # noqa: S311
    return {
        service.id: round(service.minutes * math.exp(chance.gauss(0, world.configured_spread)), 1)
        for service in world.services
    }


def draw_day(world: World, number: int, seed: int) -> SimulatedDay:
    """One day; the same for the same world, number and seed."""
    chance = Random(f"{seed} day {number}")  # noqa: S311
    whole = chance.gauss(0, world.day_spread)
    slowness = {
        service.id: math.exp(whole + _wandered(world, service.id, number, seed)) for service in world.services
    }
    return SimulatedDay(
        number,
        world.date_of(number),
        tuple(_citizens(world, number, seed)),
        tuple(_officers(world, number, seed)),
        slowness,
    )


def _wandered(world: World, service: str, number: int, seed: int) -> float:
    chance = Random(f"{seed} wander {service}")  # noqa: S311
    return sum(chance.gauss(0, world.wander) for _ in range(number + 1))


def _citizens(world: World, number: int, seed: int) -> list[Citizen]:
    chance = Random(f"{seed} citizens {number}")  # noqa: S311
    expected = world.arrivals_per_day * math.exp(chance.gauss(0, world.load_spread))
    shape = sum(ARRIVALS_BY_HALF_HOUR.values())
    arrivals: list[Minutes] = []
    for hour, weight in ARRIVALS_BY_HALF_HOUR.items():
        at = hour * 60
        rate = expected * weight / shape / 30
        while (at := at + chance.expovariate(rate)) < hour * 60 + 30:
            if not LAST_NUMBERS[0] <= at < 13 * 60 and at < LAST_NUMBERS[1]:
                arrivals.append(at)
    return [_citizen(world, place, at, chance) for place, at in enumerate(arrivals)]


def _citizen(world: World, number: int, at: Minutes, chance: Random) -> Citizen:
    shares = [service.share for service in world.services]
    first = chance.choices(world.services, shares)[0]
    services = [first]
    second = chance.choices(world.services, shares)[0]
    if chance.random() < world.second_service and second.id != first.id:
        services.append(second)
    work = tuple(
        math.exp(service.spread * chance.gauss(0, 1))
        * (world.long_factor if chance.random() < world.long_share else 1)
        for service in services
    )
    place, priority = chance.random(), None
    for name, share in world.priorities:
        if place < share and priority is None:
            priority = name
        place -= share
    other = chance.choices(world.services, shares)[0].id
    wants = {service.id for service in services}
    return Citizen(
        number=number,
        arrives=at,
        services=tuple(service.id for service in services),
        work=work,
        priority=priority,
        appointed=at + chance.uniform(-10, 20) if chance.random() < world.appointments else None,
        patience=world.patience * math.exp(world.patience_spread * chance.gauss(0, 1)),
        cancels=chance.random() < world.cancels,
        absent=chance.random() < world.absent,
        back_after=chance.expovariate(1 / 6) if chance.random() < world.comes_back else None,
        transfer=other if chance.random() < world.transfers and other not in wants else None,
        parked_for=chance.uniform(6, 20) if chance.random() < world.parks else None,
        walk=chance.uniform(0.2, 0.7),
        forgotten=chance.expovariate(1 / world.forgotten_minutes) if chance.random() < world.forgotten else 0,
    )


def _officers(world: World, number: int, seed: int) -> list[Officer]:
    officers = []
    for counter, services in counters_of(world):
        always = Random(f"{seed} officer {counter}")  # noqa: S311
        speed = math.exp(always.gauss(0, world.officer_spread))
        chance = Random(f"{seed} officer {counter} {number}")  # noqa: S311
        late = chance.uniform(0, 45) if chance.random() < world.very_late else chance.uniform(0, 15)
        lunch = 11.5 * 60 + chance.uniform(-5, 15)
        tea = [(at := chance.uniform(start, end), at + chance.uniform(5, 12), False)
               for start, end in ((8.75 * 60, 10.25 * 60), (14.5 * 60, 15.75 * 60))]  # fmt: skip
        away = chance.uniform(8.5 * 60, 16 * 60)
        closes = away if chance.random() < world.called_away else world.overtime_until
        breaks = (tea[0], (lunch, 13.5 * 60 + chance.uniform(-5, 12), True), tea[1])
        officers.append(Officer(counter, services, speed, 7.5 * 60 + late, closes, breaks))
    return officers
