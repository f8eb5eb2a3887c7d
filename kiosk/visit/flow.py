"""The flow of one visit: ``step(state, event) -> (state, effects)``. Pure and total: every event is fine in
every state.

Each screen's own taps are handled by ``card``, ``number`` and ``form``. What can happen anywhere is handled
here, in one place: touches for screens that are gone, answers for visits that are over, cancel, idle, the
card, the clock.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.failures import FailureCode
from kiosk.visit import (
    card,
    clips,
    doors,
    dossier,
    finding,
    form,
    giving_back,
    number,
    panels,
    priority,
    rating,
    suspension,
)
from kiosk.visit.effects import Effect, LoadServices
from kiosk.visit.events import (
    Answer,
    Back,
    Cancel,
    CardFailed,
    CardInserted,
    CardProgress,
    CardRead,
    CardRefused,
    CardRemoved,
    ClipEnded,
    CodeScanned,
    DeviceChanged,
    DossierScanned,
    DossierTold,
    Event,
    Finish,
    ForeignCodeScanned,
    FormFailed,
    FormSent,
    Found,
    GiveBackFailed,
    HelpAnswered,
    HelpCalled,
    HelpFailed,
    Intent,
    MachineSuspended,
    MatterAdded,
    MatterRefused,
    NoticesChanged,
    PrintResult,
    RatingFailed,
    RatingSent,
    Retry,
    ScreenTouched,
    ServicesFailed,
    ServicesLoaded,
    SheetPrinted,
    SlipPrinted,
    SlipPrintedLater,
    StartWithoutCard,
    StayTapped,
    Tick,
    TicketGivenBack,
    TicketIssued,
    TicketRefused,
    WatchClips,
)
from kiosk.visit.moves import (
    Result,
    compare_card,
    failed,
    go_on,
    home,
    read,
    same,
    stay,
    to,
    to_last_ticket,
    to_services,
    wiped,
)
from kiosk.visit.states import (
    Again,
    AskPriority,
    CheckAnswers,
    Clips,
    EnterCan,
    FindClips,
    FindProcedure,
    FormDone,
    GiveBack,
    MyDossier,
    MyForms,
    OfferForm,
    Problem,
    ProcedureShown,
    Question,
    Rate,
    RatingStep,
    Reading,
    Services,
    Start,
    TicketShown,
    VisitState,
)

LONGEST_WAIT_SECONDS = 60.0
"""After so long a wait the worker is taken for lost; its late answer is still welcome."""
NO_CHIP_SEEN_SECONDS = 12.0
"""After so long with the digits typed and nothing seen by the reader, the card may be one without a chip."""
RELOAD_SECONDS = 15.0
"""How often the list of services is asked for anew while it is shown."""
ASK_SECONDS = 30.0
"""How often the start screen asks what is open."""


def step(state: VisitState, event: Event) -> Result:
    """The state after an event and what is to be done. Never raises."""
    after, effects = panels.in_sight(state, event, _step(state, event))
    if isinstance(after.screen, AskPriority) and not priority.to_ask(after):  # a card has told the age
        after = replace(after, screen=Services())
    if after.form is None and isinstance(after.screen, Question | CheckAnswers):
        after, more = to_last_ticket(after)
        effects += more
    if (  # it was given back meanwhile
        isinstance(after.screen, TicketShown | OfferForm | FormDone | GiveBack)
        and after.held(after.screen.service) is None
    ):
        after, more = to_services(after)
        effects += more
    if (
        after.lobby.card_unchecked
        and after.person is not None
        and not after.waiting
        and not isinstance(after.screen, Start | Clips | EnterCan | Reading)
    ):
        after, more = compare_card(after, after.person)
        effects += more
    return after, effects


def _step(state: VisitState, event: Event) -> Result:
    match event:
        case Tick():
            return _on_tick(state, event)
        case Intent():
            return _on_intent(state, event)
        case Answer():
            return _on_answer(state, event) if event.visit == state.visit else stay(state)
        case MachineSuspended():
            return suspension.on_suspended(state, event)
        case _ if state.lobby.suspended and isinstance(event, suspension.BEGINNINGS):
            return suspension.not_begun(state, event)
        case CardInserted():
            return card.on_card_inserted(state)
        case CardRefused(code=code):
            return card.on_card_refused(state, code)
        case CardRemoved():
            return card.on_card_removed(state)
        case CodeScanned(citizen=citizen, keys=keys):
            return card.on_code_scanned(replace(state, quiet=0.0), citizen, keys)
        case DossierScanned(code=code):
            return dossier.on_dossier_scanned(replace(state, quiet=0.0), code)
        case ForeignCodeScanned():
            return card.on_foreign_code(replace(state, quiet=0.0))
        case DeviceChanged(device=device, failure=failure):
            troubles = {name: code for name, code in state.lobby.troubles.items() if name != device}
            if failure is not None:
                troubles[device] = failure
            return replace(state, lobby=replace(state.lobby, troubles=troubles)), ()
        case NoticesChanged(notices=notices):
            return replace(state, lobby=replace(state.lobby, notices=notices)), ()
        case SlipPrintedLater(ticket=ticket):
            return number.on_slip(state, ticket, PrintResult.PRINTED, None)


# -- touches -------------------------------------------------------------------------------------------------


def _on_intent(state: VisitState, intent: Intent) -> Result:
    if state.idle_warning is not None:
        return _on_idle_warning(state, intent)
    if not isinstance(intent, ClipEnded):
        state = replace(state, quiet=0.0)
    if isinstance(intent, ScreenTouched):
        attract = isinstance(state.screen, Clips) and state.screen.attract
        return to(state, Start()) if attract else stay(state)
    if intent.at not in ("", state.key):
        return stay(state)
    if isinstance(intent, Finish) and not state.waiting:
        return wiped(state)
    over = panels.on_panels(state, intent)
    return over if over is not None else _on_screen(state, intent)


def _on_idle_warning(state: VisitState, intent: Intent) -> Result:
    """Only staying and leaving are heard while the warning lies over the screen."""
    if intent.at not in ("", state.key):
        return stay(state)
    if isinstance(intent, StayTapped):
        return replace(state, quiet=0.0), ()
    return wiped(state) if isinstance(intent, Finish) else stay(state)


def _on_screen(state: VisitState, intent: Intent) -> Result:
    if state.lobby.suspended and not suspension.heard(intent):
        return stay(state)
    if isinstance(intent, WatchClips) and not state.waiting and not isinstance(state.screen, Start | Clips):
        return clips.watch(state, intent, state.screen)
    match state.screen:
        case Start():
            return doors.on_start(state, intent)
        case Clips() as screen:
            return clips.on_clips(state, screen, intent)
        case FindClips() as screen:
            return clips.on_find(state, screen, intent)
        case EnterCan() as screen:
            return card.on_enter_can(state, screen, intent)
        case Reading() as screen:
            return card.on_reading(state, screen, intent)
        case Services() as screen:
            return number.on_services(state, screen, intent)
        case AskPriority():
            return priority.on_ask_priority(state, intent)
        case TicketShown() as screen:
            return number.on_ticket(state, screen, intent)
        case GiveBack() as screen:
            return giving_back.on_give_back(state, screen, intent)
        case FindProcedure() as screen:
            return finding.on_find(state, screen, intent)
        case ProcedureShown() as screen:
            return finding.on_procedure(state, screen, intent)
        case MyForms() as screen:
            return doors.on_forms(state, screen, intent)
        case MyDossier() as screen:
            return dossier.on_dossier(state, screen, intent)
        case Rate() as screen:
            return rating.on_rate(state, screen, intent)
        case OfferForm() as screen:
            return form.on_offer(state, screen, intent)
        case Question() as screen:
            return form.on_question(state, screen, intent)
        case CheckAnswers() as screen:
            return form.on_check(state, screen, intent)
        case FormDone():
            return form.on_form_done(state, intent)
        case Problem() as screen:
            return _on_problem(state, screen, intent)


def _on_problem(state: VisitState, screen: Problem, intent: Intent) -> Result:
    """Try again, go on without what failed, or leave."""
    match intent:
        case Retry():
            return _again(state, screen)
        case StartWithoutCard():
            return go_on(state, screen.resume)
        case Back() if screen.resume is not None:
            return to(state, screen.resume)
        case Back() | Cancel():
            return to_last_ticket(state)
        case _:
            return stay(state)


def _again(state: VisitState, screen: Problem) -> Result:
    match screen.again:
        case Again.READING if screen.reading is not None:
            return read(state, screen.reading.keys, screen.reading.resume)
        case Again.SERVICES:
            return to_services(state)
        case Again.ISSUE if screen.service is not None:
            return priority.take(state, screen.service)
        case Again.SEND:
            return form.send(state)
        case _:
            return stay(state)


# -- answers -------------------------------------------------------------------------------------------------


def _on_answer(state: VisitState, answer: Answer) -> Result:
    match answer:
        case CardProgress() | CardRead() | CardFailed():
            return card.on_card_answer(state, answer)
        case ServicesLoaded():
            return number.on_services_loaded(state, answer)
        case ServicesFailed():
            return number.on_services_failed(state, answer)
        case TicketIssued():
            return number.on_ticket_issued(state, answer)
        case TicketRefused():
            return number.on_ticket_refused(state, answer)
        case SlipPrinted():
            return number.on_slip_printed(state, answer)
        case FormSent():
            return form.on_form_sent(state, answer)
        case FormFailed():
            return form.on_form_failed(state, answer)
        case Found():
            return finding.on_found(state, answer)
        case SheetPrinted():
            return finding.on_sheet_printed(state, answer)
        case TicketGivenBack() | GiveBackFailed():
            return giving_back.on_given_back(state, answer)
        case MatterAdded() | MatterRefused():
            return number.on_matter(state, answer)
        case HelpCalled() | HelpAnswered() | HelpFailed():
            return panels.on_help_answer(state, answer)
        case RatingSent() | RatingFailed():
            return rating.on_rating_answer(state, answer)
        case DossierTold():
            return dossier.on_dossier_told(state, answer)
        case _:
            return stay(state)


# -- time ----------------------------------------------------------------------------------------------------


def _on_tick(state: VisitState, tick: Tick) -> Result:
    seconds = max(0.0, tick.seconds)
    state = replace(state, now=tick.now)
    if state.waiting:
        state = replace(state, waited=state.waited + seconds)
        return _waited_too_long(state) if state.waited >= LONGEST_WAIT_SECONDS else stay(state)
    state = replace(state, quiet=state.quiet + seconds)
    setup = state.setup
    match state.screen:
        case Start() as screen:
            return _at_start(state, screen, seconds)
        case Clips() as screen:
            return clips.on_tick(state, screen)
        case Rate(step=RatingStep.THANKS) if state.quiet >= rating.THANKS_SECONDS:
            return home(state)
        case _ if state.quiet >= setup.idle_warning_seconds + setup.idle_countdown_seconds:
            return wiped(state)
        case EnterCan(waiting=True, failure=None) as screen if state.quiet >= NO_CHIP_SEEN_SECONDS:
            return same(state, replace(screen, failure=FailureCode.CARD_WITHOUT_CHIP))
        case Services() as screen:
            since = screen.since_loaded + seconds
            if since < RELOAD_SECONDS:
                return replace(state, screen=replace(screen, since_loaded=since)), ()
            return replace(state, screen=replace(screen, since_loaded=0.0)), (LoadServices(state.visit),)
        case _:
            return stay(state)


def _at_start(state: VisitState, screen: Start, seconds: float) -> Result:
    """Ask what is open; leave nobody the last one's letters or an open panel; show clips."""
    setup = state.setup
    effects: tuple[Effect, ...] = ()
    since = screen.since_loaded + seconds
    if since >= ASK_SECONDS:
        since, effects = 0.0, (LoadServices(state.visit),)
    state = replace(state, screen=Start(since))
    theirs = state.panel is not None or state.comfort != setup.comfort
    if theirs and state.quiet >= setup.idle_warning_seconds:
        after, more = wiped(state)
        return after, effects + more
    told = theirs or state.lobby.card_left or state.lobby.suspended
    if state.quiet >= setup.clips_after_seconds and state.clips and not told:
        return to(state, Clips(playing=state.clips[0].id, attract=True), *effects)
    return state, effects


def _waited_too_long(state: VisitState) -> Result:
    match state.screen:
        case Reading() as screen if state.person is not None:
            return to(state, screen.resume or Services())
        case Reading() as screen:
            return failed(
                state,
                FailureCode.CARD_CHANNEL_BROKEN,
                Again.READING,
                reading=screen,
                resume=screen.resume,
            )
        case Services(matter_of=str(number)):
            return failed(state, FailureCode.CENTRE_UNREACHABLE, resume=TicketShown(number))
        case GiveBack() as screen:
            return giving_back.not_given_back(state, screen, FailureCode.CENTRE_UNREACHABLE)
        case Rate() as screen:
            return rating.not_sent(state, screen, FailureCode.CENTRE_UNREACHABLE)
        case Services(issuing=str(service)):
            return failed(state, FailureCode.CENTRE_UNREACHABLE, Again.ISSUE, service=service)
        case CheckAnswers(page=page):
            resume = CheckAnswers(page)
            return failed(state, FailureCode.CENTRE_UNREACHABLE, Again.SEND, resume=resume)
        case _:
            return stay(state)
