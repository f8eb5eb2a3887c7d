"""*My dossier*: the code, how far it is as far as somebody told, and where to read it.

What is told always says when it was true and who said so; where nothing is known, nothing is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.dossiers.status import DossierStatus, State
from kiosk.procedures.dossier_code import DossierCode
from kiosk.visit.comfort import TextSize
from kiosk.visit.dossier import results_service
from kiosk.visit.events import (
    Back,
    BackspaceTapped,
    ClearTapped,
    Continue,
    KeyTapped,
    PageTapped,
    ServiceTapped,
)
from kiosk.visit.states import MyDossier, VisitState
from screens.citizen.parts import Button, Keypad, Message
from screens.citizen.services.presenter import closed_words
from screens.citizen.times import sentences
from screens.locale import Words

STATES = (5, 4, 2)
"""How many states of a dossier are told on one page, by the size of the letters."""
STATES_LOW = (4, 3, 2)
"""The same where everything stands low."""
AWAITED = frozenset({State.REGISTERED, State.RECEIVED, State.PROCESSING, State.SUPPLEMENT, State.PAYMENT})
"""States in which the day that was promised still says something."""
LONGEST_NAME = 90
_DIGIT_ROWS = (("1", "2", "3", "."), ("4", "5", "6", "-"), ("7", "8", "9", "H"))
_LETTER_ROWS = ("ABCDEFG", "HIJKLMN", "OPQRSTU")
_LAST_LETTERS = "VWXYZ"


@dataclass(frozen=True)
class StateLine:
    """A state a dossier may be in, by the name the portal uses, and what it means."""

    name: str
    meaning: str


@dataclass(frozen=True)
class MyDossierView:
    """``step`` is ``code`` (typing, ``keypad``), ``found`` (``qr`` of the look-up page and ``steps``),
    ``status`` (the same where it is known how far it is: ``title``) or ``states``.

    ``results``: where results are handed out. ``more`` leads to the states, or to the next page of them.
    ``told``: when the status was true and who said so; ``doubt``: what to do when it looks wrong.
    """

    step: str
    title: str
    hint: str
    entry: str
    entry_hint: str
    keypad: Keypad | None
    message: Message | None
    code: str
    qr: str
    steps: tuple[str, ...]
    results: str
    states: tuple[StateLine, ...]
    place: str
    proceed: Button | None
    take_number: Button | None
    more: Button | None
    back: Button
    procedure: str = ""
    due: str = ""
    told: str = ""
    doubt: str = ""
    spoken: tuple[str, ...] = ()


def my_dossier_view(state: VisitState, screen: MyDossier, words: Words) -> MyDossierView:
    """The code as far as it is typed, or what to do with it."""
    if screen.found is None:
        return _typing(state, screen, words)
    if screen.page > 0:
        return _states(state, screen, words)
    if screen.status is not None:
        return status_view(state, screen.status, words)
    return _found(state, screen.found, words, asked=screen.asked)


def _typing(state: VisitState, screen: MyDossier, words: Words) -> MyDossierView:
    title, hint = words("my_dossier.title"), words("my_dossier.hint")
    message = Message(words("my_dossier.wrong"), "trouble") if screen.wrong else None
    return MyDossierView(
        step="code",
        title=title,
        hint=hint,
        entry=screen.typed,
        entry_hint=words("my_dossier.example"),
        keypad=_pad(state.key, screen, words),
        message=message,
        code="",
        qr="",
        steps=(),
        results="",
        states=(),
        place="",
        proceed=Button(words("my_dossier.proceed"), Continue(state.key), enabled=bool(screen.typed)),
        take_number=None,
        more=None,
        back=Button(words("frame.back"), Back(state.key)),
        spoken=(sentences(title, hint), *((message.text,) if message is not None else ())),
    )


def _pad(at: str, screen: MyDossier, words: Words) -> Keypad:
    """Digits with the letter that nearly every code has; the other letters on keys of their own."""

    def key(sign: str) -> Button:
        return Button(sign, KeyTapped(at, sign))

    backspace = Button(words("frame.backspace"), BackspaceTapped(at))
    if screen.letters:
        letters = (*(tuple(key(sign) for sign in row) for row in _LETTER_ROWS),)
        digits = Button(words("my_dossier.digits"), KeyTapped(at, "letters"))
        return Keypad((*letters, (*(key(sign) for sign in _LAST_LETTERS), digits, backspace)))
    last = (
        Button(words("my_dossier.letters"), KeyTapped(at, "letters")),
        key("0"),
        backspace,
        Button(words("frame.clear"), ClearTapped(at)),
    )
    return Keypad((*(tuple(key(sign) for sign in row) for row in _DIGIT_ROWS), last))


def _found(state: VisitState, code: DossierCode, words: Words, *, asked: bool) -> MyDossierView:
    day = code.received
    title = words("my_dossier.found")
    received = words("my_dossier.received", day=day.day, month=day.month, year=day.year)
    steps = words.lines("my_dossier.steps")
    results, take = _results(state, words)
    unknown = words("my_dossier.asking" if asked else "my_dossier.unknown")
    said = (*steps, unknown, *((results,) if results else ()))
    return MyDossierView(
        step="found",
        title=title,
        hint="" if state.comfort.text_size is TextSize.LARGEST else received,
        entry="",
        entry_hint="",
        keypad=None,
        message=Message(unknown, "info"),
        code=str(code),
        qr=state.setup.dossier_page,
        steps=steps,
        results=results,
        states=(),
        place="",
        proceed=None,
        take_number=take,
        more=Button(words("my_dossier.meanings_title"), PageTapped(state.key, 1)),
        back=Button(words("frame.back"), Back(state.key)),
        spoken=(sentences(title, received), *(() if asked else said)),
    )


def _results(state: VisitState, words: Words, *, ready: bool = False) -> tuple[str, Button | None]:
    """Where results are handed out, and the number for it. ``ready``: this one lies there."""
    service = results_service(state)
    told = words("my_dossier.ready_ask" if ready else "my_dossier.results_ask")
    if service is None:
        return told, None
    if service.counters:
        numbers = f" {words('services.or')} ".join(str(counter) for counter in service.counters)
        at = "my_dossier.ready_counter" if ready else "my_dossier.results_counter"
        told = words(at, counters=numbers)
    held = state.held(service.id)
    if held is not None:
        return told, Button(
            words("services.taken", number=held.ticket.number), ServiceTapped(state.key, service.id)
        )
    if not service.open:
        return sentences(told, closed_words(service, state.now, words)), None
    return told, Button(words("my_dossier.take_number"), ServiceTapped(state.key, service.id))


def status_view(state: VisitState, status: DossierStatus, words: Words) -> MyDossierView:
    """How far it is, as of when and from whom; for a result that lies ready the number is the main button."""
    place = list(State).index(status.state)
    title, meaning = words.lines("my_dossier.states")[place], words.lines("my_dossier.meanings")[place]
    day, ready = status.due, status.state is State.FINISHED
    due = ""
    if day is not None and status.state in AWAITED:
        due = words("my_dossier.due", day=day.day, month=day.month, year=day.year)
    message, take = _what_to_do(state, status, words)
    as_of = status.as_of.astimezone(state.now.tzinfo)
    told = words(
        "my_dossier.told",
        time=f"{as_of:%H:%M}",
        day=as_of.day,
        month=as_of.month,
        source=status.source,
    )
    doubt = words("my_dossier.doubt")
    lines = (due, message.text if message is not None else "", told, doubt)
    return MyDossierView(
        step="status",
        title=title,
        hint=meaning,
        entry="",
        entry_hint="",
        keypad=None,
        message=message,
        code=status.code,
        qr=state.setup.dossier_page,
        steps=(),
        results="",
        states=(),
        place="",
        proceed=take if ready else None,
        take_number=None if ready else take,
        more=None,
        back=Button(words("frame.back"), Back(state.key)),
        procedure=_shortened(status.procedure),
        due=due,
        told=told,
        doubt=doubt,
        spoken=(sentences(words("my_dossier.found"), title, meaning), *(line for line in lines if line)),
    )


def _what_to_do(
    state: VisitState, status: DossierStatus, words: Words
) -> tuple[Message | None, Button | None]:
    """An apology for a late one and whom to ask; where a result lies ready or is promised for today, the
    number for it.
    """
    if status.state is State.FINISHED:
        told, take = _results(state, words, ready=True)
        return Message(told, "done"), take
    if status.overdue(state.now.tzinfo):
        return Message(words("my_dossier.overdue"), "wait"), None
    expected = status.state in AWAITED and status.due is not None and status.due <= state.now.date()
    return None, _results(state, words)[1] if expected else None


def _shortened(procedure: str) -> str:
    """The name of a procedure, at most ``LONGEST_NAME`` letters."""
    if len(procedure) <= LONGEST_NAME:
        return procedure
    return procedure[:LONGEST_NAME].rpartition(" ")[0].rstrip(" ,;(–-") + "…"


def _states(state: VisitState, screen: MyDossier, words: Words) -> MyDossierView:
    names, meanings = words.lines("my_dossier.states"), words.lines("my_dossier.meanings")
    lines = [StateLine(name, meaning) for name, meaning in zip(names, meanings, strict=True)]
    size = (STATES_LOW if state.comfort.low else STATES)[state.comfort.text_size]
    count = -(-len(lines) // size)
    page = min(screen.page, count)
    shown = tuple(lines[(page - 1) * size : page * size])
    title = words("my_dossier.meanings_title")
    return MyDossierView(
        step="states",
        title=title,
        hint=words("my_dossier.meanings_hint") if page == 1 else "",
        entry="",
        entry_hint="",
        keypad=None,
        message=None,
        code="",
        qr="",
        steps=(),
        results="",
        states=shown,
        place=words("pages.place", n=page, total=count) if count > 1 else "",
        proceed=None,
        take_number=None,
        more=Button(words("pages.after"), PageTapped(state.key, page + 1)) if page < count else None,
        back=Button(words("frame.back"), Back(state.key)),
        spoken=(title, *(sentences(line.name, line.meaning) for line in shown)),
    )
