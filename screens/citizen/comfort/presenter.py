"""Letters, colours, reach, hand and voice, each with what is chosen now; everything takes effect at once."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.comfort import LOUDEST, TextSize, Voice
from kiosk.visit.events import (
    ContrastChosen,
    HandChosen,
    PanelClosed,
    ReachChosen,
    TextSizeChosen,
    VoiceChosen,
    VolumeChosen,
)
from kiosk.visit.states import ChooseComfort, VisitState
from screens.citizen.parts import Button, Picked
from screens.locale import Words

_SAMPLES_MM = {TextSize.NORMAL: 7.0, TextSize.LARGE: 8.2, TextSize.LARGEST: 9.5}
"""Capitals of running text at each size, as ``screens.theme`` draws them."""


@dataclass(frozen=True)
class Group:
    """What can be chosen under one heading."""

    heading: str
    options: tuple[Picked, ...]


@dataclass(frozen=True)
class ComfortView:
    """``groups`` from top to bottom; ``volume`` goes from 0 to ``loudest``."""

    title: str
    groups: tuple[Group, ...]
    loudness: str
    softer: Button
    louder: Button
    volume: int
    loudest: int
    close: Button
    spoken: tuple[str, ...] = ()


def comfort_view(state: VisitState, screen: ChooseComfort, words: Words) -> ComfortView:
    """Every setting as it is now."""
    at, volume = state.key, state.comfort.volume
    groups = _groups(state, words)
    chosen = tuple(
        words("comfort.spoken_now", what=group.heading, chosen=option.button.label)
        for group in groups
        for option in group.options
        if option.chosen
    )
    return ComfortView(
        title=words("comfort.title"),
        groups=groups,
        loudness=words("comfort.volume"),
        softer=Button(words("comfort.softer"), VolumeChosen(at, volume - 1), enabled=volume > 0),
        louder=Button(words("comfort.louder"), VolumeChosen(at, volume + 1), enabled=volume < LOUDEST),
        volume=volume,
        loudest=LOUDEST,
        close=Button(words("frame.done"), PanelClosed(at)),
        spoken=(words("comfort.title"), *chosen, words("comfort.spoken")),
    )


def _groups(state: VisitState, words: Words) -> tuple[Group, ...]:
    at, now = state.key, state.comfort
    sizes = tuple(
        Picked(
            Button(words(f"comfort.size_{size.name.lower()}"), TextSizeChosen(at, size)),
            chosen=now.text_size is size,
            sample_mm=sample,
        )
        for size, sample in _SAMPLES_MM.items()
    )
    colours = tuple(
        Picked(Button(words(f"comfort.contrast_{name}"), ContrastChosen(at, high)), now.high_contrast == high)
        for name, high in (("usual", False), ("high", True))
    )
    reaches = tuple(
        Picked(Button(words(f"comfort.reach_{name}"), ReachChosen(at, low)), now.low == low)
        for name, low in (("usual", False), ("low", True))
    )
    hands = tuple(
        Picked(Button(words(f"comfort.hand_{name}"), HandChosen(at, left)), now.left_handed == left)
        for name, left in (("left", True), ("right", False))
    )
    voices = tuple(
        Picked(Button(words(f"comfort.voice_{voice.value}"), VoiceChosen(at, voice)), now.voice is voice)
        for voice in Voice
    )
    told = {"size": sizes, "contrast": colours, "reach": reaches, "hand": hands, "voice": voices}
    return tuple(Group(words(f"comfort.{name}"), options) for name, options in told.items())
