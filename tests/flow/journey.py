"""Walks journeys of a citizen without a window: see a screen, press what is on it, answer what is asked.

A step fails with a name of its own: another screen than expected, a button that is not there, an effect
nobody asked.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from kiosk.eforms.definition import FormDefinition, load_form
from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.card_proof import Access, AccessProtocol, CardProof, GroupHash, Password, Signature
from kiosk.identity.citizen import Citizen, Sex, Source
from kiosk.queueing.wait import WaitKind, WaitRange
from kiosk.visit.effects import Effect, IssueTicket, LoadServices, PrintSlip, ReadCard, SendForm, Wipe
from kiosk.visit.events import (
    CardFailed,
    CardInserted,
    CardProgress,
    CardRead,
    CardRemoved,
    ChoiceTapped,
    CodeScanned,
    DigitTapped,
    Event,
    FormFailed,
    FormSent,
    Intent,
    IssuedTicket,
    KeyTapped,
    PrintResult,
    PriorityClass,
    ReadingStep,
    ServiceChoice,
    ServicesLoaded,
    SlipPrinted,
    Tick,
    TicketIssued,
    TicketRefused,
)
from kiosk.visit.flow import step
from kiosk.visit.states import Clip, Setup, VisitState
from screens.citizen.parts import Button, Key
from screens.citizen.screens import KioskView, present
from screens.locale import catalogue

CONFIG = Path(__file__).parents[2] / "config"
FORM = "1.004873"
LOCAL = timezone(timedelta(hours=7))
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=LOCAL)

# Invented citizens.
HUONG = Citizen(
    number="008145001234",
    full_name="Nguyễn Thị Hường",
    birth_date=date(1945, 5, 17),
    sex=Sex.FEMALE,
    nationality="Việt Nam",
    ethnicity="Tày",
    hometown="Xã Thuận Hòa, Tuyên Quang",
    residence="Thôn Nà Kiếm, Xã Thuận Hòa, Tuyên Quang",
    issue_date=date(2022, 3, 9),
    source=Source.CHIP,
)
PAO = Citizen(
    number="008099004321",
    full_name="Sùng A Páo",
    birth_date=date(1999, 2, 1),
    sex=Sex.MALE,
    nationality="Việt Nam",
    ethnicity="Mông",
    residence="Thôn Lũng Chỉnh, Xã Thuận Hòa, Tuyên Quang",
    issue_date=date(2024, 8, 20),
    source=Source.CHIP,
)
HUONG_QR = replace(HUONG, nationality=None, ethnicity=None, hometown=None, source=Source.CARD_QR)

OPENED = Access(AccessProtocol.PACE, Password.CAN)
INTACT = CardProof(OPENED, Signature.VALID, {1: GroupHash.MATCH, 13: GroupHash.MATCH})
ALTERED = CardProof(OPENED, Signature.VALID, {1: GroupHash.MATCH, 13: GroupHash.MISMATCH})
FORGED = CardProof(OPENED, Signature.INVALID, {1: GroupHash.MATCH, 13: GroupHash.MATCH})

WAIT = WaitRange(20, 30, WaitKind.RANGE)
CLASSES = (
    PriorityClass("cao-tuoi", "Người cao tuổi", 60, by_chip=True),
    PriorityClass("khuyet-tat", "Người khuyết tật", by_self=True),
    PriorityClass("co-cong", "Người có công", by_self=True),
)
SERVICES = (
    ServiceChoice("ho-tich", "Hộ tịch", "Khai sinh, kết hôn", waiting=3, wait=WAIT, counters=(1, 9)),
    ServiceChoice("hon-nhan", "Xác nhận tình trạng hôn nhân", counters=(1, 9), form=FORM),
    ServiceChoice("dat-dai", "Đất đai", open=False, closed_reason="hours", opens_at=NOW.replace(hour=13)),
)


class WrongScreenError(AssertionError):
    """Another screen came than the journey expects."""


class NoSuchButtonError(AssertionError):
    """The screen has no such button, or it cannot be pressed."""


class NoSuchEffectError(AssertionError):
    """What the journey answers was never asked."""


@cache
def form() -> FormDefinition:
    """The form of the demo centre."""
    return load_form(CONFIG / "forms" / f"{FORM}.toml")


def setup(**changes: Any) -> Setup:
    """The demo kiosk."""
    made = Setup(
        machine="demo",
        centre_name="Trung tâm Phục vụ hành chính công xã Thuận Hòa",
        hotline="18001096",
        commune="xã Thuận Hòa",
        retention_days=1,
        idle_warning_seconds=60,
        idle_countdown_seconds=30,
        clips_after_seconds=90,
        forms={FORM: form()},
        clips=(
            Clip("lay-so", "Lấy số thứ tự", 44, Path("lay-so.webm")),
            Clip("khai-san", "Khai sẵn tại máy", 60, Path("khai-san.webm")),
        ),
    )
    return replace(made, **changes)


@dataclass
class Journey:
    """One kiosk and what happened on it."""

    state: VisitState = dataclasses.field(default_factory=lambda: VisitState(setup(), now=NOW))
    asked: list[Effect] = dataclasses.field(default_factory=list)
    issued: int = 0

    # -- seeing ------------------------------------------------------------------------------------------

    @property
    def view(self) -> KioskView:
        """What the window shows."""
        return present(self.state, catalogue("citizen"))

    @property
    def screen(self) -> Any:
        """The view-model of the screen."""
        return self.view.screen

    def expect(self, name: str) -> Journey:
        """The screen with this name is shown."""
        if self.view.name != name:
            raise WrongScreenError(f"expected {name}, shown is {self.view.name}: {self.view.screen}")
        return self

    def texts(self) -> str:
        """Every word that can be read on the window."""
        return "\n".join(_texts(self.view))

    # -- doing -------------------------------------------------------------------------------------------

    def happens(self, event: Event) -> Journey:
        """Any event."""
        self.state, effects = step(self.state, event)
        self.asked += effects
        return self

    def press(self, label: str) -> Journey:
        """Press the button with these words."""
        for button in _buttons(self.view.overlay or self.view.screen):
            if button.label == label and button.enabled:
                return self.happens(button.event)
        raise NoSuchButtonError(f"{self.view.name} has no “{label}”; it has {self.labels()}")

    def labels(self) -> list[str]:
        """The words of every button that can be pressed now."""
        return [b.label for b in _buttons(self.view.overlay or self.view.screen) if b.enabled]

    def digits(self, text: str) -> Journey:
        """Type on the number pad."""
        for digit in text:
            self.happens(DigitTapped(self.view.key, digit))
        return self

    def keys(self, *keys: str) -> Journey:
        """Type on the keyboard."""
        for key in keys:
            self.happens(KeyTapped(self.view.key, key))
        return self

    def choose(self, label: str) -> Journey:
        """Choose an answer and go on."""
        return self.press(label).press("Tiếp tục")

    def wait(self, seconds: float, step_seconds: float = 1.0) -> Journey:
        """Time passes."""
        for _ in range(int(seconds / step_seconds)):
            self.happens(Tick(self.state.now + timedelta(seconds=step_seconds), step_seconds))
        return self

    # -- the world answers -------------------------------------------------------------------------------

    def last(self, kind: type[Any]) -> Any:
        """The newest effect of a kind."""
        for effect in reversed(self.asked):
            if isinstance(effect, kind):
                return effect
        raise NoSuchEffectError(f"no {kind.__name__} was asked; asked were {self.asked}")

    def count(self, kind: type[Any]) -> int:
        """How often something was asked."""
        return sum(isinstance(effect, kind) for effect in self.asked)

    def lays_card(self) -> Journey:
        return self.happens(CardInserted())

    def takes_card(self) -> Journey:
        return self.happens(CardRemoved())

    def scans(self, citizen: Citizen = HUONG_QR) -> Journey:
        return self.happens(CodeScanned(citizen, AccessKeys.from_number(citizen.number)))

    def card_is_read(self, citizen: Citizen = HUONG, proof: CardProof = INTACT) -> Journey:
        asked: ReadCard = self.last(ReadCard)
        for at in ReadingStep:
            self.happens(CardProgress(asked.visit, asked.attempt, at))
        return self.happens(CardRead(asked.visit, asked.attempt, citizen, proof))

    def card_fails(self, code: FailureCode) -> Journey:
        asked: ReadCard = self.last(ReadCard)
        return self.happens(CardFailed(asked.visit, asked.attempt, code))

    def services_come(
        self,
        services: tuple[ServiceChoice, ...] = SERVICES,
        classes: tuple[PriorityClass, ...] = (),
        *,
        offline: bool = False,
    ) -> Journey:
        asked: LoadServices = self.last(LoadServices)
        return self.happens(ServicesLoaded(asked.visit, services, classes, offline))

    def number_comes(self, **changes: Any) -> Journey:
        asked: IssueTicket = self.last(IssueTicket)
        self.issued += 1
        ticket = replace(ticket_of(asked.service, self.issued), **changes)
        return self.happens(TicketIssued(asked.visit, asked.key, ticket))

    def number_refused(self, code: FailureCode) -> Journey:
        asked: IssueTicket = self.last(IssueTicket)
        return self.happens(TicketRefused(asked.visit, asked.key, code))

    def slip(self, result: PrintResult, code: FailureCode | None = None) -> Journey:
        asked: PrintSlip = self.last(PrintSlip)
        return self.happens(SlipPrinted(asked.visit, asked.ticket.id, result, code))

    def form_arrives(self) -> Journey:
        asked: SendForm = self.last(SendForm)
        return self.happens(FormSent(asked.visit, asked.ticket))

    def form_fails(self, code: FailureCode) -> Journey:
        asked: SendForm = self.last(SendForm)
        return self.happens(FormFailed(asked.visit, asked.ticket, code))

    # -- stretches that many journeys share --------------------------------------------------------------

    def with_card(self, citizen: Citizen = HUONG) -> Journey:
        """From the start to the services, by the chip."""
        self.expect("start").lays_card().expect("enter_can").digits(citizen.number[-6:])
        self.press("Đọc căn cước").expect("reading").card_is_read(citizen)
        return self.expect("services").services_come()

    def without_card(self) -> Journey:
        """From the start to the services, without any card."""
        return self.expect("start").press("Lấy số").expect("services").services_come()

    def takes_number(self, service: str = "Xác nhận tình trạng hôn nhân") -> Journey:
        """One touch, and the number is there and printed."""
        self.press(service).number_comes().expect("ticket")
        return self.slip(PrintResult.PRINTED)

    def opens_form(self) -> Journey:
        """From the number to the first question."""
        self.press("Điền tờ khai luôn tại đây").expect("offer_form")
        return self.press("Đồng ý, điền tờ khai").expect("question")

    def answers_everything(self) -> Journey:
        """The questions that a card's holder is asked for herself, in order."""
        self.choose("Cho chính tôi")
        self.choose("Chưa đăng ký kết hôn với ai")
        self.choose("Nơi đang cư trú, đến nay")
        self.choose("Vay vốn ngân hàng")
        self.choose("Chưa, đây là lần đầu")
        self.choose("Đến trung tâm lấy")
        self.digits("2").press("Tiếp tục")
        return self.press("Bỏ qua").expect("check_answers")

    def to_last_page(self) -> Journey:
        """Turn the pages of the check page."""
        while "Xem trang tiếp" in self.labels():
            self.press("Xem trang tiếp").expect("check_answers")
        return self

    def wiped(self) -> Journey:
        """At the start, with nothing of the visit left."""
        self.expect("start")
        assert isinstance(self.last(Wipe), Wipe)
        assert self.state.person is None
        assert self.state.form is None
        assert self.state.tickets == ()
        for personal in (HUONG, PAO):
            assert personal.number not in repr(self.state)
            assert personal.full_name not in self.texts()
        return self


def ticket_of(service: str, count: int) -> IssuedTicket:
    """A number as the centre gives it."""
    return IssuedTicket(
        id=f"t{count}",
        number=f"B{count:03d}",
        service=service,
        service_name=next((s.name for s in SERVICES if s.id == service), service),
        ahead=count - 1,
        counters=(1, 9),
        issued_at=datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
        follow_url="http://127.0.0.1:8080/follow/x",
    )


def _walk(value: object, wanted: Callable[[object], bool]) -> Iterator[Any]:
    if wanted(value):
        yield value
    if dataclasses.is_dataclass(value) and not isinstance(value, type | Intent):
        for part in dataclasses.fields(value):
            yield from _walk(getattr(value, part.name), wanted)
    elif isinstance(value, tuple):
        for item in value:
            yield from _walk(item, wanted)


def _buttons(view: object) -> Iterator[Any]:
    """Everything that can be pressed, keys of the keyboard too."""
    for item in _walk(view, lambda value: isinstance(value, Button | Key)):
        yield item if isinstance(item, Button) else Button(item.label, item.event)


def _texts(view: object) -> Iterator[str]:
    return _walk(view, lambda value: isinstance(value, str))


__all__ = ["ChoiceTapped", "Journey", "NoSuchButtonError", "WrongScreenError", "form", "setup"]
