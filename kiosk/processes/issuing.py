"""Numbers for citizens: the centre's, or while it is silent those that this kiosk holds for that.

Whoever stands at the machine gets a number within seconds, link or no link. What was given without the
centre is told to it before it is asked for anything new, in the order of issue, again and again until it has
answered. A number given after an online attempt that got no answer carries that attempt's key: the centre
puts it in the place of the one that it may have made and that nobody holds.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.client import (
    CentreClient,
    CentreError,
    OfflineAnswer,
    OfflineNumber,
    PriorityClaim,
    PriorityClass,
    QueueRules,
    Service,
    Ticket,
)
from kiosk.failures import FailureCode
from kiosk.processes.clock_skew import WORTH_TELLING_SECONDS, CentreClock
from kiosk.processes.offline_numbers import Block, Given, Lease, OfflineNumbers, OfflineStoreError
from kiosk.processes.owned_devices import Health
from kiosk.queueing.number import format_number
from kiosk.queueing.wait import WaitKind, WaitRange
from kiosk.visit import events
from kiosk.visit.effects import IssueTicket
from kiosk.visit.events import IssuedTicket, ServiceChoice

_LOG = logging.getLogger(__name__)

AGAIN_SECONDS = 0.4
LOOK_SECONDS = 2.0
"""How often a silent centre is looked for."""
REFUSED_AGAIN_SECONDS = 10.0
LEASE_SECONDS = 600.0
RULES_SECONDS = 60.0
QUICK_LOOKS = 4
"""Short questions in a row, from whose quickest answer the centre's time is learnt (as NTP's iburst)."""
BATCH = 100  # numbers told in one call
_OFFLINE = "offline/"  # begins the id of a number of which the centre has not told its own


@dataclass(frozen=True)
class Offer:
    """What can be chosen. ``offline``: as it was when the centre was last heard; ``day`` is the centre's."""

    services: tuple[ServiceChoice, ...]
    priorities: tuple[events.PriorityClass, ...]
    offline: bool
    day: date | None


@dataclass(frozen=True)
class _Wanted:
    """One request for a number; repeated, it is the very same."""

    service: str
    key: str
    priority: PriorityClaim | None
    person: str | None


class Issuing:
    """Gives numbers and keeps what is needed to go on without the centre, from ``start`` to ``stop``.

    ``numbers`` ``None``: this kiosk holds none. Safe between threads.
    """

    def __init__(
        self,
        client: CentreClient,
        zone: ZoneInfo,
        numbers: OfflineNumbers | None = None,
        clock: CentreClock | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._zone = zone
        self._numbers = numbers
        self._clock = clock or CentreClock()
        self._monotonic = monotonic
        self._gate = threading.Lock()
        self._silent = bool(numbers and numbers.waiting())
        self._wanted: dict[str, _Wanted] = {}
        self._rules = QueueRules(None)
        self._rules_at: float | None = None
        self._leased_at: float | None = None
        self._stop = threading.Event()
        self._now = threading.Event()
        self._thread = threading.Thread(target=self._keep_up, name="offline-numbers", daemon=True)

    def start(self) -> None:
        """Begin to hold numbers ahead and to tell those given without the centre."""
        if self._numbers is not None:
            self._thread.start()

    def stop(self) -> None:
        """End within a few seconds; what was not told is told after the next start."""
        self._stop.set()
        self._now.set()

    def forget(self) -> None:
        """The visit is over: its requests will not be repeated."""
        self._wanted.clear()

    # -- what can be chosen ------------------------------------------------------------------------------

    def offer(self) -> Offer:
        """The services now. Raises ``CentreError``, unreachable only when no number could be given either."""
        if not (self._silent and self._lease() is not None):
            try:
                services = self._client.services()
                rules = self._known_rules()
            except CentreError as error:
                if not error.nobody_there or self._lease() is None:
                    raise
                self._fell_silent()
            else:
                self._remember(services, rules)
                return Offer(
                    tuple(self._choice(service) for service in services), _classes(rules), False, rules.day
                )
        lease = self._lease()
        if lease is None:
            raise CentreError(FailureCode.CENTRE_UNREACHABLE)
        return Offer(self._held_choices(lease), _classes(self._remembered_rules()), True, lease.day)

    def _known_rules(self) -> QueueRules:
        at = self._monotonic()
        today = self._clock.now().astimezone(self._zone).date()
        if self._rules_at is None or at - self._rules_at > RULES_SECONDS or self._rules.day != today:
            try:
                self._rules = self._client.queue_rules()
            except CentreError as error:
                if error.nobody_there:
                    raise
                _LOG.warning("the rules of the queue are not known: %s", error)
                self._rules = QueueRules(None)
            self._rules_at = at
        return self._rules

    def _choice(self, service: Service) -> ServiceChoice:
        return ServiceChoice(
            id=service.id,
            name=service.name,
            hint=service.hint,
            open=service.open,
            closed_reason=service.closed_reason,
            opens_at=self._local(service.opens_at),
            closed_words=service.closed_words,
            waiting=service.waiting,
            wait=wait_of(service),
            counters=tuple(counter.number for counter in service.counters),
            form=service.form,
            closes_at=self._local(service.closes_at),
            last_ticket_at=self._local(service.last_ticket_at),
            for_ages=service.for_ages,
        )

    def _local(self, moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(self._zone)

    def _held_choices(self, lease: Lease) -> tuple[ServiceChoice, ...]:
        """The services as they were last told, open as long as their block and their hours last."""
        known = self._numbers.recall("services") if self._numbers else None
        choices = []
        for raw in known or ():
            ages = raw.get("for_ages")
            choice = ServiceChoice(
                **{**raw, "counters": tuple(raw["counters"]), "for_ages": ages and tuple(ages)}
            )
            if choice.open:
                choice = self._by_block(choice, lease.block(choice.id))
            choices.append(choice)
        return tuple(choices)

    def _by_block(self, choice: ServiceChoice, block: Block | None) -> ServiceChoice:
        now = self._clock.now()
        if block is None or (self._numbers is not None and self._numbers.left(choice.id) == 0):
            return replace(choice, open=False, closed_reason="used_up")
        if block.is_open(now):
            return choice
        opens = block.opens_at(now)
        opens = None if opens is None else opens.astimezone(self._zone)
        return replace(choice, open=False, closed_reason="hours", opens_at=opens)

    def _remember(self, services: list[Service], rules: QueueRules) -> None:
        """What the choice looks like without the centre; written only when it changed."""
        if self._numbers is None:
            return
        told = [
            {
                "id": one.id,
                "name": one.name,
                "hint": one.hint,
                "counters": [counter.number for counter in one.counters],
                "form": one.form,
                "for_ages": one.for_ages and list(one.for_ages),
                **_closed_for_long(one),
            }
            for one in services
        ]
        classes = [asdict(one) for one in rules.priorities]
        try:
            for name, value in (("services", told), ("priorities", classes)):
                if self._numbers.recall(name) != value:
                    self._numbers.remember(name, value)
        except OfflineStoreError as error:
            _LOG.error("the services are not remembered: %s", error)

    def _remembered_rules(self) -> QueueRules:
        known = self._numbers.recall("priorities") if self._numbers else None
        classes = tuple(PriorityClass(**{**one, "sources": tuple(one["sources"])}) for one in known or ())
        return replace(self._rules, priorities=classes)

    # -- numbers -----------------------------------------------------------------------------------------

    def issue(self, effect: IssueTicket) -> IssuedTicket:
        """One number for one key, however often it is asked for.

        Raises ``CentreError``: what the centre refuses, ``OFFLINE_NUMBERS_USED_UP``, or that it is silent and
        this kiosk holds no numbers.
        """
        wanted = self._wanted.setdefault(effect.key, self._asked(effect))
        if not (self._silent and self._lease() is not None):
            try:
                return issued_ticket(self._online(wanted), self._zone)
            except CentreError as error:
                if not error.nobody_there:
                    self._wanted.pop(effect.key, None)
                    raise
                if self._lease() is None:
                    raise
        return self._without_centre(wanted)

    def _asked(self, effect: IssueTicket) -> _Wanted:
        person = None
        if effect.card is not None and self._rules.person_key:
            person = hmac.new(self._rules.person_key, effect.card.encode("ascii"), hashlib.sha256).hexdigest()
        claim = effect.priority
        priority = None if claim is None else PriorityClaim(claim.id, claim.source)
        return _Wanted(effect.service, effect.key, priority, person)

    def _online(self, wanted: _Wanted) -> Ticket:
        """No answer does not mean no number: asked once more with the same key, which gives the same one."""
        try:
            return self._ask(wanted)
        except CentreError as error:
            if error.code is FailureCode.PRIORITY_UNKNOWN and wanted.priority is not None:
                _LOG.warning("the centre does not know the priority %s any more", wanted.priority.id)
                self._rules_at = None
                wanted = self._wanted[wanted.key] = replace(wanted, priority=None)
            elif not error.nobody_there:
                raise
        self._stop.wait(AGAIN_SECONDS)
        return self._ask(wanted)

    def _ask(self, wanted: _Wanted) -> Ticket:
        return self._client.issue_ticket(
            wanted.service, wanted.key, priority=wanted.priority, person=wanted.person
        )

    def _without_centre(self, wanted: _Wanted) -> IssuedTicket:
        numbers = self._numbers
        if numbers is None:
            raise CentreError(FailureCode.CENTRE_UNREACHABLE)
        priority = None if wanted.priority is None else (wanted.priority.id, wanted.priority.source)
        try:
            with self._gate:  # from here on the one that tells the centre sees this number
                self._fell_silent()
                given = numbers.give(wanted.service, wanted.key, self._clock.now(), priority, wanted.person)
        except OfflineStoreError as error:
            _LOG.error("no number can be given without the centre: %s", error)
            raise CentreError(FailureCode.CENTRE_UNREACHABLE) from error
        if given is None:
            raise CentreError(self._why_none(wanted.service))
        number = format_number(given.series, given.sequence)
        _LOG.warning("%s was given without the centre, %d left", number, numbers.left(given.service))
        known: dict[str, Any] = next(
            (one for one in numbers.recall("services") or () if one["id"] == given.service), {}
        )
        return IssuedTicket(
            id=_OFFLINE + given.key,
            number=number,
            service=given.service,
            service_name=known.get("name", given.service),
            ahead=0,
            counters=tuple(known.get("counters", ())),
            issued_at=given.issued_at.astimezone(self._zone),
            follow_url="",
            offline=True,
        )

    def _why_none(self, service: str) -> FailureCode:
        lease = self._lease()
        block = lease.block(service) if lease is not None else None
        closed = block is not None and not block.is_open(self._clock.now())
        return FailureCode.SERVICE_CLOSED if closed else FailureCode.OFFLINE_NUMBERS_USED_UP

    def _lease(self) -> Lease | None:
        """The lease of now, if there is one."""
        if self._numbers is None:
            return None
        try:
            lease = self._numbers.lease
        except OfflineStoreError as error:
            _LOG.error("the numbers held cannot be read: %s", error)
            return None
        return lease if lease is not None and lease.blocks and self._clock.now() < lease.until else None

    def _fell_silent(self) -> None:
        if not self._silent:
            _LOG.warning("the centre is silent: numbers are given from the block held here")
            self._silent = True
            self._now.set()

    # -- slips -------------------------------------------------------------------------------------------

    def report_slip(self, ticket: str, state: str, code: FailureCode | None, *, copy: bool) -> None:
        """Tell what became of a slip, later if the centre does not know the number yet. Raises
        ``CentreError``.
        """
        if not ticket.startswith(_OFFLINE):
            self._client.report_print(ticket, state, code, copy=copy)
            return
        if self._numbers is not None:
            try:
                self._numbers.slip(ticket.removeprefix(_OFFLINE), state, code)
            except OfflineStoreError as error:
                _LOG.error("what became of a slip is not kept: %s", error)
            self._now.set()

    # -- telling the centre, holding numbers ahead -------------------------------------------------------

    @property
    def health(self) -> Health:
        """For maintenance staff."""
        facts, warning = {}, None
        skew = self._clock.skew()
        if abs(skew) > WORTH_TELLING_SECONDS:
            facts["clock_differs"] = f"{skew:+.0f} s"
            warning = FailureCode.KIOSK_CLOCK_DIFFERS
        if self._numbers is not None:
            try:
                today = self._clock.now().astimezone(self._zone).date()
                waiting, refused = len(self._numbers.waiting()), self._numbers.refused(today)
            except OfflineStoreError:
                return Health(facts, warning)
            if waiting:
                facts["offline_waiting"] = str(waiting)
            if refused:
                facts["offline_refused"] = str(refused)
                warning = FailureCode.OFFLINE_NUMBERS_REFUSED
        return Health(facts, warning)

    def _keep_up(self) -> None:
        pause = 0.0
        while not self._stop.is_set():
            self._now.wait(pause)
            self._now.clear()
            if self._stop.is_set():
                return
            pause = LOOK_SECONDS
            try:
                self._tell()
                self._hold()
            except CentreError as error:
                if not error.nobody_there:
                    _LOG.error("the centre refuses what this kiosk tells of its numbers: %s", error)
                    pause = REFUSED_AGAIN_SECONDS
            except OfflineStoreError as error:
                _LOG.error("the numbers held cannot be kept: %s", error)
                pause = REFUSED_AGAIN_SECONDS

    def _tell(self) -> None:
        """Everything the centre does not know yet; then it is asked for numbers again."""
        numbers = self._numbers
        if numbers is None:
            return
        while self._silent and not self._stop.is_set():
            waiting = numbers.waiting()[:BATCH]
            if not waiting:
                if not self._client.ready():
                    return
                with self._gate:  # another may have been given meanwhile
                    self._silent = bool(numbers.waiting())
                if not self._silent:
                    _LOG.warning("the centre answers again: numbers come from it")
                continue
            try:
                self._tell_of(numbers, waiting)
            except CentreError as error:
                if error.status in {401, 403}:  # then it refuses new numbers, too, and citizens hear why
                    self._silent = False
                raise
        for given in numbers.slips_to_tell():
            if given.ticket is not None and given.slip != "pending":
                code = None if given.slip_code is None else FailureCode(given.slip_code)
                self._client.report_print(given.ticket, given.slip, code)
                numbers.slip_told(given)

    def _tell_of(self, numbers: OfflineNumbers, waiting: list[Given]) -> None:
        """One call: the numbers of the first one's lease."""
        lease = waiting[0].lease
        batch = [one for one in waiting if one.lease == lease]
        try:
            answers = self._client.tell_offline_numbers(lease, [_told(one) for one in batch])
        except CentreError as error:
            if error.status not in {404, 422}:
                raise
            if error.status == 422 and len(batch) > 1:  # one of them; the others shall not wait for it
                for one in batch:
                    self._tell_of(numbers, [one])
                return
            answers = [
                OfflineAnswer(one.series, one.sequence, False, reason=error.code.value) for one in batch
            ]
        for given, answer in zip(batch, answers, strict=True):
            number = format_number(given.series, given.sequence)
            if answer.accepted and answer.ticket is not None:
                numbers.accepted(given.key, answer.ticket.id)
                instead = f" instead of {answer.instead_of}" if answer.instead_of else ""
                _LOG.warning("%s, given without the centre, is in the queue%s", number, instead)
            else:
                numbers.was_refused(given.key, answer.reason)
                _LOG.error("%s, given without the centre, is not taken: %s", number, answer.reason)

    def _hold(self) -> None:
        """A lease of today with most of its numbers unused, its hours asked for anew from time to time."""
        numbers = self._numbers
        if numbers is None or self._silent:
            return
        at = self._monotonic()
        lease = numbers.lease
        now = self._clock.now()
        of_today = lease is not None and now < lease.until
        fresh = self._leased_at is not None and at - self._leased_at < LEASE_SECONDS
        if lease is not None and of_today and self._half_used(numbers, lease):
            # Its numbers rest for the day, so it stays in hand until the next one is: never without any.
            self._client.return_numbers(lease.id)
        elif of_today and fresh:
            return
        told = self._client.lease_numbers(numbers.holder)
        blocks = tuple(Block(b.service, b.series, b.first, b.last, b.open) for b in told.blocks)
        numbers.keep(Lease(told.id, told.day, told.at, told.until, blocks))
        self._leased_at = at
        self._remember(self._client.services(), self._known_rules())
        for _ in range(QUICK_LOOKS):
            self._client.ready()
        if self._clock.measured:
            numbers.remember("skew", self._clock.skew())
        numbers.forget_before(told.day)

    @staticmethod
    def _half_used(numbers: OfflineNumbers, lease: Lease) -> bool:
        return any(2 * numbers.left(block.service) < block.last - block.first + 1 for block in lease.blocks)


def wait_of(told: Service | Ticket) -> WaitRange | None:
    """The wait as it is to be told; of a centre that knows no range, its one figure."""
    wait = told.wait
    if wait is not None:
        if wait.low is None:
            return WaitRange(None, wait.high, WaitKind.UNDER)
        return WaitRange(wait.low, wait.high, WaitKind.OVER if wait.high is None else WaitKind.RANGE)
    return None


def issued_ticket(ticket: Ticket, zone: ZoneInfo) -> IssuedTicket:
    """A ticket of the centre as the visit holds it; its time in ``zone``."""
    return IssuedTicket(
        id=ticket.id,
        number=ticket.number,
        service=ticket.service,
        service_name=ticket.service_name,
        ahead=ticket.ahead,
        counters=tuple(counter.number for counter in ticket.counters),
        issued_at=ticket.issued_at.astimezone(zone),
        follow_url=ticket.follow_url,
        wait=wait_of(ticket),
        held=ticket.held,
        state=ticket.state,
        called_to=ticket.counter.number if ticket.counter is not None else None,
    )


def _told(given: Given) -> OfflineNumber:
    priority = None
    if given.priority is not None and given.source is not None:
        priority = PriorityClaim(given.priority, given.source)
    return OfflineNumber(
        given.series, given.sequence, given.service, given.issued_at, given.key, priority, given.person
    )


def _classes(rules: QueueRules) -> tuple[events.PriorityClass, ...]:
    return tuple(
        events.PriorityClass(
            one.id, one.name, one.from_age, by_chip="chip" in one.sources, by_self="self" in one.sources
        )
        for one in rules.priorities
    )


def _closed_for_long(service: Service) -> dict[str, object]:
    """A stop or a full day lasts without the centre, too; hours are checked by the block's own."""
    if service.open or service.closed_reason not in {"stopped", "full", "holiday"}:
        return {}
    return {"open": False, "closed_reason": service.closed_reason, "closed_words": service.closed_words}
