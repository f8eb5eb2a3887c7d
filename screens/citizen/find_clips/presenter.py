"""What one looks for in the instruction clips, as one types, and the lines in which it is said."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.clip_search import ClipFound
from kiosk.visit.clips import found, found_on_a_page
from kiosk.visit.events import Back, ClipChosen, PageTapped, SuggestionTapped
from kiosk.visit.states import FindClips, VisitState
from screens.citizen.clips.presenter import length_text, title_of
from screens.citizen.keyboard import search_keyboard
from screens.citizen.parts import Button, Message
from screens.citizen.searching import SearchView
from screens.locale import Words


@dataclass(frozen=True)
class FindClipsView(SearchView):
    """The search in the clips; each hit with its topic and the line found."""


def find_clips_view(state: VisitState, screen: FindClips, words: Words) -> FindClipsView:
    """The search with what it found so far."""
    at = state.key
    asked = bool(screen.text.strip())
    all_found = found(state, screen)
    room = found_on_a_page(state)
    first = screen.page * room if screen.page * room < len(all_found) else 0
    shown = all_found[first : first + room]
    examples = () if asked else words.lines("find_clips.examples")
    return FindClipsView(
        title=words("find_clips.title"),
        entry=screen.text,
        entry_hint=words("find_clips.hint"),
        examples_title=words("find_clips.examples_title") if examples else "",
        examples=tuple(Button(text, SuggestionTapped(at, text)) for text in examples),
        hits=tuple(_hit(at, one, words) for one in shown),
        previous=_page(at, screen.page - 1, words("find_clips.previous")) if first else None,
        following=(
            _page(at, screen.page + 1, words("find_clips.following"))
            if len(all_found) > first + room
            else None
        ),
        message=Message(words("find_clips.nothing"), "wait") if asked and not all_found else None,
        keyboard=search_keyboard(at, words, method=screen.method),
        back=Button(words("frame.back"), Back(at)),
        spoken=_spoken(asked, shown, words),
    )


def _page(at: str, page: int, label: str) -> Button:
    return Button(label, PageTapped(at, page))


def _hit(at: str, one: ClipFound, words: Words) -> Button:
    return Button(title_of(one.clip, words), ClipChosen(at, one.clip.id), hint=_where(one, words))


def _where(one: ClipFound, words: Words) -> str:
    """The topic, and the line found or, where it was the title, how long the clip is."""
    topic = one.clip.topics.get(words.language, one.clip.topic)
    if one.line is None:
        told = length_text(one.clip.seconds, words)
        return f"{topic} · {told}" if topic else told
    return words("find_clips.line", topic=topic, line=one.line.text) if topic else f"“{one.line.text}”"


def _spoken(asked: bool, shown: tuple[ClipFound, ...], words: Words) -> tuple[str, ...]:
    if not asked:
        return (words("find_clips.title"), words("find_clips.spoken_type"))
    if not shown:
        return (words("find_clips.nothing"),)
    return (words("find_clips.spoken_found"), *(f"{title_of(one.clip, words)}." for one in shown))
