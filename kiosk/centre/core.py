"""The running centre: its parts, started and ended together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from kiosk.centre import days, journal, upkeep
from kiosk.centre.accounts import Accounts
from kiosk.centre.clock_watch import Leap, Uptime, WatchedClock
from kiosk.centre.commons import Commons, Digits, OwnCommons
from kiosk.centre.device_requests import DeviceRequests
from kiosk.centre.device_settings import DeviceOverlays
from kiosk.centre.devices import DeviceBook
from kiosk.centre.dossiers import DossierBook
from kiosk.centre.events import Broadcaster
from kiosk.centre.forms import FormDesk
from kiosk.centre.journal import Entry, JournalBrokenError, Verified
from kiosk.centre.keeping.keeper import Keeper
from kiosk.centre.learnt_times import LearntTimes
from kiosk.centre.metrics import Metrics
from kiosk.centre.moments import Clock, system_clock, written
from kiosk.centre.opening import Doors, NewcomersWait
from kiosk.centre.persons import PersonKeys
from kiosk.centre.plan import Plan
from kiosk.centre.queue_state import QueueStates
from kiosk.centre.queue_view import Json, QueueView
from kiosk.centre.ratings import RatingDesk
from kiosk.centre.store.engine import chosen_url
from kiosk.centre.store.neighbours import Neighbours
from kiosk.centre.store.store import Reading, Store, Transaction
from kiosk.settings import Settings

_LOG = logging.getLogger(__name__)
MINUTE_SECONDS = 60.0
DEVICE_LOOK_SECONDS = 5.0
CLOCK_LOOK_SECONDS = 1.0
MARK_SECONDS = 1.0
FIGURES_SECONDS = 1.0
_VERIFY_PAGE = 2000
_VERIFY_PAUSE_SECONDS = 0.02


@dataclass
class Health:
    """What ``/readyz`` tells beside whether the store can be written."""

    journal_fault: str | None = None
    verified_entries: int = 0


@dataclass
class Centre:
    """All parts of one centre. Build it with ``Centre.of``; run it with ``running``."""

    settings: Settings
    plan: Plan
    store: Store
    events: Broadcaster
    accounts: Accounts
    devices: DeviceBook
    device_requests: DeviceRequests
    card_digits: Digits
    forms: FormDesk
    ratings: RatingDesk
    persons: PersonKeys
    metrics: Metrics
    keeper: Keeper
    clock: WatchedClock
    times: LearntTimes
    states: QueueStates
    commons: Commons
    neighbours: Neighbours
    dossiers: DossierBook
    health: Health = field(default_factory=Health)

    @classmethod
    def of(
        cls,
        settings: Settings,
        data_folder: Path,
        address: str,
        clock: Clock = system_clock,
        *,
        uptime: Uptime | None = None,
        commons: Commons | None = None,
    ) -> Centre:
        """A centre over a data folder, not yet started. ``address``: as told to citizens' phones by
        default. ``uptime``: what ``clock`` is held against (``WatchedClock``). ``commons``: what it shares
        with the other processes of the centre.
        """
        watched = WatchedClock(clock, uptime)
        metrics, commons = Metrics(), commons or OwnCommons()
        url = chosen_url(settings.centre.database_url)
        store = Store(data_folder, settings.centre.site, watched, url, on_write=metrics.write_seconds.observe)
        plan = Plan.of(settings, address)
        events, accounts = Broadcaster(store, plan), Accounts(store)
        events.heard = accounts.heard
        overlays = DeviceOverlays(settings.devices)
        devices = DeviceBook(overlays, watched(), commons.seen)
        metrics.subscribers.set_function(lambda: events.subscribers)
        return cls(
            settings=settings,
            plan=plan,
            store=store,
            events=events,
            accounts=accounts,
            devices=devices,
            device_requests=DeviceRequests(devices, overlays),
            card_digits=commons.digits,
            forms=FormDesk(settings, plan, data_folder / "keys", watched),
            ratings=RatingDesk(settings, plan, data_folder / "keys" / "ratings", watched),
            persons=PersonKeys(data_folder / "keys" / "persons"),
            metrics=metrics,
            keeper=Keeper(settings, data_folder, watched),
            clock=watched,
            times=(times := LearntTimes(plan)),
            states=QueueStates(plan, times),
            commons=commons,
            neighbours=Neighbours(store, events.announce),
            dossiers=DossierBook(data_folder),
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Centre]:
        """Start-up is recovery: check, migrate, turn the day's page, destroy expired keys; then keep things
        going.
        """
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(self.keeper.recover)
        self.store.open()
        await asyncio.to_thread(self.keeper.start, self.store)

        def committed(entries: tuple[Entry, ...]) -> None:
            self.keeper.committed(entries)
            with contextlib.suppress(RuntimeError):  # the loop has ended; clients resume from the journal
                loop.call_soon_threadsafe(self.events.publish, entries)

        await self.events.start()
        self.store.on_commit = committed
        await self._check_tail()
        self.forms.destroy_expired_keys()
        self.ratings.destroy_expired_keys()
        self.persons.destroy_before(await self.store.write(self._started))
        tasks = [
            asyncio.create_task(work)
            for work in (
                self.events.watch(),
                self.neighbours.watch(),
                self._each(FIGURES_SECONDS, self._tell_figures),
                self._on_duty(MARK_SECONDS, self._write_mark),
                self._on_duty(DEVICE_LOOK_SECONDS, self._look_after_devices),
                self._each(CLOCK_LOOK_SECONDS, self.note_leaps),
                self.times.learn_history(self.store, self.clock()),
                self._on_duty(MINUTE_SECONDS, self.minute),
                self._verify_all(),
                self.keeper.watch(lambda: self.neighbours.on_duty),
            )
        ]
        try:
            yield self
        finally:
            self.card_digits.clear()
            self.events.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.to_thread(self.keeper.stop)
            await asyncio.to_thread(self.store.close)

    def _started(self, transaction: Transaction) -> str:
        day = days.today(transaction, self.plan)
        self._tidy_devices(transaction)
        transaction.record("centre.started", "centre", "centre", {})
        return day

    def _tidy_devices(self, transaction: Transaction) -> None:
        self.devices.tidy(transaction)
        self.device_requests.tidy(transaction)

    async def _each(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except Exception as error:
                _LOG.error("upkeep %s failed: %s", work.__name__, type(error).__name__)

    async def _on_duty(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        """What one process of the centre does for all of them."""

        async def kept() -> None:
            if self.neighbours.on_duty:
                await work()

        kept.__name__ = work.__name__
        await self._each(seconds, kept)

    async def _tell_figures(self) -> None:
        await asyncio.to_thread(self.commons.exchange, self.metrics.figures())

    async def _write_mark(self) -> None:
        await asyncio.to_thread(self.store.mark.write, self.events.head)

    async def _look_after_devices(self) -> None:
        if await self.store.read(self.devices.any_silent):
            await self.store.write(self.devices.mark_silent)

    async def note_leaps(self) -> None:
        """Have the journal tell of leaps of the clock, and through it the staff."""
        self.clock()
        leaps = self.clock.take_leaps()
        if leaps:
            await self.store.write(lambda transaction: _record_leaps(transaction, leaps))

    async def minute(self) -> None:
        """What the time of day asks for."""

        def turn(transaction: Transaction) -> str:
            day = upkeep.each_minute(transaction, self.plan)
            self._tidy_devices(transaction)
            self.ratings.forget(transaction)
            return day

        day = await self.store.write(turn)
        await asyncio.to_thread(self.persons.destroy_before, day)
        await asyncio.to_thread(self.forms.destroy_expired_keys)
        await asyncio.to_thread(self.ratings.destroy_expired_keys)

    async def _check_tail(self) -> None:
        try:
            await self.store.read(lambda reading: journal.verify_tail(reading.connection, reading.site))
        except JournalBrokenError as error:
            self._broken(error)

    async def _verify_all(self) -> None:
        """Follow the whole chain once after each start, a page at a time, so that nobody has to wait for
        it.
        """
        await self.neighbours.until_on_duty()
        done = await self.store.read(lambda reading: journal.anchor(reading.connection, reading.site))
        target = self.events.head.seq
        try:
            while done.seq < target:
                before, done = done, await self.store.read(partial(_verify_page, done))
                if done.seq == before.seq:
                    raise JournalBrokenError(f"entry {done.seq + 1} is missing")
                self.health.verified_entries = done.entries
                await asyncio.sleep(_VERIFY_PAUSE_SECONDS)
        except JournalBrokenError as error:
            self._broken(error)

    def _broken(self, error: JournalBrokenError) -> None:
        self.health.journal_fault = str(error)
        self.commons.tell_fault(str(error))
        _LOG.error("the journal is broken: %s", error)

    def fault(self) -> str | None:
        """What this or another process of the centre found broken in the journal."""
        return self.health.journal_fault or self.commons.fault()

    def queue(self, reading: Reading) -> QueueView:
        """The queue as one reading sees it."""
        return QueueView(reading, self.plan, self.states.of(reading))

    def newcomers_wait(self, reading: Reading) -> NewcomersWait:
        """What nine in ten of those who come now would wait at most, by service, in minutes."""
        state = cache(lambda: self.states.of(reading))
        return lambda service: state().newcomers_wait(service).p90

    def hours(self, reading: Reading) -> dict[str, Json]:
        """Whether each service gives numbers as one reading sees it, as the API tells it."""
        day = days.current(reading, self.plan)
        return Doors(reading, self.plan, day, self.newcomers_wait(reading)).told()

    def person_key(self, day: str) -> str:
        """The key of a business day under which kiosks hash cards' numbers; for kiosks only.

        Raises ``OSError``.
        """
        return self.persons.key(day)


def _record_leaps(transaction: Transaction, leaps: Sequence[Leap]) -> None:
    for leap in leaps:
        told = {"due": written(leap.due), "told": written(leap.told), "followed": leap.followed}
        transaction.record("clock.jumped", "centre", "centre", told)


def _verify_page(done: Verified, reading: Reading) -> Verified:
    entries = journal.read_after(reading.connection, reading.site, done.seq, _VERIFY_PAGE)
    return journal.verify_chain(reading.site, entries, done)
