"""What lies over every screen: languages, comfort, and the call for help. The screen beneath goes on."""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit.comfort import LOUDEST, Comfort, TextSize, Voice
from kiosk.visit.effects import CallHelp
from kiosk.visit.events import (
    Back,
    ComfortTapped,
    ContrastChosen,
    Event,
    HandChosen,
    HelpAnswered,
    HelpCalled,
    HelpFailed,
    HelpTapped,
    Intent,
    LanguageChosen,
    LanguagesTapped,
    PanelClosed,
    ReachChosen,
    Retry,
    TextSizeChosen,
    VoiceChosen,
    VolumeChosen,
)
from kiosk.visit.moves import Result, mistaken, stay
from kiosk.visit.states import (
    NAMES,
    ChooseComfort,
    ChooseLanguage,
    HelpAsked,
    HelpStep,
    Panel,
    VisitState,
)
from kiosk.visit.suspension import BEGINNINGS


def on_panels(state: VisitState, intent: Intent) -> Result | None:
    """What a touch does to the panels; ``None`` when it is meant for the screen.

    While a panel is open nothing else is heard.
    """
    changed = _changed(state, intent)
    if changed is not None:
        return replace(state, comfort=changed), ()
    match intent:
        case LanguageChosen(language=language) if language in state.setup.languages:
            return replace(state, comfort=replace(state.comfort, language=language), panel=None), ()
        case LanguagesTapped():
            return _shown(state, ChooseLanguage())
        case ComfortTapped():
            return _shown(state, ChooseComfort())
        case HelpTapped():
            return _call(state)
        case Retry() if isinstance(state.panel, HelpAsked) and state.panel.step is HelpStep.FAILED:
            return _call(state)
        case PanelClosed() | Back() if state.panel is not None:
            return replace(state, panel=None), ()
        case _:
            return None if state.panel is None else stay(state)


def in_sight(before: VisitState, event: Event, result: Result) -> Result:
    """A card laid down or a code held before the scanner is answered where it is seen: the panel goes when
    another screen comes beneath it.
    """
    after, effects = result
    if isinstance(event, BEGINNINGS) and type(after.screen) is not type(before.screen):
        after = replace(after, panel=None)
    return after, effects


def _changed(state: VisitState, intent: Intent) -> Comfort | None:
    comfort = state.comfort
    match intent:
        case TextSizeChosen(size=TextSize() as size):
            return replace(comfort, text_size=size)
        case ContrastChosen(high=high):
            return replace(comfort, high_contrast=high)
        case ReachChosen(low=low):
            return replace(comfort, low=low)
        case HandChosen(left=left):
            return replace(comfort, left_handed=left)
        case VoiceChosen(voice=Voice() as voice):
            return replace(comfort, voice=voice)
        case VolumeChosen(volume=volume) if 0 <= volume <= LOUDEST:
            return replace(comfort, volume=volume)
        case _:
            return None


def _shown(state: VisitState, panel: Panel) -> Result:
    return replace(state, panel=None if state.panel == panel else panel), ()


def _call(state: VisitState) -> Result:
    """Call an officer; a call that is under way or open is not made twice."""
    panel = state.panel
    if isinstance(panel, HelpAsked) and panel.step is not HelpStep.FAILED:
        return stay(state)
    effect = CallHelp(state.visit, NAMES[type(state.screen)], state.comfort.language)
    return replace(state, panel=HelpAsked()), (effect,)


def on_help_answer(state: VisitState, answer: HelpCalled | HelpAnswered | HelpFailed) -> Result:
    """What became of a call. That somebody is coming is told even when the panel was closed."""
    match answer:
        case HelpAnswered(counter=counter):
            return replace(state, panel=HelpAsked(HelpStep.ANSWERED, counter)), ()
        case HelpCalled() if isinstance(state.panel, HelpAsked):
            return replace(state, panel=HelpAsked(HelpStep.CALLED)), ()
        case HelpFailed() if isinstance(state.panel, HelpAsked):
            return replace(mistaken(state), panel=HelpAsked(HelpStep.FAILED)), ()
        case _:
            return stay(state)
