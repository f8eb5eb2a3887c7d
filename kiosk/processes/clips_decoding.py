"""The pictures of a clip: an ``ffmpeg`` process, and a thread that takes each frame in its time."""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from pathlib import Path
from typing import IO, cast

from kiosk.processes.clips_clock import ClipClock

log = logging.getLogger(__name__)

FRAMES_PER_SECOND = 15
STALL_SECONDS = 10.0
"""A decoder that gives nothing for so long is killed."""
MOST_PIXELS = 4096 * 2304  # a file that claims more is not opened
LONGEST_STANDING = 8
"""After so many frames alike the next is taken as it is, so that slow changes are not lost."""
PIPE_BYTES = 1 << 20
"""A frame in two or three reads instead of dozens; what Linux allows everybody."""
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"
OPEN_FILE = ("-protocol_whitelist", "file", "-format_whitelist", CONTAINERS)


class Decoder:
    """Frames of ``width`` × ``height`` pixels as RGB from second ``start`` on; only the newest is kept.

    The picture keeps its proportions on a dark ground. Nothing waits here but the thread. The thread stops
    reading while the clock stands, and with it ffmpeg; ``last`` is the second after which nothing is shown
    any more, however long the file goes on.
    """

    def __init__(
        self, video: Path, size: tuple[int, int], clock: ClipClock, *, start: float, last: float
    ) -> None:
        self._frame_bytes = size[0] * size[1] * 3
        self._clock, self._start, self._last = clock, start, last
        self._lock = threading.Lock()
        self._frame: bytes | None = None
        self._shown = 0
        self._closed = self._done = False
        self._child: subprocess.Popen[bytes] | None = None
        self._reading_since: float | None = time.monotonic()
        self.trouble: str | None = None  #: why there is no picture at all
        thread = threading.Thread(target=self._work, args=(video, size), name="clip", daemon=True)
        thread.start()

    @property
    def child(self) -> subprocess.Popen[bytes] | None:
        """The ffmpeg process, once it was started."""
        return self._child

    @property
    def ended(self) -> bool:
        """True when no frame will come any more and the last one was taken."""
        with self._lock:
            return self._done and self._frame is None

    @property
    def position(self) -> float | None:
        """Second of the clip that the newest frame belongs to; None before the first."""
        shown = self._shown
        return self._start + (shown - 1) / FRAMES_PER_SECOND if shown else None

    def newest_frame(self) -> bytes | None:
        """A frame not taken before, top row first; None when there is none. Ends a decoder that hangs."""
        since = self._reading_since
        if since is not None and time.monotonic() - since > STALL_SECONDS:
            self._kill()
        with self._lock:
            frame, self._frame = self._frame, None
            return frame

    def close(self) -> None:
        """Stop decoding. The ffmpeg process is killed; its thread ends by itself."""
        self._closed = True
        self._clock.end()
        self._kill()

    # -- the thread ----------------------------------------------------------------------------------------

    def _work(self, video: Path, size: tuple[int, int]) -> None:
        try:
            if not video.is_file():
                self.trouble = "the file is missing"
                return
            self._child = child = subprocess.Popen(
                _command(video, size, self._start),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pipesize=PIPE_BYTES,
            )
            self._read(cast(IO[bytes], child.stdout))
            child.kill()
            code = child.wait()
            if self._shown == 0 and not self._closed:
                self.trouble = f"ffmpeg gave no picture, exit status {code}"
        except OSError as error:
            self.trouble = f"ffmpeg does not start: {error.strerror}"
        finally:
            self._reading_since = None
            with self._lock:
                self._done = True

    def _read(self, pipe: IO[bytes]) -> None:
        with pipe:
            while not self._closed:
                self._reading_since = time.monotonic()
                frame = pipe.read(self._frame_bytes)
                self._reading_since = None
                if len(frame) < self._frame_bytes:
                    return
                second = self._start + self._shown / FRAMES_PER_SECOND
                if second > self._last:
                    return
                if self._shown and not self._clock.wait_until(second):
                    return
                with self._lock:
                    self._frame = frame
                    self._shown += 1
                self._clock.begin()
            return

    def _kill(self) -> None:
        child = self._child
        if child is not None and child.poll() is None:
            child.kill()


def _command(video: Path, size: tuple[int, int], start: float) -> list[str]:
    """Decodes behind the window, should both want the processor.

    A frame that differs from the one before by the encoder's noise alone is replaced by that one, byte for
    byte: every frame that is another costs the window a redraw. The last frame is held so long that
    none is lost by that.
    """
    width, height = size
    fitted = (
        f"fps={FRAMES_PER_SECOND}:start_time=0,"
        f"scale={width}:{height}:force_original_aspect_ratio=decrease:flags=bilinear,"
        f"mpdecimate=max={LONGEST_STANDING},"
        f"fps={FRAMES_PER_SECOND}:start_time=0,"
        f"tpad=stop_mode=clone:stop={LONGEST_STANDING},"
        f"pad={width}:{height}:(ow-iw)/2:(oh-ih)/2:color=0x1F1A17"
    )
    return [
        *("nice", "-n", "10", "ffmpeg"),
        *("-nostdin", "-loglevel", "quiet", "-threads", "1", "-filter_threads", "1"),
        *("-max_pixels", str(MOST_PIXELS)),
        *(OPEN_FILE if start <= 0 else (*OPEN_FILE, "-ss", f"{start:.3f}")),
        *("-i", f"file:{video}", "-an", "-sn", "-dn", "-vf", fitted),
        *("-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1"),
    ]
