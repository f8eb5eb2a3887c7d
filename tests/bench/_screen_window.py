"""The citizen's window over the real kiosk process, with centre and devices in memory, in this very process.

``Kiosk`` turns the loop itself, so that a benchmark sees each frame; ``touch`` goes the way of a finger.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "flow"))

WIDTH, HEIGHT = 1080, 1920
PATIENCE_SECONDS = 20.0


class Kiosk:
    """A window, a kiosk, a finger. ``with`` starts and stops the kiosk; only one in a process.

    ``data``: the folder in which the kiosk keeps what it keeps. ``clips`` can be watched, without sound.
    """

    def __init__(
        self,
        width: int = WIDTH,
        height: int = HEIGHT,
        data: Path | None = None,
        clips: tuple[Any, ...] = (),
    ) -> None:
        from kiosk.settings import ScreenSettings
        from screens.window import prepare_window

        prepare_window(ScreenSettings(width=width, height=height), "bench")
        from kivy.base import EventLoop, runTouchApp
        from kivy.core.window import Window
        from memory_lobby import HUONG, MemoryCentre, MemoryLobby

        from kiosk.client import HelpCall
        from kiosk.processes.procedure_search import ProcedureSearch
        from screens.citizen.app import CitizenApp
        from screens.citizen.screens import present
        from screens.locale import catalogue

        class Centre(MemoryCentre):
            """Also takes ratings, calls for help, further matters and numbers given back."""

            def rate(self, *_rating: Any, **_more: Any) -> None:
                self._asked()

            def call_help(self, screen: str, language: str | None = None) -> HelpCall:
                self._asked()
                return HelpCall("h1", "lobby", screen, language, datetime.now(UTC), "open", None, None)

            def help_call(self, _call: str) -> HelpCall:
                return self.call_help("start")

            def add_matter(self, ticket: str, _service: str) -> Any:
                return self.tickets[ticket]

            def give_back(self, ticket: str) -> Any:
                return self.tickets[ticket]

        self.person, self.window, self._loop, self._run = HUONG, Window, EventLoop, runTouchApp
        from kiosk.processes.offline_numbers import OfflineNumbers

        self.touches = 0  #: how often something was pressed
        self.centre = Centre()
        self.lobby = MemoryLobby(
            self.centre,
            numbers=OfflineNumbers(data / "offline-numbers.sqlite3") if data is not None else None,
            procedures=ProcedureSearch(ROOT / "config", data or Path("/nonexistent")),
            clips=clips,
            changed=lambda: self.app.refresh(),  # noqa: PLW0108 - made below
        )
        self._catalogue = catalogue

        def view() -> Any:
            state = self.lobby.process.state
            return present(state, catalogue("citizen", state.comfort.language))

        def send(event: Any) -> None:
            self.lobby.process.dispatch(event)

        def crashed() -> None:
            self.lobby.process.crashed()

        def open_clip(video: Path, captions: Path | None, size: tuple[int, int], **how: Any) -> Any:
            from kiosk.processes.clips import ClipSource

            how.pop("aside")
            return ClipSource(video, captions, *size, **{**how, "volume": 0.0})

        self.app = CitizenApp(view, send, crashed, open_clip=open_clip)

    def __enter__(self) -> Kiosk:
        self.lobby.__enter__()
        self.app.root = self.app.build()
        self._run(self.app.root, embedded=True)  # as it is used, but the loop is turned here
        return self

    def __exit__(self, *error: object) -> None:
        self.app.on_stop()
        self.lobby.__exit__(*error)

    # -- seeing --------------------------------------------------------------------------------------------

    @property
    def screen(self) -> str:
        """Name of the screen, with what lies over it, that the window shows (not: is about to show)."""
        return self.key.partition("/")[2].partition(":")[0]

    @property
    def key(self) -> str:
        """Key of the screen that the window shows: another one, another key."""
        view = self.app.root._view
        return view.key if view is not None else ""

    def words(self, key: str, **values: object) -> str:
        """Words of the catalogue in the language that is shown."""
        return self._catalogue("citizen", self.lobby.process.state.comfort.language)(key, **values)

    def button(self, label: str) -> Any:
        """What can be pressed under these words now, or ``None``."""
        return next((one for one in self.app.root.in_order() if one.label == label), None)

    # -- time ----------------------------------------------------------------------------------------------

    def frame(self) -> None:
        """One turn of the loop as Kivy makes it."""
        self._loop.idle()
        self.window.mainloop()

    def until(self, condition: Callable[[], Any], what: str) -> None:
        """Turn the loop until something holds. Raises ``TimeoutError``."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > end:
                there = [one.label for one in self.app.root.in_order()]
                raise TimeoutError(f"{what}; shown: {self.screen} {there}")
            self.frame()

    def until_screen(self, *names: str) -> None:
        """Until one of these screens is shown."""
        self.until(lambda: self.screen in names, " or ".join(names))

    def rest(self, seconds: float) -> None:
        """Turn the loop so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.frame()

    # -- doing ---------------------------------------------------------------------------------------------

    def press(self, label: str) -> None:
        """Press a button as a key presses it, once it is there."""
        self.until(lambda: self.button(label) is not None, f"the button “{label}”")
        self.touches += 1
        self.button(label).press()

    def press_key(self, key: str, **values: object) -> None:
        """Press the button with these words of the catalogue."""
        self.press(self.words(key, **values))

    def type(self, signs: str) -> None:
        """Press a key for each sign."""
        for sign in signs:
            self.until(lambda sign=sign: self.button(sign) or self.button(sign.upper()), f"the key “{sign}”")
            self.press(sign if self.button(sign) is not None else sign.upper())
