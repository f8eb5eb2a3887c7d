"""Whatever happens in whatever order: no error, no second number, always a way back, nothing left behind."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from journey import ALTERED, CLASSES, FORGED, HUONG, HUONG_QR, INTACT, PAO, SERVICES, Journey, _buttons

from kiosk.dossiers.status import DossierStatus, State
from kiosk.failures import FailureCode
from kiosk.procedures.dossier_code import parse
from kiosk.visit import events
from kiosk.visit.effects import (
    AddMatter,
    AskDossier,
    GiveBackTicket,
    IssueTicket,
    LoadServices,
    PrintSlip,
    ReadCard,
    SendForm,
    SendRating,
)
from kiosk.visit.events import Intent
from kiosk.visit.flow import step
from kiosk.visit.states import Clips, Start, TicketShown

CODES = st.sampled_from(list(FailureCode))
TEXTS = st.sampled_from(
    [
        "",
        "1",
        "a",
        "khuyet-tat",
        "sac",
        "shift",
        "ho-tich",
        "hon-nhan",
        "nycQuanHe",
        "nxnNoiCuTru",
        "ban-than",
    ]
)
INTENTS = st.sampled_from(
    [
        kind
        for kind in vars(events).values()
        if isinstance(kind, type) and issubclass(kind, Intent) and kind is not Intent
    ]
)


class AnyJourney(RuleBasedStateMachine):
    """Presses what is there, presses what is not there, and lets the world answer early, late and twice."""

    def __init__(self) -> None:
        super().__init__()
        self.kiosk = Journey()
        self.numbers: dict[str, int] = {}

    @initialize(depth=st.integers(0, 4))
    def begins_somewhere(self, depth: int) -> None:
        if depth > 0:
            self.kiosk.with_card()
        if depth > 1:
            self.kiosk.takes_number()
        if depth > 2:
            self.kiosk.opens_form()
        if depth > 3:
            self.kiosk.answers_everything()

    # -- the citizen -------------------------------------------------------------------------------------

    @rule(choice=st.integers(0, 60))
    def presses_something(self, choice: int) -> None:
        view = self.kiosk.view
        buttons = [b for b in _buttons(view.overlay or view.screen) if b.enabled]
        if buttons:
            self.kiosk.happens(buttons[choice % len(buttons)].event)

    @rule(choice=st.integers(0, 60), again=st.booleans())
    def presses_and_the_press_comes_late(self, choice: int, again: bool) -> None:
        buttons = list(_buttons(self.kiosk.view.screen))
        if not buttons:
            return
        event = buttons[choice % len(buttons)].event
        self.presses_something(choice + 1)
        self.kiosk.happens(event)
        if again:
            self.kiosk.happens(event)

    @rule(kind=INTENTS, text=TEXTS, number=st.integers(-3, 9), here=st.booleans())
    def any_intent(self, kind: type[Intent], text: str, number: int, here: bool) -> None:
        values: dict[str, object] = {"at": self.kiosk.state.key if here else ""}
        for part in dataclasses.fields(kind):
            if part.name != "at":
                values[part.name] = number if part.type in ("int", int) else text
        self.kiosk.happens(kind(**values))

    @rule(citizen=st.sampled_from([HUONG, PAO]))
    def types_the_right_digits(self, citizen: object) -> None:
        if self.kiosk.view.name == "enter_can":
            self.kiosk.digits(citizen.number[-6:])

    @precondition(lambda self: self.kiosk.view.name in ("ticket", "offer_form", "question"))
    @rule(choice=st.integers(0, 3))
    def goes_through_the_form(self, choice: int) -> None:
        for _ in range(20):
            kiosk = self.kiosk
            if kiosk.view.overlay is not None or kiosk.view.name not in ("ticket", "offer_form", "question"):
                return
            screen = kiosk.screen
            if kiosk.view.name == "question":
                if screen.options:
                    kiosk.happens(screen.options[choice % len(screen.options)].button.event)
                elif screen.keypad is not None:
                    kiosk.digits("010119701234")
                else:
                    kiosk.keys("l", "y", "sac")
            ways = [getattr(screen, name, None) for name in ("accept", "skip", "proceed")]
            kiosk.happens(next(way for way in ways if way is not None).event)

    @rule(service=st.sampled_from([0, 1, 1, 1]))
    def takes_a_number_at_once(self, service: int) -> None:
        if self.kiosk.view.name == "start" and "Lấy số" in self.kiosk.labels():
            self.kiosk.without_card()
            self.kiosk.press(SERVICES[service].name).number_comes()

    @precondition(lambda self: self.kiosk.view.name == "check_answers" and not self.kiosk.state.waiting)
    @rule()
    def confirms(self) -> None:
        if self.kiosk.view.overlay is None:
            self.kiosk.to_last_page().press("Xác nhận và gửi tờ khai")

    # -- the world ---------------------------------------------------------------------------------------

    @rule()
    def card_comes(self) -> None:
        self.kiosk.lays_card()

    @rule()
    def card_goes(self) -> None:
        self.kiosk.takes_card()

    @rule(citizen=st.sampled_from([HUONG_QR, PAO]))
    def code_is_scanned(self, citizen: object) -> None:
        self.kiosk.scans(citizen)

    @rule()
    def foreign_code(self) -> None:
        self.kiosk.happens(events.ForeignCodeScanned())

    @precondition(lambda self: self.kiosk.count(ReadCard))
    @rule(citizen=st.sampled_from([HUONG, PAO]), proof=st.sampled_from([INTACT, INTACT, ALTERED, FORGED]))
    def reading_ends(self, citizen: object, proof: object) -> None:
        self.kiosk.card_is_read(citizen, proof)

    @precondition(lambda self: self.kiosk.count(ReadCard))
    @rule(code=CODES)
    def reading_fails(self, code: FailureCode) -> None:
        self.kiosk.card_fails(code)

    @precondition(lambda self: self.kiosk.count(LoadServices))
    @rule(
        services=st.sampled_from([SERVICES, SERVICES, SERVICES[:1], ()]),
        classes=st.sampled_from([(), CLASSES, CLASSES, CLASSES[:1]]),
        offline=st.booleans(),
    )
    def services_come(self, services: tuple, classes: tuple, offline: bool) -> None:
        self.kiosk.services_come(services, classes, offline=offline)

    @precondition(lambda self: self.kiosk.count(LoadServices))
    @rule(code=CODES)
    def services_fail(self, code: FailureCode) -> None:
        self.kiosk.happens(events.ServicesFailed(self.kiosk.last(LoadServices).visit, code))

    @precondition(lambda self: self.kiosk.count(IssueTicket))
    @rule(offline=st.booleans(), held=st.booleans(), state=st.sampled_from(["waiting", "called", "parked"]))
    def number_comes(self, offline: bool, held: bool, state: str) -> None:
        self.kiosk.number_comes(offline=offline, held=held, state=state)

    @precondition(lambda self: self.kiosk.count(IssueTicket))
    @rule(code=CODES)
    def number_refused(self, code: FailureCode) -> None:
        self.kiosk.number_refused(code)

    @precondition(lambda self: self.kiosk.count(PrintSlip))
    @rule(result=st.sampled_from(list(events.PrintResult)), code=st.none() | CODES)
    def slip_ends(self, result: events.PrintResult, code: FailureCode | None) -> None:
        self.kiosk.slip(result, code)

    @precondition(lambda self: self.kiosk.count(SendForm))
    @rule()
    def form_arrives(self) -> None:
        self.kiosk.form_arrives()

    @precondition(lambda self: self.kiosk.count(SendForm))
    @rule(code=CODES)
    def form_fails(self, code: FailureCode) -> None:
        self.kiosk.form_fails(code)

    @precondition(lambda self: self.kiosk.count(GiveBackTicket))
    @rule(code=st.none() | CODES)
    def giving_back_ends(self, code: FailureCode | None) -> None:
        asked: GiveBackTicket = self.kiosk.last(GiveBackTicket)
        if code is None:
            self.kiosk.happens(events.TicketGivenBack(asked.visit, asked.ticket))
        else:
            self.kiosk.happens(events.GiveBackFailed(asked.visit, asked.ticket, code))

    @precondition(lambda self: self.kiosk.count(AddMatter))
    @rule(code=st.none() | CODES)
    def matter_ends(self, code: FailureCode | None) -> None:
        asked: AddMatter = self.kiosk.last(AddMatter)
        if code is None:
            self.kiosk.happens(events.MatterAdded(asked.visit, asked.ticket, asked.service))
        else:
            self.kiosk.happens(events.MatterRefused(asked.visit, asked.ticket, code))

    @precondition(lambda self: self.kiosk.count(SendRating))
    @rule(code=st.none() | CODES)
    def rating_ends(self, code: FailureCode | None) -> None:
        asked: SendRating = self.kiosk.last(SendRating)
        answer = events.RatingSent(asked.visit) if code is None else events.RatingFailed(asked.visit, code)
        self.kiosk.happens(answer)

    @rule(code=st.sampled_from(["000.00.01.H26-260930-0012", "H26.12-260930-0012"]))
    def receipt_is_scanned(self, code: str) -> None:
        self.kiosk.happens(events.DossierScanned(parse(code)))

    @precondition(lambda self: self.kiosk.count(AskDossier))
    @rule(state=st.none() | st.sampled_from(State), due=st.none() | st.dates())
    def dossier_is_told(self, state: State | None, due: date | None) -> None:
        asked: AskDossier = self.kiosk.last(AskDossier)
        told = None
        if state is not None:
            told = DossierStatus(str(asked.code), state, due, "", self.kiosk.state.now, "hệ thống của tỉnh")
        self.kiosk.happens(events.DossierTold(asked.visit, asked.code, told))

    @rule(device=st.sampled_from(["card_reader", "printer", "scanner"]), code=st.none() | CODES)
    def device_changes(self, device: str, code: FailureCode | None) -> None:
        self.kiosk.happens(events.DeviceChanged(device, code))

    @rule(seconds=st.sampled_from([0.5, 20.0, 61.0, 75.0, -5.0]), jump=st.sampled_from([0, 0, -3600]))
    def time_passes(self, seconds: float, jump: int) -> None:
        now = self.kiosk.state.now + timedelta(seconds=seconds + jump)
        self.kiosk.happens(events.Tick(now, seconds))

    # -- what always holds -------------------------------------------------------------------------------

    @invariant()
    def the_screen_can_be_drawn_and_left(self) -> None:
        view = self.kiosk.view
        assert view.screen is not None
        waiting = self.kiosk.state.waiting
        buttons = [b for b in _buttons(view.overlay or view.screen) if b.enabled]
        assert buttons or waiting or getattr(view.screen, "attract", False)

    @invariant()
    def no_number_is_issued_twice(self) -> None:
        keys = {effect.key: effect.service for effect in self.kiosk.asked if isinstance(effect, IssueTicket)}
        for effect in self.kiosk.asked:
            if isinstance(effect, IssueTicket):
                assert keys[effect.key] == effect.service
                assert effect.key.startswith(f"{effect.visit}-{effect.service}")
        services = [held.ticket.service for held in self.kiosk.state.tickets]
        assert len(services) == len(set(services))
        printed = [effect.ticket.id for effect in self.kiosk.asked if isinstance(effect, PrintSlip)]
        assert len(printed) == len(set(printed))

    @invariant()
    def a_number_goes_with_the_person_and_the_priority_of_this_visit_only(self) -> None:
        for effect in self.kiosk.asked:
            if isinstance(effect, IssueTicket):
                assert effect.card in (None, HUONG.number, PAO.number)
                assert effect.priority is None or effect.priority.source in ("chip", "self")
                if effect.priority is not None and effect.priority.source == "chip":
                    assert effect.card == HUONG.number, "only she is old enough"

    @invariant()
    def nothing_of_the_person_stands_at_the_start(self) -> None:
        screen = self.kiosk.state.screen
        if isinstance(screen, Start) or (isinstance(screen, Clips) and screen.resume is None):
            assert self.kiosk.state.person is None
            assert self.kiosk.state.form is None
            assert self.kiosk.state.tickets == ()

    @invariant()
    def no_form_without_consent_and_a_number(self) -> None:
        session = self.kiosk.state.form
        if session is not None:
            assert self.kiosk.state.held(session.service) is not None

    @invariant()
    def logs_would_show_nothing_personal(self) -> None:
        text = repr(self.kiosk.state) + repr(self.kiosk.asked[-3:])
        for citizen in (HUONG, PAO):
            assert citizen.number not in text
            assert citizen.full_name not in text

    @invariant()
    def pressing_back_leads_to_the_start_or_to_the_number(self) -> None:
        state = self.kiosk.state
        if state.waiting or state.idle_warning is not None or state.form is not None:
            return  # a form has as many ways back as it has questions
        for _ in range(12):
            if isinstance(state.screen, Start | TicketShown) and state.panel is None:
                return
            state, _ = step(state, events.Back(state.key))
        raise AssertionError(f"{state.key} has no way back")

    @invariant()
    def walking_away_always_ends_at_the_start(self) -> None:
        state = self.kiosk.state
        for _ in range(8):
            state, _ = step(state, events.Tick(state.now, 61.0))
        assert state.key.split("/")[1].split(":")[0] in ("start", "clips")
        assert state.person is None
        assert state.tickets == ()


AnyJourney.TestCase.settings = settings(
    max_examples=80,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnyJourney = AnyJourney.TestCase
