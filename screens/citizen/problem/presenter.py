"""Something failed: what happened, what to do now, what is kept."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.failures import FailureCode
from kiosk.visit.events import Back, Cancel, Finish, Retry, StartWithoutCard
from kiosk.visit.states import Again, CheckAnswers, Problem, VisitState
from screens.citizen.parts import Button
from screens.citizen.spoken import sentences, ways_on
from screens.locale import Words

_WORTH_READING_AGAIN = frozenset(
    {FailureCode.CARD_REMOVED_EARLY, FailureCode.CARD_CHANNEL_BROKEN, FailureCode.CARD_NOT_SUPPORTED}
)
_OF_THE_CARD = ("CARD_", "CHIP_", "READER_")


@dataclass(frozen=True)
class ProblemView:
    """``kept`` says what became of the number and the answers; ``number`` is the ticket in hand or empty.

    ``code`` is for staff: small, in a corner.
    """

    title: str
    what_to_do: str
    kept: str
    number: str
    code: str
    primary: Button
    others: tuple[Button, ...]
    spoken: tuple[str, ...] = ()


def problem_view(state: VisitState, screen: Problem, words: Words) -> ProblemView:
    """What happened, what to do now, and what was kept."""
    told = words.failures()[screen.code]
    primary, *others = _ways_on(state, screen, words)
    kept = words("problem.kept_nothing")
    if state.form is not None:
        kept = " ".join((words("problem.kept_number"), words("problem.kept_form")))
    elif state.tickets:
        kept = words("problem.kept_number")
    elif state.person is not None:
        kept = ""
    title = told.citizen_what or words("problem.unnamed")
    what_to_do = told.citizen_do or words("problem.unnamed_do")
    return ProblemView(
        title=title,
        what_to_do=what_to_do,
        kept=kept,
        number=state.tickets[-1].ticket.number if state.tickets else "",
        code=screen.code.value,
        primary=primary,
        others=tuple(others),
        spoken=(*sentences(title, what_to_do, kept), *ways_on(words, (primary, *others))),
    )


def _ways_on(state: VisitState, screen: Problem, words: Words) -> list[Button]:
    """The best way on comes first."""
    at = state.key
    ways: list[Button] = []
    if screen.again is Again.READING:
        ways.append(Button(words("problem.read_again"), Retry(at)))
    elif screen.again is not Again.NOTHING:
        ways.append(Button(words("problem.again"), Retry(at)))
    if screen.code.value.startswith(_OF_THE_CARD):
        label = "problem.without_card" if screen.resume is None else "problem.carry_on"
        without = Button(words(label), StartWithoutCard(at))
        worth = screen.again is Again.READING and screen.code in _WORTH_READING_AGAIN
        ways.insert(1 if worth else 0, without)
    elif isinstance(screen.resume, CheckAnswers):
        ways.append(Button(words("problem.back_to_form"), Back(at)))
    if state.tickets and screen.resume is None:
        ways.append(Button(words("problem.to_ticket"), Cancel(at)))
    elif state.tickets and not isinstance(screen.resume, CheckAnswers) and not ways:
        ways.append(Button(words("problem.to_ticket"), Back(at)))
    ways.append(Button(words("problem.finish"), Finish(at)))
    return ways
