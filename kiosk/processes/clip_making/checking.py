"""Whether a clip's folder is whole: manifest, checksums, lengths, sound, captions, transcript, validity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kiosk.clip_library import (
    MANIFEST,
    ClipManifest,
    ClipsError,
    Cue,
    FileKind,
    clip_folders,
    parse_captions,
    read_manifest,
)
from kiosk.processes.clip_making.programs import (
    LOUDNESS_LUFS,
    LOUDNESS_TOLERANCE,
    Probe,
    ProgramError,
    loudness,
    probe,
    silent_share,
)
from kiosk.processes.clip_making.writing import checksum

LENGTH_TOLERANCE = 0.6  # seconds: a frame, and what the sound's coder adds
MOST_SILENCE = 0.6
SOON = timedelta(days=60)
_REMOVE = ": remove it"


@dataclass(frozen=True)
class Verdict:
    """What was found in one clip: ``problems`` must be mended, ``notes`` should be known."""

    id: str
    clip: ClipManifest | None
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()
    advice: str = ""
    """What to do about the problems."""


def check_library(folders: tuple[Path, ...], today: date) -> list[Verdict]:
    """Every clip of these folders; a folder may also be that of one clip."""
    return [check_clip(one, today) for folder in folders for one in _clips_of(folder)]


def _clips_of(folder: Path) -> list[Path]:
    """The folders of clips, also of those whose manifest is lost."""
    if (folder / MANIFEST).exists():
        return [folder]
    parts = {one.parent for ending in ("mp4", "webm", "vtt") for one in folder.glob(f"[!.]*/*.{ending}")}
    return sorted({*clip_folders(folder), *parts})


def check_clip(folder: Path, today: date) -> Verdict:
    """One clip, all of it. Never raises for what is wrong with the clip."""
    try:
        clip = read_manifest(folder)
    except ClipsError as error:
        return Verdict(folder.name, None, (str(error),), advice=_advice(folder.resolve().name, ""))
    problems = (*_files(clip), *_videos(clip), *_words(clip))
    damaged = any(not problem.endswith(_REMOVE) for problem in problems)
    advice = _advice(clip.id, clip.origin) if damaged else ""
    return Verdict(clip.id, clip, problems, tuple(_notes(clip, today)), advice)


def _advice(name: str, origin: str) -> str:
    """How a clip of this origin is made whole again; the kiosk does not need to stop for it."""
    again = f"main.py clips import VIDEO --captions FILE --id {name} --title … --topic …"
    if origin != "import":
        build = f"main.py clips build {name}.yaml"
        again = build if origin else f"{build}, or {again}"
    return f"make it again: {again}; or copy its folder again from where it was made"


def _files(clip: ClipManifest) -> Iterator[str]:
    kinds = {one.kind for one in clip.files}
    yield from (f"no {kind.value} in the manifest" for kind in FileKind if kind not in kinds)
    for one in clip.files:
        path = clip.folder / one.name
        try:
            if path.stat().st_size != one.size:
                yield f"{one.name}: {path.stat().st_size} bytes instead of {one.size}"
            elif checksum(path) != one.sha256:
                yield f"{one.name}: its content is not what the manifest's sha256 says"
        except FileNotFoundError:
            yield f"{one.name} is missing"
        except OSError as error:
            yield f"{one.name}: {error.strerror}"
    named = {one.name for one in clip.files} | {"clip.toml"}
    for path in sorted(clip.folder.iterdir()):
        if path.name not in named:
            yield f"{path.name} is not in the manifest{_REMOVE}"


def _videos(clip: ClipManifest) -> Iterator[str]:
    for one in clip.files:
        if one.kind is not FileKind.VIDEO or not (clip.folder / one.name).is_file():
            continue
        try:
            told = probe(clip.folder / one.name)
            yield from (f"{one.name}: {problem}" for problem in _video(clip, clip.folder / one.name, told))
        except ProgramError as error:
            yield str(error)


def _video(clip: ClipManifest, path: Path, told: Probe) -> Iterator[str]:
    if abs(told.seconds - clip.seconds) > LENGTH_TOLERANCE:
        yield f"lasts {told.seconds:.1f} s, the manifest says {clip.seconds:.1f} s"
    if (told.width, told.height) != (clip.width, clip.height):
        yield f"is {told.width} × {told.height}, the manifest says {clip.width} × {clip.height}"
    if clip.loudness is None:
        return
    if not told.audio:
        yield "has no sound"
        return
    heard = loudness(path).integrated
    if heard < -60:
        yield "its sound is silence"
    elif abs(heard - LOUDNESS_LUFS) > LOUDNESS_TOLERANCE:
        yield f"is {heard:.1f} LUFS loud instead of {LOUDNESS_LUFS:.0f}"
    share = silent_share(path, told.seconds)
    if share > MOST_SILENCE:
        yield f"is silent for {share:.0%} of its length"


def _words(clip: ClipManifest) -> Iterator[str]:
    for language in clip.languages:
        path = clip.file(FileKind.CAPTIONS, language)
        if path is None:
            yield f"no captions in {language}"
            continue
        try:
            cues = parse_captions(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, ClipsError) as error:
            yield f"{path.name}: {error}"
            continue
        yield from (f"{path.name}: {problem}" for problem in _in_range(cues, clip.seconds))
        told = " ".join(clip.text(language).split())
        lost = [cue.text for cue in cues if " ".join(cue.text.split()) not in told]
        if lost:
            yield f"the transcript in {language} lacks “{lost[0]}”"


def _in_range(cues: tuple[Cue, ...], seconds: float) -> Iterator[str]:
    if not any(cue.text for cue in cues):
        yield "there is no caption in it"
    late = [cue for cue in cues if cue.end > seconds + LENGTH_TOLERANCE]
    if late:
        yield f"“{late[0].text}” ends at {late[0].end:.1f} s, after the clip ({seconds:.1f} s)"


def _notes(clip: ClipManifest, today: date) -> Iterator[str]:
    if clip.valid_from and clip.valid_until and clip.valid_until < clip.valid_from:
        yield "valid_until lies before valid_from: it is never shown"
    elif clip.valid_until and clip.valid_until < today:
        again = "build" if clip.origin == "storyboard" else "import"
        until = f"{clip.valid_until:%d/%m/%Y}"
        yield f"hidden: valid until {until}; if it still holds, {again} it with a later day"
    elif clip.valid_from and today < clip.valid_from:
        yield f"hidden until {clip.valid_from:%d/%m/%Y}"
    elif clip.valid_until and clip.valid_until - today < SOON:
        yield f"will be hidden after {clip.valid_until:%d/%m/%Y}"
