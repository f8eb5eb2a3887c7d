"""Draws the samples: see the package."""

from __future__ import annotations

import argparse
from pathlib import Path

from kiosk.settings import ScreenSettings
from kiosk.visit.comfort import Comfort, TextSize
from screens.gallery import samples
from screens.gallery.walk import FRAMES
from screens.window import prepare_window


def draw(
    out: Path, names: list[str], size: tuple[int, int], diagonal_inches: float, comfort: Comfort | None = None
) -> None:
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
    for name, view in samples(comfort).items():
        if names and name not in names:
            continue
        stage.show(view)
        for _ in range(FRAMES):
            EventLoop.idle()
        stage.export_as_image().save(str(out / f"{name}.png"))


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m screens.gallery", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("names", nargs="*", help="only these samples")
    parser.add_argument("--size", default="1080x1920", help="panel in pixels, e.g. 1920x1080")
    parser.add_argument("--inches", type=float, default=21.5, help="the panel's diagonal")
    parser.add_argument("--language", default="vi", help="language of the screens, e.g. en")
    parser.add_argument("--letters", type=int, default=0, choices=[0, 1, 2], help="size of the letters")
    for name in ("contrast", "low", "left"):
        parser.add_argument(f"--{name}", action="store_true")
    given = parser.parse_args(arguments)
    width, _, height = given.size.partition("x")
    comfort = Comfort(
        given.language, TextSize(given.letters), given.contrast, low=given.low, left_handed=given.left
    )
    draw(given.out, given.names, (int(width), int(height)), given.inches, comfort)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
