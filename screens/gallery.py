"""Every citizen's screen as a picture: ``python -m screens.gallery OUT [NAME …]``.

The screens are those of a real visit, walked through with the flow's own events; the citizen is invented.
With ``SDL_VIDEODRIVER=offscreen`` no display is needed. ``--size 1920x1080`` turns the panel round.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

from kiosk.eforms.definition import load_forms
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import Access, AccessProtocol, CardProof, GroupHash, Password, Signature
from kiosk.identity.citizen import Citizen, Sex
from kiosk.procedures.library import ProcedureLibrary
from kiosk.procedures.shipped import read_shipped
from kiosk.queueing.wait import WaitKind, WaitRange
from kiosk.settings import ScreenSettings, load
from kiosk.visit.comfort import Comfort, TextSize
from kiosk.visit.drafts import InputKind, input_kind
from kiosk.visit.effects import Effect, IssueTicket, LoadServices, PrintSlip, ReadCard, Search, SendForm
from kiosk.visit.events import (
    CardFailed,
    CardInserted,
    CardProgress,
    CardRead,
    ChangeTapped,
    ChoiceTapped,
    ClearTapped,
    ClipChosen,
    Confirmed,
    Continue,
    DeviceChanged,
    DigitTapped,
    Event,
    FindTapped,
    FormFailed,
    FormSent,
    Found,
    FoundProcedure,
    IssuedTicket,
    KeyTapped,
    OfferAccepted,
    PageTapped,
    PrintResult,
    PrintSheetTapped,
    PriorityClass,
    ProcedureChosen,
    ReadingStep,
    ServiceChoice,
    ServicesFailed,
    ServicesLoaded,
    ServiceTapped,
    SheetPrinted,
    SlipPrinted,
    StartWithoutCard,
    Tick,
    TicketIssued,
    WatchClips,
)
from kiosk.visit.flow import step
from kiosk.visit.states import CheckAnswers, Clip, Question, Setup, VisitState
from screens.citizen.screens import KioskView, present
from screens.locale import catalogue
from screens.window import prepare_window

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 23, 9, 15, tzinfo=timezone(timedelta(hours=7)))
FRAMES = 14  # enough for every size to settle

E = TypeVar("E", bound=Effect)


class Walk:
    """A visit walked through by events; ``views`` keeps what was shown under a name."""

    def __init__(self, setup: Setup, now: datetime = NOW) -> None:
        self.state = VisitState(setup, comfort=setup.comfort, now=now)
        self.views: dict[str, KioskView] = {}
        self.effects: list[Effect] = []  #: everything the visit asked for

    def do(self, *events: Event) -> None:
        """Let these happen."""
        for event in events:
            self.state, effects = step(self.state, event)
            self.effects += effects

    def keep(self, name: str) -> None:
        """Keep what is shown now."""
        self.views[name] = present(self.state, catalogue("citizen", self.state.comfort.language))

    def asked(self, kind: type[E]) -> E:
        """The newest effect of this kind. Raises ``LookupError`` when there was none."""
        for effect in reversed(self.effects):
            if isinstance(effect, kind):
                return effect
        raise LookupError(kind.__name__)


def samples(comfort: Comfort | None = None) -> dict[str, KioskView]:
    """View-models of every screen by name, in the order of a visit, as this citizen wants them."""
    table = told()
    setup, services = replace(setup_of(table), comfort=comfort or Comfort()), services_of(table)
    walk = Walk(setup)
    _start(walk)
    _card(walk, citizen_of(table))
    _services_and_ticket(walk, services)
    _form(walk, table["typed"])
    _troubles(walk, setup, services)
    _clips(walk, setup)
    _procedures(walk, setup, services)
    return walk.views


def told() -> dict[str, Any]:
    """What the visit needs to be told: the citizen, the services, the clips, what is typed."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def setup_of(table: dict[str, Any]) -> Setup:
    """The demo centre's kiosk."""
    settings = load(ROOT / "config")
    return Setup(
        machine="gallery",
        centre_name=settings.centre.name,
        hotline=settings.centre.hotline,
        commune=settings.centre.short_name,
        retention_days=settings.centre.form_retention_days,
        idle_warning_seconds=60,
        idle_countdown_seconds=30,
        clips_after_seconds=90,
        forms=load_forms(ROOT / "config" / "forms"),
        clips=tuple(Clip(video=Path(f"{clip['id']}.webm"), **clip) for clip in table["clip"]),
    )


def citizen_of(table: dict[str, Any]) -> Citizen:
    """The invented citizen."""
    return Citizen(**{**table["citizen"], "sex": Sex(table["citizen"]["sex"])})


def services_of(table: dict[str, Any]) -> tuple[ServiceChoice, ...]:
    """The services as the centre would list them."""
    return tuple(
        ServiceChoice(
            **{**service, "counters": tuple(service.get("counters", ())), "wait": _wait(service.get("wait"))}
        )
        for service in table["service"]
    )


def priorities_of(table: dict[str, Any]) -> tuple[PriorityClass, ...]:
    """The classes of priority that citizens may name."""
    return tuple(PriorityClass(**one) for one in table["priority"])


def _wait(told: list[int] | None) -> WaitRange | None:
    if told is None:
        return None
    low, high = told
    return WaitRange(low or None, high, WaitKind.RANGE if low else WaitKind.UNDER)


def _start(walk: Walk) -> None:
    walk.keep("start")
    walk.do(
        DeviceChanged("card_reader", FailureCode.READER_NOT_FOUND),
        DeviceChanged("printer", FailureCode.PRINTER_PAPER_OUT),
    )
    walk.keep("start_trouble")
    walk.do(DeviceChanged("card_reader", None), DeviceChanged("printer", None))


def _card(walk: Walk, citizen: Citizen) -> None:
    walk.do(CardInserted())
    walk.do(*(DigitTapped(digit=digit) for digit in citizen.number[-6:-3]))
    walk.keep("enter_can")
    walk.do(*(DigitTapped(digit=digit) for digit in citizen.number[-3:]))
    walk.do(Continue())
    reading = walk.asked(ReadCard)
    walk.do(CardFailed(reading.visit, reading.attempt, FailureCode.CARD_CAN_WRONG))
    walk.keep("enter_can_wrong")
    walk.do(*(DigitTapped(digit=digit) for digit in citizen.number[-6:]))
    walk.do(Continue())
    reading = walk.asked(ReadCard)
    walk.do(CardProgress(reading.visit, reading.attempt, ReadingStep.READING))
    walk.keep("reading")
    proof = CardProof(
        Access(AccessProtocol.PACE, Password.CAN),
        Signature.VALID,
        {1: GroupHash.MATCH, 13: GroupHash.MATCH},
    )
    walk.do(CardRead(reading.visit, reading.attempt, citizen, proof))


def _services_and_ticket(walk: Walk, services: tuple[ServiceChoice, ...]) -> None:
    walk.keep("services_loading")
    walk.do(ServicesLoaded(walk.asked(LoadServices).visit, services))
    walk.keep("services")
    walk.do(ServiceTapped(service="xac-nhan-hon-nhan"))
    walk.keep("services_issuing")
    issue = walk.asked(IssueTicket)
    ticket = IssuedTicket(
        id="1",
        number="B015",
        service=issue.service,
        service_name=next(service.name for service in services if service.id == issue.service),
        ahead=3,
        counters=(1,),
        issued_at=NOW,
        follow_url="http://192.168.1.10:8080/follow/Zk3v9QmX2pLr7TnB5wYc8A",
        wait=_wait([20, 30]),
    )
    asked = walk.state
    for name, other in {
        "ticket_held": replace(ticket, held=True),
        "ticket_held_called": replace(ticket, held=True, state="called", called_to=1),
        "ticket_offline": replace(ticket, number="B990", offline=True, follow_url="", wait=None),
    }.items():
        walk.do(TicketIssued(issue.visit, issue.key, other))
        walk.do(SlipPrinted(issue.visit, ticket.id, PrintResult.PRINTED))
        walk.keep(name)
        walk.state = asked
    walk.do(TicketIssued(issue.visit, issue.key, ticket))
    walk.keep("ticket_printing")
    before = walk.state
    slip = walk.asked(PrintSlip)
    walk.do(SlipPrinted(slip.visit, ticket.id, PrintResult.FAILED, FailureCode.PRINTER_PAPER_OUT))
    walk.keep("ticket_not_printed")
    walk.state = before
    walk.do(SlipPrinted(slip.visit, ticket.id, PrintResult.PRINTED))
    walk.keep("ticket")
    walk.do(Continue())
    walk.keep("offer_form")
    walk.do(OfferAccepted())


def _form(walk: Walk, typed: dict[str, str]) -> None:
    while isinstance(walk.state.screen, Question):
        name = walk.state.screen.field
        walk.keep(f"question_{name}")
        if input_kind(_field(walk, name)) is InputKind.CHOICE:
            walk.do(ChoiceTapped(value=_wanted_option(walk, name)))
        else:
            walk.do(*_typing(walk, name, typed))
        walk.keep(f"question_{name}_answered")
        walk.do(Continue())
        if walk.state.screen == Question(name) or getattr(walk.state.screen, "problem", None):
            raise AssertionError(f"the gallery's answer to {name} is refused")
    if not isinstance(walk.state.screen, CheckAnswers):
        raise AssertionError("the gallery's visit does not reach the check page")
    _idle(walk)
    page = 0
    while True:
        walk.keep(f"check_answers_{page + 1}")
        walk.do(PageTapped(page=page + 1))
        if not isinstance(walk.state.screen, CheckAnswers) or walk.state.screen.page == page:
            break
        page += 1
    walk.do(Confirmed())
    walk.keep("check_answers_problem")  # the same number was given for two people
    wrong = walk.state.screen.problems[0].field
    walk.do(ChangeTapped(field=wrong), ClearTapped())
    walk.do(*(KeyTapped(key=digit) for digit in typed["other_number"]))
    walk.do(Continue(), PageTapped(page=page), Confirmed())
    walk.keep("check_answers_sending")
    sending = walk.asked(SendForm)
    before = walk.state
    walk.do(FormFailed(sending.visit, sending.ticket, FailureCode.CENTRE_UNREACHABLE))
    walk.keep("problem_with_number")
    walk.state = before
    walk.do(FormSent(sending.visit, sending.ticket))
    walk.keep("form_done")


def _field(walk: Walk, name: str) -> Any:
    return walk.state.form.form.field(name) if walk.state.form is not None else None


def _wanted_option(walk: Walk, name: str) -> str:
    """For somebody else and divorced, so that the visit has many questions."""
    values = [option.value for option in _field(walk, name).options]
    return next((value for value in ("con", "da-ly-hon") if value in values), values[0])


def _typing(walk: Walk, name: str, typed: dict[str, str]) -> Iterator[Event]:
    field = _field(walk, name)
    kind = input_kind(field)
    if kind in (InputKind.DIGITS, InputKind.DATE):
        digits = typed["date"] if kind is InputKind.DATE else typed.get(field.type.value, typed["digits"])
        return (DigitTapped(digit=digit) for digit in digits)
    words = typed.get(field.type.value, typed["text"])
    return (KeyTapped(key="space" if sign == " " else sign.lower()) for sign in words)


def _idle(walk: Walk) -> None:
    before = walk.state
    walk.do(Tick(NOW, 66.0))
    walk.keep("idle_warning")
    walk.state = before


def _troubles(walk: Walk, setup: Setup, services: tuple[ServiceChoice, ...]) -> None:
    other = Walk(setup)
    other.do(StartWithoutCard())
    other.do(ServicesLoaded(other.asked(LoadServices).visit, services))
    other.keep("services_without_card")
    visit = other.asked(LoadServices).visit
    other.do(Tick(NOW.replace(hour=11, minute=45), 0.0))
    closed = tuple(
        replace(service, open=False, closed_reason=why, closed_words=words, opens_at=opens)
        for service, (why, words, opens) in zip(services, _closed(), strict=False)
    )
    other.do(ServicesLoaded(visit, closed))
    other.keep("services_closed")
    other.do(ServicesLoaded(visit, services, offline=True))
    other.keep("services_offline")
    other.do(ServicesLoaded(visit, services, priorities_of(told())))
    other.do(ServiceTapped(service=services[0].id))
    other.keep("ask_priority")
    failing = Walk(setup)
    failing.do(StartWithoutCard())
    failing.do(ServicesFailed(failing.asked(LoadServices).visit, FailureCode.CENTRE_UNREACHABLE))
    failing.keep("problem")
    walk.views |= other.views | failing.views


def _closed() -> tuple[tuple[str, str, datetime | None], ...]:
    """Every reason for which a service gives no numbers."""
    return tuple((one["why"], one.get("words", ""), one.get("opens_at")) for one in told()["closed"])


def _clips(walk: Walk, setup: Setup) -> None:
    watching = Walk(setup)
    watching.do(WatchClips())
    watching.keep("clips")
    watching.do(ClipChosen(clip=setup.clips[0].id))
    watching.keep("clip_playing")
    left = Walk(setup)
    left.do(Tick(NOW, 91.0))
    left.keep("clip_by_itself")
    walk.views |= watching.views | left.views


def _procedures(walk: Walk, setup: Setup, services: tuple[ServiceChoice, ...]) -> None:
    file = ROOT / "config" / "procedures" / "ho-tich.toml"
    library = ProcedureLibrary(read_shipped(file.name, tomllib.loads(file.read_text(encoding="utf-8"))))
    finding = Walk(setup)
    finding.do(FindTapped())
    finding.keep("find_procedure")
    finding.do(ServicesLoaded(finding.asked(LoadServices).visit, services))
    finding.do(*(KeyTapped(key=key) for key in ("k", "h", "a", "i", "space", "s", "i", "n", "h")))
    search = finding.asked(Search)
    hits = [library.get(hit.code) for hit in library.search(search.text, search.limit)]
    found = tuple(FoundProcedure(one, one.service) for one in hits if one is not None)
    finding.do(Found(search.visit, search.text, found))
    finding.keep("find_procedure_found")
    before = finding.state
    finding.do(Found(search.visit, search.text, ()))
    finding.keep("find_procedure_nothing")
    finding.state = before
    finding.do(ProcedureChosen(code=found[0].procedure.code))
    finding.keep("procedure")
    finding.do(PrintSheetTapped())
    finding.do(SheetPrinted(search.visit, found[0].procedure.code, PrintResult.PRINTED))
    finding.keep("procedure_printed")
    finding.do(PageTapped(page=1))
    finding.keep("procedure_2")
    walk.views |= finding.views


def draw(
    out: Path, names: list[str], size: tuple[int, int], diagonal_inches: float, comfort: Comfort | None = None
) -> None:
    """Write one PNG for each sample into the folder ``out``."""
    width, height = size
    prepare_window(ScreenSettings(width=width, height=height, diagonal_inches=diagonal_inches), "gallery")

    from kivy.base import EventLoop  # noqa: PLC0415 - the window is prepared now
    from kivy.core.window import Window  # noqa: PLC0415

    from screens.citizen.stage import Stage  # noqa: PLC0415

    stage = Stage(lambda _event: None, lambda: None)
    Window.add_widget(stage)
    EventLoop.ensure_window()
    out.mkdir(parents=True, exist_ok=True)
    for name, view in samples(comfort).items():
        if names and name not in names:
            continue
        stage.show(view)
        for _ in range(FRAMES):
            EventLoop.idle()
        stage.export_as_image().save(str(out / f"{name}.png"))


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m screens.gallery", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("names", nargs="*", help="only these samples")
    parser.add_argument("--size", default="1080x1920", help="panel in pixels, e.g. 1920x1080")
    parser.add_argument("--inches", type=float, default=21.5, help="the panel's diagonal")
    parser.add_argument("--language", default="vi", help="language of the screens, e.g. en")
    parser.add_argument("--letters", type=int, default=0, choices=[0, 1, 2], help="size of the letters")
    for name in ("contrast", "low", "left"):
        parser.add_argument(f"--{name}", action="store_true")
    given = parser.parse_args(arguments)
    width, _, height = given.size.partition("x")
    comfort = Comfort(
        given.language, TextSize(given.letters), given.contrast, low=given.low, left_handed=given.left
    )
    draw(given.out, given.names, (int(width), int(height)), given.inches, comfort)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
