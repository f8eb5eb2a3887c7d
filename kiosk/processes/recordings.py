"""Recorded voices: ``media/voice/LANGUAGE/manifest.toml`` and the sound files beside it.

A recording goes before any synthesised voice: for some languages there is none, and a voice one knows is
easier to trust. It is played for the sentence it says: ``source`` is the Vietnamese sentence as the screens
show it, ``text`` the same in the written language, if it is written there. When the sentence on the screen is
another by now, the recording is no longer played. docs/languages.md tells how to make one.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import subprocess
import tomllib
import unicodedata
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from devices.speaker.sound import RATE, SPEECH_PEAK, Sound, SoundError

_LOG = logging.getLogger(__name__)

MANIFEST = "manifest.toml"
DECODE_SECONDS = 5.0
LONGEST_SECONDS = 60.0


@dataclass(frozen=True)
class Recording:
    """One sentence as somebody said it. ``key``: ``PART:KEY`` as in the catalogues (``citizen:start.title``).

    ``consent``: the day on which the speaker agreed in writing that the centre plays it; the paper stays with
    the centre. ``speaker`` is a code of the centre's own, never a name. ``reviewer``: which other native
    speaker heard it and found it right; empty: nobody yet. ``dialect``: as its speakers call it.
    """

    key: str
    file: str
    source: str
    sha256: str
    speaker: str
    consent: date
    recorded: date
    dialect: str = ""
    reviewer: str = ""
    text: str = ""


class ManifestError(ValueError):
    """A manifest that cannot be used; its text names the file and the entry."""


def read_manifest(folder: Path) -> tuple[Recording, ...]:
    """The recordings of one language's folder; none when there is no manifest. Raises ``ManifestError``."""
    path = folder / MANIFEST
    try:
        table = tomllib.loads(unicodedata.normalize("NFC", path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise ManifestError(f"{path}: {error}") from error
    entries = table.get("recording", [])
    if not isinstance(entries, list):
        raise ManifestError(f"{path}: entries stand under [[recording]]")
    return tuple(_recording(path, number, entry) for number, entry in enumerate(entries, 1))


def _recording(path: Path, number: int, entry: Any) -> Recording:
    where = f"{path}, [[recording]] {number}"
    if not isinstance(entry, dict):
        raise ManifestError(f"{where}: not a table")
    known = {one.name: one for one in fields(Recording)}
    wrong = [key for key in entry if key not in known]
    missing = [
        key
        for key in ("key", "file", "source", "sha256", "speaker", "consent", "recorded")
        if key not in entry
    ]
    if wrong or missing:
        raise ManifestError(f"{where}: unknown {wrong}, missing {missing}")
    for key, value in entry.items():
        wanted = date if key in ("consent", "recorded") else str
        if type(value) is not wanted:
            raise ManifestError(f"{where}: {key} should be a {'day' if wanted is date else 'text'}")
    made = Recording(**entry)
    if Path(made.file).name != made.file or made.file.startswith("."):
        raise ManifestError(f"{where}: {made.file} is no file beside the manifest")
    return made


def fault(folder: Path, recording: Recording) -> str:
    """Why this recording cannot be played, in a few words; empty when it can."""
    path = folder / recording.file
    try:
        content = path.read_bytes()
    except OSError:
        return "the file is missing"
    if hashlib.sha256(content).hexdigest() != recording.sha256.lower():
        return f"another file than was recorded (sha256 {hashlib.sha256(content).hexdigest()})"
    try:
        sound = load_sound(path)
    except SoundError as error:
        return str(error)
    return "" if sound.seconds > 0 else "nothing is to be heard"


def load_sound(path: Path) -> Sound:
    """The file's sound, trimmed, as loud as a synthesised voice. Raises ``SoundError``.

    WAV of one channel at 22,050 Hz is read at once, all else (Opus in Ogg, MP3 …) through ``ffmpeg``.
    """
    try:
        sound = Sound.read(path)
    except SoundError:
        sound = _decoded(path)
    if sound.seconds > LONGEST_SECONDS:
        raise SoundError(f"longer than {LONGEST_SECONDS:g} s")
    return sound.trimmed().with_peak(SPEECH_PEAK)


def _decoded(path: Path) -> Sound:
    program = shutil.which("ffmpeg")
    if program is None:
        raise SoundError("ffmpeg is not installed")
    try:
        done = subprocess.run(
            [
                *(program, "-v", "error", "-nostdin", "-i", str(path), "-t", str(LONGEST_SECONDS + 1)),
                *(
                    "-f",
                    "wav",
                    "-ac",
                    "1",
                    "-ar",
                    str(RATE),
                    "-c:a",
                    "pcm_s16le",
                    "-fflags",
                    "+bitexact",
                    "-",
                ),
            ],
            capture_output=True,
            timeout=DECODE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SoundError(str(error)) from error
    if done.returncode != 0:
        raise SoundError("ffmpeg cannot read it")
    return Sound.read(_with_sizes(done.stdout))


def _with_sizes(wav: bytes) -> bytes:
    """ffmpeg cannot know the sizes while it writes to a pipe and leaves 0xFFFFFFFF; they are put in here."""
    data = wav.find(b"data")
    if data < 0:
        return wav
    size = len(wav) - data - 8
    return (
        b"RIFF"
        + (len(wav) - 8).to_bytes(4, "little")
        + wav[8 : data + 4]
        + size.to_bytes(4, "little")
        + wav[data + 8 :]
    )


class Recordings:
    """The recordings of every language under one folder, found by language and shown sentence.

    A folder that is missing or wrong is told once and gives none; a file is checked against its sha256 when
    it is first played. ``unreviewed`` also takes what no second native speaker has heard. For one thread.
    """

    def __init__(self, folder: Path, *, unreviewed: bool = False) -> None:
        self._folder = folder
        self._unreviewed = unreviewed
        self._by_sentence: dict[str, dict[str, Recording]] = {}
        self._sounds: dict[Path, Sound | None] = {}

    def find(self, language: str, sentence: str) -> Sound | None:
        """What somebody recorded for this sentence as it is shown, or nothing."""
        recording = self._of(language).get(unicodedata.normalize("NFC", sentence))
        if recording is None:
            return None
        folder = self._folder / language
        path = folder / recording.file
        if path not in self._sounds:
            trouble = fault(folder, recording)
            if trouble:
                _LOG.error("recording %s/%s is not played: %s", language, recording.file, trouble)
            self._sounds[path] = None if trouble else load_sound(path)
        return self._sounds[path]

    def _of(self, language: str) -> dict[str, Recording]:
        if language not in self._by_sentence:
            try:
                found = read_manifest(self._folder / language)
            except ManifestError as error:
                _LOG.error("no recordings: %s", error)
                found = ()
            usable = [one for one in found if one.reviewer or self._unreviewed]
            self._by_sentence[language] = {one.source: one for one in usable} | {
                one.text: one for one in usable if one.text
            }
        return self._by_sentence[language]
