"""Shows a clip: the newest frame of a source as a texture, its caption beneath in our own type.

Decoding happens elsewhere (``kiosk.processes.clips``), in another process; here nothing is opened, nothing
waits.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from kivy.clock import Clock, ClockEvent
from kivy.graphics.texture import Texture
from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from screens.citizen.clips.presenter import Playing
from screens.widgets import text as _text  # noqa: F401 - kv names its classes
from screens.widgets.buttons import climb

FRAMES_PER_SECOND = 15
MOST_PIXELS = 1280
UNREADABLE_SECONDS = 3.0

Builder.load_string(
    """
<ClipPlayer>:
    orientation: "vertical"
    canvas.before:
        Color:
            rgba: theme.dark
        Rectangle:
            pos: self.pos
            size: self.size
    Widget:
        id: screen
        canvas:
            Color:
                rgba: (1, 1, 1, 1) if root.texture else theme.dark
            Rectangle:
                texture: root.texture
                pos: self.pos
                size: self.size
    AnchorLayout:
        size_hint_y: None
        height: theme.mm(40) if theme.portrait else theme.mm(30)
        padding: theme.mm(8), theme.mm(2)
        Words:
            text: root.caption
            font_name: theme.semibold
            color: theme.on_dark
            halign: "center"
"""
)


class FrameSource(Protocol):
    """A clip being decoded. No method waits."""

    def newest_frame(self) -> bytes | None:
        """A frame not seen before as RGB, 8 bits a channel, top row first; None when there is none."""

    @property
    def caption(self) -> str:
        """Words that belong to the newest frame, or empty."""

    @property
    def ended(self) -> bool:
        """True when no frame will come any more: the clip is over, or could not be read."""

    def close(self) -> None:
        """Stop decoding."""


# (video, captions, width, height) in pixels -> the clip being decoded at 15 frames a second
OpenClip = Callable[[Path, Path | None, int, int], FrameSource]


class ClipPlayer(BoxLayout):
    """Plays ``playing``; sends its ``ended`` event once when the clip is over or unreadable."""

    open_clip: OpenClip | None = None

    playing = ObjectProperty(None, allownone=True)
    texture = ObjectProperty(None, allownone=True)
    caption = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._source: FrameSource | None = None
        self._size = (0, 0)
        self._watch: ClockEvent | None = None
        self._begin_soon = Clock.create_trigger(self._begin, 0)

    def on_playing(self, *_args: object) -> None:
        """Stop what plays; start the new clip once the size of the picture is known."""
        self.stop()
        if self.playing is not None:
            self._watch = Clock.schedule_interval(self._look, 1 / FRAMES_PER_SECOND)
            self._begin_soon()

    def stop(self) -> None:
        """Let go of the clip and its picture."""
        self._begin_soon.cancel()
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if self._source is not None:
            self._source.close()
            self._source = None
        self.texture = None
        self.caption = ""

    def _begin(self, *_args: object) -> None:
        playing: Playing | None = self.playing
        if playing is None or self._source is not None:
            return
        place = self.ids.screen
        if place.width < 16 or place.height < 16 or self.get_root_window() is None:
            self._begin_soon()
            return
        if self.open_clip is None:
            self._end()
            return
        shrink = min(1.0, MOST_PIXELS / max(place.size))
        self._size = (int(place.width * shrink) & ~1, int(place.height * shrink) & ~1)
        self._source = self.open_clip(playing.video, playing.captions, *self._size)

    def _look(self, *_args: object) -> None:
        source, playing = self._source, self.playing
        if source is None or playing is None:
            return
        frame = source.newest_frame()
        if frame is not None:
            if self.texture is None:
                texture = Texture.create(size=self._size, colorfmt="rgb")
                texture.flip_vertical()
                self.texture = texture
            self.texture.blit_buffer(frame, colorfmt="rgb", bufferfmt="ubyte")
            self.canvas.ask_update()
            self.caption = source.caption
        elif source.ended:
            self._end()

    def _end(self) -> None:
        seen = self.texture is not None
        self.stop()
        # When nothing could be shown the dark screen stands a while, lest unreadable clips flicker by.
        self._watch = Clock.schedule_once(self._tell_end, 0 if seen else UNREADABLE_SECONDS)

    def _tell_end(self, *_args: object) -> None:
        playing: Playing | None = self.playing
        self.stop()
        if playing is not None:
            climb(self, playing.ended)
