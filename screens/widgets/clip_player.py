"""Shows a clip: the newest frame of a source as a texture, beneath it the caption and how far it is.

Decoding happens elsewhere (``kiosk.processes.clips``), in another process; here nothing is opened, nothing
waits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from kivy.clock import Clock, ClockEvent
from kivy.core.window import Window
from kivy.graphics.texture import Texture
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from screens.citizen.clips.presenter import Playing
from screens.widgets import text as _text  # noqa: F401 - kv names its classes
from screens.widgets.buttons import climb

FRAMES_PER_SECOND = 15
MOST_PIXELS = 1280
ASPECT = 16 / 9  # of every clip made here; others get edges of their own
UNREADABLE_SECONDS = 3.0
TOUCH_FIRST_SECONDS = 0.15
"""So long after a touch no frame of the clip is drawn: the touch is answered first."""
STEP_SECONDS = 10.0

Builder.load_string(
    """
<ClipPlayer>:
    orientation: "vertical"
    canvas.before:
        Color:
            rgba: theme.dark
        SmoothRoundedRectangle:
            pos: self.pos
            size: self.size
            radius: [theme.radius]
    Widget:
        id: screen
        canvas:
            Color:
                rgba: (1, 1, 1, 1) if root.texture else theme.dark
            Rectangle:
                texture: root.texture
                pos: self.center_x - root.picture_wide / 2, self.center_y - root.picture_high / 2
                size: root.picture_wide, root.picture_high
    AnchorLayout:
        size_hint_y: None
        height: (theme.mm(44) if theme.portrait else theme.mm(36)) if root.captions_on else 0
        padding: theme.mm(6), theme.mm(1)
        Words:
            text: root.caption if root.captions_on else ""
            font_name: theme.semibold
            color: theme.on_dark
            halign: "center"
    Widget:
        size_hint_y: None
        height: theme.mm(8)
        canvas:
            Color:
                rgba: [*theme.on_dark[:3], 0.3]
            Rectangle:
                pos: self.x + theme.mm(4), self.y + theme.mm(3)
                size: self.width - theme.mm(8), theme.mm(3)
            Color:
                rgba: theme.on_dark
            Rectangle:
                pos: self.x + theme.mm(4), self.y + theme.mm(3)
                size: (self.width - theme.mm(8)) * root.share, theme.mm(3)
"""
)


class FrameSource(Protocol):
    """A clip being played. No method waits."""

    def newest_frame(self) -> bytes | None:
        """A frame not seen before as RGB, 8 bits a channel, top row first; None when there is none."""

    @property
    def caption(self) -> str:
        """Words that belong to the newest frame, or empty."""

    @property
    def position(self) -> float:
        """Second of the clip."""

    @property
    def ended(self) -> bool:
        """True when no frame will come any more: the clip is over, or could not be read."""

    def pause(self) -> None:
        """Stand still."""

    def resume(self) -> None:
        """Go on."""

    def step(self, seconds: float) -> None:
        """Go so much back (less than 0) or forward."""

    def set_speed(self, speed: float) -> None:
        """Play so many times as fast."""

    def close(self) -> None:
        """Stop everything."""


# (video, captions, size in pixels, and as keywords start, length, speed, paused, volume, aside) -> the clip
# being played at 15 frames a second
OpenClip = Callable[..., FrameSource]


class ClipPlayer(BoxLayout):
    """Plays ``playing``; sends its ``ended`` event once when the clip is over or unreadable."""

    open_clip: OpenClip | None = None

    playing = ObjectProperty(None, allownone=True)
    texture = ObjectProperty(None, allownone=True)
    caption = StringProperty("")
    captions_on = BooleanProperty(True)
    share = NumericProperty(0)
    picture_wide = NumericProperty(0)
    picture_high = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.ids.screen.bind(size=self._fit)
        self._source: FrameSource | None = None
        self._shown: Playing | None = None  # what the source was told last
        self._size = (0, 0)
        self._textures: list[Texture] = []
        self._frame = b""  # what is on the screen: most frames of a drawn clip are like the one before
        self._watch: ClockEvent | None = None
        self._touched = float("-inf")
        self._begin_soon = Clock.create_trigger(self._begin, 0)

    @property
    def position(self) -> float:
        """Second of the clip that plays; 0 when none does."""
        return self._source.position if self._source is not None else 0.0

    def on_playing(self, *_args: object) -> None:
        """Tell the running clip what changed; or stop it and start another, once the picture's size is
        known.
        """
        playing: Playing | None = self.playing
        before = self._shown
        if playing is not None and before is not None and playing.key == before.key:
            self._follow(before, playing)
            return
        self.stop()
        if playing is not None:
            self._shown, self.captions_on = playing, playing.captions_on
            self._watch = Clock.schedule_interval(self._look, 1 / FRAMES_PER_SECOND)
            Window.bind(on_touch_down=self._on_touch, on_touch_up=self._on_touch)
            self._begin_soon()

    def stop(self) -> None:
        """Let go of the clip and its picture."""
        self._begin_soon.cancel()
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        Window.unbind(on_touch_down=self._on_touch, on_touch_up=self._on_touch)
        if self._source is not None:
            self._source.close()
            self._source = None
        self._shown = None
        self.texture = None
        self._textures, self._frame = [], b""
        self.caption = ""
        self.share = 0

    def _fit(self, place: Widget, size: tuple[float, float]) -> None:
        """As large as the place allows, also where that changes while a clip runs."""
        width, height = size
        self.picture_wide = round(min(width, height * ASPECT))
        self.picture_high = round(min(height, width / ASPECT))

    def _on_touch(self, *_args: object) -> None:
        self._touched = Clock.get_time()

    def _follow(self, before: Playing, playing: Playing) -> None:
        self._shown, self.captions_on = playing, playing.captions_on
        source = self._source
        if source is None:
            return
        if playing.paused != before.paused:
            source.pause() if playing.paused else source.resume()
        if playing.speed != before.speed:
            source.set_speed(playing.speed)
        if playing.steps != before.steps:
            source.step(STEP_SECONDS * (playing.steps - before.steps))

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
        shrink = min(1.0, MOST_PIXELS / self.picture_wide)
        self._size = (int(self.picture_wide * shrink) & ~1, int(self.picture_high * shrink) & ~1)
        how: dict[str, Any] = {
            "start": playing.start,
            "length": playing.seconds or None,
            "speed": playing.speed,
            "paused": playing.paused,
            "volume": playing.volume,
            "aside": playing.aside,
        }
        self._source = self.open_clip(playing.video, playing.captions, self._size, **how)
        self._look()

    def _look(self, *_args: object) -> None:
        source, playing = self._source, self.playing
        if source is None or playing is None or Clock.get_time() - self._touched < TOUCH_FIRST_SECONDS:
            return
        frame = source.newest_frame()
        if playing.seconds:
            self.share = min(1.0, int(source.position) / playing.seconds)  # once a second is enough
        if frame is not None:
            if frame != self._frame:
                self._draw(frame)
            self.caption = source.caption
        elif source.ended:
            self._end()

    def _draw(self, frame: bytes) -> None:
        """Put the frame into the texture that is not on the screen: to write into the one that is being drawn
        would wait for the drawing.
        """
        if not self._textures:
            self._textures = [Texture.create(size=self._size, colorfmt="rgb") for _ in range(2)]
            for texture in self._textures:
                texture.flip_vertical()
        self._textures.reverse()
        self._textures[0].blit_buffer(frame, colorfmt="rgb", bufferfmt="ubyte")
        self._frame = frame
        self.texture = self._textures[0]

    def _end(self) -> None:
        seen, playing = self.texture is not None, self._shown
        self.stop()
        self._shown = playing
        # When nothing could be shown the dark screen stands a while, lest unreadable clips flicker by.
        self._watch = Clock.schedule_once(self._tell_end, 0 if seen else UNREADABLE_SECONDS)

    def _tell_end(self, *_args: object) -> None:
        playing: Playing | None = self.playing
        self.stop()
        if playing is not None:
            climb(self, playing.ended)
