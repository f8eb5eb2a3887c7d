"""The chip is being read: steps and nothing to press but *stop*."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import Cancel, ReadingStep
from kiosk.visit.states import Reading, VisitState
from screens.citizen.parts import Button
from screens.citizen.spoken import sentences
from screens.locale import Words


@dataclass(frozen=True)
class StepLine:
    """One step; ``state`` is ``done``, ``now`` or ``later``."""

    label: str
    state: str


@dataclass(frozen=True)
class ReadingView:
    """``keep_still`` asks not to take the card away."""

    title: str
    keep_still: str
    steps: tuple[StepLine, ...]
    stop: Button
    spoken: tuple[str, ...] = ()


def reading_view(state: VisitState, screen: Reading, words: Words) -> ReadingView:
    """How far the chip is."""
    order = list(ReadingStep)
    now = order.index(screen.step)
    steps = tuple(
        StepLine(words(f"reading.{step.value}"), "done" if n < now else "now" if n == now else "later")
        for n, step in enumerate(order)
    )
    title = words("reading.title" if state.person is None else "reading.comparing")
    keep_still = words("reading.keep_still")
    stop = Button(words("reading.stop"), Cancel(state.key))
    return ReadingView(
        title=title,
        keep_still=keep_still,
        steps=steps,
        stop=stop,
        spoken=(*sentences(title, keep_still), words("reading.spoken", stop=stop.label)),
    )
