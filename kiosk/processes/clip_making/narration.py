"""The spoken lines of a storyboard: made by the voice or read from a file, and when each is heard."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from devices.speaker.sound import RATE, SPEECH_PEAK, Sound, SoundError
from kiosk.clip_library import Cue
from kiosk.processes.clip_making.programs import ProgramError, complaint, run
from kiosk.processes.clip_making.storyboard import Line, Scene, Storyboard, StoryboardError, scene_place

LEAD_SECONDS = 0.7  # of a scene before its first word: the cross-fade is over then
TAIL_SECONDS = 0.5
LONGEST_SOUND_SECONDS = 300.0
VOICE_SECONDS = 20.0
SHORTEST_SECONDS = 0.2


class VoiceError(RuntimeError):
    """The voice is missing or made no sound."""


class Speech(Protocol):
    """Words into sound."""

    def speak(self, text: str) -> Sound:
        """The phrase. Raises ``VoiceError``."""


class EspeakVoice:
    """espeak-ng as a program: the same words give the same sound, so that a clip can be built again."""

    def __init__(self, voice: str, words_per_minute: int) -> None:
        self._voice, self._rate = voice, words_per_minute

    def speak(self, text: str) -> Sound:
        """The phrase without silence around it. Raises ``VoiceError``."""
        with tempfile.TemporaryDirectory(prefix="mot-cua-voice-") as folder:
            wave = Path(folder) / "phrase.wav"
            command = ["espeak-ng", "-v", self._voice, "-s", str(self._rate), "-w", str(wave), "--", text]
            try:
                done = run(command, VOICE_SECONDS)
            except ProgramError as error:
                raise VoiceError(str(error)) from error
            if done.returncode != 0 or b"does not exist" in done.stderr:  # it would speak English instead
                raise VoiceError(f"the voice “{self._voice}”: {complaint(done.stderr)}")
            try:
                sound = Sound.read(wave).trimmed().with_peak(SPEECH_PEAK)
            except SoundError as error:
                raise VoiceError(f"the voice “{self._voice}”: {error}") from error
        if sound.seconds < SHORTEST_SECONDS:
            raise VoiceError(f"the voice “{self._voice}” says nothing for “{text}”")
        return sound


@dataclass(frozen=True)
class Heard:
    """One line of a scene: ``start`` and ``end`` in seconds of the clip, and its captions by language."""

    start: float
    end: float
    captions: dict[str, str]


@dataclass(frozen=True)
class TimedScene:
    """A scene with its place in time, in seconds of the clip."""

    scene: Scene
    start: float
    seconds: float
    lines: tuple[Heard, ...]

    def line_start(self, number: int) -> float:
        """When line ``number`` (from 1) begins, in seconds of the scene; things of line 1 come with the
        scene.
        """
        return 0.0 if number <= 1 else self.lines[number - 1].start - self.start

    def line_end(self, number: int) -> float:
        """When line ``number`` ends, in seconds of the scene."""
        return self.lines[number - 1].end - self.start if number <= len(self.lines) else self.seconds


@dataclass(frozen=True)
class Narration:
    """All scenes in time, and everything that is heard."""

    scenes: tuple[TimedScene, ...]
    sound: Sound

    @property
    def seconds(self) -> float:
        """Length of the clip."""
        last = self.scenes[-1]
        return last.start + last.seconds

    def cues(self, language: str) -> tuple[Cue, ...]:
        """The captions in one language; each stays until the next begins, or a moment after its end."""
        heard = [line for scene in self.scenes for line in scene.lines if language in line.captions]
        ends = [line.start for line in heard[1:]] + [self.seconds]
        return tuple(
            Cue(line.start, min(line.end + 1.2, following), line.captions[language])
            for line, following in zip(heard, ends, strict=True)
        )


def narrate(board: Storyboard, path: Path, speech: Speech) -> Narration:
    """Speak every line. Raises ``StoryboardError`` with the scene whose line has no sound."""
    scenes: list[TimedScene] = []
    parts: list[Sound] = []
    now = 0.0
    for number, scene in enumerate(board.scenes, 1):
        began, lines = now, []
        now = _add(parts, Sound.silence(LEAD_SECONDS), now)
        for line in scene.lines:
            try:
                sound = _sound(line, path.parent, speech)
            except (SoundError, VoiceError) as error:
                raise StoryboardError([f"{scene_place(path, number, scene)}: {error}"]) from error
            start = now
            now = _add(parts, sound, now)
            lines.append(Heard(start, now, line.captions))
            now = _add(parts, Sound.silence(line.pause), now)
        rest = max(TAIL_SECONDS, scene.seconds - (now - began))
        now = _add(parts, Sound.silence(rest), now)
        scenes.append(TimedScene(scene, began, now - began, tuple(lines)))
    whole = Sound(sample for part in parts for sample in part.samples)
    return Narration(tuple(scenes), whole)


def _add(parts: list[Sound], sound: Sound, now: float) -> float:
    parts.append(sound)
    return now + sound.seconds


def _sound(line: Line, folder: Path, speech: Speech) -> Sound:
    if line.recorded is not None:
        return recorded(folder / line.recorded)
    return speech.speak(spoken_words(line.say or ""))


def spoken_words(text: str) -> str:
    """As the voice reads it well: “ông/bà” without the stroke, no brackets or quotes."""
    words = text.replace("ông/bà", "ông bà").replace("Ông/bà", "Ông bà")
    for sign in "/“”()[]–":
        words = words.replace(sign, " ")
    return " ".join(words.split())


def recorded(path: Path) -> Sound:
    """A recorded file of any kind ffmpeg reads, trimmed and at the voice's level. Raises ``SoundError``."""
    if not path.is_file():
        raise SoundError(f"there is no recording {path.name}")
    with tempfile.TemporaryDirectory(prefix="mot-cua-recording-") as folder:
        wave = Path(folder) / "sound.wav"
        done = subprocess.run(
            [
                *("ffmpeg", "-nostdin", "-v", "error", "-protocol_whitelist", "file", "-i", f"file:{path}"),
                *("-t", f"{LONGEST_SOUND_SECONDS:g}", "-vn", "-ac", "1", "-ar", str(RATE)),
                *("-c:a", "pcm_s16le", "-fflags", "+bitexact", str(wave)),
            ],
            capture_output=True,
            timeout=120,
            check=False,
        )
        if done.returncode != 0:
            raise SoundError(f"{path.name} is no recording: {_first(done.stderr)}")
        sound = Sound.read(wave).trimmed().with_peak(SPEECH_PEAK)
    if sound.seconds < 0.1:
        raise SoundError(f"{path.name}: nothing is heard in it")
    return sound


def _first(complaint: bytes) -> str:
    lines: Iterator[str] = (line for line in complaint.decode(errors="replace").splitlines() if line.strip())
    return next(lines, "ffmpeg could not read it")
