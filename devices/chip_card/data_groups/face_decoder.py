"""The card's photo as pixels, decoded in a process of its own: nobody knows what a stranger's card holds.

Each picture has its own child (``face_decoder_child``) with limits on memory, processor time, files and
processes; it ends after that picture, so that nothing of one person is there for the next. The next child may
wait ready, since starting it takes longer than decoding. Pixels come back, not another file to be parsed.
Nothing is ever written to disk.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from threading import Lock
from types import TracebackType

from devices.chip_card.data_groups.dg2 import FaceFormat, FaceImage

_CHILD = (sys.executable, "-I", "-B", str(Path(__file__).with_name("face_decoder_child.py")))
_LETTERS = {FaceFormat.JPEG: b"J", FaceFormat.JPEG_2000: b"2"}
_OK, _TOO_LARGE = 0, 2
_HEADER = 5
_MOST_PIXELS = 600 * 800
_MOST_BYTES = _HEADER + 3 * _MOST_PIXELS
_BLOCK = 1 << 16


class FaceProblem(StrEnum):
    """Why there is no picture."""

    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    TIMED_OUT = "timed_out"
    DECODER_DIED = "decoder_died"
    NO_DECODER = "no_decoder"


@dataclass(frozen=True)
class FacePicture:
    """Three bytes (red, green, blue) for each pixel, rows from the top; at most 600×800."""

    width: int
    height: int
    rgb: bytes = field(repr=False)


class FaceDecoder:
    """Decodes photos, one at a time, from any thread.

    ``seconds``: the longest a picture may take, its process's start included. ``keep_ready``: after each
    picture the process for the next one is started at once.
    """

    def __init__(
        self, *, seconds: float = 5.0, keep_ready: bool = False, command: Sequence[str] = _CHILD
    ) -> None:
        self._seconds = seconds
        self._keep_ready = keep_ready
        self._command = tuple(command)
        self._lock = Lock()
        self._ready: subprocess.Popen[bytes] | None = None
        self._closed = False

    def preload(self) -> None:
        """Start the process for the next picture; returns at once, and never raises."""
        with self._lock:
            if not self._closed and (self._ready is None or self._ready.poll() is not None):
                self._drop_ready()
                self._ready = self._start()

    def decode(self, face: FaceImage) -> FacePicture | FaceProblem:
        """The picture, or why not. Never raises."""
        with self._lock:
            child, self._ready = self._ready, None
        if child is not None and child.poll() is not None:
            _end(child)
            child = None
        child = child or self._start()
        if child is None:
            return FaceProblem.NO_DECODER
        try:
            answer = _exchange(child, _LETTERS[face.format] + face.data, time.monotonic() + self._seconds)
        finally:
            _end(child)
            if self._keep_ready:
                self.preload()
        return answer if isinstance(answer, FaceProblem) else _picture(answer)

    def close(self) -> None:
        """End the process that waits."""
        with self._lock:
            self._closed = True
            self._drop_ready()

    def __enter__(self) -> FaceDecoder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> subprocess.Popen[bytes] | None:
        try:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                start_new_session=True,  # not ended by Ctrl-C in the middle of a picture
                bufsize=0,
            )
        except OSError:
            return None

    def _drop_ready(self) -> None:
        if self._ready is not None:
            _end(self._ready)
            self._ready = None


def decode(face: FaceImage) -> FacePicture | FaceProblem:
    """One picture without anything kept ready. Never raises."""
    with FaceDecoder() as decoder:
        return decoder.decode(face)


def _exchange(child: subprocess.Popen[bytes], request: bytes, deadline: float) -> bytes | FaceProblem:
    """Write the request, read the answer to its end; never more of it than a picture takes."""
    if child.stdin is None or child.stdout is None:
        return FaceProblem.NO_DECODER
    to_child, from_child = child.stdin.fileno(), child.stdout.fileno()
    os.set_blocking(to_child, False)
    os.set_blocking(from_child, False)
    poll = select.poll()
    poll.register(to_child, select.POLLOUT)
    poll.register(from_child, select.POLLIN)
    left, answer = memoryview(request), bytearray()
    while True:
        wait = deadline - time.monotonic()
        if wait <= 0:
            return FaceProblem.TIMED_OUT
        for descriptor, _ in poll.poll(wait * 1000):
            if descriptor == from_child:
                block = os.read(from_child, _BLOCK)
                answer += block
                if len(answer) > _MOST_BYTES:
                    return FaceProblem.DECODER_DIED
                if not block:
                    return bytes(answer)
            elif left:
                try:
                    left = left[os.write(to_child, left[:_BLOCK]) :]
                except BlockingIOError:
                    continue
                except BrokenPipeError:
                    left = left[:0]
            if descriptor == to_child and not left:
                poll.unregister(to_child)
                child.stdin.close()


def _picture(answer: bytes) -> FacePicture | FaceProblem:
    """Check that what the child says is a picture."""
    if not answer:
        return FaceProblem.DECODER_DIED
    if answer[0] == _TOO_LARGE:
        return FaceProblem.TOO_LARGE
    if answer[0] != _OK:
        return FaceProblem.UNREADABLE
    width, height = int.from_bytes(answer[1:3]), int.from_bytes(answer[3:5])
    pixels = answer[_HEADER:]
    if not width or not height or len(pixels) != 3 * width * height:
        return FaceProblem.DECODER_DIED
    return FacePicture(width, height, pixels)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None and not pipe.closed:
            pipe.close()
    child.wait()
