"""What is heard at the citizen's machine: the narrator, and the sound of clips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.processes.clips import ClipSource
    from kiosk.processes.narrator import Narrator
    from kiosk.visit.comfort import Comfort
    from kiosk.visit.states import VisitState
    from screens.citizen.screens import KioskView

VOICES = Path(__file__).parents[2] / "media" / "voice"


def narrator_of(settings: Settings) -> Narrator:
    """The kiosk's voice."""
    from kiosk.processes.narrator import Narrator
    from kiosk.processes.recordings import Recordings
    from kiosk.processes.speech_guide import SpeechGuide
    from screens.locale import fixed_texts

    voice, unreviewed = settings.kiosk.voice, settings.kiosk.show_unreviewed
    guide = SpeechGuide(
        aloud=voice.aloud,
        private=voice.private,
        words_per_minute=voice.words_per_minute,
        recordings=Recordings(VOICES, unreviewed=unreviewed),
    )
    return Narrator(guide, lambda tag: fixed_texts("citizen", tag, unreviewed=unreviewed))


def narrate(narrator: Narrator, state: VisitState, view: KioskView) -> None:
    """Have what the window shows spoken; drawing the same again says nothing."""
    entered = (view.key, type(view.overlay))
    narrator.follow(state.visit, entered, view.spoken, view.comfort, view.news, mistakes=state.mistakes)


def speak(narrator: Narrator, sentences: tuple[str, ...], comfort: Comfort) -> None:
    """Say what a key asked for; nothing ends what is being said."""
    if sentences:
        narrator.focus(" ".join(sentences), comfort)
    else:
        narrator.touched()


def clip_opener(settings: Settings) -> Callable[..., ClipSource]:
    """Plays clips, heard where the kiosk speaks."""
    from kiosk.processes.clips import ClipSource

    def opened(
        video: Path, captions: Path | None, size: tuple[int, int], *, aside: bool, **how: Any
    ) -> ClipSource:
        voice = settings.kiosk.voice
        return ClipSource(video, captions, *size, device=voice.private if aside else voice.aloud, **how)

    return opened
