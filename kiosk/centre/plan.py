"""The centre's configuration in the words of the queue: services, counters, who serves what, addresses."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kiosk.queueing.counter import Counter
from kiosk.queueing.discipline import Discipline, Fair, FirstCome, services_before
from kiosk.queueing.service import OpenPeriod, Service
from kiosk.queueing.ticket import Rules
from kiosk.settings import QueueSettings, Settings


@dataclass(frozen=True)
class Plan:
    """What does not change while the centre runs. ``address`` is where citizens' phones reach it."""

    site: str
    name: str
    short_name: str
    zone: ZoneInfo
    services: dict[str, Service]
    counters: dict[str, Counter]
    before: dict[str, frozenset[str]]
    address: str
    discipline: Discipline
    rules: Rules

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
                hours=tuple(OpenPeriod(frozenset(p.days), p.start, p.until) for p in service.hours),
            )
            for service in settings.services
        }
        counters = {c.id: Counter(c.id, c.number, c.name, tuple(c.services)) for c in settings.counters}
        served = [counter.services for counter in counters.values()]
        return cls(
            site=settings.centre.site,
            name=settings.centre.name,
            short_name=settings.centre.short_name,
            zone=ZoneInfo(settings.centre.timezone),
            services=services,
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
        )

    def serving(self, service: str) -> list[Counter]:
        """Counters that serve this service, in the order of the configuration."""
        return [counter for counter in self.counters.values() if service in counter.services]


def _discipline(settings: QueueSettings) -> Discipline:
    chosen = settings.discipline
    if chosen.kind == "first_come":
        return FirstCome()
    return Fair(
        overtaken_at_most=chosen.overtaken_at_most,
        head_starts={one.id: one.head_start_minutes for one in settings.priority},
        preference_minutes=chosen.preference_minutes,
        appointment_head_start=chosen.appointment_head_start,
        appointment_early=chosen.appointment_early,
    )
