"""The centre's configuration in the words of the queue: services, counters, who serves what, addresses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kiosk.centre.holidays import calendar_of
from kiosk.centre.moments import read
from kiosk.queueing.business_day import local_date
from kiosk.queueing.calendar import Calendar
from kiosk.queueing.counter import Counter
from kiosk.queueing.discipline import Discipline, discipline, services_before
from kiosk.queueing.service import OpenPeriod, Service
from kiosk.queueing.ticket import Rules
from kiosk.settings import QueueSettings, Settings
from kiosk.translations import Translations


@dataclass(frozen=True)
class Limits:
    """How many numbers of a service are given, and until when before closing."""

    daily_cap: int | None = None
    last_ticket_minutes: int = 0
    stop_when_full: bool = False


@dataclass(frozen=True)
class Priority:
    """A class of people who go before others. ``sources``: who may say so: chip, self, officer. ``name_in``:
    the name by language.
    """

    id: str
    name: str
    from_age: int | None
    sources: frozenset[str]
    name_in: Translations = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Notice:
    """What everybody in the lobby should read, from ``start`` to before ``until``, where those are given.

    ``text_in``: the text by language.
    """

    text: str
    start: datetime | None
    until: datetime | None
    text_in: Translations = field(default_factory=dict, hash=False)

    def holds(self, now: datetime) -> bool:
        """Whether it is shown at ``now``."""
        return (self.start is None or self.start <= now) and (self.until is None or now < self.until)


@dataclass(frozen=True)
class Plan:
    """What does not change while the centre runs. ``address`` is where citizens' phones reach it."""

    site: str
    name: str
    short_name: str
    zone: ZoneInfo
    services: dict[str, Service]
    limits: dict[str, Limits]
    counters: dict[str, Counter]
    before: dict[str, frozenset[str]]
    address: str
    discipline: Discipline
    rules: Rules
    priorities: dict[str, Priority]
    house_numbers: bool
    offline_block: int
    calendar: Calendar
    park_reasons: tuple[str, ...]
    close_after_minutes: int
    for_ages: dict[str, tuple[int, int]]
    notices: tuple[Notice, ...]
    spare_counter: Counter | None

    @classmethod
    def of(cls, settings: Settings, address: str) -> Plan:
        """The plan that ``settings`` describe."""
        services = {
            service.id: Service(
                id=service.id,
                name=service.name,
                hint=service.hint,
                series=service.series,
                first=service.first,
                last=service.last,
                minutes_each=service.minutes_each,
                form=service.form,
                name_in=service.name_in,
                hint_in=service.hint_in,
                hours=tuple(OpenPeriod(frozenset(p.days), p.start, p.until) for p in service.hours),
            )
            for service in settings.services
        }
        zone = ZoneInfo(settings.centre.timezone)
        counters = {c.id: Counter(c.id, c.number, c.name, tuple(c.services)) for c in settings.counters}
        served = [counter.services for counter in counters.values()]
        return cls(
            site=settings.centre.site,
            name=settings.centre.name,
            short_name=settings.centre.short_name,
            zone=zone,
            services=services,
            limits={
                one.id: Limits(one.daily_cap, one.last_ticket_minutes, one.stop_when_full)
                for one in settings.services
            },
            counters=counters,
            before={service: services_before(service, served) for service in services},
            address=(settings.centre.public_url or address).rstrip("/"),
            discipline=_discipline(settings.queue),
            rules=Rules(
                grace_minutes=settings.queue.rules.grace_minutes,
                rejoins=settings.queue.rules.rejoins,
                undo_seconds=settings.queue.rules.undo_seconds,
                recall_gap_seconds=settings.queue.rules.recall_gap_seconds,
            ),
            priorities={
                one.id: Priority(one.id, one.name, one.from_age, frozenset(one.sources), one.name_in)
                for one in settings.queue.priority
            },
            house_numbers=settings.queue.numbers.house,
            offline_block=settings.queue.numbers.offline_block,
            calendar=calendar_of(settings.calendar, zone),
            park_reasons=tuple(settings.queue.rules.park_reasons),
            close_after_minutes=settings.queue.rules.close_after_minutes,
            for_ages={one.id: one.for_ages for one in settings.services if one.for_ages is not None},
            notices=tuple(
                Notice(one.text, _begin(one.start, zone), _end(one.until, zone), one.text_in)
                for one in settings.centre.notice
            ),
            spare_counter=counters.get(settings.centre.spare_counter),
        )

    def serving(self, service: str) -> list[Counter]:
        """Counters that serve this service, in the order of the configuration."""
        return [counter for counter in self.counters.values() if service in counter.services]

    def day_of(self, moment: str) -> str:
        """The date at the centre of a moment as ``moments.written``."""
        return local_date(read(moment), self.zone).isoformat()

    def priority_holds(self, priority: str, source: str | None, sources: Collection[str]) -> bool:
        """Whether there is this class and it may be said by ``source``, who is among ``sources``.

        The chip tells an age, so it speaks only of classes that begin with one.
        """
        known = self.priorities.get(priority)
        if known is None or source not in known.sources or source not in sources:
            return False
        return source != "chip" or known.from_age is not None


def _begin(moment: datetime | date | None, zone: ZoneInfo) -> datetime | None:
    if moment is None or isinstance(moment, datetime):
        return None if moment is None else _local(moment, zone)
    return datetime.combine(moment, time(0), tzinfo=zone)


def _end(moment: datetime | date | None, zone: ZoneInfo) -> datetime | None:
    """A day is shown to its end."""
    if moment is None or isinstance(moment, datetime):
        return None if moment is None else _local(moment, zone)
    return datetime.combine(moment + timedelta(days=1), time(0), tzinfo=zone)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def _discipline(settings: QueueSettings) -> Discipline:
    chosen = settings.discipline
    return discipline(
        chosen.kind,
        overtaken_at_most=chosen.overtaken_at_most,
        head_starts={one.id: one.head_start_minutes for one in settings.priority},
        preference_minutes=chosen.preference_minutes,
        appointment_head_start=chosen.appointment_head_start,
        appointment_early=chosen.appointment_early,
        ordinary_per_priority=chosen.ordinary_per_priority,
    )
