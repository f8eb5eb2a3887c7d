"""What stands on every screen: language, comfort, listening, and whom to call."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.comfort import Voice
from kiosk.visit.events import ComfortTapped, HelpTapped, LanguagesTapped, VoiceChosen
from kiosk.visit.states import VisitState
from screens.citizen.parts import Button
from screens.locale import Words


@dataclass(frozen=True)
class FrameView:
    """``listen`` begins or ends the speaking of screens; ``listening`` tells which it does."""

    language: Button
    comfort: Button
    listen: Button
    call: Button
    listening: bool = False


def frame_view(state: VisitState, words: Words) -> FrameView:
    """The frame around every screen."""
    listening = state.comfort.voice is not Voice.OFF
    return FrameView(
        language=Button(words("frame.language"), LanguagesTapped(state.key)),
        comfort=Button(words("frame.comfort"), ComfortTapped(state.key)),
        listen=Button(
            words("frame.listening" if listening else "frame.listen"),
            VoiceChosen(state.key, Voice.OFF if listening else Voice.ALOUD),
        ),
        call=Button(words("frame.call"), HelpTapped(state.key)),
        listening=listening,
    )
