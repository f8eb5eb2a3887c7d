"""Tells the centre of numbers given without it, and holds numbers for when it is silent: today's, and those
of the next day on which numbers are given, for a morning that begins without a link.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from kiosk.client import CentreClient, CentreError, NumberLease, OfflineAnswer, OfflineNumber, PriorityClaim
from kiosk.failures import FailureCode
from kiosk.processes.clock_skew import CentreClock
from kiosk.processes.offline_numbers import Block, Given, Lease, OfflineNumbers, OfflineStoreError
from kiosk.queueing.number import format_number

_LOG = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""How often a silent centre is looked for."""
REFUSED_AGAIN_SECONDS = 10.0
LEASE_SECONDS = 600.0
QUICK_LOOKS = 4
"""Short questions in a row, from whose quickest answer the centre's time is learnt (as NTP's iburst)."""
BATCH = 100  # numbers told in one call


class Silence:
    """Whether the centre was silent when it was last asked.

    ``gate``: held while a number is given without it, and while silence ends. ``woken``: there is something
    to do for ``Telling``.
    """

    def __init__(self, now: bool) -> None:
        self.now = now
        self.gate = threading.Lock()
        self.woken = threading.Event()

    def begins(self) -> None:
        """From now on numbers come from what the kiosk holds."""
        if not self.now:
            _LOG.warning("the centre is silent: numbers are given from the block held here")
            self.now = True
            self.woken.set()


class Telling:
    """Works on a thread of its own from ``start`` until ``stop`` is set.

    ``look``: asks the centre for its services and rules, so that they are remembered.
    """

    def __init__(
        self,
        client: CentreClient,
        numbers: OfflineNumbers,
        clock: CentreClock,
        silence: Silence,
        *,
        look: Callable[[], object],
        stop: threading.Event,
        monotonic: Callable[[], float],
    ) -> None:
        self._client = client
        self._numbers = numbers
        self._clock = clock
        self._silence = silence
        self._look = look
        self._stop = stop
        self._monotonic = monotonic
        self._leased_at: float | None = None
        self._thread = threading.Thread(target=self._keep_up, name="offline-numbers", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def _keep_up(self) -> None:
        pause = 0.0
        while not self._stop.is_set():
            self._silence.woken.wait(pause)
            self._silence.woken.clear()
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
        while self._silence.now and not self._stop.is_set():
            waiting = numbers.waiting()[:BATCH]
            if not waiting:
                if not self._client.ready():
                    return
                with self._silence.gate:  # another may have been given meanwhile
                    self._silence.now = bool(numbers.waiting())
                if not self._silence.now:
                    _LOG.warning("the centre answers again: numbers come from it")
                continue
            try:
                self._tell_of(waiting)
            except CentreError as error:
                if error.status in {401, 403}:  # then it refuses new numbers, too, and citizens hear why
                    self._silence.now = False
                raise
        for given in numbers.slips_to_tell():
            if given.ticket is not None and given.slip != "pending":
                code = None if given.slip_code is None else FailureCode(given.slip_code)
                self._client.report_print(given.ticket, given.slip, code)
                numbers.slip_told(given)

    def _tell_of(self, waiting: list[Given]) -> None:
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
                    self._tell_of([one])
                return
            answers = [
                OfflineAnswer(one.series, one.sequence, False, reason=error.code.value) for one in batch
            ]
        for given, answer in zip(batch, answers, strict=True):
            number = format_number(given.series, given.sequence)
            if answer.accepted and answer.ticket is not None:
                self._numbers.accepted(given.key, answer.ticket.id)
                instead = f" instead of {answer.instead_of}" if answer.instead_of else ""
                _LOG.warning("%s, given without the centre, is in the queue%s", number, instead)
            else:
                self._numbers.was_refused(given.key, answer.reason)
                _LOG.error("%s, given without the centre, is not taken: %s", number, answer.reason)

    def _hold(self) -> None:
        """A lease of now with most of its numbers unused, and one of the next day; their hours are asked for
        anew from time to time.
        """
        if self._silence.now:
            return
        numbers, at = self._numbers, self._monotonic()
        lease = numbers.lease(self._clock.now())
        fresh = self._leased_at is not None and at - self._leased_at < LEASE_SECONDS
        if lease is not None and self._half_used(lease):
            # Its numbers rest for the day, so it stays in hand until the next one is: never without any.
            self._client.return_numbers(lease.id)
        elif lease is not None and fresh:
            return
        self._look()  # first: numbers are of use only with the services they are for
        told = self._client.lease_numbers(numbers.holder)
        numbers.keep(_lease(told))
        self._leased_at = at
        for _ in range(QUICK_LOOKS):
            self._client.ready()
        if self._clock.measured:
            numbers.remember("skew", self._clock.skew())
        numbers.forget_before(told.day)
        numbers.keep(_lease(self._client.lease_numbers(numbers.holder, ahead=True)))

    def _half_used(self, lease: Lease) -> bool:
        return any(
            2 * self._numbers.left(lease, block.service) < block.last - block.first + 1
            for block in lease.blocks
        )


def _lease(told: NumberLease) -> Lease:
    blocks = tuple(Block(b.service, b.series, b.first, b.last, b.open) for b in told.blocks)
    return Lease(told.id, told.day, told.at, told.until, blocks, told.begins)


def _told(given: Given) -> OfflineNumber:
    priority = None
    if given.priority is not None and given.source is not None:
        priority = PriorityClaim(given.priority, given.source)
    return OfflineNumber(
        given.series, given.sequence, given.service, given.issued_at, given.key, priority, given.person
    )
