"""*Check your answers*: every line with its source and *change*; nothing was sent before."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.eforms.check import CheckLine
from kiosk.eforms.definition import FormDefinition
from kiosk.visit.comfort import Voice
from kiosk.visit.events import Back, Cancel, ChangeTapped, Confirmed, PageTapped
from kiosk.visit.form import pages
from kiosk.visit.states import CheckAnswers, FormSession, VisitState
from screens.citizen.parts import Button, Message
from screens.citizen.question.presenter import problem_text
from screens.citizen.spoken import sentences, ways_on
from screens.locale import Words


@dataclass(frozen=True)
class AnswerLine:
    """One answer. ``change`` is None where a change is not for the kiosk; ``problem`` in the words of the
    question.
    """

    label: str
    value: str
    source: str
    change: Button | None
    problem: str = ""
    missing: bool = False


@dataclass(frozen=True)
class CheckAnswersView:
    """One page of lines. ``declaration``, in Vietnamese as it is signed, its ``translation`` and ``confirm``
    stand on the last page only.
    """

    title: str
    section: str
    page: str
    lines: tuple[AnswerLine, ...]
    message: Message | None
    declaration: str
    confirm: Button | None
    next_page: Button | None
    back: Button
    leave: Button
    translation: str = ""
    sending: bool = False
    spoken: tuple[str, ...] = ()


def check_answers_view(
    state: VisitState, session: FormSession, screen: CheckAnswers, words: Words
) -> CheckAnswersView:
    """The page that is open."""
    at = state.key
    answers = state.answers
    form = session.form.said_in(words.language)
    every = pages(form, answers, state.comfort)
    page = min(screen.page, len(every) - 1)
    problems = {problem.field: problem_text(form, problem, words) for problem in screen.problems}
    last = page == len(every) - 1
    message = Message(words("check_answers.problems", n=len(problems)), "trouble") if problems else None
    if screen.sending:
        message = Message(words("check_answers.sending"), "wait")
    lines = tuple(
        _line(line, problems.get(line.field, ""), at, words, busy=screen.sending)
        for line in every[page].lines
    )
    confirm = Button(words("check_answers.confirm"), Confirmed(at), enabled=not screen.sending)
    turn = Button(words("check_answers.next_page"), PageTapped(at, page + 1))
    back = Button(words("frame.back"), Back(at), enabled=not screen.sending)
    leave = Button(words("check_answers.leave"), Cancel(at), enabled=not screen.sending)
    declaration, translation = _declared(session.form, form, words) if last else ("", "")
    section = " · ".join(every[page].titles)
    return CheckAnswersView(
        title=words("check_answers.title"),
        section=section,
        page=words("check_answers.page", n=page + 1, total=len(every)),
        lines=lines,
        message=message,
        declaration=declaration,
        translation=translation,
        confirm=confirm if last else None,
        next_page=None if last else turn,
        back=back,
        leave=leave,
        sending=screen.sending,
        spoken=(
            *sentences(words("check_answers.title"), message.text if message else "", section),
            *_read_out(lines, words, private=state.comfort.voice is Voice.PRIVATE),
            *sentences(translation or declaration),
            *ways_on(words, (confirm if last else turn, back, leave)),
        ),
    )


def _declared(signed: FormDefinition, said: FormDefinition, words: Words) -> tuple[str, str]:
    """The sentence that is signed, and what it says in the language of the screen, marked as such."""
    text, translation = signed.declaration.text, said.declaration.text
    return text, "" if translation == text else words("check_answers.translation", text=translation)


def _read_out(lines: tuple[AnswerLine, ...], words: Words, *, private: bool) -> tuple[str, ...]:
    """The answers are said into headphones only; the lobby does not hear them."""
    if not private:
        return (words("check_answers.spoken_lines", n=len(lines)),)
    told = (words("check_answers.spoken_line", label=line.label, value=line.value) for line in lines)
    return sentences(*told)


def _line(line: CheckLine, problem: str, at: str, words: Words, *, busy: bool) -> AnswerLine:
    missing = line.shown == ""
    change = None
    if line.change:
        change = Button(words("check_answers.change"), ChangeTapped(at, line.field), enabled=not busy)
    return AnswerLine(
        label=line.label,
        value=line.shown or line.if_missing or words("check_answers.missing"),
        source=words(f"source.{line.source.value}") if line.source else "",
        change=change,
        problem=problem,
        missing=missing,
    )
