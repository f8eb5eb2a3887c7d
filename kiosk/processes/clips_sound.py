"""The sound of a clip: ``ffmpeg`` into ``aplay``, two processes of their own beside the picture.

Without a sound card, or when one of them dies, the picture goes on in silence.
"""

from __future__ import annotations

import logging
import subprocess
import threading
from pathlib import Path

from devices.speaker.outputs import RECORD_PREFIX
from kiosk.failures import FailureCode
from kiosk.processes.clips_decoding import OPEN_FILE

log = logging.getLogger(__name__)

RATE = 44_100


class ClipSound:
    """Plays a clip's sound through ``device``, an ALSA device or ``record:FOLDER``. No method waits.

    ``volume``: 0 (nothing is started) to 1. ``failure`` is ``SPEAKER_NOT_FOUND`` once the player died.
    """

    def __init__(self, video: Path, device: str, volume: float) -> None:
        self._video, self._device = video, device
        self._volume = max(0.0, min(1.0, volume))
        self._lock = threading.Lock()
        self._children: tuple[subprocess.Popen[bytes], ...] = ()
        self._turn = 0
        self.failure: FailureCode | None = None

    def play(self, start: float, speed: float) -> None:
        """Be heard from this second on; what was heard before stops."""
        self.stop()
        if self._volume <= 0 or not self._device or self.failure is not None:
            return
        with self._lock:
            turn = self._turn
        thread = threading.Thread(
            target=self._work, args=(turn, start, speed), name="clip sound", daemon=True
        )
        thread.start()

    def stop(self) -> None:
        """Be silent."""
        with self._lock:
            self._turn += 1
            children, self._children = self._children, ()
        for child in children:
            child.kill()

    def _work(self, turn: int, start: float, speed: float) -> None:
        started = self._started(turn, start, speed)
        if started is None:
            return
        decoder, player = started
        told = player.stderr.read() if player.stderr is not None else b""
        code = player.wait()
        decoder.kill()
        decoder.wait()
        with self._lock:
            stopped = turn != self._turn
        if code != 0 and not stopped:
            self._fail(told.decode(errors="replace").strip() or f"exit status {code}")

    def _started(
        self, turn: int, start: float, speed: float
    ) -> tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]] | None:
        with self._lock:  # a stop that comes now waits until there is something to kill
            if turn != self._turn:
                return None
            try:
                decoder = subprocess.Popen(
                    self._decoding(start, speed),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
                self._children = (decoder,)
                player = subprocess.Popen(
                    self._playing(),
                    stdin=decoder.stdout,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                )
            except OSError as error:
                for child in self._children:
                    child.kill()
                self._children = ()
                self._fail(str(error))
                return None
            finally:
                if self._children and self._children[0].stdout is not None:
                    self._children[0].stdout.close()  # the player alone holds the pipe's end
            self._children = (decoder, player)
            return decoder, player

    def _decoding(self, start: float, speed: float) -> list[str]:
        begin = ("-ss", f"{start:.3f}") if start > 0 else ()
        filters = f"volume={self._volume:.3f},atempo={speed:g}"
        return [
            *("ffmpeg", "-nostdin", "-loglevel", "quiet", "-threads", "1", *OPEN_FILE, *begin),
            *("-i", f"file:{self._video}", "-vn", "-sn", "-dn", "-af", filters),
            *("-ac", "1", "-ar", str(RATE), "-f", "s16le", "pipe:1"),
        ]

    def _playing(self) -> list[str]:
        raw = ("-t", "raw", "-f", "S16_LE", "-r", str(RATE), "-c", "1")
        if not self._device.startswith(RECORD_PREFIX):
            return ["aplay", "-q", *raw, "-D", self._device, "-"]
        kept = Path(self._device.removeprefix(RECORD_PREFIX)) / "clip.wav"
        return [
            *("ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-f", "s16le", "-ar", str(RATE), "-ac", "1"),
            *("-i", "pipe:0", str(kept)),
        ]

    def _fail(self, why: str) -> None:
        log.warning("%s: a clip goes on without sound: %s", FailureCode.SPEAKER_NOT_FOUND, why)
        self.failure = FailureCode.SPEAKER_NOT_FOUND
