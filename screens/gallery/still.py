"""A clip that stands at its poster, so that pictures of the player show what is seen there."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps

from kiosk.clip_library import Cue, caption_at, parse_captions

DARK = (0x1F, 0x1A, 0x17)
CAPTION_AT_SECONDS = 2.0


class Still:
    """The poster beside the video, in the size of the player, with the caption of the clip's beginning."""

    ended = False

    def __init__(self, video: Path, captions: Path | None, size: tuple[int, int], **how: object) -> None:
        cues: tuple[Cue, ...] = ()
        if captions is not None and captions.is_file():
            cues = parse_captions(captions.read_text(encoding="utf-8"))
        start = how.get("start")
        self.position = start if isinstance(start, float) and start > 0 else CAPTION_AT_SECONDS
        self.caption = caption_at(cues, self.position)
        self._frame: bytes | None = None
        poster = video.with_name("poster.jpg")
        if poster.is_file():
            with Image.open(poster) as picture:
                self._frame = ImageOps.pad(picture.convert("RGB"), size, color=DARK).tobytes()

    def newest_frame(self) -> bytes | None:
        """The poster, once."""
        frame, self._frame = self._frame, None
        return frame

    def pause(self) -> None:
        """It stands already."""

    def resume(self) -> None:
        """It stands."""

    def step(self, seconds: float) -> None:
        """It stands."""

    def set_speed(self, speed: float) -> None:
        """It stands."""

    def close(self) -> None:
        """Nothing is open."""
