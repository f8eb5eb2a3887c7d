"""Every citizen's screen as a picture, from sample view-models: ``python -m screens.gallery OUT [NAME …]``.

With ``SDL_VIDEODRIVER=offscreen`` no display is needed. ``--size 1920x1080`` turns the panel round.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from kiosk.settings import ScreenSettings
from kiosk.visit.events import BackspaceTapped, ChoiceTapped, ClearTapped, DigitTapped, Intent, KeyTapped
from screens.citizen.check_answers.presenter import CheckAnswersView
from screens.citizen.clips.presenter import ClipsView
from screens.citizen.enter_can.presenter import EnterCanView
from screens.citizen.form_done.presenter import FormDoneView
from screens.citizen.idle_warning.presenter import IdleWarningView
from screens.citizen.offer_form.presenter import OfferFormView
from screens.citizen.parts import Button, Key, Keyboard, Keypad
from screens.citizen.problem.presenter import ProblemView
from screens.citizen.question.presenter import QuestionView
from screens.citizen.reading.presenter import ReadingView
from screens.citizen.screens import KioskView
from screens.citizen.services.presenter import ServicesView
from screens.citizen.start.presenter import StartView
from screens.citizen.ticket.presenter import TicketView
from screens.window import prepare_window

FRAMES = 14  # enough for every size to settle

VIEWS: dict[str, type[Any]] = {
    "start": StartView,
    "enter_can": EnterCanView,
    "reading": ReadingView,
    "services": ServicesView,
    "ticket": TicketView,
    "offer_form": OfferFormView,
    "question": QuestionView,
    "check_answers": CheckAnswersView,
    "form_done": FormDoneView,
    "clips": ClipsView,
    "problem": ProblemView,
}


def samples() -> dict[str, KioskView]:
    """The sample view-models by name, in the order of a visit."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    views: dict[str, KioskView] = {}
    for sample in table["sample"]:
        screen = sample["screen"]
        if "of" in sample:
            drawn: Any = views[sample["of"]].screen
        else:
            drawn = _build(VIEWS[screen], sample["view"], sample["name"])
        overlay = sample.get("overlay")
        views[sample["name"]] = KioskView(
            name=screen,
            key=sample["name"],
            centre=table["centre"],
            help=table["help"],
            screen=drawn,
            overlay=_build(IdleWarningView, overlay, sample["name"]) if overlay else None,
        )
    return views


def _build(wanted: Any, value: Any, at: str) -> Any:
    """``value`` of the TOML file as what a field of a view-model wants."""
    if get_origin(wanted) in (Union, UnionType):
        wanted = next(part for part in get_args(wanted) if part is not type(None))
    if get_origin(wanted) is tuple:
        return tuple(_build(get_args(wanted)[0], item, at) for item in value)
    if wanted is Button:
        parts = {"label": value} if isinstance(value, str) else value
        return Button(event=ChoiceTapped(at=at, value=parts["label"]), **parts)
    if wanted is Keypad:
        return _keypad(str(value), at)
    if wanted is Keyboard:
        return Keyboard(tuple(tuple(_key(key, at) for key in row.split()) for row in value))
    if isinstance(value, Mapping):
        hints = get_type_hints(wanted)
        given = {}
        for field in fields(wanted):
            if field.name in value:
                given[field.name] = _build(hints[field.name], value[field.name], at)
            elif field.default is MISSING:
                given[field.name] = () if get_origin(hints[field.name]) is tuple else None
        return wanted(**given)
    return value


def _keypad(clear: str, at: str) -> Keypad:
    digits = [[Button(digit, DigitTapped(at, digit)) for digit in row] for row in ("123", "456", "789")]
    last = (
        Button(clear, ClearTapped(at)),
        Button("0", DigitTapped(at, "0")),
        Button("⌫", BackspaceTapped(at)),
    )
    return Keypad((*(tuple(row) for row in digits), last))


def _key(words: str, at: str) -> Key:
    label, _, width = words.partition(":")
    event: Intent = BackspaceTapped(at) if label == "XÓA" else KeyTapped(at, label)
    return Key(label, event, float(width or 1), "wide" if width else "letter")


def draw(out: Path, names: list[str], size: tuple[int, int], diagonal_inches: float) -> None:
    """Write one PNG for each sample into the folder ``out``."""
    width, height = size
    prepare_window(ScreenSettings(width=width, height=height, diagonal_inches=diagonal_inches), "gallery")

    from kivy.base import EventLoop  # noqa: PLC0415 - the window is prepared now
    from kivy.core.window import Window  # noqa: PLC0415

    from screens.citizen.stage import Stage  # noqa: PLC0415

    stage = Stage(lambda _event: None, lambda: None)
    Window.add_widget(stage)
    EventLoop.ensure_window()
    out.mkdir(parents=True, exist_ok=True)
    for name, view in samples().items():
        if names and name not in names:
            continue
        stage.show(view)
        for _ in range(FRAMES):
            EventLoop.idle()
        picture = stage.export_as_image()
        picture.save(str(out / f"{name}.png"))


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m screens.gallery", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("names", nargs="*", help="only these samples")
    parser.add_argument("--size", default="1080x1920", help="panel in pixels, e.g. 1920x1080")
    parser.add_argument("--inches", type=float, default=21.5, help="the panel's diagonal")
    given = parser.parse_args(arguments)
    width, _, height = given.size.partition("x")
    draw(given.out, given.names, (int(width), int(height)), given.inches)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
