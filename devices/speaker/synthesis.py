"""Words into sound: one child process that speaks through pyttsx3, watched, restarted, with a fall-back."""

from __future__ import annotations

import json
import logging
import select
import subprocess
import sys
import tempfile
import time
from collections import OrderedDict
from pathlib import Path

from devices.speaker.sound import SPEECH_PEAK, Sound, SoundError

_LOG = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[2]

PHRASE_SECONDS = 5.0
"""A phrase that takes longer is given up and its child killed; a call usually takes 10 to 15 ms."""
FILE_SECONDS = 1.0
SHORTEST_SECONDS = 0.3
QUIETEST_RMS = 0.01
CACHED_PHRASES = 32


class VoiceMissingError(RuntimeError):
    """The voice asked for is not installed, or espeak-ng is not."""


class SynthesisError(RuntimeError):
    """No usable sound came out, neither from the child nor from the fall-back."""


class Synthesizer:
    """Speaks phrases into ``Sound`` with one voice. For one thread; only ``close`` may come from any.

    ``words_per_minute`` is espeak-ng's speed. The last phrases are kept, so that a recall needs no synthesis.
    ``folder``: where a phrase's file stands for a moment (default: the system's folder for such files).
    """

    def __init__(self, voice: str, words_per_minute: int, folder: Path | None = None) -> None:
        self._folder = folder
        self.voice = voice
        self.words_per_minute = words_per_minute
        self._child: subprocess.Popen[bytes] | None = None
        self._kept: OrderedDict[str, Sound] = OrderedDict()

    @property
    def child_id(self) -> int | None:
        """Process id of the living child."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def start(self) -> None:
        """Start the child now, so that the first call does not pay for it (about 0.3 s)."""
        if self.child_id is not None:
            return
        self.close()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "devices.speaker.voice"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def speak(self, text: str, *, keep: bool = True) -> Sound:
        """The phrase without silence around it, its highest sample at ``SPEECH_PEAK``.

        ``keep`` false: nothing of it stays here, because it may hold something of a person.
        Raises ``VoiceMissingError`` or ``SynthesisError``.
        """
        kept = self._kept.get(text)
        if kept is not None:
            self._kept.move_to_end(text)
            return kept
        with tempfile.TemporaryDirectory(prefix="mot-cua-voice-", dir=self._folder) as folder:
            path = Path(folder) / "phrase.wav"
            try:
                sound = self._by_child(text, path)
            except SynthesisError as error:
                _LOG.warning("the voice's child failed, espeak-ng speaks directly: %s", error)
                path.unlink(missing_ok=True)
                sound = self._by_command(text, path)
        if not keep:
            return sound
        self._kept[text] = sound
        while len(self._kept) > CACHED_PHRASES:
            self._kept.popitem(last=False)
        return sound

    def close(self) -> None:
        """End the child; the next phrase starts a new one."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()

    def _by_child(self, text: str, path: Path) -> Sound:
        self.start()
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            raise SynthesisError("the child was ended")
        request = {
            "text": text,
            "path": str(path),
            "voice": self.voice,
            "words_per_minute": self.words_per_minute,
        }
        try:
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
            if not select.select([child.stdout], [], [], PHRASE_SECONDS)[0]:
                raise SynthesisError(f"no answer in {PHRASE_SECONDS:g} s")
            line = child.stdout.readline()
            if not line:
                raise SynthesisError("the child died")
            answer = json.loads(line)
            if "error" in answer:
                raise SynthesisError(answer["error"])
            spoken_by = str(answer["voice"])
            if not self._is_wanted(spoken_by):
                raise VoiceMissingError(f"{self.voice}: espeak-ng spoke with {spoken_by}")
            return _usable(path)
        except (SynthesisError, OSError, ValueError) as error:
            self.close()  # never used again: what it still had to say would get into the next phrase
            raise SynthesisError(str(error)) from error

    def _is_wanted(self, identifier: str) -> bool:
        """Whether espeak-ng's name of a voice, such as "aav/vi", is the voice asked for."""
        return self.voice.lower() in (identifier.lower(), identifier.lower().rpartition("/")[2])

    def _by_command(self, text: str, path: Path) -> Sound:
        try:
            # asked for a voice that is not there, it speaks with another one of the language
            listed = subprocess.run(
                ["espeak-ng", "--voices"], capture_output=True, timeout=PHRASE_SECONDS, check=False
            )
            files = [line.split()[4:5] for line in listed.stdout.decode(errors="replace").splitlines()]
            if not any(self._is_wanted(file) for columns in files for file in columns):
                raise VoiceMissingError(self.voice)
            done = subprocess.run(
                [
                    "espeak-ng",
                    "-v",
                    self.voice,
                    "-s",
                    str(self.words_per_minute),
                    "-w",
                    str(path),
                    "--",
                    text,
                ],
                capture_output=True,
                timeout=PHRASE_SECONDS,
                check=False,
            )
        except FileNotFoundError as error:
            raise VoiceMissingError("espeak-ng is not installed") from error
        except subprocess.TimeoutExpired as error:
            raise SynthesisError(f"espeak-ng took longer than {PHRASE_SECONDS:g} s") from error
        if b"voice does not exist" in done.stderr:
            raise VoiceMissingError(self.voice)
        if done.returncode != 0:
            raise SynthesisError(f"espeak-ng ended with {done.returncode}")
        return _usable(path)


def _usable(path: Path) -> Sound:
    """The file's sound once it is long and loud enough to be speech; the file may come after the answer."""
    give_up = time.monotonic() + FILE_SECONDS
    while True:
        try:
            sound = Sound.read(path)
            if sound.seconds >= SHORTEST_SECONDS and sound.level().rms >= QUIETEST_RMS:
                return sound.trimmed().with_peak(SPEECH_PEAK)
            trouble = f"{sound.seconds:.2f} s of sound at {sound.level().rms:.3f}"
        except SoundError as error:
            trouble = str(error)
        if time.monotonic() > give_up:
            raise SynthesisError(trouble)
        time.sleep(0.02)
