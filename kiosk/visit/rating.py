"""*Rate us*: a face, what it was about, and words, of which only the face is needed."""

from __future__ import annotations

from dataclasses import replace

from kiosk.failures import FailureCode
from kiosk.visit.composing import composed, next_method
from kiosk.visit.effects import SendRating
from kiosk.visit.events import (
    AspectChosen,
    Back,
    Cancel,
    Continue,
    FaceChosen,
    Intent,
    KeyTapped,
    RatingFailed,
    RatingSent,
    Retry,
    WriteTapped,
)
from kiosk.visit.moves import Result, home, mistaken, same, stay, to
from kiosk.visit.states import Rate, RatingStep, VisitState

FACES = range(1, 6)
MOST_LETTERS = 300
THANKS_SECONDS = 8.0
"""So long the thanks stand when nobody touches anything."""


def on_rate(state: VisitState, screen: Rate, intent: Intent) -> Result:
    """One part after the other; *back* keeps what was chosen."""
    if screen.sending:
        return stay(state)
    match screen.step, intent:
        case RatingStep.THANKS, Continue() | Back() | Cancel():
            return home(state)
        case _, Cancel():
            return home(state)
        case RatingStep.FACE, FaceChosen(face=face) if face in FACES:
            return to(state, replace(screen, step=RatingStep.ASPECT, face=face))
        case RatingStep.FACE, Back():
            return home(state)
        case RatingStep.ASPECT, AspectChosen(aspect=aspect):
            return same(state, replace(screen, aspect=None if aspect is screen.aspect else aspect))
        case RatingStep.ASPECT, WriteTapped():
            return to(state, replace(screen, step=RatingStep.WORDS, failure=None))
        case RatingStep.ASPECT, Back():
            return to(state, replace(screen, step=RatingStep.FACE, failure=None))
        case RatingStep.WORDS, Back():
            return to(state, replace(screen, step=RatingStep.ASPECT, failure=None))
        case ((RatingStep.ASPECT | RatingStep.WORDS), Continue() | Retry()):
            return _send(state, screen)
        case RatingStep.WORDS, _:
            return same(state, _typed(screen, intent))
        case _:
            return stay(state)


def capital_next(screen: Rate) -> bool:
    """Whether the next letter is a capital: at the beginning of a sentence; *shift* turns it round."""
    begins = not screen.words or screen.words.endswith((". ", "! ", "? "))
    return begins != screen.shift


def _typed(screen: Rate, intent: Intent) -> Rate:
    match intent:
        case KeyTapped(key="shift"):
            return replace(screen, shift=not screen.shift)
        case KeyTapped(key="method"):
            return replace(screen, method=next_method(screen.method))
        case _:
            words = composed(screen.words, intent, screen.method, capital=capital_next(screen))
            return replace(screen, words=words[:MOST_LETTERS], shift=False)


def _send(state: VisitState, screen: Rate) -> Result:
    if screen.face is None:
        return stay(state)
    ticket = state.tickets[-1].ticket.id if state.tickets else None
    words = " ".join(screen.words.split())
    effect = SendRating(state.visit, f"{state.visit}-rating", screen.face, screen.aspect, words, ticket)
    return to(state, replace(screen, sending=True, failure=None), effect)


def on_rating_answer(state: VisitState, answer: RatingSent | RatingFailed) -> Result:
    """Kept, or not; what was chosen stays for another try.

    A key that was used with other words: the first try had arrived, only its answer was lost.
    """
    screen = state.screen
    if not isinstance(screen, Rate) or not screen.sending:
        return stay(state)
    if isinstance(answer, RatingSent) or answer.code is FailureCode.IDEMPOTENCY_KEY_REUSED:
        return to(state, Rate(RatingStep.THANKS, screen.face))
    return not_sent(state, screen, answer.code)


def not_sent(state: VisitState, screen: Rate, code: FailureCode) -> Result:
    """The rating did not arrive."""
    return to(mistaken(state), replace(screen, sending=False, failure=code))
