"""How it was: a face, what about, and words. No name is kept."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.comfort import TextSize
from kiosk.visit.events import Aspect, AspectChosen, Back, Cancel, Continue, FaceChosen, WriteTapped
from kiosk.visit.rating import FACES, MOST_LETTERS, capital_next
from kiosk.visit.states import Rate, RatingStep, VisitState
from screens.citizen.keyboard import vietnamese_keyboard
from screens.citizen.parts import Button, Keyboard, Message
from screens.citizen.times import sentences
from screens.locale import Words

NEAR_THE_END = 40
"""So many letters before no more fit it is told."""


@dataclass(frozen=True)
class Face:
    """A face from 1 (very dissatisfied) to 5 (very satisfied) with its words."""

    button: Button
    face: int


@dataclass(frozen=True)
class AspectChoice:
    """What the face may be about; chosen again it is not."""

    button: Button
    chosen: bool = False


@dataclass(frozen=True)
class RateView:
    """``step`` is ``face``, ``aspect``, ``words`` or ``thanks``; ``face`` the one chosen (0: none yet), with
    its words in ``face_words``. ``private`` says that no name is kept.
    """

    step: str
    title: str
    hint: str
    private: str
    faces: tuple[Face, ...]
    face: int
    face_words: str
    aspects: tuple[AspectChoice, ...]
    entry: str
    entry_hint: str
    keyboard: Keyboard | None
    message: Message | None
    proceed: Button | None
    write: Button | None
    back: Button | None
    leave: Button | None
    spoken: tuple[str, ...] = ()


def rate_view(state: VisitState, screen: Rate, words: Words) -> RateView:
    """The part of the rating that is asked now."""
    at, step, free = state.key, screen.step, not screen.sending
    labels = words.lines("rate.faces")
    title, hint = words(f"rate.{step}_title"), words(f"rate.{step}_hint")
    large = state.comfort.text_size is TextSize.LARGEST and step in (RatingStep.ASPECT, RatingStep.WORDS)
    message = _message(screen, words)
    private = ""
    if step is RatingStep.FACE or (step is RatingStep.WORDS and message is None):
        private = words("rate.private")
    faces = tuple(
        Face(Button(label, FaceChosen(at, face)), face) for face, label in zip(FACES, labels, strict=True)
    )
    aspects = tuple(
        AspectChoice(
            Button(words(f"rate.aspect_{aspect}"), AspectChosen(at, aspect), enabled=free),
            chosen=aspect is screen.aspect,
        )
        for aspect in Aspect
    )
    writing, asking = step is RatingStep.WORDS, step is RatingStep.ASPECT
    return RateView(
        step=step.value,
        title=title,
        hint="" if large else hint,
        private=private,
        faces=faces if step is RatingStep.FACE else (),
        face=screen.face or 0 if step is not RatingStep.FACE else 0,
        face_words=labels[screen.face - 1] if screen.face is not None and asking else "",
        aspects=aspects if asking else (),
        entry=screen.words if writing else "",
        entry_hint=words("question.text_hint") if writing else "",
        keyboard=vietnamese_keyboard(at, words, capital=capital_next(screen), method=screen.method)
        if writing
        else None,
        message=message,
        proceed=_proceed(at, screen, words),
        write=Button(words("rate.write"), WriteTapped(at), enabled=free) if asking else None,
        back=Button(words("frame.back"), Back(at), enabled=free) if step is not RatingStep.THANKS else None,
        leave=Button(words("rate.leave"), Cancel(at), enabled=free) if asking or writing else None,
        spoken=(
            sentences(title, hint),
            *((private,) if private else ()),
            *((message.text,) if message is not None else ()),
            *(sentences(one.button.label) for one in (*(faces if step is RatingStep.FACE else ()),)),
            *(sentences(one.button.label) for one in (*(aspects if asking else ()),)),
        ),
    )


def _proceed(at: str, screen: Rate, words: Words) -> Button | None:
    match screen.step:
        case RatingStep.FACE:
            return None
        case RatingStep.THANKS:
            return Button(words("rate.done"), Continue(at))
        case _:
            label = words("rate.again" if screen.failure is not None else "rate.send")
            return Button(label, Continue(at), enabled=not screen.sending)


def _message(screen: Rate, words: Words) -> Message | None:
    if screen.sending:
        return Message(words("rate.sending"), "wait")
    if screen.failure is not None:
        told = words.failures()[screen.failure]
        return Message(sentences(words("rate.not_sent"), told.citizen_what), "trouble")
    left = MOST_LETTERS - len(screen.words)
    if screen.step is RatingStep.WORDS and left <= NEAR_THE_END:
        return Message(words("rate.letters_left", n=max(0, left)), "info")
    return None
