"""What can be chosen while the centre is silent: the services as it last told them, while numbers last."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.client import PriorityClass, Service, Ticket
from kiosk.processes.clock_skew import CentreClock
from kiosk.processes.offline_numbers import Lease, OfflineNumbers, OfflineStoreError
from kiosk.queueing.wait import WaitKind, WaitRange
from kiosk.visit import events
from kiosk.visit.events import ServiceChoice

_LOG = logging.getLogger(__name__)

_OF_ONE_DAY = frozenset({"full", "holiday"})
_FOR_LONG = _OF_ONE_DAY | {"stopped"}
"""Reasons for which a service stays closed without the centre, too; hours are checked by the block's own."""
_CLOSED = ("open", "closed_reason", "closed_words")


class RememberedChoice:
    """Services and priority classes in the kiosk's file. ``clock`` tells the centre's time."""

    def __init__(self, numbers: OfflineNumbers, clock: CentreClock, zone: ZoneInfo) -> None:
        self._numbers = numbers
        self._clock = clock
        self._zone = zone

    def keep(self, services: Sequence[Service], classes: Sequence[PriorityClass]) -> None:
        """Remember what the centre told; written only when it changed."""
        told = [
            {
                "id": one.id,
                "name": one.name,
                "name_in": dict(one.name_in),
                "hint": one.hint,
                "hint_in": dict(one.hint_in),
                "counters": [counter.number for counter in one.counters],
                "form": one.form,
                "for_ages": one.for_ages and list(one.for_ages),
                **self._closed_for_long(one),
            }
            for one in services
        ]
        try:
            for name, value in (("services", told), ("priorities", [asdict(one) for one in classes])):
                if self._numbers.recall(name) != value:
                    self._numbers.remember(name, value)
        except OfflineStoreError as error:
            _LOG.error("the services are not remembered: %s", error)

    def _closed_for_long(self, service: Service) -> dict[str, object]:
        if service.open or service.closed_reason not in _FOR_LONG:
            return {}
        told = {"open": False, "closed_reason": service.closed_reason, "closed_words": service.closed_words}
        if service.closed_reason in _OF_ONE_DAY:
            told["day"] = self._clock.now().astimezone(self._zone).date().isoformat()
        return told

    def choices(self, lease: Lease) -> tuple[ServiceChoice, ...]:
        """The services, open as long as their block of ``lease`` and their hours last."""
        choices = []
        for known in self._numbers.recall("services") or ():
            raw = dict(known)
            if raw.pop("day", None) not in {None, lease.day.isoformat()}:
                raw = {name: value for name, value in raw.items() if name not in _CLOSED}
            ages = raw.get("for_ages")
            more = {"counters": tuple(raw["counters"]), "for_ages": ages and tuple(ages)}
            choice = ServiceChoice(**{**raw, **more})
            choices.append(self._by_block(choice, lease) if choice.open else choice)
        return tuple(choices)

    def _by_block(self, choice: ServiceChoice, lease: Lease) -> ServiceChoice:
        now, block = self._clock.now(), lease.block(choice.id)
        if block is None or self._numbers.left(lease, choice.id) == 0:
            return replace(choice, open=False, closed_reason="used_up")
        if block.is_open(now):
            return choice
        opens = _local(block.opens_at(now), self._zone)
        return replace(choice, open=False, closed_reason="hours", opens_at=opens)

    def priorities(self) -> tuple[PriorityClass, ...]:
        """The priority classes."""
        known = self._numbers.recall("priorities") or ()
        return tuple(PriorityClass(**{**one, "sources": tuple(one["sources"])}) for one in known)

    def told_of(self, service: str) -> tuple[str, tuple[int, ...]]:
        """A service's name and its counters' numbers; its id, if nothing else is known."""
        empty: dict[str, Any] = {}
        services = self._numbers.recall("services") or ()
        known = next((one for one in services if one["id"] == service), empty)
        return known.get("name", service), tuple(known.get("counters", ()))


def choice_of(service: Service, zone: ZoneInfo) -> ServiceChoice:
    """A service as the centre tells it, to be chosen; its times in ``zone``."""
    return ServiceChoice(
        id=service.id,
        name=service.name,
        name_in=service.name_in,
        hint=service.hint,
        hint_in=service.hint_in,
        open=service.open,
        closed_reason=service.closed_reason,
        opens_at=_local(service.opens_at, zone),
        closed_words=service.closed_words,
        waiting=service.waiting,
        wait=wait_of(service),
        counters=tuple(counter.number for counter in service.counters),
        form=service.form,
        closes_at=_local(service.closes_at, zone),
        last_ticket_at=_local(service.last_ticket_at, zone),
        for_ages=service.for_ages,
    )


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if moment is None else moment.astimezone(zone)


def classes_of(classes: Iterable[PriorityClass]) -> tuple[events.PriorityClass, ...]:
    """Priority classes as the visit knows them."""
    return tuple(
        events.PriorityClass(
            one.id,
            one.name,
            one.from_age,
            by_chip="chip" in one.sources,
            by_self="self" in one.sources,
            name_in=one.name_in,
        )
        for one in classes
    )


def wait_of(told: Service | Ticket) -> WaitRange | None:
    """The wait as it is to be told; of a centre that knows no range, its one figure."""
    wait = told.wait
    if wait is not None:
        if wait.low is None:
            return WaitRange(None, wait.high, WaitKind.UNDER)
        return WaitRange(wait.low, wait.high, WaitKind.OVER if wait.high is None else WaitKind.RANGE)
    return None
