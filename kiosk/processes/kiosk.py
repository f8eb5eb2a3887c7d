"""What the citizen's machine does without its window: carries out the effects of the visit.

The state of the visit is changed in one place, ``dispatch``, whichever thread an event comes from. Effects
run on the devices' own threads and on a few threads for calls of the centre; their results come back as
events with the id of the visit that asked. Everything of the person is in the visit's state: after a wipe
nothing here holds any of it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from devices.chip_card import ChipCardReader
from devices.code_scanner import CodeScanner
from devices.contract import Condition, Device, DeviceStatus
from devices.screen import Screen, Window
from devices.ticket_printer import TicketPrinter
from kiosk.client import CentreClient
from kiosk.eforms.definition import FormDefinition
from kiosk.eforms.suggestions import Suggestions
from kiosk.failures import FailureCode
from kiosk.processes.card_watch import CardWatch, Reader
from kiosk.processes.centre_calls import CentreCalls
from kiosk.processes.clock_skew import CentreClock
from kiosk.processes.finding import Finding, Library
from kiosk.processes.helping import Helping
from kiosk.processes.issuing import Issuing
from kiosk.processes.matters import Matters
from kiosk.processes.notices import NoticeBoard
from kiosk.processes.offline_numbers import OfflineNumbers
from kiosk.processes.owned_devices import OwnedDevices
from kiosk.processes.rating import Ratings
from kiosk.processes.scanned_codes import Scanner, scanned
from kiosk.processes.sheets import Sheets
from kiosk.processes.slips import Printer, Slips
from kiosk.processes.suspension import Suspension, machine_status
from kiosk.processes.visible import visible
from kiosk.processes.visit_setup import setup_of
from kiosk.settings import (
    CardReaderSettings,
    DeviceSettings,
    PrinterSettings,
    ScannerSettings,
    ScreenSettings,
    Settings,
)
from kiosk.visit.effects import (
    AddMatter,
    AskDossier,
    CallHelp,
    Effect,
    GiveBackTicket,
    IssueTicket,
    LoadServices,
    PrintSheet,
    PrintSlip,
    ReadCard,
    Search,
    SendForm,
    SendRating,
    Wipe,
)
from kiosk.visit.events import DeviceChanged, Event, MachineSuspended, Tick
from kiosk.visit.flow import step
from kiosk.visit.moves import wiped
from kiosk.visit.states import Again, Clip, Lobby, Problem, VisitState

_LOG = logging.getLogger(__name__)

TICK_SECONDS = 0.5
POLL_SECONDS: Mapping[str, float] = {"card_reader": 2.0, "printer": 5.0, "scanner": 3.0, "kiosk_screen": 10.0}


class KioskProcess:
    """One citizen's machine, from ``start`` to ``stop``.

    ``dispatch`` takes events from any thread and never waits; ``state`` is what is to be shown;
    ``on_change`` is called, from any thread, when it looks different. ``devices`` are the settings in
    effect at the start; the centre's come before them as soon as it answers. ``numbers`` are those this
    kiosk holds for when the centre is silent, ``clock`` the one that ``client`` teaches the centre's time.
    Opens no window and imports none.
    """

    def __init__(
        self,
        client: CentreClient,
        settings: Settings,
        window: Window,
        on_change: Callable[[], None],
        *,
        devices: DeviceSettings | None = None,
        forms: Mapping[str, FormDefinition] | None = None,
        clips: tuple[Clip, ...] = (),
        suggestions: Suggestions | None = None,
        procedures: Library | None = None,
        numbers: OfflineNumbers | None = None,
        clock: CentreClock | None = None,
        make_reader: Callable[[CardReaderSettings], Reader] = ChipCardReader,
        make_printer: Callable[[PrinterSettings], Printer] = TicketPrinter,
        make_scanner: Callable[[ScannerSettings], Scanner] = CodeScanner,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        poll_seconds: Mapping[str, float] = POLL_SECONDS,
    ) -> None:
        self._window = window
        self._on_change = on_change
        self._make_reader, self._make_printer, self._make_scanner = make_reader, make_printer, make_scanner
        self._zone = ZoneInfo(settings.centre.timezone)
        self._utc_now, self._monotonic = now, monotonic
        self._lock = threading.RLock()
        setup = setup_of(settings, forms or {}, clips, suggestions=suggestions)
        self._suspension = Suspension(numbers)
        lobby = Lobby(suspended=self._suspension.recall())
        self._state = VisitState(setup, comfort=setup.comfort, lobby=lobby, now=self._now())
        self._stop = threading.Event()
        self._devices = OwnedDevices(
            client,
            devices or settings.devices,
            poll_seconds,
            self._build,
            self._device_changed,
            health=lambda name: self._issuing.health if name == "kiosk_screen" else None,
            machine=lambda: machine_status(self._state.lobby.suspended),
        )
        clock = clock or CentreClock()
        self._issuing = Issuing(client, self._zone, numbers, clock, monotonic=monotonic)
        self._calls = CentreCalls(client, self._issuing, self.dispatch, self._stop)
        self._helping = Helping(client, self.dispatch)
        self._ratings = Ratings(client, self._zone, numbers, self.dispatch, clock.now)
        self._matters = Matters(client, self.dispatch)
        self._notices = NoticeBoard(client, settings, self.dispatch)
        self._finding = Finding(procedures, self.dispatch) if procedures is not None else None
        self._sheets = Sheets(
            settings.centre, lambda: self._devices.worker("printer"), self.dispatch, self._now
        )
        self._slips = Slips(
            client,
            settings.centre,
            lambda: self._devices.worker("printer"),
            self.dispatch,
            self._issuing.report_slip,
        )
        self._card = CardWatch(lambda: self._devices.worker("card_reader"), self.dispatch, self._stop)
        self._ticking = threading.Thread(target=self._tick, name="tick", daemon=True)

    @property
    def state(self) -> VisitState:
        """The state of the visit now."""
        return self._state

    @property
    def devices(self) -> OwnedDevices:
        """The devices of this machine."""
        return self._devices

    def start(self) -> None:
        """Begin; returns at once."""
        self._devices.start()
        self._issuing.start()
        self._slips.start()
        self._ratings.start()
        if self._finding is not None:
            self._finding.start()
        self._notices.start()
        self._card.start()
        self._ticking.start()

    def stop(self) -> None:
        """End everything within a few seconds; the visit is wiped."""
        self._stop.set()
        self._slips.stop()
        self._issuing.stop()
        self._notices.stop()
        self._ratings.stop()
        self._helping.forget()
        if self._finding is not None:
            self._finding.stop()
        with self._lock:
            self._state, _ = wiped(self._state)
        self._calls.shut_down()
        self._devices.stop()

    # -- the one place where the state changes -----------------------------------------------------------

    def dispatch(self, event: Event) -> None:
        """Take an event, change the state, begin its effects. From any thread; never waits."""
        with self._lock:
            before = self._state
            self._state, effects = step(before, event)
            looks_different = visible(before) != visible(self._state)
            for effect in effects:
                self._begin(effect)
        if looks_different:
            self._on_change()

    def crashed(self) -> None:
        """The window had an error: end the visit, wipe it and say so."""
        with self._lock:
            self._state, _ = wiped(self._state, Problem(FailureCode.UNEXPECTED, Again.NOTHING))
        self._on_change()

    def end_visit(self) -> None:
        """Staff have been here: what was begun, perhaps by a card laid down for a test, is over and wiped."""
        with self._lock:
            self._state, _ = wiped(self._state)
        self._on_change()

    def suspend(self, suspended: bool) -> bool:
        """Staff take the machine out of service, or put it back; the centre is told. Whether a restart will
        find it so.
        """
        kept = self._suspension.keep(suspended)
        self.dispatch(MachineSuspended(suspended))
        self._devices.report_soon()
        return kept

    def _begin(self, effect: Effect) -> None:  # noqa: PLR0912 - a line for each effect
        match effect:
            case ReadCard():
                self._card.read(effect.visit, effect.attempt, effect.keys)
            case LoadServices(visit=visit):
                self._calls.begin(self._calls.load_services, visit)
            case IssueTicket():
                self._calls.begin(self._calls.issue, effect)
            case PrintSlip(visit=visit, ticket=ticket, copy=copy):
                self._slips.print(visit, ticket, copy=copy)
            case SendForm():
                self._calls.begin(self._calls.send_form, effect)
            case Search():
                if self._finding is not None:
                    self._finding.search(effect)
            case PrintSheet():
                self._sheets.print(effect)
            case GiveBackTicket():
                self._calls.begin(self._matters.give_back, effect)
            case AddMatter():
                self._calls.begin(self._matters.add, effect)
            case CallHelp():
                self._calls.begin(self._helping.call, effect)
            case SendRating():
                self._calls.begin(self._ratings.send, effect)
            case AskDossier():
                self._calls.begin(self._calls.ask_dossier, effect)
            case Wipe():
                self._issuing.forget()
                self._helping.forget()
                self._ratings.forget()
                if self._finding is not None:
                    self._finding.forget()
                _LOG.info("visit over, wiped")

    # -- devices -----------------------------------------------------------------------------------------

    def _build(self, name: str, settings: BaseModel) -> Device:
        match settings:
            case CardReaderSettings():
                return self._make_reader(settings)
            case PrinterSettings():
                return self._make_printer(settings)
            case ScannerSettings():
                scanner = self._make_scanner(settings)
                scanner.on_code(lambda text: self.dispatch(scanned(text)))
                return scanner
            case ScreenSettings():
                return Screen(name, settings, self._window)
            case _:
                raise TypeError(f"{name} is no device of the kiosk")

    def _device_changed(self, name: str, status: DeviceStatus) -> None:
        if name == "kiosk_screen":
            return
        well = status.condition in (Condition.READY, Condition.BUSY)
        failure = None if well else status.failure or _DISABLED.get(name)
        self.dispatch(DeviceChanged(name, failure))
        if name == "printer" and status.condition is Condition.READY:
            self._slips.printer_is_well()

    # -- time --------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        before = self._monotonic()
        while not self._stop.wait(TICK_SECONDS):
            now = self._monotonic()
            self.dispatch(Tick(self._now(), now - before))
            before = now

    def _now(self) -> datetime:
        return self._utc_now().astimezone(self._zone)


_DISABLED = {"card_reader": FailureCode.READER_NOT_FOUND, "scanner": FailureCode.SCANNER_NOT_FOUND}
