"""Instruction clips: the list by topic, the player, the address to take one along; by themselves when nobody
is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiosk.visit import clips
from kiosk.visit.comfort import LOUDEST, Voice
from kiosk.visit.events import (
    Back,
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
    PageTapped,
    WatchClips,
)
from kiosk.visit.states import Clip, Clips, VisitState
from screens.citizen.parts import Button
from screens.locale import Words


@dataclass(frozen=True)
class Topic:
    """A topic to choose; ``chosen``: its clips are listed."""

    button: Button
    chosen: bool


@dataclass(frozen=True)
class ClipCard:
    """One clip of the list."""

    button: Button
    length: str
    poster: Path | None


@dataclass(frozen=True)
class Playing:
    """The clip the player shows. The view sends ``ended`` when it reaches its end or cannot play it.

    Another ``key`` is another playing; all else changes the one that runs. ``start`` and ``seconds`` in
    seconds of the clip, ``steps`` of ten seconds since, ``volume`` from 0 to 1; ``aside``: heard in the
    handset or headphones only.
    """

    key: str
    id: str
    title: str
    video: Path
    captions: Path | None
    ended: Intent
    seconds: float = 0.0
    start: float = 0.0
    paused: bool = False
    speed: float = 1.0
    steps: int = 0
    captions_on: bool = True
    volume: float = 0.0
    aside: bool = False


@dataclass(frozen=True)
class Controls:
    """What can be pressed while a clip plays; beside the address for the phone less."""

    pause: Button
    back: Button | None = None
    forward: Button | None = None
    speed: Button | None = None
    captions: Button | None = None
    take: Button | None = None


@dataclass(frozen=True)
class TakeAlong:
    """The page that plays the clip on a phone, to be scanned."""

    title: str
    url: str
    hint: str


@dataclass(frozen=True)
class ClipsView:
    """List when ``playing`` is None. With ``attract`` the clips run by themselves: any touch goes to the
    start.
    """

    title: str
    topics: tuple[Topic, ...]
    cards: tuple[ClipCard, ...]
    page: str
    previous: Button | None
    following: Button | None
    find: Button | None
    playing: Playing | None
    controls: Controls | None
    take: TakeAlong | None
    attract: bool
    touch_hint: str
    stop: Button | None
    back: Button
    spoken: tuple[str, ...] = ()


def clips_view(state: VisitState, screen: Clips, words: Words) -> ClipsView:
    """The list, or the clip that plays."""
    at = state.key
    clip = next((one for one in state.setup.clips if one.id == screen.playing), None)
    shown = None if clip is not None else _cards(state, screen, words)
    several = shown is not None and clips.pages(state, screen) > 1
    controls = _controls(state, screen, words) if clip is not None and not screen.attract else None
    return ClipsView(
        title=words("clips.title"),
        topics=_topics(state, screen, words) if shown is not None else (),
        cards=shown or (),
        page=words("clips.page", n=screen.page + 1, of=clips.pages(state, screen)) if several else "",
        previous=_turned(state, screen, -1, words("clips.previous")) if several else None,
        following=_turned(state, screen, 1, words("clips.next")) if several else None,
        find=Button(words("clips.find"), FindClipsTapped(at)) if shown is not None else None,
        playing=_playing(state, screen, clip, words) if clip is not None else None,
        controls=controls,
        take=_take(state, screen, words),
        attract=screen.attract,
        touch_hint=words("clips.touch_hint") if screen.attract else "",
        stop=Button(words("clips.stop"), ClipStopped(at)) if controls is not None else None,
        back=Button(words("frame.back"), Back(at)),
        spoken=_spoken(shown, words) if shown is not None else (),
    )


def title_of(clip: Clip, words: Words) -> str:
    """The clip's title in the language of the screens, else in Vietnamese."""
    return clip.titles.get(words.language, clip.title)


def length_text(seconds: int, words: Words) -> str:
    """A length such as “1 phút 20 giây”."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return words("clips.seconds", n=rest)
    return words("clips.minutes_seconds", m=minutes, n=rest) if rest else words("clips.minutes", m=minutes)


def _cards(state: VisitState, screen: Clips, words: Words) -> tuple[ClipCard, ...]:
    size = clips.page_size(state)
    first = min(screen.page, clips.pages(state, screen) - 1) * size
    return tuple(
        ClipCard(
            Button(title_of(clip, words), ClipChosen(state.key, clip.id)),
            length_text(clip.seconds, words),
            clip.poster,
        )
        for clip in clips.listed(state, screen)[first : first + size]
    )


def _topics(state: VisitState, screen: Clips, words: Words) -> tuple[Topic, ...]:
    names = clips.topics(state)
    if len(names) < 2:
        return ()
    told = {clip.topic: clip.topics.get(words.language, clip.topic) for clip in state.clips}
    every = Topic(
        Button(words("clips.all"), ClipTopicTapped(state.key)), not screen.topic and not screen.procedure
    )
    return (
        every,
        *(
            Topic(Button(told[name], ClipTopicTapped(state.key, name)), name == screen.topic)
            for name in names
        ),
    )


def _turned(state: VisitState, screen: Clips, by: int, label: str) -> Button:
    page = screen.page + by
    return Button(label, PageTapped(state.key, page), 0 <= page < clips.pages(state, screen))


def _playing(state: VisitState, screen: Clips, clip: Clip, words: Words) -> Playing:
    captions = clip.captions_by_language.get(words.language, clip.captions)
    return Playing(
        key=f"{clip.id}:{screen.turn}",
        id=clip.id,
        title=title_of(clip, words),
        video=clip.video,
        captions=captions,
        ended=ClipEnded(state.key, clip.id),
        seconds=float(clip.seconds),
        start=screen.start,
        paused=screen.paused or state.panel is not None,
        speed=screen.speed,
        steps=screen.steps,
        captions_on=screen.captions_on,
        volume=0.0 if screen.attract else state.comfort.volume / LOUDEST,
        aside=state.comfort.voice is Voice.PRIVATE,
    )


def _controls(state: VisitState, screen: Clips, words: Words) -> Controls:
    at = state.key
    pause = Button(words("clips.resume" if screen.paused else "clips.pause"), ClipPauseTapped(at))
    take = Button(words("clips.take_close" if screen.offered else "clips.take"), ClipTakeTapped(at))
    if screen.offered:
        return Controls(pause, take=take)
    speed = f"{screen.speed:g}".replace(".", words("clips.decimal_sign"))
    return Controls(
        pause=pause,
        back=Button(words("clips.step_back"), ClipStepTapped(at, -1)),
        forward=Button(words("clips.step_forward"), ClipStepTapped(at, 1)),
        speed=Button(words("clips.speed", speed=speed), ClipSpeedTapped(at)),
        captions=Button(
            words("clips.captions_off" if screen.captions_on else "clips.captions_on"), ClipCaptionsTapped(at)
        ),
        take=take if state.setup.public_url else None,
    )


def _take(state: VisitState, screen: Clips, words: Words) -> TakeAlong | None:
    if not screen.offered or screen.playing is None:
        return None
    return TakeAlong(
        words("clips.take_title"),
        f"{state.setup.public_url}/clips/{screen.playing}",
        words("clips.take_hint"),
    )


def _spoken(cards: tuple[ClipCard, ...], words: Words) -> tuple[str, ...]:
    return (words("clips.title"), words("clips.choose"), *(card.button.label for card in cards))


def clip_button(state: VisitState, procedure: str, words: Words) -> Button | None:
    """Watches the clip about a procedure; None where there is none in force."""
    if not clips.for_procedure(state, procedure):
        return None
    return Button(words("clips.of_procedure"), WatchClips(state.key, procedure))
