"""An officer is called to this machine: how far that is, and whom to ring otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import PanelClosed, Retry
from kiosk.visit.states import HelpAsked, HelpStep, VisitState
from screens.citizen.parts import Button
from screens.citizen.spoken import sentences
from screens.locale import Words

_SIGNS = {
    HelpStep.CALLING: "wait",
    HelpStep.CALLED: "done",
    HelpStep.ANSWERED: "done",
    HelpStep.FAILED: "trouble",
}


@dataclass(frozen=True)
class HelpView:
    """``sign`` is wait, done or trouble; ``again`` is there when the call did not get through."""

    title: str
    text: str
    hotline: str
    sign: str
    again: Button | None
    close: Button
    spoken: tuple[str, ...] = ()


def help_view(state: VisitState, screen: HelpAsked, words: Words) -> HelpView:
    """What became of the call."""
    title, text = _told(screen, state.setup.hotline, words)
    failed = screen.step is HelpStep.FAILED
    hotline = "" if failed else words("help.hotline", hotline=state.setup.hotline)
    return HelpView(
        title=title,
        text=text,
        hotline=hotline,
        sign=_SIGNS[screen.step],
        again=Button(words("help.again"), Retry(state.key)) if failed else None,
        close=Button(words("frame.close"), PanelClosed(state.key)),
        spoken=sentences(title, text, hotline),
    )


def _told(screen: HelpAsked, hotline: str, words: Words) -> tuple[str, str]:
    match screen.step:
        case HelpStep.CALLING:
            return words("help.title"), words("help.calling")
        case HelpStep.CALLED:
            return words("help.called_title"), words("help.called")
        case HelpStep.ANSWERED if screen.counter is not None:
            return words("help.answered_title"), words("help.answered_counter", counter=screen.counter)
        case HelpStep.ANSWERED:
            return words("help.answered_title"), words("help.answered")
        case HelpStep.FAILED:
            return words("help.failed_title"), words("help.failed", hotline=hotline)
