"""An instruction clip being played: pictures, sound, captions.

ffmpeg is licensed under the GPL; it is started as a program and never linked in. Nothing here waits for it.
"""

from __future__ import annotations

import logging
from pathlib import Path

from kiosk.clip_library import (
    LONGEST_SECONDS,
    ClipsError,
    Cue,
    caption_at,
    parse_captions,
)
from kiosk.failures import FailureCode
from kiosk.processes.clips_clock import ClipClock
from kiosk.processes.clips_decoding import Decoder
from kiosk.processes.clips_sound import ClipSound

log = logging.getLogger(__name__)

SPEEDS = (0.75, 1.0, 1.25, 1.5)
LAST_SECONDS = 2.0
"""A file may go on so much longer than its manifest says; then it is over."""


class ClipSource:
    """A clip being played: frames of ``width`` × ``height`` pixels as RGB, and its sound.

    ``start`` and ``length`` in seconds (length None: unknown), ``speed`` one of ``SPEEDS``; ``volume`` 0 to
    1, ``device`` the sound's, empty for none. No method waits. ``failure`` is ``CLIP_UNREADABLE`` when no
    frame could be had; without a sound card only ``sound_failure`` tells.
    """

    def __init__(
        self,
        video: Path,
        captions: Path | None,
        width: int,
        height: int,
        *,
        start: float = 0.0,
        length: float | None = None,
        speed: float = 1.0,
        paused: bool = False,
        volume: float = 0.0,
        device: str = "",
    ) -> None:
        self.length = length
        self._video, self._size = video, (width, height)
        self._cues = _read_captions(captions)
        self._speed, self._paused, self._closed = speed, paused, False
        self._sound = ClipSound(video, device, volume)
        self._sounding = False
        self._told = False
        self._clock = ClipClock(0.0, speed, paused)
        self._decoder = self._decoding(self._within(start))

    # -- what it does --------------------------------------------------------------------------------------

    def pause(self) -> None:
        """Stand still: picture and sound."""
        self._paused = True
        self._clock.pause()
        self._hush()

    def resume(self) -> None:
        """Go on where it stands."""
        self._paused = False
        self._clock.resume()

    def seek(self, second: float) -> None:
        """Go to a second of the clip; the picture there is shown, also while it stands."""
        if self._closed:
            return
        self._hush()
        self._decoder.close()
        self._decoder = self._decoding(self._within(second))

    def step(self, seconds: float) -> None:
        """Go so much back (less than 0) or forward."""
        self.seek(self.position + seconds)

    def set_speed(self, speed: float) -> None:
        """Play slower or faster; the voice keeps its pitch."""
        self._speed = speed
        self._clock.set_speed(speed)
        self._hush()

    def close(self) -> None:
        """Stop everything. The processes are killed; their threads end by themselves."""
        self._closed = True
        self._decoder.close()
        self._hush()

    # -- what there is -------------------------------------------------------------------------------------

    @property
    def position(self) -> float:
        """Second of the clip."""
        at = max(0.0, self._clock.now)
        return at if self.length is None else min(at, self.length)

    @property
    def paused(self) -> bool:
        """Whether it stands."""
        return self._paused

    @property
    def speed(self) -> float:
        """How many times as fast it plays."""
        return self._speed

    @property
    def failure(self) -> FailureCode | None:
        """Why there are no frames, or None."""
        trouble = self._decoder.trouble
        if trouble is None:
            return None
        if not self._told:
            self._told = True
            log.warning("%s: %s", FailureCode.CLIP_UNREADABLE, trouble)
        return FailureCode.CLIP_UNREADABLE

    @property
    def sound_failure(self) -> FailureCode | None:
        """Why nothing is heard though it should be, or None."""
        return self._sound.failure

    @property
    def ended(self) -> bool:
        """True when no frame will come any more and the last one was taken."""
        return self._decoder.ended

    @property
    def caption(self) -> str:
        """Words that belong to the newest frame."""
        at = self._decoder.position
        return "" if at is None else caption_at(self._cues, at)

    def newest_frame(self) -> bytes | None:
        """A frame not taken before, top row first; None when there is none. With the first sound begins."""
        frame = self._decoder.newest_frame()
        if (
            not self._sounding
            and not self._paused
            and not self._closed
            and self._decoder.position is not None
        ):
            self._sounding = True
            self._sound.play(self._clock.now, self._speed)
        return frame

    # -- parts ---------------------------------------------------------------------------------------------

    def _decoding(self, start: float) -> Decoder:
        self._clock = ClipClock(start, self._speed, self._paused)
        last = (LONGEST_SECONDS if self.length is None else self.length) + LAST_SECONDS
        return Decoder(self._video, self._size, self._clock, start=start, last=last)

    def _within(self, second: float) -> float:
        last = LONGEST_SECONDS if self.length is None else max(0.0, self.length - 0.5)
        return max(0.0, min(second, last))

    def _hush(self) -> None:
        self._sounding = False
        self._sound.stop()


def _read_captions(path: Path | None) -> tuple[Cue, ...]:
    if path is None:
        return ()
    try:
        return parse_captions(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ClipsError) as error:
        log.warning("captions of %s are left out: %s", path.name, error)
        return ()
