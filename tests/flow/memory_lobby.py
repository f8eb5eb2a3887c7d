"""A lobby in memory around the real kiosk process: centre, reader, printer, scanner and window as small
classes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from journey import CONFIG, HUONG, INTACT, form

from devices.chip_card import CardFailure, CardPresence, CardReading, ReadStep
from devices.contract import Condition, DeviceStatus, TestReport
from devices.screen.driver import Rectangle
from devices.ticket_printer import PrintOutcome, PrintResult, TicketSlip
from kiosk.client import (
    CentreError,
    CounterName,
    DeviceRequest,
    Event,
    LeasedBlock,
    Notices,
    NumberLease,
    OfflineAnswer,
    OfflineNumber,
    PrintMark,
    QueueRules,
    Service,
    Ticket,
    Who,
)
from kiosk.dossiers.status import DossierStatus
from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.citizen import Citizen
from kiosk.procedures.dossier_code import DossierCode
from kiosk.processes.clock_skew import CentreClock
from kiosk.processes.finding import Library
from kiosk.processes.kiosk import KioskProcess
from kiosk.processes.offline_numbers import OfflineNumbers
from kiosk.settings import load
from kiosk.visit.states import Clip, VisitState

COUNTERS = (CounterName("quay-1", 1, ""), CounterName("quay-9", 9, ""))


class MemoryCentre:
    """What the kiosk asks of the centre. ``up`` False: nobody answers. Keeps of a form only how many
    answers it had.
    """

    def __init__(self) -> None:
        self.up = True
        self.lost_answers = 0
        self.follow_url = "http://127.0.0.1/follow/x"
        self.tickets: dict[str, Ticket] = {}
        self.keys: dict[str, str] = {}
        self.prints: list[tuple[str, str, FailureCode | None, bool]] = []
        self.forms: dict[str, int] = {}
        self.reports: list[tuple[str, str, FailureCode | None]] = []
        self.requests: list[DeviceRequest] = []
        self.answers: dict[str, tuple[bool, tuple, FailureCode | None]] = {}
        self.stream: list[Event] = []
        self.secrets: dict[str, str] = {}
        self.known: dict[str, tuple[FailureCode | None, dict[str, str]]] = {}
        self.rules = QueueRules(date(2026, 11, 23))
        self.asked_for: list[dict[str, Any]] = []
        self.leases = 0
        self.block = (990, 994)
        self.lease_until = datetime(2999, 1, 1, tzinfo=UTC)
        self.lease: NumberLease | None = None
        self.told: list[OfflineNumber] = []
        self.order: list[str] = []
        self.dossier: DossierStatus | None = None
        """What is known of every dossier."""

    def _asked(self) -> None:
        if not self.up:
            raise CentreError(FailureCode.CENTRE_UNREACHABLE)

    def services(self) -> list[Service]:
        self._asked()
        return [
            Service("hon-nhan", "Hôn nhân", "", True, None, None, 0, 0, None, COUNTERS, form().id),
            Service("ho-tich", "Hộ tịch", "", True, None, None, 2, 2, 14, COUNTERS, None),
        ]

    def queue_rules(self) -> QueueRules:
        self._asked()
        return self.rules

    def notices(self) -> Notices:
        self._asked()
        return Notices()

    def dossier_status(self, code: DossierCode) -> DossierStatus:
        self._asked()
        if self.dossier is None:
            raise CentreError(FailureCode.DOSSIER_UNKNOWN)
        return replace(self.dossier, code=str(code))

    def who(self) -> Who:
        self._asked()
        return Who("kiosk", "lobby", None)

    def ready(self) -> bool:
        return self.up

    def lease_numbers(self, holder: str, *, ahead: bool = False) -> NumberLease:
        self._asked()
        at, until = datetime(2026, 11, 23, tzinfo=UTC), self.lease_until
        if ahead:
            blocks = self._blocks((980, 984))
            return NumberLease("ahead", date(2026, 11, 24), at, until + timedelta(days=1), blocks, until)
        if self.lease is None:
            self.leases += 1
            blocks = self._blocks(self.block)
            self.lease = NumberLease(f"l{self.leases}", date(2026, 11, 23), at, until, blocks)
            self.block = (self.block[0] - 10, self.block[1] - 10)
        return self.lease

    @staticmethod
    def _blocks(numbers: tuple[int, int]) -> tuple[LeasedBlock, ...]:
        return (LeasedBlock("hon-nhan", "B", *numbers), LeasedBlock("ho-tich", "A", *numbers))

    def return_numbers(self, lease: str) -> None:
        self._asked()
        assert self.lease is not None
        assert lease == self.lease.id
        self.lease = None

    def tell_offline_numbers(self, lease: str, numbers: list[OfflineNumber]) -> list[OfflineAnswer]:
        self._asked()
        answers = []
        for one in numbers:
            name = f"o-{one.series}{one.sequence}"
            instead = self.keys.get(one.key)
            if instead != name:
                if instead is not None:
                    del self.tickets[instead]
                self.keys[one.key] = name
                self.told.append(one)
                self.order.append(name)
                self.tickets[name] = replace(
                    self._ticket(name, one.service), series=one.series, sequence=one.sequence, offline=True
                )
            answers.append(OfflineAnswer(one.series, one.sequence, True, ticket=self.tickets[name]))
        return answers

    def _ticket(self, name: str, service: str) -> Ticket:
        number = len(self.tickets) + 1
        return Ticket(
            name, f"B{number:03d}", "B", number, service, service, "waiting", date(2026, 11, 23),
            datetime(2026, 11, 23, 1, 0, tzinfo=UTC), 0, COUNTERS, None, None, 0, None, None,
            self.follow_url, None, PrintMark("none", 0), issued_by="kiosk:lobby",
        )  # fmt: skip

    def issue_ticket(self, service: str, idempotency_key: str, **more: Any) -> Ticket:
        self._asked()
        self.asked_for.append({"service": service, "key": idempotency_key, **more})
        if idempotency_key not in self.keys:
            made = self._ticket(f"t{len(self.tickets) + 1}", service)
            self.order.append(made.id)
            self.tickets[made.id] = made
            self.keys[idempotency_key] = made.id
        if self.lost_answers:
            self.lost_answers -= 1
            raise CentreError(FailureCode.CENTRE_UNREACHABLE)
        return self.tickets[self.keys[idempotency_key]]

    def report_print(
        self, ticket_id: str, state: str, code: FailureCode | None = None, *, copy: bool = False
    ) -> Ticket:
        self._asked()
        self.prints.append((ticket_id, state, code, copy))
        made = self.tickets[ticket_id]
        self.tickets[ticket_id] = replace(made, print=PrintMark(state, made.print.copies + copy, code))
        return self.tickets[ticket_id]

    def print_jobs(self) -> list[Ticket]:
        self._asked()
        return [t for t in self.tickets.values() if t.print.state in ("pending", "failed", "unknown")]

    def attach_form(self, ticket_id: str, sent: Any) -> None:
        self._asked()
        self.forms[ticket_id] = len(sent.answers)

    def report_device(
        self, name: str, condition: str, failure: Any = None, warning: Any = None, facts: Any = None
    ):
        self._asked()
        self.reports.append((name, condition, failure))
        self.known[name] = (warning, dict(facts or {}))

    def devices(self) -> list:
        self._asked()
        return []

    def device_requests(self, device: str | None = None, state: str | None = None) -> list[DeviceRequest]:
        self._asked()
        return [r for r in self.requests if r.device == device and r.id not in self.answers]

    def answer_device_request(
        self, request_id: str, passed: bool, lines: Any = (), failure: FailureCode | None = None
    ) -> None:
        self._asked()
        self.answers[request_id] = (passed, tuple(lines), failure)

    def device_request_secret(self, request_id: str) -> str | None:
        self._asked()
        return self.secrets.pop(request_id, None)

    def asks(
        self,
        device: str,
        kind: str,
        settings: dict | None = None,
        can: str | None = None,
        machine: str | None = None,
    ) -> str:
        """Maintenance staff ask something of a device of this kiosk, or of another ``machine``."""
        made = f"r{len(self.stream)}"
        if can is not None:
            self.secrets[made] = can
        request = {
            "id": made, "device": device, "machine": machine or self.who().name, "kind": kind,
            "settings": settings or {},
        }  # fmt: skip
        self.stream.append(Event(len(self.stream) + 1, "device.requested", {"request": request}))
        return made

    def events(
        self, last_id: Any = None, stop: threading.Event | None = None, on_link: Any = None
    ) -> Iterator[Event]:
        self._asked()
        yield Event(None, "hello", {"epoch": "e", "head": 0})
        given = 0
        while stop is None or not stop.wait(0.01):
            while given < len(self.stream):
                given += 1
                yield self.stream[given - 1]


class MemoryReader:
    """A reader on which a card is laid and taken off."""

    name = "card_reader"

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.citizen: Citizen | None = None
        self.refused: FailureCode | None = None
        self.looks = 0
        self.slow = threading.Event()
        self.slow.set()
        self.closed = 0

    def lay(self, citizen: Citizen) -> None:
        self.looks += 1
        self.citizen = citizen

    def take(self) -> None:
        self.looks += 1
        self.citizen = None

    def status(self) -> DeviceStatus:
        if self.settings.reader == "gone":
            return DeviceStatus(Condition.DISCONNECTED, FailureCode.READER_NOT_FOUND)
        return DeviceStatus(Condition.READY, facts={"reader": "Memory 00 00"})

    def presence(self, wait: float = 0.0) -> CardPresence:
        time.sleep(min(wait, 0.01))
        return CardPresence("Memory 00 00", self.citizen is not None, ("Memory 00 00", self.looks))

    def recognise(self):
        return self.refused

    def read(self, keys: AccessKeys | str, progress: Callable[[ReadStep], None] = lambda _step: None):
        can = keys if isinstance(keys, str) else keys.can
        self.slow.wait(10)
        for step in ReadStep:
            progress(step)
        if self.citizen is None:
            return CardFailure(FailureCode.CARD_REMOVED_EARLY, "")
        if can != self.citizen.number[-6:]:
            return CardFailure(FailureCode.CARD_CAN_WRONG, "")
        return CardReading(replace(self.citizen, father="Nguyễn Văn Cha"), INTACT, 30, 900, 1.0)

    def test(self, can: str | None = None) -> TestReport:
        lines = (("reader", "Memory 00 00"),)
        if can is None:
            return TestReport(True, lines)
        result = self.read(can)
        if isinstance(result, CardFailure):
            return TestReport(False, lines, result.code)
        return TestReport(True, (*lines, ("access", result.proof.access)))

    def close(self) -> None:
        self.closed += 1


class MemoryPrinter:
    """A printer with paper, or without."""

    name = "printer"
    paper = True
    slow: threading.Event | None = None

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.slips: list[TicketSlip] = []

    def status(self) -> DeviceStatus:
        if not type(self).paper:
            return DeviceStatus(Condition.NEEDS_ATTENTION, FailureCode.PRINTER_PAPER_OUT)
        return DeviceStatus(Condition.READY)

    def print_slip(self, slip: TicketSlip) -> PrintOutcome:
        if self.slow is not None:
            self.slow.wait(10)
        if not type(self).paper:
            return PrintOutcome(PrintResult.NOT_PRINTED, FailureCode.PRINTER_PAPER_OUT)
        self.slips.append(slip)
        return PrintOutcome(PrintResult.PRINTED)

    def test(self) -> TestReport:
        return TestReport(True)

    def close(self) -> None:
        """Nothing is open."""


class MemoryScanner:
    """A scanner that says what it is told to say."""

    name = "scanner"

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.callback: Callable[[str], None] = lambda _code: None

    def on_code(self, callback: Callable[[str], None]) -> None:
        self.callback = callback

    def status(self) -> DeviceStatus:
        return DeviceStatus(Condition.READY)

    def test(self) -> TestReport:
        return TestReport(True)

    def close(self) -> None:
        """Nothing is open."""


class MemoryWindow:
    """A window without pixels."""

    def place(self) -> Rectangle:
        return Rectangle(0, 0, 1080, 1920)

    def seconds_since_turn(self) -> float:
        return 0.0

    def show_name(self, seconds: float) -> bool:
        return True

    def move(self, settings: Any) -> None:
        """Nowhere to go."""


@dataclass
class MemoryLobby:
    """The kiosk process with its lobby. Used as a context: started and stopped."""

    centre: MemoryCentre = field(default_factory=MemoryCentre)
    numbers: OfflineNumbers | None = None
    clock: CentreClock | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    procedures: Library | None = None
    clips: tuple[Clip, ...] = ()
    changed: Callable[[], None] = lambda: None
    changes: int = 0

    def __enter__(self) -> MemoryLobby:
        MemoryPrinter.paper = True
        self.made: dict[str, Any] = {}
        self.process = KioskProcess(
            self.centre,  # type: ignore[arg-type]
            load(CONFIG),
            MemoryWindow(),
            self._changed,
            forms={form().id: form()},
            clips=self.clips,
            procedures=self.procedures,
            numbers=self.numbers,
            clock=self.clock,
            now=self.now,
            monotonic=self.monotonic,
            make_reader=lambda settings: self._made(MemoryReader(settings)),
            make_printer=lambda settings: self._made(MemoryPrinter(settings)),
            make_scanner=lambda settings: self._made(MemoryScanner(settings)),
            poll_seconds={"card_reader": 0.05, "printer": 0.05, "scanner": 0.05, "kiosk_screen": 0.05},
        )
        self.process.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.stop()

    def _made(self, device: Any) -> Any:
        self.made.setdefault(device.name, device)
        return device

    def _changed(self) -> None:
        self.changes += 1
        self.changed()

    @property
    def state(self) -> VisitState:
        return self.process.state

    @property
    def reader(self) -> MemoryReader:
        return self.made["card_reader"]

    @property
    def printer(self) -> MemoryPrinter:
        return self.made["printer"]

    @property
    def scanner(self) -> MemoryScanner:
        return self.made["scanner"]

    def until_quiet(self, seconds: float = 0.5) -> None:
        """Wait until nothing visible has changed for so long. Fails when it never stops."""
        deadline, before = time.monotonic() + 10, -1
        while self.changes != before:
            assert time.monotonic() < deadline, f"the window does not come to rest; it shows {self.state.key}"
            before = self.changes
            time.sleep(seconds)

    def until(self, condition: Callable[[], Any], seconds: float = 40.0) -> None:
        """Wait for something that the workers do. Fails when it does not come about."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"did not come about; the screen is {self.state.key}"
            time.sleep(0.005)

    def until_screen(self, name: str) -> None:
        """Wait for a screen."""
        self.until(lambda: self.state.key.split("/")[1].split(":")[0] == name)


__all__ = ["HUONG", "MemoryLobby", "MemoryPrinter"]
