"""Instruction clips: their list, their captions, their frames, decoded by an ``ffmpeg`` process of its own.

ffmpeg is licensed under the GPL; it is started as a program and never linked in. A clip is a file
``<id>.webm`` or ``<id>.mp4`` beside ``<id>.vtt`` (WebVTT) and, in ``clips.toml``, one ``[[clip]]`` with
``id``, ``title``, ``seconds`` and optionally ``poster``.
"""

from __future__ import annotations

import html
import logging
import re
import subprocess
import threading
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from kiosk.failures import FailureCode
from kiosk.visit.states import Clip

log = logging.getLogger(__name__)

FRAMES_PER_SECOND = 15
FIRST_FRAME_SECONDS = 10.0
VIDEO_ENDINGS = (".webm", ".mp4")


class ClipsError(ValueError):
    """A list of clips or a caption file is not what it should be; the text names file and place."""


@dataclass(frozen=True)
class Cue:
    """Words shown from ``start`` until ``end``, in seconds of the clip."""

    start: float
    end: float
    text: str


def read_clips(folder: Path) -> list[Clip]:
    """The clips listed in ``folder/clips.toml`` whose video file is there; none when the list is missing.

    Raises ``ClipsError`` when the list cannot be read.
    """
    path = folder / "clips.toml"
    if not path.is_file():
        return []
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("clip", [])
        return [clip for clip in (_listed(folder, entry) for entry in entries) if clip.video.is_file()]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError) as error:
        raise ClipsError(f"{path.name}: not a list of clips: {error}") from error


def _listed(folder: Path, entry: dict[str, object]) -> Clip:
    unknown = entry.keys() - {"id", "title", "seconds", "poster"}
    name, title, seconds = entry.get("id"), entry.get("title"), entry.get("seconds")
    poster = entry.get("poster")
    if unknown or not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise ClipsError(f"clips.toml: a clip needs an id of small letters; unknown keys: {sorted(unknown)}")
    if not isinstance(title, str) or not isinstance(seconds, int) or not isinstance(poster, str | None):
        raise ClipsError(f"clips.toml: “{name}” needs a title (text) and seconds (whole)")
    videos = [folder / f"{name}{ending}" for ending in VIDEO_ENDINGS]
    captions = folder / f"{name}.vtt"
    return Clip(
        id=name,
        title=title,
        seconds=seconds,
        video=next((video for video in videos if video.is_file()), videos[0]),
        captions=captions if captions.is_file() else None,
        poster=folder / poster if poster and (folder / poster).is_file() else None,
    )


# -- captions ----------------------------------------------------------------------------------------------

_TIME = re.compile(r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})")
_TAG = re.compile(r"<[^>]*>")


def parse_captions(text: str) -> tuple[Cue, ...]:
    """Cues of a WebVTT file (W3C WebVTT: §4 structure, §4.1 header), ordered by their start.

    Notes, styles, regions, cue names, cue settings and tags are passed over. Raises ``ClipsError`` when the
    header is missing or a time line is malformed or ends before it begins.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise ClipsError("captions: the first line is not WEBVTT")
    cues: list[Cue] = []
    for block in "\n".join(lines[1:]).split("\n\n"):
        rows = [row for row in block.split("\n") if row.strip()]
        at = next((place for place, row in enumerate(rows[:2]) if "-->" in row), None)
        if at is None:
            continue
        start, _, rest = rows[at].partition("-->")
        begins, ends = _seconds(start.strip()), _seconds((rest.split() or [""])[0])
        if ends <= begins:
            raise ClipsError(f"captions: “{rows[at].strip()}” ends before it begins")
        words = "\n".join(html.unescape(_TAG.sub("", row)).strip() for row in rows[at + 1 :])
        cues.append(Cue(begins, ends, words))
    return tuple(sorted(cues, key=lambda cue: (cue.start, cue.end)))


def _seconds(stamp: str) -> float:
    match = _TIME.fullmatch(stamp)
    if match is None:
        raise ClipsError(f"captions: “{stamp}” is not a time")
    hours, minutes, seconds, thousandths = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def caption_at(cues: tuple[Cue, ...], second: float) -> str:
    """The words of the last cue begun that has not ended at ``second``; empty between cues."""
    for cue in reversed(cues[: bisect_right(cues, second, key=lambda cue: cue.start)]):
        if second < cue.end:
            return cue.text
    return ""


# -- frames ------------------------------------------------------------------------------------------------


class ClipSource:
    """A clip being decoded: frames of ``width`` × ``height`` pixels as RGB, the newest kept, older ones gone.

    The picture keeps its proportions on a dark ground. Nothing here waits for ffmpeg; a thread reads its
    pipe. ``failure`` is ``CLIP_UNREADABLE`` when no frame could be had.
    """

    def __init__(self, video: Path, captions: Path | None, width: int, height: int) -> None:
        self._frame_bytes = width * height * 3
        self._cues = _read_captions(captions)
        self._lock = threading.Lock()
        self._frame: bytes | None = None
        self._shown = 0
        self._closed = False
        self._ended = False
        self._failure: FailureCode | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._late = threading.Timer(FIRST_FRAME_SECONDS, self._give_up_waiting)
        self._late.daemon = True
        if not video.is_file():
            self._fail("the file is missing")
            return
        try:
            self._child = subprocess.Popen(
                _command(video, width, height),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            self._fail(f"ffmpeg does not start: {error.strerror}")
            return
        self._late.start()
        pipe = cast(IO[bytes], self._child.stdout)
        threading.Thread(target=self._read, args=(self._child, pipe), name="clip", daemon=True).start()

    @property
    def failure(self) -> FailureCode | None:
        """Why there are no frames, or None."""
        return self._failure

    @property
    def ended(self) -> bool:
        """True when no frame will come any more and the last one was taken."""
        with self._lock:
            return self._ended and self._frame is None

    @property
    def caption(self) -> str:
        """Words that belong to the newest frame."""
        return caption_at(self._cues, max(0, self._shown - 1) / FRAMES_PER_SECOND)

    def newest_frame(self) -> bytes | None:
        """A frame not taken before, top row first; None when there is none."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame

    def close(self) -> None:
        """Stop decoding. The ffmpeg process is killed; its thread ends by itself."""
        self._closed = True
        if self._child is not None:
            self._child.kill()

    # -- the reading thread ----------------------------------------------------------------------------------

    def _read(self, child: subprocess.Popen[bytes], pipe: IO[bytes]) -> None:
        with pipe:
            while not self._closed:
                frame = pipe.read(self._frame_bytes)
                if len(frame) < self._frame_bytes:
                    break
                with self._lock:
                    self._frame = frame
                    self._shown += 1
        self._late.cancel()
        child.kill()
        code = child.wait()
        if self._shown == 0 and not self._closed:
            self._fail(f"ffmpeg gave no picture, exit status {code}")
        with self._lock:
            self._ended = True

    def _give_up_waiting(self) -> None:
        if self._shown == 0 and self._child is not None:
            self._child.kill()

    def _fail(self, why: str) -> None:
        log.warning("%s: %s", FailureCode.CLIP_UNREADABLE, why)
        self._failure = FailureCode.CLIP_UNREADABLE
        self._ended = True


def _command(video: Path, width: int, height: int) -> list[str]:
    fitted = (
        f"fps={FRAMES_PER_SECOND},scale={width}:{height}:force_original_aspect_ratio=decrease:flags=bilinear,"
        f"pad={width}:{height}:(ow-iw)/2:(oh-ih)/2:color=0x1F1A17"
    )
    return [
        *("ffmpeg", "-nostdin", "-loglevel", "quiet", "-threads", "1"),
        *("-re", "-protocol_whitelist", "file", "-i", f"file:{video}"),
        *("-an", "-sn", "-vf", fitted, "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1"),
    ]


def _read_captions(path: Path | None) -> tuple[Cue, ...]:
    if path is None:
        return ()
    try:
        return parse_captions(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ClipsError) as error:
        log.warning("captions of %s are left out: %s", path.name, error)
        return ()
