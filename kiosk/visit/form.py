"""The form: offer and consent, one question a screen, check, confirm, send."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.eforms.answers import Answers
from kiosk.eforms.check import CheckLine, check_sections, next_question, previous_question, questions
from kiosk.eforms.definition import Field, FormDefinition
from kiosk.eforms.rules import check_value, problems
from kiosk.eforms.vietnamese_input import press
from kiosk.failures import FailureCode
from kiosk.visit.comfort import Comfort
from kiosk.visit.composing import next_method
from kiosk.visit.drafts import (
    OPTIONS_PER_PAGE,
    InputKind,
    draft_of,
    input_kind,
    most_digits,
    types_capital,
    value_of,
)
from kiosk.visit.effects import SendForm
from kiosk.visit.events import (
    AnotherService,
    Back,
    BackspaceTapped,
    Cancel,
    ChangeTapped,
    ChoiceTapped,
    ClearTapped,
    Confirmed,
    Continue,
    DigitTapped,
    FormFailed,
    FormSent,
    Intent,
    KeyTapped,
    MoreChoices,
    OfferAccepted,
    OfferRefused,
    PageTapped,
    Skip,
    SuggestionTapped,
)
from kiosk.visit.moves import Result, failed, mistaken, same, stay, to, to_last_ticket, to_services, wiped
from kiosk.visit.states import (
    Again,
    CheckAnswers,
    FormDone,
    FormSession,
    FormState,
    OfferForm,
    Problem,
    Question,
    TicketShown,
    VisitState,
)

LINES_PER_PAGE = 7
LINES_ON_LAST_PAGE = 5

_GONE_FOR_GOOD = frozenset(
    {FailureCode.TICKET_STATE_WRONG, FailureCode.FORM_NOT_ACCEPTED, FailureCode.NOT_FOUND}
)


@dataclass(frozen=True)
class CheckPage:
    """One piece of the check page, with the titles of the sections on it."""

    titles: tuple[str, ...]
    lines: tuple[CheckLine, ...]


def on_offer(state: VisitState, screen: OfferForm, intent: Intent) -> Result:
    """Consent or refusal; both are fine."""
    match intent:
        case OfferAccepted():
            form = state.form_for(screen.service)
            if form is None:
                return to_last_ticket(state)
            session = FormSession(form, screen.service, state.now)
            return _onward(replace(state, form=session))
        case OfferRefused():
            state = _marked(state, screen.service, FormState.REFUSED)
            return to(state, TicketShown(screen.service))
        case Back() | Cancel():
            return to(state, TicketShown(screen.service))
        case _:
            return stay(state)


def on_question(state: VisitState, screen: Question, intent: Intent) -> Result:
    """Typing, choosing, going on and back."""
    session = state.form
    if session is None:
        return to_last_ticket(state)
    made = session.form.field(screen.field)
    match intent:
        case Continue():
            return _answered(state, session, made, screen)
        case Skip() if not made.required:
            return _stored(state, session, made, screen, None)
        case Back():
            return _back(state, session, screen)
        case Cancel():
            return to(replace(state, form=None), TicketShown(session.service))
        case _:
            return same(state, _typed(made, screen, intent, state.comfort.fitting(OPTIONS_PER_PAGE)))


def _typed(made: Field, screen: Question, intent: Intent, options: int) -> Question:
    """The draft after one touch; ``options`` stand on a page."""
    kind = input_kind(made)
    match intent:
        case ClearTapped():
            return replace(screen, draft="", problem=None, shift=False)
        case BackspaceTapped() if kind is InputKind.TEXT:
            return replace(screen, draft=press(screen.draft, "backspace"), problem=None)
        case BackspaceTapped() if kind is not InputKind.CHOICE:
            return replace(screen, draft=screen.draft[:-1], problem=None)
        case DigitTapped(digit=digit) if kind in (InputKind.DIGITS, InputKind.DATE):
            if len(digit) == 1 and digit in "0123456789" and len(screen.draft) < most_digits(made):
                return replace(screen, draft=screen.draft + digit, problem=None)
        case ChoiceTapped(value=value) if kind is InputKind.CHOICE:
            if value in {option.value for option in made.options}:
                return replace(screen, draft=value, problem=None)
        case MoreChoices() if kind is InputKind.CHOICE:
            pages = -(-len(made.options) // options)
            return replace(screen, page=(screen.page + 1) % max(1, pages))
        case KeyTapped(key=key) if kind is InputKind.TEXT:
            return _key(made, screen, key)
        case SuggestionTapped(text=text) if kind is InputKind.TEXT:
            return replace(screen, draft=text + " ", problem=None, shift=False)
        case _:
            pass
    return screen


def _key(made: Field, screen: Question, key: str) -> Question:
    if key == "shift":
        return replace(screen, shift=not screen.shift)
    if key == "method":
        return replace(screen, method=next_method(screen.method))
    capital = types_capital(made, screen.draft, screen.shift)
    draft = press(screen.draft, key, upper=capital, method=screen.method)
    return replace(screen, draft=draft, problem=None, shift=False if len(key) == 1 else screen.shift)


def _answered(state: VisitState, session: FormSession, made: Field, screen: Question) -> Result:
    value = value_of(made, screen.draft)
    problem = check_value(made, value, state.now.date())
    if problem is not None:
        return same(mistaken(state), replace(screen, problem=problem))
    unchanged = state.answers.get(made.id)
    if screen.changing and unchanged is not None and unchanged.value == value:
        return to(state, CheckAnswers(_page_of(state, made.id)))
    return _stored(state, session, made, screen, value)


def _stored(
    state: VisitState, session: FormSession, made: Field, screen: Question, value: str | bool | None
) -> Result:
    typed = session.typed.typed(made.id, value, state.now)
    state = replace(state, form=replace(session, typed=typed))
    page = _page_of(state, made.id) if screen.changing else 0
    return _onward(state, page)


def _onward(state: VisitState, page: int = 0) -> Result:
    """The next open question, else the check page."""
    session = state.form
    if session is None:
        return to_last_ticket(state)
    following = next_question(session.form, state.answers, session.typed)
    return to(state, Question(following.id) if following else CheckAnswers(page))


def _back(state: VisitState, session: FormSession, screen: Question) -> Result:
    if screen.changing:
        return to(state, CheckAnswers(_page_of(state, screen.field)))
    before = previous_question(session.form, state.answers, session.typed, screen.field)
    if before is None:
        return to(replace(state, form=None), OfferForm(session.service))
    return to(state, Question(before.id, draft_of(before, state.answers.value(before.id))))


# -- check and send ------------------------------------------------------------------------------------------


def pages(form: FormDefinition, answers: Answers, comfort: Comfort) -> tuple[CheckPage, ...]:
    """The check page in pieces that fit: whole sections together where they do, long ones divided evenly.

    The last piece is shorter, for the declaration stands below it; so are all with larger letters.
    """
    made: list[CheckPage] = []
    sections = check_sections(form, answers)
    for n, section in enumerate(sections):
        room = comfort.fitting(LINES_ON_LAST_PAGE if n == len(sections) - 1 else LINES_PER_PAGE)
        if made and len(made[-1].lines) + len(section.lines) <= room:
            last = made[-1]
            made[-1] = CheckPage((*last.titles, section.title), last.lines + section.lines)
            continue
        pieces = -(-len(section.lines) // room)
        size = -(-len(section.lines) // pieces)
        for at in range(0, len(section.lines), size):
            made.append(CheckPage((section.title,), section.lines[at : at + size]))
    return tuple(made)


def _page_of(state: VisitState, field_id: str) -> int:
    if state.form is None:
        return 0
    for number, page in enumerate(pages(state.form.form, state.answers, state.comfort)):
        if any(line.field == field_id for line in page.lines):
            return number
    return 0


def on_check(state: VisitState, screen: CheckAnswers, intent: Intent) -> Result:
    """Change, turn pages, confirm."""
    session = state.form
    if session is None:
        return to_last_ticket(state)
    if screen.sending:
        return stay(state)
    last = len(pages(session.form, state.answers, state.comfort)) - 1
    match intent:
        case ChangeTapped(field=name):
            answers = state.answers
            lines = [line for part in check_sections(session.form, answers) for line in part.lines]
            if any(line.field == name and line.change for line in lines):
                draft = draft_of(session.form.field(name), answers.value(name))
                return to(state, Question(name, draft, changing=True))
            return stay(state)
        case PageTapped(page=page) if 0 <= page <= last:
            return to(state, replace(screen, page=page))
        case Confirmed() if screen.page >= last:
            return _confirmed(state, session)
        case Back() if screen.page > 0:
            return to(state, replace(screen, page=screen.page - 1))
        case Back():
            asked = questions(session.form, state.answers, session.typed)
            if not asked:
                return to(replace(state, form=None), OfferForm(session.service))
            return to(state, Question(asked[-1].id, draft_of(asked[-1], state.answers.value(asked[-1].id))))
        case Cancel():
            return to(replace(state, form=None), TicketShown(session.service))
        case _:
            return stay(state)


def _confirmed(state: VisitState, session: FormSession) -> Result:
    typed = session.typed.typed(session.form.declaration.field, True, state.now)
    declared = replace(state, form=replace(session, typed=typed))
    found = problems(session.form, declared.answers, state.now.date())
    if found:
        page = _page_of(state, found[0].field)
        return to(mistaken(state), CheckAnswers(page, problems=tuple(found)))
    return send(declared)


def send(state: VisitState) -> Result:
    """Give the confirmed form to the centre; sending twice attaches the same form once."""
    session = state.form
    held = None if session is None else state.held(session.service)
    if session is None or held is None:
        return to_last_ticket(state)
    last = len(pages(session.form, state.answers, state.comfort)) - 1
    effect = SendForm(state.visit, held.ticket.id, session.form, state.answers, session.consent_at)
    return to(state, CheckAnswers(last, sending=True), effect)


def on_form_sent(state: VisitState, answer: FormSent) -> Result:
    """The form is kept with the ticket; its answers are forgotten here at once."""
    session = state.form
    held = None if session is None else state.held(session.service)
    if session is None or held is None or held.ticket.id != answer.ticket:
        return stay(state)
    state = _marked(replace(state, form=None), session.service, FormState.SENT)
    if isinstance(state.screen, CheckAnswers | Problem | Question):
        return to(state, FormDone(session.service))
    return stay(state)


def on_form_failed(state: VisitState, answer: FormFailed) -> Result:
    """The form did not arrive. The answers stay for another try, unless no try can help."""
    session, screen = state.form, state.screen
    if session is None or not isinstance(screen, CheckAnswers) or not screen.sending:
        return stay(state)
    if answer.code in _GONE_FOR_GOOD:
        state = _marked(replace(state, form=None), session.service, FormState.REFUSED)
        return failed(state, answer.code, resume=TicketShown(session.service))
    resume = CheckAnswers(screen.page)
    return failed(state, answer.code, Again.SEND, service=session.service, resume=resume)


def on_form_done(state: VisitState, intent: Intent) -> Result:
    """Nothing is left to do."""
    match intent:
        case Continue() | Back() | Cancel():
            return wiped(state)
        case AnotherService():
            return to_services(state)
        case _:
            return stay(state)


def _marked(state: VisitState, service: str, form: FormState) -> VisitState:
    tickets = tuple(
        replace(held, form=form) if held.ticket.service == service else held for held in state.tickets
    )
    return replace(state, tickets=tickets)
