"""One question a screen."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.eforms.answers import question_of
from kiosk.eforms.check import questions
from kiosk.eforms.definition import Field, FieldType, FormDefinition
from kiosk.eforms.rules import Problem
from kiosk.visit.drafts import OPTIONS_PER_PAGE, InputKind, input_kind, suggested, types_capital
from kiosk.visit.events import (
    Back,
    Cancel,
    ChoiceTapped,
    Continue,
    MoreChoices,
    Skip,
)
from kiosk.visit.states import FormSession, Question, VisitState
from screens.citizen.keyboard import vietnamese_keyboard
from screens.citizen.parts import Button, Keyboard, Keypad, Message, keypad
from screens.citizen.spoken import sentences, ways_on
from screens.locale import Words


@dataclass(frozen=True)
class Option:
    """One answer to choose; ``chosen`` shows it marked."""

    button: Button
    chosen: bool = False


@dataclass(frozen=True)
class QuestionView:
    """``kind`` is ``choice`` (``options``), ``digits`` or ``date`` (``keypad``), or ``text`` (``keyboard``).

    ``entry`` is what was typed so far, ready to show (a date as ``12 / 03 / ____``); ``entry_hint`` stands
    in an empty box. ``progress`` such as "Câu 2 trong 7". ``message`` is the problem with the answer, in
    the words of the question.
    """

    title: str
    hint: str
    progress: str
    kind: str
    options: tuple[Option, ...]
    more: Button | None  # further options on another page
    entry: str
    entry_hint: str
    keypad: Keypad | None
    keyboard: Keyboard | None
    message: Message | None
    proceed: Button
    skip: Button | None
    back: Button
    leave: Button
    spoken: tuple[str, ...] = ()


def question_view(state: VisitState, session: FormSession, screen: Question, words: Words) -> QuestionView:
    """The question as it stands with what was typed so far."""
    at = state.key
    answers = state.answers
    form = session.form.said_in(words.language)
    made = form.field(screen.field)
    title, hint = question_of(made, answers)
    kind = input_kind(made)
    complete = screen.draft.strip() != ""
    on_page = state.comfort.fitting(OPTIONS_PER_PAGE)
    options = _options(made, screen, at, on_page) if kind is InputKind.CHOICE else ()
    message = _message(form, screen.problem, words)
    proceed = Button(words("question.proceed"), Continue(at), enabled=complete)
    skip = None if made.required else Button(words("question.skip"), Skip(at))
    back, leave = Button(words("frame.back"), Back(at)), Button(words("question.leave"), Cancel(at))
    more = Button(words("question.more"), MoreChoices(at)) if _paged(made, on_page) else None
    return QuestionView(
        title=title,
        hint=hint,
        progress="" if screen.changing else _progress(state, session, made, words),
        kind=kind.value,
        options=options,
        more=more,
        entry=shown_draft(made, screen.draft),
        entry_hint="" if kind is InputKind.CHOICE else words(f"question.{kind.value}_hint"),
        keypad=keypad(at, words) if kind in (InputKind.DIGITS, InputKind.DATE) else None,
        keyboard=_keyboard(state, made, screen, words) if kind is InputKind.TEXT else None,
        message=message,
        proceed=proceed,
        skip=skip,
        back=back,
        leave=leave,
        spoken=(
            *sentences(message.text if message else "", title, hint),
            *_said_options(options, words),
            words(_HOW_TO_ANSWER[kind], proceed=proceed.label),
            *ways_on(words, (more, skip, back, leave)),
        ),
    )


def problem_text(form: FormDefinition, problem: Problem, words: Words) -> str:
    """A problem in words; another field is named by its label."""
    other = next((made.label for made in form.fields() if made.id == problem.other), problem.other)
    return words(f"answer.{problem.code.value}", other=other)


def shown_draft(made: Field, draft: str) -> str:
    """What was typed so far, as it is read: a date as ``12 / 03 / ____``, numbers in groups."""
    if made.type is FieldType.DATE and draft:
        padded = f"{draft:_<8}"
        return f"{padded[:2]} / {padded[2:4]} / {padded[4:]}"
    if made.type is FieldType.ID12:
        return " ".join(draft[at : at + 3] for at in range(0, len(draft), 3))
    if made.type is FieldType.PHONE:
        return " ".join(part for part in (draft[:4], draft[4:7], draft[7:]) if part)
    return "" if input_kind(made) is InputKind.CHOICE else draft


_HOW_TO_ANSWER = {
    InputKind.CHOICE: "question.spoken_choice",
    InputKind.DIGITS: "question.spoken_keypad",
    InputKind.DATE: "question.spoken_keypad",
    InputKind.TEXT: "question.spoken_keyboard",
}


def _said_options(options: tuple[Option, ...], words: Words) -> tuple[str, ...]:
    told = (
        words("question.spoken_option", n=n, option=". ".join(filter(None, (o.button.label, o.button.hint))))
        for n, o in enumerate(options, 1)
    )
    return sentences(*told)


def _message(form: FormDefinition, problem: Problem | None, words: Words) -> Message | None:
    return None if problem is None else Message(problem_text(form, problem, words), "trouble")


def _progress(state: VisitState, session: FormSession, made: Field, words: Words) -> str:
    asked = [item.id for item in questions(session.form, state.answers, session.typed)]
    number = asked.index(made.id) + 1 if made.id in asked else len(asked)
    return words("question.progress", n=number, total=len(asked))


def _paged(made: Field, on_page: int) -> bool:
    return input_kind(made) is InputKind.CHOICE and len(made.options) > on_page


def _options(made: Field, screen: Question, at: str, on_page: int) -> tuple[Option, ...]:
    pages = -(-len(made.options) // on_page)
    first = screen.page % max(1, pages) * on_page
    return tuple(
        Option(
            Button(option.label, ChoiceTapped(at, option.value), hint=option.hint),
            chosen=option.value == screen.draft,
        )
        for option in made.options[first : first + on_page]
    )


def _keyboard(state: VisitState, made: Field, screen: Question, words: Words) -> Keyboard:
    return vietnamese_keyboard(
        state.key,
        words,
        capital=types_capital(made, screen.draft, screen.shift),
        method=screen.method,
        suggestions=suggested(state.setup.suggestions, made, screen.draft),
    )
