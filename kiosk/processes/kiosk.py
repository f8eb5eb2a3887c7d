"""What the citizen's machine does without its window: carries out the effects of the visit.

The state of the visit is changed in one place, ``dispatch``, whichever thread an event comes from. Effects
run on the devices' own threads and on a few threads for calls of the centre; their results come back as
events with the id of the visit that asked. Everything of the person is in the visit's state: after a wipe
nothing here holds any of it.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from devices.chip_card import CardFailure, CardPresence, CardReading, ChipCardReader, ReadStep
from devices.code_scanner import CodeScanner
from devices.contract import Condition, Device, DeviceStatus
from devices.screen import Screen, Window
from devices.supervisor import DeviceWorker, WorkerStoppedError
from devices.ticket_printer import TicketPrinter
from kiosk.client import Answer as SentAnswer
from kiosk.client import CentreClient, CentreError, FormAnswers
from kiosk.eforms.definition import FormDefinition
from kiosk.eforms.suggestions import Suggestions
from kiosk.failures import FailureCode
from kiosk.identity import card_qr
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.citizen import Citizen
from kiosk.procedures import dossier_code
from kiosk.processes.clips import phone_address
from kiosk.processes.clock_skew import CentreClock
from kiosk.processes.finding import Finding, Library
from kiosk.processes.helping import Helping
from kiosk.processes.issuing import Issuing
from kiosk.processes.matters import Matters
from kiosk.processes.notices import NoticeBoard
from kiosk.processes.offline_numbers import OfflineNumbers
from kiosk.processes.owned_devices import OwnedDevices
from kiosk.processes.rating import Ratings
from kiosk.processes.sheets import Sheets
from kiosk.processes.slips import Printer, Slips
from kiosk.processes.suspension import Suspension, machine_status
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
from kiosk.visit.events import (
    CardFailed,
    CardInserted,
    CardProgress,
    CardRead,
    CardRefused,
    CardRemoved,
    CodeScanned,
    DeviceChanged,
    DossierScanned,
    DossierTold,
    Event,
    ForeignCodeScanned,
    FormFailed,
    FormSent,
    MachineSuspended,
    ReadingStep,
    ServicesFailed,
    ServicesLoaded,
    Tick,
    TicketIssued,
    TicketRefused,
)
from kiosk.visit.flow import step
from kiosk.visit.moves import wiped
from kiosk.visit.states import Again, Clip, Lobby, MyForms, Problem, Services, Setup, Start, VisitState

_LOG = logging.getLogger(__name__)

TICK_SECONDS = 0.5
PRESENCE_SECONDS = 0.25
"""How long one look at the reader may wait for a change; a reading waits at most so long for its turn."""
READER_AGAIN_SECONDS = 1.0
POLL_SECONDS: Mapping[str, float] = {"card_reader": 2.0, "printer": 5.0, "scanner": 3.0, "kiosk_screen": 10.0}

_STEPS = {
    ReadStep.ACCESS: ReadingStep.OPENING,
    ReadStep.IDENTITY: ReadingStep.READING,
    ReadStep.PROOF: ReadingStep.CHECKING,
    ReadStep.PHOTO: ReadingStep.CHECKING,  # never asked for here
}


class Reader(Device, Protocol):
    """What the kiosk uses of the chip card reader."""

    def presence(self, wait: float = 0.0) -> CardPresence: ...
    def recognise(self) -> FailureCode | None: ...
    def read(
        self, keys: AccessKeys | str, progress: Callable[[ReadStep], None] = ...
    ) -> CardReading | CardFailure: ...


class Scanner(Device, Protocol):
    """What the kiosk uses of the code scanner."""

    def on_code(self, callback: Callable[[str], None]) -> None: ...


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
        self._client = client
        self._centre = settings.centre
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
        self._calls = ThreadPoolExecutor(3, "centre-calls")
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
        self._threads = [
            threading.Thread(target=self._watch_card, name="card-watch", daemon=True),
            threading.Thread(target=self._tick, name="tick", daemon=True),
        ]

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
        for thread in self._threads:
            thread.start()

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
        self._calls.shutdown(wait=False, cancel_futures=True)
        self._devices.stop()

    # -- the one place where the state changes -----------------------------------------------------------

    def dispatch(self, event: Event) -> None:
        """Take an event, change the state, begin its effects. From any thread; never waits."""
        with self._lock:
            before = self._state
            self._state, effects = step(before, event)
            looks_different = _visible(before) != _visible(self._state)
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
                self._read(effect.visit, effect.attempt, effect.keys)
            case LoadServices(visit=visit):
                self._call(self._load_services, visit)
            case IssueTicket():
                self._call(self._issue, effect)
            case PrintSlip(visit=visit, ticket=ticket, copy=copy):
                self._slips.print(visit, ticket, copy=copy)
            case SendForm():
                self._call(self._send_form, effect)
            case Search():
                if self._finding is not None:
                    self._finding.search(effect)
            case PrintSheet():
                self._sheets.print(effect)
            case GiveBackTicket():
                self._call(self._matters.give_back, effect)
            case AddMatter():
                self._call(self._matters.add, effect)
            case CallHelp():
                self._call(self._helping.call, effect)
            case SendRating():
                self._call(self._ratings.send, effect)
            case AskDossier():
                self._call(self._ask_dossier, effect)
            case Wipe():
                self._issuing.forget()
                self._helping.forget()
                self._ratings.forget()
                if self._finding is not None:
                    self._finding.forget()
                _LOG.info("visit over, wiped")

    def _call(self, job: Callable[..., None], *arguments: object) -> None:
        """Have a job done on a thread for calls of the centre."""
        if self._stop.is_set():
            return

        def run() -> None:
            try:
                job(*arguments)
            except Exception as error:  # a bug: the citizen is told after the wait; never what it was about
                _LOG.error("%s failed: %s", job.__name__, _place(error))

        with contextlib.suppress(RuntimeError):  # the process has stopped meanwhile
            self._calls.submit(run)

    # -- the card ----------------------------------------------------------------------------------------

    def _read(self, visit: str, attempt: int, keys: AccessKeys) -> None:
        secret = [keys]  # taken out by the job, so that a finished job holds nothing

        def read() -> None:
            reader = cast(Reader, self._devices.worker("card_reader").device)

            def progress(at: ReadStep) -> None:
                self.dispatch(CardProgress(visit, attempt, _STEPS[at]))

            try:
                result = reader.read(secret.pop(), progress)
            except Exception as error:  # a bug of the driver
                _LOG.error("reading failed: %s", _place(error))
                self.dispatch(CardFailed(visit, attempt, FailureCode.UNEXPECTED))
                return
            if isinstance(result, CardFailure):
                self.dispatch(CardFailed(visit, attempt, result.code))
            else:
                _LOG.info(
                    "card read: %d APDUs, %d bytes, %.0f ms", result.apdus, result.bytes, result.milliseconds
                )
                self.dispatch(CardRead(visit, attempt, needed(result.citizen), result.proof))

        self._devices.worker("card_reader").submit(read)

    def _watch_card(self) -> None:
        """Looks at the reader again and again; a reading takes its turn in between."""
        worker = self._devices.worker("card_reader")
        before = CardPresence(None, card=False)
        while not self._stop.is_set():
            try:
                seen = worker.submit(lambda: cast(Reader, worker.device).presence(PRESENCE_SECONDS)).result()
            except (WorkerStoppedError, CancelledError):
                return
            except Exception:  # a bug of the driver, logged by the worker
                seen = CardPresence(None, card=False, failure=FailureCode.UNEXPECTED)
            if before.card and (not seen.card or seen.token != before.token):
                self.dispatch(CardRemoved())
            if seen.card and (not before.card or seen.token != before.token):
                self._card_laid(worker)
            if seen.failure is FailureCode.CARDS_TWO and before.failure is not FailureCode.CARDS_TWO:
                self.dispatch(CardRefused(FailureCode.CARDS_TWO))
            if seen.failure is not None or seen.reader is None:
                self._stop.wait(READER_AGAIN_SECONDS)
            before = seen

    def _card_laid(self, worker: DeviceWorker) -> None:
        """Whether it can be an ID card is known from its first answers, before anybody types a digit."""
        try:
            refused = worker.submit(lambda: cast(Reader, worker.device).recognise()).result()
        except (WorkerStoppedError, CancelledError):
            return
        except Exception:  # a bug of the driver, logged by the worker; the reading will tell
            refused = None
        self.dispatch(CardInserted() if refused is None else CardRefused(refused))

    # -- the scanner -------------------------------------------------------------------------------------

    def _scanned(self, text: str) -> None:
        try:
            code = card_qr.parse(text)
            keys = AccessKeys.from_qr(code)
        except card_qr.CardQrError as error:
            self._scanned_other(text, str(error))
            return
        self.dispatch(CodeScanned(needed(code.citizen()), keys))

    def _scanned_other(self, text: str, no_card: str) -> None:
        """A receipt's code, or one that no screen can use; what it says is never logged."""
        try:
            self.dispatch(DossierScanned(dossier_code.found_in(text)))
        except dossier_code.DossierCodeError:
            _LOG.info("a scanned code is no card's and no dossier's: %s", no_card)
            self.dispatch(ForeignCodeScanned())

    # -- the centre --------------------------------------------------------------------------------------

    def _load_services(self, visit: str) -> None:
        try:
            offer = self._issuing.offer()
        except CentreError as error:
            self.dispatch(ServicesFailed(visit, error.code))
            return
        loaded = ServicesLoaded(visit, offer.services, offer.priorities, offer.offline, offer.day)
        self.dispatch(loaded)

    def _ask_dossier(self, effect: AskDossier) -> None:
        status = None
        with contextlib.suppress(CentreError):  # unknown or unreachable: then nothing is claimed
            status = self._client.dossier_status(effect.code)
        self.dispatch(DossierTold(effect.visit, effect.code, status))

    def _issue(self, effect: IssueTicket) -> None:
        try:
            ticket = self._issuing.issue(effect)
        except CentreError as error:
            self.dispatch(TicketRefused(effect.visit, effect.key, error.code))
            return
        self.dispatch(TicketIssued(effect.visit, effect.key, ticket))

    def _send_form(self, effect: SendForm) -> None:
        answers = effect.answers
        form = FormAnswers(
            form=effect.form.id,
            version=effect.form.version,
            consent_at=effect.consent_at,
            consent_text_version=effect.form.consent.version,
            answers=tuple(
                SentAnswer(made.id, answers[made.id].value, answers[made.id].source, answers[made.id].read_at)
                for made in effect.form.fields()
                if made.id in answers and not answers[made.id].empty
            ),
        )
        try:
            self._client.attach_form(effect.ticket, form)
        except CentreError as error:
            self.dispatch(FormFailed(effect.visit, effect.ticket, error.code))
            return
        self.dispatch(FormSent(effect.visit, effect.ticket))

    # -- devices -----------------------------------------------------------------------------------------

    def _build(self, name: str, settings: BaseModel) -> Device:
        match settings:
            case CardReaderSettings():
                return self._make_reader(settings)
            case PrinterSettings():
                return self._make_printer(settings)
            case ScannerSettings():
                scanner = self._make_scanner(settings)
                scanner.on_code(self._scanned)
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


def needed(citizen: Citizen) -> Citizen:
    """The person without what no procedure of this kiosk asks for: family names, former number, marks."""
    return Citizen(
        number=citizen.number,
        full_name=citizen.full_name,
        birth_date=citizen.birth_date,
        sex=citizen.sex,
        nationality=citizen.nationality,
        ethnicity=citizen.ethnicity,
        hometown=citizen.hometown,
        residence=citizen.residence,
        issue_date=citizen.issue_date,
        expiry_date=citizen.expiry_date,
        source=citizen.source,
    )


def setup_of(
    settings: Settings,
    forms: Mapping[str, FormDefinition],
    clips: tuple[Clip, ...],
    machine: str | None = None,
    suggestions: Suggestions | None = None,
) -> Setup:
    """What the visit needs of the settings. ``machine`` is random at every start, so that no id comes
    twice.
    """
    centre, kiosk = settings.centre, settings.kiosk
    return Setup(
        machine=machine or secrets.token_hex(8),
        centre_name=centre.name,
        hotline=centre.hotline,
        commune=centre.short_name,
        retention_days=centre.form_retention_days,
        idle_warning_seconds=float(kiosk.idle_warning_seconds),
        idle_countdown_seconds=float(kiosk.idle_countdown_seconds),
        clips_after_seconds=float(kiosk.clips_after_seconds),
        public_url=phone_address(centre.public_url, centre.host, centre.port),
        forms=dict(forms),
        clips=clips,
        suggestions=suggestions or Suggestions(),
        languages=tuple(kiosk.languages),
        dossier_page=centre.dossier_page,
    )


def _visible(state: VisitState) -> tuple[object, ...]:
    """What of the state is seen or heard; time alone changes the idle warning and what is told of hours."""
    screen: object = state.screen
    minute = 0
    if isinstance(screen, Services):
        screen = replace(screen, since_loaded=0.0)
    if isinstance(screen, Start | Services | MyForms):  # they tell how long numbers are still given
        minute = state.now.hour * 60 + state.now.minute
    return (
        minute,
        state.number,
        screen,
        state.panel,
        state.comfort,
        state.given_back,
        state.lobby,
        state.services,
        state.offline,
        state.person,
        state.tickets,
        state.form,
        state.idle_warning,
        state.mistakes,
    )


def _place(error: BaseException) -> str:
    """Kind and place of an error, never its text: that may hold what a citizen's card said."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return f"{type(error).__name__} at {Path(last[0].filename).name}:{last[0].lineno}" if last else "?"
