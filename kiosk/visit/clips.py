"""Instruction clips: the list by topic or procedure, the search, the player, and the clips that run by
themselves.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.clip_search import ClipFound, find
from kiosk.visit.composing import composed, next_method
from kiosk.visit.events import (
    Back,
    Cancel,
    ClipCaptionsTapped,
    ClipChosen,
    ClipEnded,
    ClipPauseTapped,
    ClipSpeedTapped,
    ClipStepTapped,
    ClipStopped,
    ClipTakeTapped,
    ClipTopicTapped,
    FindClipsTapped,
    Intent,
    KeyTapped,
    PageTapped,
    SuggestionTapped,
    WatchClips,
)
from kiosk.visit.moves import Result, mistaken, same, stay, to, wiped
from kiosk.visit.states import Clip, Clips, FindClips, Screen, Start, VisitState

SPEEDS = (1.0, 1.25, 1.5, 0.75)
"""How many times as fast; each press goes to the next, after the last comes the first."""
STEP_SECONDS = 10.0
PAGE_SIZES = (4, 3, 2)
"""Clips on one page of the list, for each size of letters."""
MOST_IN_REACH = 2
"""Clips on one page of the low layout."""
FOUND_ON_A_PAGE = (3, 3, 2)
"""Clips on one page of what was found, for each size of letters."""
LEAD_SECONDS = 1.5
"""A clip begins so long before the line in which it was found."""
_UNPLAYABLE_SECONDS = 1.0
_NEARLY_OVER_SECONDS = 5.0


def listed(state: VisitState, screen: Clips) -> tuple[Clip, ...]:
    """The clips in force that belong to the chosen topic or procedure, in the order of the list."""
    return tuple(
        clip
        for clip in state.clips
        if screen.topic in ("", clip.topic) and (not screen.procedure or screen.procedure in clip.procedures)
    )


def page_size(state: VisitState) -> int:
    """How many clips one page of the list holds."""
    fitting = PAGE_SIZES[state.comfort.text_size]
    return min(fitting, MOST_IN_REACH) if state.comfort.low else fitting


def pages(state: VisitState, screen: Clips) -> int:
    """How many pages the list has, at least one."""
    return max(1, -(-len(listed(state, screen)) // page_size(state)))


def topics(state: VisitState) -> tuple[str, ...]:
    """The topics of all clips in force, in the order of the list."""
    return tuple(dict.fromkeys(clip.topic for clip in state.clips))


def for_procedure(state: VisitState, procedure: str) -> tuple[Clip, ...]:
    """The clips that tell of a procedure; the code may carry a province's ending (1.000948.H38)."""
    plain = ".".join(procedure.split(".")[:2])
    return tuple(clip for clip in state.clips if {procedure, plain} & set(clip.procedures))


def watch(state: VisitState, intent: WatchClips, resume: Screen | None) -> Result:
    """Open the list. Of one procedure: its clips only, and the only one begins at once."""
    if not state.clips:
        return stay(state)
    if not intent.procedure:
        return to(state, Clips(resume=resume))
    fitting = for_procedure(state, intent.procedure)
    if not fitting:
        return to(state, Clips(resume=resume))
    code = next(code for code in fitting[0].procedures if intent.procedure.startswith(code))
    if len(fitting) > 1:
        return to(state, Clips(procedure=code, resume=resume))
    return _play(state, Clips(procedure=code, resume=resume), fitting[0])


def on_clips(state: VisitState, screen: Clips, intent: Intent) -> Result:
    """Taps on the list and in the player, and the end of a clip."""
    if isinstance(intent, ClipEnded):
        return _on_end(state, screen, intent)
    if isinstance(intent, Cancel):
        return _leave(state, screen)
    return _on_list(state, screen, intent) if screen.playing is None else _on_player(state, screen, intent)


def _on_list(state: VisitState, screen: Clips, intent: Intent) -> Result:
    match intent:
        case ClipChosen(clip=name):
            chosen = next((clip for clip in state.clips if clip.id == name), None)
            return stay(state) if chosen is None else _play(state, screen, chosen)
        case ClipTopicTapped(topic=topic) if topic == "" or topic in topics(state):
            return to(state, replace(screen, topic=topic, procedure="", page=0))
        case PageTapped(page=page) if 0 <= page < pages(state, screen):
            return to(state, replace(screen, page=page))
        case FindClipsTapped():
            return to(state, FindClips(screen))
        case Back():
            return _leave(state, screen)
        case _:
            return stay(state)


def _on_player(state: VisitState, screen: Clips, intent: Intent) -> Result:
    match intent:
        case ClipStopped(position=position):
            if screen.attract:
                return _leave(state, screen)
            return _to_list(_left_at(state, screen.playing or "", position), screen)
        case Back() if screen.offered:
            return same(state, replace(screen, offered=False))
        case Back():
            return _to_list(state, screen)
        case ClipPauseTapped() if not screen.attract:
            return same(state, replace(screen, paused=not screen.paused, offered=False))
        case ClipStepTapped(steps=steps) if abs(steps) == 1 and not screen.attract:
            return same(state, replace(screen, steps=screen.steps + steps))
        case ClipSpeedTapped() if not screen.attract:
            following = SPEEDS[(SPEEDS.index(screen.speed) + 1) % len(SPEEDS)]
            return same(state, replace(screen, speed=following))
        case ClipCaptionsTapped() if not screen.attract:
            return same(state, replace(screen, captions_on=not screen.captions_on))
        case ClipTakeTapped() if not screen.attract:
            return same(state, replace(screen, offered=not screen.offered, paused=True))
        case _:
            return stay(state)


def _on_end(state: VisitState, screen: Clips, intent: ClipEnded) -> Result:
    if screen.playing is None or intent.clip != screen.playing:
        return stay(state)
    if not screen.attract:
        return _to_list(_left_at(state, screen.playing, 0.0), screen)
    known = [clip.id for clip in state.clips]
    if state.quiet < _UNPLAYABLE_SECONDS or not known:
        return to(state, Start())
    at = known.index(screen.playing) + 1 if screen.playing in known else 0
    return to(state, Clips(playing=known[at % len(known)], attract=True, turn=screen.turn + 1))


def found_on_a_page(state: VisitState) -> int:
    """How many clips stand on one page of what was found."""
    return FOUND_ON_A_PAGE[state.comfort.text_size]


def found(state: VisitState, screen: FindClips) -> tuple[ClipFound, ...]:
    """The clips in force that fit what was typed so far, in the language of the screens."""
    return find(state.clips, screen.text, state.comfort.language)


def on_find(state: VisitState, screen: FindClips, intent: Intent) -> Result:
    """Typing, and choosing from what was found."""
    match intent:
        case KeyTapped(key="method"):
            return same(state, replace(screen, method=next_method(screen.method)))
        case ClipChosen(clip=name):
            chosen = next((one for one in found(state, screen) if one.clip.id == name), None)
            return stay(state) if chosen is None else _play_found(state, screen, chosen)
        case PageTapped(page=page) if 0 <= page * found_on_a_page(state) < len(found(state, screen)):
            return same(state, replace(screen, page=page))
        case Back():
            return to(state, screen.listed)
        case Cancel():
            return _leave(state, screen.listed)
        case SuggestionTapped(text=text):
            return _typed(state, screen, text)
        case _:
            return _typed(state, screen, composed(screen.text, intent, screen.method))


def _typed(state: VisitState, screen: FindClips, text: str) -> Result:
    if text == screen.text:
        return same(state, screen)
    looked = replace(screen, text=text, page=0)
    nothing = bool(text.strip()) and not found(state, looked)
    goes_on = bool(screen.text.strip()) and text.startswith(screen.text) and not found(state, screen)
    return same(mistaken(state) if nothing and not goes_on else state, looked)


def _play_found(state: VisitState, screen: FindClips, chosen: ClipFound) -> Result:
    """From a moment before the line that was found; by its title as from the list."""
    listed = replace(screen.listed, found_by=screen)
    if chosen.line is None:
        return _play(state, listed, chosen.clip)
    return _play(state, listed, chosen.clip, max(0.0, chosen.line.second - LEAD_SECONDS))


def on_tick(state: VisitState, screen: Clips) -> Result:
    """While a clip runs nobody is hurried. Else the list is left, or, in the middle of a visit, the visit
    ends after the usual warning.
    """
    if screen.running:
        return stay(state)
    setup = state.setup
    if screen.resume is None:
        return _leave(state, screen) if state.quiet >= setup.idle_warning_seconds else stay(state)
    over = state.quiet >= setup.idle_warning_seconds + setup.idle_countdown_seconds
    return wiped(state) if over else stay(state)


def _play(state: VisitState, screen: Clips, clip: Clip, start: float | None = None) -> Result:
    """From ``start``, else from the beginning or where it was left in this visit; speed and captions stay."""
    if start is None:
        start = state.clip_positions.get(clip.id, 0.0)
        start = 0.0 if start > clip.seconds - _NEARLY_OVER_SECONDS else start
    playing = replace(
        screen, playing=clip.id, turn=screen.turn + 1, start=start, paused=False, steps=0, offered=False
    )
    return to(state, playing)


def _to_list(state: VisitState, screen: Clips) -> Result:
    """Back to the list, or the search; a clip opened for a procedure leads back to where that was."""
    if screen.found_by is not None:
        listed = replace(screen, playing=None, paused=False, steps=0, start=0.0, offered=False, found_by=None)
        return to(state, replace(screen.found_by, listed=listed))
    if screen.resume is not None and screen.procedure and len(for_procedure(state, screen.procedure)) == 1:
        return to(state, screen.resume)
    return to(state, replace(screen, playing=None, paused=False, steps=0, start=0.0, offered=False))


def _left_at(state: VisitState, clip: str, position: float) -> VisitState:
    return replace(state, clip_positions={**state.clip_positions, clip: max(0.0, position)})


def _leave(state: VisitState, screen: Clips) -> Result:
    """Back to where one came from; at the start screen nothing is remembered."""
    if screen.resume is not None:
        return to(state, screen.resume)
    return to(replace(state, clip_positions={}), Start())
