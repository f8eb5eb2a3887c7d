"""Draws the samples on one panel. A window cannot change its size: each panel is a process of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kiosk.settings import ScreenSettings
from screens.citizen.screens import KioskView
from screens.gallery import samples
from screens.gallery.modes import Mode
from screens.gallery.still import Still
from screens.window import prepare_window

WIDGETS = "widgets_"
"""How the names of the pages begin that show widgets instead of screens."""

MOST_ROUNDS = 40
QUIET_ROUNDS = 2
ROUND_FRAMES = 4
ROUND_SECONDS = 0.02


class Drawer:
    """The window of one panel, ``size`` in pixels, ``inches`` its diagonal. Only one in a process."""

    def __init__(self, size: tuple[int, int], inches: float) -> None:
        width, height = size
        prepare_window(ScreenSettings(width=width, height=height, diagonal_inches=inches), "gallery")

        from kivy.base import EventLoop  # noqa: PLC0415 - the window is prepared now
        from kivy.clock import Clock  # noqa: PLC0415
        from kivy.core.window import Window  # noqa: PLC0415

        from screens.citizen.stage import Stage  # noqa: PLC0415
        from screens.theme import Theme  # noqa: PLC0415

        Theme.motion = False  # what is drawn stands still, however long it takes
        Clock._max_fps = 0  # nobody watches
        self._window = Window
        self._stage = Stage(lambda _event: None, lambda: None, Still)
        Window.add_widget(self._stage)
        EventLoop.ensure_window()

    def draw(self, mode: Mode, folder: Path, names: Sequence[str]) -> None:
        """Write ``NAME.png`` for each sample into ``folder``; no ``names``: of all of them."""
        views = samples(mode.comfort).items()
        self.draw_views({name: view for name, view in views if not names or name in names}, folder)
        if not names or any(name.startswith(WIDGETS) for name in names):
            self._draw_widgets(mode, folder, names)

    def draw_views(self, views: Mapping[str, KioskView], folder: Path) -> None:
        """Write ``NAME.png`` for each view into ``folder``, one after the other on the same window."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, view in views.items():
            self._stage.show(view)
            _settle(self._stage)
            _save(folder / f"{name}.png")

    def _draw_widgets(self, mode: Mode, folder: Path, names: Sequence[str]) -> None:
        from screens.gallery.widgets import widget_pages  # noqa: PLC0415 - needs the window
        from screens.theme import current, install  # noqa: PLC0415

        usual = current()
        install(usual.suited_to(mode.comfort))
        for name, page in widget_pages(mode.language):
            if not names or name in names or name.rstrip("_0123456789") in names:
                self._window.add_widget(page)
                _settle(page)
                _save(folder / f"{name}.png")
                self._window.remove_widget(page)
        install(usual)


def draw(
    out: Path, modes: Iterable[tuple[Mode, Path]], size: tuple[int, int], inches: float, names: Sequence[str]
) -> None:
    """Draw everything for one panel, each mode into its folder beneath ``out``."""
    drawer = Drawer(size, inches)
    for mode, folder in modes:
        drawer.draw(mode, out / folder, names)


def _settle(root: Any) -> None:
    """Until nothing changes its size any more, but not for ever; nothing is drawn meanwhile."""
    from kivy.clock import Clock  # noqa: PLC0415
    from kivy.lang import Builder  # noqa: PLC0415

    before: object = None
    quiet = 0
    for _ in range(MOST_ROUNDS):
        end = Clock.get_time() + ROUND_SECONDS
        frames = 0
        while frames < ROUND_FRAMES or Clock.get_time() < end:
            Clock.tick()
            Builder.sync()
            Clock.tick_draw()
            Builder.sync()
            frames += 1
        now = [(w.size[:], w.pos[:], getattr(w, "squeeze", 1)) for w in root.walk(restrict=True)]
        quiet = quiet + 1 if now == before else 0
        if quiet == QUIET_ROUNDS:
            return
        before = now


def _save(path: Path) -> None:
    """Draw the window and write what is on it."""
    from kivy.core.window import Window  # noqa: PLC0415
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415 - not needed where nothing is written

    Window.dispatch("on_draw")
    size = tuple(Window.system_size)
    pixels = glReadPixels(0, 0, *size, GL_RGBA, GL_UNSIGNED_BYTE)
    Window.dispatch("on_flip")
    picture = Image.frombytes("RGBA", size, bytes(pixels)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    picture.convert("RGB").save(path, compress_level=2)
