"""Where sound goes: an ALSA device through ``aplay``, or a folder that keeps what would have been heard."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Protocol

from devices.speaker.sound import Sound
from kiosk.failures import FailureCode

RECORD_PREFIX = "record:"
PLAY_GRACE_SECONDS = 4.0
"""A sound may take this much longer than it lasts before the player is ended."""
TRIAL_SECONDS = 0.05
TRIAL_LIMIT_SECONDS = 3.0
KEPT_FILES = 400
PROOF_SECONDS = 60.0
"""A sound that an ALSA device played so lately proves it; it is not opened again only to ask."""


class Output(Protocol):
    """Something that makes a sound heard."""

    def play(self, sound: Sound) -> FailureCode | None:
        """Play to the end; ``None`` when it was heard as far as this machine can tell. Never raises."""

    def check(self) -> FailureCode | None:
        """Whether a sound could be played now, found by asking the device. Never raises."""

    def stop(self) -> None:
        """End what is being played, from any thread."""


def open_output(name: str) -> Output:
    """The output a setting names: ``record:FOLDER``, or an ALSA device as ``aplay -L`` lists them."""
    if name.startswith(RECORD_PREFIX):
        return RecordOutput(Path(name.removeprefix(RECORD_PREFIX)))
    return AlsaOutput(name)


class AlsaOutput:
    """Plays through ``aplay``, a process that can be ended, and judges by its exit code and time."""

    def __init__(self, device: str, program: str = "aplay") -> None:
        self.device = device
        self._program = program
        self._player: subprocess.Popen[bytes] | None = None
        self._played_at: float | None = None

    def play(self, sound: Sound) -> FailureCode | None:
        """Play; a device that swallows the sound faster than it lasts is not believed to have sounded."""
        began = time.monotonic()
        complaint = self._run(sound, sound.seconds + PLAY_GRACE_SECONDS)
        ended = time.monotonic()
        # The last buffer may still be playing when aplay ends: half the length is proof enough of a clock.
        swallowed = ended - began < 0.5 * sound.seconds
        self._played_at = None if swallowed or complaint is not None else ended
        if complaint is not None:
            return FailureCode.SPEAKER_NOT_FOUND
        return FailureCode.SPEAKER_SILENT if swallowed else None

    def check(self) -> FailureCode | None:
        """Open the device for a moment of silence, unless it played just now. One that another program plays
        on is there too.
        """
        if self._played_at is not None and time.monotonic() - self._played_at < PROOF_SECONDS:
            return None
        complaint = self._run(Sound.silence(TRIAL_SECONDS), TRIAL_LIMIT_SECONDS)
        return None if complaint is None or "busy" in complaint else FailureCode.SPEAKER_NOT_FOUND

    def stop(self) -> None:
        """End the player."""
        player = self._player
        if player is not None:
            player.kill()

    def _run(self, sound: Sound, limit: float) -> str | None:
        """What went wrong in the player's own words, ``None`` when it ended well."""
        try:
            player = subprocess.Popen(
                [self._program, "-q", "-t", "wav", "-D", self.device, "-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, "LC_ALL": "C"},
            )
        except OSError as error:
            return str(error)
        self._player = player
        try:
            _, complaint = player.communicate(sound.wav(), timeout=limit)
        except subprocess.TimeoutExpired:
            player.kill()
            player.communicate()
            return f"no end after {limit:.1f} s"
        finally:
            self._player = None
        return complaint.decode(errors="replace") if player.returncode else None


class RecordOutput:
    """Writes each sound as ``NNNN.wav`` into a folder and takes as long as hearing it would. The folder is
    the device: one that is not there is not made.

    The newest ``KEPT_FILES`` stay. ``pace`` is the part of the real time a sound takes.
    """

    def __init__(self, folder: Path, pace: float = 1.0) -> None:
        self.folder = folder
        self._pace = pace
        self._stopped = threading.Event()
        self.last: Path | None = None

    def play(self, sound: Sound) -> FailureCode | None:
        """Keep the sound, wait for its end."""
        self._stopped.clear()
        try:
            numbers = sorted(int(path.stem) for path in self.folder.glob("[0-9]*.wav") if path.stem.isdigit())
            path = self.folder / f"{numbers[-1] + 1 if numbers else 1:04d}.wav"
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(sound.wav())
            unfinished.replace(path)
            for old in numbers[: max(0, len(numbers) + 1 - KEPT_FILES)]:
                (self.folder / f"{old:04d}.wav").unlink(missing_ok=True)
        except OSError:
            return FailureCode.SPEAKER_NOT_FOUND
        self.last = path
        self._stopped.wait(sound.seconds * self._pace)
        return None

    def check(self) -> FailureCode | None:
        """Whether the folder is there and can be written."""
        there = self.folder.is_dir() and os.access(self.folder, os.W_OK | os.X_OK)
        return None if there else FailureCode.SPEAKER_NOT_FOUND

    def stop(self) -> None:
        """Do not wait any longer."""
        self._stopped.set()
