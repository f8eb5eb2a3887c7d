"""Start, the six digits, the reading of the chip, the scanner, and a card that comes or goes at any time."""

from __future__ import annotations

from dataclasses import replace

from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.card_doubts import failure_of
from kiosk.identity.card_proof import CardProof
from kiosk.identity.citizen import Citizen
from kiosk.identity.number import CAN_DIGITS
from kiosk.visit.events import (
    Back,
    BackspaceTapped,
    Cancel,
    CardFailed,
    CardProgress,
    CardRead,
    ClearTapped,
    Continue,
    DigitTapped,
    Intent,
    StartWithoutCard,
)
from kiosk.visit.moves import Result, failed, go_on, mistaken, read, same, stay, to, wiped
from kiosk.visit.states import (
    Again,
    AskPriority,
    Clips,
    EnterCan,
    FindProcedure,
    MyDossier,
    MyForms,
    OfferForm,
    Person,
    Problem,
    ProcedureShown,
    Rate,
    RatingStep,
    Reading,
    Screen,
    Services,
    Start,
    TicketShown,
    VisitState,
)

NO_ID_CARD = frozenset(
    (
        FailureCode.CARD_NOT_SUPPORTED,
        FailureCode.CARDS_TWO,
        FailureCode.CARD_IS_BANK_CARD,
        FailureCode.CARD_IS_TRANSPORT_CARD,
        FailureCode.CARD_IS_PHONE,
        FailureCode.CARD_IS_PASSPORT,
        FailureCode.CARD_IS_FOREIGN,
    )
)
"""Another card has to be laid down; trying the same once more does not help."""


def on_enter_can(state: VisitState, screen: EnterCan, intent: Intent) -> Result:
    """The number pad."""
    match intent:
        case DigitTapped(digit=digit) if len(digit) == 1 and digit in "0123456789":
            digits = (screen.digits + digit)[:CAN_DIGITS]
        case BackspaceTapped():
            digits = screen.digits[:-1]
        case ClearTapped():
            digits = ""
        case Continue() if len(screen.digits) == CAN_DIGITS:
            return read(state, AccessKeys.from_can(screen.digits), screen.resume)
        case StartWithoutCard():
            return go_on(state, screen.resume)
        case Back() | Cancel():
            return wiped(state) if screen.resume is None else to(state, screen.resume)
        case _:
            return stay(state)
    return same(state, EnterCan(digits=digits, resume=screen.resume))


def on_reading(state: VisitState, screen: Reading, intent: Intent) -> Result:
    """Only *stop* can be pressed."""
    if isinstance(intent, Cancel | Back):
        return wiped(state) if screen.resume is None else to(state, screen.resume)
    return stay(state)


# -- what the reader answers ---------------------------------------------------------------------------------


def on_card_answer(state: VisitState, answer: CardProgress | CardRead | CardFailed) -> Result:
    """Progress, result or failure of the reading under way; anything else is late and dropped."""
    screen = state.screen
    if not isinstance(screen, Reading) or screen.attempt != answer.attempt:
        return stay(state)
    if isinstance(answer, CardProgress):
        return same(state, replace(screen, step=answer.step))
    if state.person is not None:
        return _on_compared(state, screen, state.person, answer)
    if isinstance(answer, CardRead):
        return _on_read(state, screen, answer.citizen, answer.proof)
    return _on_failed(state, screen, answer.code)


def _on_read(state: VisitState, screen: Reading, citizen: Citizen, proof: CardProof) -> Result:
    code = failure_of(proof)
    if code is None and screen.expected not in (None, citizen.number):
        code = FailureCode.CARD_NUMBERS_DISAGREE
    if code is not None:
        return failed(state, code, resume=screen.resume)
    return go_on(replace(state, person=Person(citizen, proof, state.now)), screen.resume)


def _on_failed(state: VisitState, screen: Reading, code: FailureCode) -> Result:
    if code is FailureCode.CARD_CAN_WRONG and screen.expected is None:
        return to(mistaken(state), EnterCan(failure=code, resume=screen.resume))
    if code is FailureCode.CARD_CAN_WRONG:
        return failed(state, FailureCode.CARD_NUMBERS_DISAGREE, resume=screen.resume)
    return failed(state, code, Again.READING, reading=screen, resume=screen.resume)


def _on_compared(state: VisitState, screen: Reading, person: Person, answer: CardRead | CardFailed) -> Result:
    """A card was compared with the person of this visit."""
    back = screen.resume or Services()
    if isinstance(answer, CardRead) and answer.citizen.number == person.citizen.number:
        if failure_of(answer.proof) is None and person.proof is None:
            state = replace(state, person=Person(answer.citizen, answer.proof, state.now))
        return to(state, back)
    if isinstance(answer, CardRead) or answer.code is FailureCode.CARD_CAN_WRONG:
        return wiped(state, EnterCan(failure=FailureCode.CARD_SWAPPED))
    return to(state, back)


# -- card and scanner at any time ----------------------------------------------------------------------------


def on_card_inserted(state: VisitState) -> Result:
    """A card lies on the reader now."""
    state = replace(state, lobby=replace(state.lobby, card=True, card_left=False), quiet=0.0)
    screen = state.screen
    if state.person is not None:
        return replace(state, lobby=replace(state.lobby, card_unchecked=True)), ()
    match screen:
        case Start() | Clips():
            return to(state, EnterCan())
        case EnterCan(waiting=True, digits=digits) if len(digits) == CAN_DIGITS:
            return read(state, AccessKeys.from_can(digits), screen.resume)
        case Problem(code=code, resume=resume) if code in NO_ID_CARD:
            return to(state, EnterCan(resume=resume))
        case Problem(again=Again.READING, reading=Reading() as before):
            return read(state, before.keys, before.resume)
        case Services(issuing=None):
            return to(state, EnterCan())
        case Rate(step=RatingStep.FACE | RatingStep.THANKS):
            return to(state, EnterCan())
        case OfferForm() | AskPriority() | FindProcedure() | ProcedureShown() | MyForms() | MyDossier():
            return to(state, EnterCan(resume=screen))
        case TicketShown(service=service) if state.form_for(service) is not None:
            return to(state, EnterCan(resume=screen))
        case _:
            return stay(state)


def on_card_refused(state: VisitState, code: FailureCode) -> Result:
    """What lies on the reader is no card for this machine; it is told at once, not after six digits."""
    state = replace(state, lobby=replace(state.lobby, card=False, card_left=False), quiet=0.0)
    if state.person is not None:
        return stay(state)
    match state.screen:
        case Start() | Clips():
            return failed(state, code)
        case EnterCan(resume=before) | Problem(resume=before, again=Again.READING):
            return failed(state, code, resume=before)
        case Problem(code=shown, resume=before) if shown in NO_ID_CARD:
            return failed(state, code, resume=before)
        case (
            Services(issuing=None)
            | AskPriority()
            | FindProcedure()
            | ProcedureShown()
            | MyForms()
            | MyDossier()
        ) as before:
            return failed(state, code, resume=before)
        case _:
            return stay(state)


def on_card_removed(state: VisitState) -> Result:
    """The reader is empty. Only a reading under way needs the card; what was read stays till the end."""
    lobby = replace(state.lobby, card=False, card_left=False, card_unchecked=False)
    state = replace(state, lobby=lobby)
    screen = state.screen
    if not isinstance(screen, Reading):
        return stay(state)
    if state.person is not None:
        return to(state, screen.resume or Services())
    return failed(state, FailureCode.CARD_REMOVED_EARLY, Again.READING, reading=screen, resume=screen.resume)


def on_code_scanned(state: VisitState, citizen: Citizen, keys: AccessKeys) -> Result:
    """The card's printed QR: the chip's keys when a card lies there, else what the print says, unproven."""
    if state.person is not None:
        return stay(state)
    resume: Screen | None
    match state.screen:
        case Start() | Clips() | Services(issuing=None):
            resume = None
        case EnterCan(resume=before) | Problem(again=Again.READING, resume=before):
            resume = before
        case (
            OfferForm() | AskPriority() | FindProcedure() | ProcedureShown() | MyForms() | MyDossier()
        ) as before:
            resume = before
        case _:
            return stay(state)
    if state.lobby.card:
        return read(state, keys, resume)
    return go_on(replace(state, person=Person(citizen, None, state.now)), resume)


def on_foreign_code(state: VisitState) -> Result:
    """A code that is no citizen card's."""
    match state.screen:
        case EnterCan() as screen:
            return same(mistaken(state), replace(screen, unknown_code=True))
        case MyDossier(found=None) as screen:
            return same(mistaken(state), replace(screen, wrong=True))
        case _:
            return stay(state)
