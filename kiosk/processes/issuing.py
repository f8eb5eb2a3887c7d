"""Numbers for citizens: the centre's, or while it is silent those that this kiosk holds for that.

Whoever stands at the machine gets a number within seconds, link or no link. What was given without the
centre is told to it before it is asked for anything new, in the order of issue, again and again until it has
answered (``telling``). A number given after an online attempt that got no answer carries that attempt's key:
the centre puts it in the place of the one that it may have made and that nobody holds.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from kiosk.client import CentreClient, CentreError, PriorityClaim, QueueRules, Service, Ticket
from kiosk.failures import FailureCode
from kiosk.processes.clock_skew import WORTH_TELLING_SECONDS, CentreClock
from kiosk.processes.offline_numbers import Lease, OfflineNumbers, OfflineStoreError
from kiosk.processes.owned_devices import Health
from kiosk.processes.remembered_choice import RememberedChoice, choice_of, classes_of, wait_of
from kiosk.processes.telling import Silence, Telling
from kiosk.queueing.number import format_number
from kiosk.visit import events
from kiosk.visit.effects import IssueTicket
from kiosk.visit.events import IssuedTicket, ServiceChoice

_LOG = logging.getLogger(__name__)

AGAIN_SECONDS = 0.4
LONG_ENOUGH_SECONDS = 4.0
"""Who waited so long for the centre gets one of the numbers held here rather than wait as long again."""
RULES_SECONDS = 60.0
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
    """One request for a number; repeated, it is the very same. ``day``: of the key of ``person``."""

    service: str
    key: str
    priority: PriorityClaim | None
    person: str | None
    day: date | None


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
        self._silence = Silence(bool(numbers and numbers.waiting()))
        self._wanted: dict[str, _Wanted] = {}
        self._rules = QueueRules(None)
        self._rules_at: float | None = None
        self._stop = threading.Event()
        self._remembered = self._telling = None
        if numbers is not None:
            self._remembered = RememberedChoice(numbers, self._clock, zone)
            self._telling = Telling(
                client,
                numbers,
                self._clock,
                self._silence,
                look=self._look_at_the_centre,
                stop=self._stop,
                monotonic=monotonic,
            )

    def start(self) -> None:
        """Begin to hold numbers ahead and to tell those given without the centre."""
        if self._telling is not None:
            self._telling.start()

    def stop(self) -> None:
        """End within a few seconds; what was not told is told after the next start."""
        self._stop.set()
        self._silence.woken.set()

    def forget(self) -> None:
        """The visit is over: its requests will not be repeated."""
        self._wanted.clear()

    # -- what can be chosen ------------------------------------------------------------------------------

    def offer(self) -> Offer:
        """The services now. Raises ``CentreError``, unreachable only when no number could be given either."""
        if not (self._silence.now and self._lease() is not None):
            try:
                services, rules = self._look_at_the_centre()
            except CentreError as error:
                if not error.nobody_there or self._lease() is None:
                    raise
                self._silence.begins()
            else:
                choices = tuple(choice_of(service, self._zone) for service in services)
                return Offer(choices, classes_of(rules.priorities), False, rules.day)
        lease = self._lease()
        if lease is None or self._remembered is None:
            raise CentreError(FailureCode.CENTRE_UNREACHABLE)
        choices = self._remembered.choices(lease)
        if not choices:
            raise CentreError(FailureCode.CENTRE_UNREACHABLE)
        return Offer(choices, classes_of(self._remembered.priorities()), True, lease.day)

    def _look_at_the_centre(self) -> tuple[list[Service], QueueRules]:
        """The services and the rules as the centre tells them now, remembered for when it is silent."""
        services, rules = self._client.services(), self._known_rules()
        if self._remembered is not None:
            self._remembered.keep(services, rules.priorities)
        return services, rules

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

    # -- numbers -----------------------------------------------------------------------------------------

    def issue(self, effect: IssueTicket) -> IssuedTicket:
        """One number for one key, however often it is asked for.

        Raises ``CentreError``: what the centre refuses, ``OFFLINE_NUMBERS_USED_UP``, or that it is silent and
        this kiosk holds no numbers.
        """
        wanted = self._wanted.setdefault(effect.key, self._asked(effect))
        if not (self._silence.now and self._lease() is not None):
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
        return _Wanted(effect.service, effect.key, priority, person, self._rules.day)

    def _online(self, wanted: _Wanted) -> Ticket:
        """No answer does not mean no number: asked once more with the same key, which gives the same one."""
        began = self._monotonic()
        try:
            return self._ask(wanted)
        except CentreError as error:
            if error.code is FailureCode.PRIORITY_UNKNOWN and wanted.priority is not None:
                _LOG.warning("the centre does not know the priority %s any more", wanted.priority.id)
                self._rules_at = None
                wanted = self._wanted[wanted.key] = replace(wanted, priority=None)
            elif not error.nobody_there or self._waited_enough(began):
                raise
        self._stop.wait(AGAIN_SECONDS)
        return self._ask(wanted)

    def _waited_enough(self, began: float) -> bool:
        return self._monotonic() - began >= LONG_ENOUGH_SECONDS and self._lease() is not None

    def _ask(self, wanted: _Wanted) -> Ticket:
        return self._client.issue_ticket(
            wanted.service, wanted.key, priority=wanted.priority, person=wanted.person
        )

    def _without_centre(self, wanted: _Wanted) -> IssuedTicket:
        numbers = self._numbers
        if numbers is None or self._remembered is None:
            raise CentreError(FailureCode.CENTRE_UNREACHABLE)
        priority = None if wanted.priority is None else (wanted.priority.id, wanted.priority.source)
        person = None if wanted.person is None or wanted.day is None else (wanted.person, wanted.day)
        try:
            with self._silence.gate:  # from here on the one that tells the centre sees this number
                self._silence.begins()
                given = numbers.give(wanted.service, wanted.key, self._clock.now(), priority, person)
        except OfflineStoreError as error:
            _LOG.error("no number can be given without the centre: %s", error)
            raise CentreError(FailureCode.CENTRE_UNREACHABLE) from error
        if given is None:
            raise CentreError(self._why_none(wanted.service))
        number = format_number(given.series, given.sequence)
        _LOG.warning("%s was given without the centre", number)
        name, counters = self._remembered.told_of(given.service)
        return IssuedTicket(
            id=_OFFLINE + given.key,
            number=number,
            service=given.service,
            service_name=name,
            ahead=0,
            counters=counters,
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
        """The lease of now, if there is one that holds numbers."""
        if self._numbers is None:
            return None
        try:
            lease = self._numbers.lease(self._clock.now())
        except OfflineStoreError as error:
            _LOG.error("the numbers held cannot be read: %s", error)
            return None
        return lease if lease is not None and lease.blocks else None

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
            self._silence.woken.set()

    # -- for staff ---------------------------------------------------------------------------------------

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
