"""A look, a voice and a storyboard small enough to build in a second."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from devices.speaker.sound import Sound
from kiosk.processes.clip_making.building import KioskScreens, Order, build
from kiosk.processes.clip_making.lettering import Look
from screens.theme import FONT_FILES, FONTS, Palette

WEIGHTS = {"regular": "text", "semibold": "semibold", "bold": "bold"}

STORY = """\
title: {vi: Thử, en: Trial}
topic: Hộ tịch
procedures: ["1.001193"]
scenes:
  - name: one
    heading: Một việc
    show:
      - {icon: baby, at: [100, 200], size: 200}
      - {card: Giấy chứng sinh, box: [500, 200, 500, 200], from: 2}
    pointers:
      - {at: [700, 300], from: 2}
    lines:
      - {say: Câu thứ nhất, caption: {en: First}}
      - {say: Câu thứ hai, caption: {vi: "Câu thứ 2", en: Second}}
  - name: two
    show:
      - rows: [Một, Hai]
    zooms: [{zoom: [0, 0, 640, 360]}]
    lines: [{say: Hết, caption: {en: End}}, {say: Thật hết, caption: {en: Really}}]
"""


class Tone:
    """A voice that hums: half a second for whatever is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def speak(self, text: str) -> Sound:
        self.said.append(text)
        return Sound.tone(330, 0.5)


@pytest.fixture(scope="session")
def look() -> Look:
    return Look(asdict(Palette()), {name: FONTS / FONT_FILES[face] for name, face in WEIGHTS.items()})


@pytest.fixture(scope="session")
def built(look, tmp_path_factory) -> Path:
    """The folder with one clip, ``thu``, built from ``STORY``."""
    folder = tmp_path_factory.mktemp("library")
    path = tmp_path_factory.mktemp("boards") / "thu.yaml"
    path.write_text(STORY, encoding="utf-8")
    build(path, Order(look, folder, ("mp4", "webm"), date(2026, 11, 23), KioskScreens(folder)), Tone())
    return folder
