"""Instruction clips as they lie on the disk: one folder a clip, told by its ``clip.toml``.

A folder holds the video (H.264 MP4, VP9 WebM, or both), captions (WebVTT) and a transcript for each language,
and a poster. Clips that come with the program are in ``media/clips``, those of this place in ``DATA/clips``;
of two with one id the later folder's counts. Kiosk, centre and commands all read them here.
"""

from __future__ import annotations

import html
import logging
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from kiosk.visit.states import Clip, ClipLine

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).parent.parent / "media" / "clips"
MANIFEST = "clip.toml"
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
PROCEDURE = re.compile(r"[1-9]\.\d{6}(\.(\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2})?")
LONGEST_SECONDS = 3600.0
LARGEST_TEXT_BYTES = 1_000_000


class ClipsError(ValueError):
    """A manifest or a caption file is not what it should be; the text names file and place."""


class FileKind(StrEnum):
    """What a file of a clip is."""

    VIDEO = "video"
    CAPTIONS = "captions"
    TRANSCRIPT = "transcript"
    POSTER = "poster"


MEDIA_TYPES: Mapping[str, str] = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".vtt": "text/vtt; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".jpg": "image/jpeg",
}
"""The files a clip may have, by ending (RFC 6838 names)."""


@dataclass(frozen=True)
class ClipFile:
    """One file: its name in the clip's folder, what it is, its size in bytes and SHA-256 in hex."""

    name: str
    kind: FileKind
    size: int
    sha256: str
    language: str | None = None


@dataclass(frozen=True)
class ClipManifest:
    """What ``clip.toml`` says. ``title`` and ``topic`` by language, Vietnamese always among them.

    ``seconds``: length; ``loudness`` in LUFS (EBU R 128), None without sound. Shown from ``valid_from`` to
    ``valid_until``, both days included.
    """

    id: str
    title: Mapping[str, str]
    topic: Mapping[str, str]
    seconds: float
    made: date
    procedures: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("vi",)
    width: int = 0
    height: int = 0
    loudness: float | None = None
    order: int = 100
    valid_from: date | None = None
    valid_until: date | None = None
    origin: str = "storyboard"
    files: tuple[ClipFile, ...] = ()
    folder: Path = field(default=Path(), compare=False)

    def in_force(self, day: date) -> bool:
        """Whether the clip may be shown on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )

    def file(self, kind: FileKind, language: str | None = None) -> Path | None:
        """The first file of this kind (and language, where one is asked for) that is there."""
        for one in self.files:
            path = self.folder / one.name
            if one.kind is kind and language in (None, one.language) and path.is_file():
                return path
        return None

    def text(self, language: str = "vi") -> str:
        """The transcript in a language; empty when it is missing or cannot be read."""
        path = self.file(FileKind.TRANSCRIPT, language)
        try:
            return path.read_text(encoding="utf-8")[:LARGEST_TEXT_BYTES] if path else ""
        except (OSError, UnicodeDecodeError):
            return ""


# -- reading -----------------------------------------------------------------------------------------------


def read_library(*folders: Path) -> list[ClipManifest]:
    """Every clip of these folders that has its video, in their order, then by title.

    A clip that cannot be read is told in the log and left out: it must not take the others with it.
    """
    found: dict[str, ClipManifest] = {}
    for folder in folders:
        for one in clip_folders(folder):
            try:
                clip = read_manifest(one)
            except ClipsError as error:
                log.warning("clip left out: %s", error)
                continue
            if clip.file(FileKind.VIDEO) is None:
                log.warning("clip left out: %s: its video is missing", clip.id)
                continue
            found[clip.id] = clip
    return sorted(found.values(), key=lambda clip: (clip.order, clip.title["vi"], clip.id))


def load_clips(*folders: Path) -> tuple[Clip, ...]:
    """The clips of these folders as a visit knows them, also those not in force now."""
    return tuple(_for_visit(one) for one in read_library(*folders))


def _for_visit(one: ClipManifest) -> Clip:
    captions = {name: one.file(FileKind.CAPTIONS, name) for name in one.languages}
    return Clip(
        id=one.id,
        title=one.title["vi"],
        seconds=round(one.seconds),
        video=one.file(FileKind.VIDEO) or one.folder / "clip.mp4",
        captions=one.file(FileKind.CAPTIONS, "vi") or one.file(FileKind.CAPTIONS),
        poster=one.file(FileKind.POSTER),
        titles=one.title,
        topics=one.topic,
        procedures=one.procedures,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        transcript=one.text(),
        captions_by_language={name: path for name, path in captions.items() if path is not None},
        lines={name: lines for name in one.languages if (lines := _lines_said(one, name))},
    )


def _lines_said(one: ClipManifest, language: str) -> tuple[ClipLine, ...]:
    """What is said with its time, from the captions; without them the transcript, all at the beginning."""
    path = one.file(FileKind.CAPTIONS, language)
    try:
        cues = parse_captions(path.read_text(encoding="utf-8")[:LARGEST_TEXT_BYTES]) if path else ()
    except (OSError, UnicodeDecodeError, ClipsError) as error:
        log.warning("%s: its captions are not looked through: %s", one.id, error)
        cues = ()
    said = tuple(sentence for cue in cues for sentence in _sentences(cue))
    rows = one.text(language).splitlines()[1:]  # the first is the title
    return said or tuple(ClipLine(0.0, row.strip()) for row in rows if row.strip())


def _sentences(cue: Cue) -> Iterator[ClipLine]:
    """The sentences of a cue; when a later one begins is taken from the letters before it."""
    words = " ".join(cue.text.split())
    at = 0
    for sentence in re.split(r"(?<=[.?!…]) +", words):
        if sentence:
            yield ClipLine(round(cue.start + (cue.end - cue.start) * at / len(words), 3), sentence)
        at += len(sentence) + 1


def clip_folders(folder: Path) -> list[Path]:
    """The folders under ``folder`` that hold a clip, by name; none when it is not there."""
    try:
        return sorted(path.parent for path in folder.glob(f"*/{MANIFEST}") if ID.fullmatch(path.parent.name))
    except OSError:
        return []


def read_manifest(folder: Path) -> ClipManifest:
    """The clip in ``folder``. Raises ``ClipsError``."""
    path = folder / MANIFEST
    place = f"{folder.name}/{MANIFEST}"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ClipsError(f"{place}: {why}") from error
    try:
        return _manifest(table, folder)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        why = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        raise ClipsError(f"{place}: {why}") from error


def _manifest(table: dict[str, Any], folder: Path) -> ClipManifest:
    files = tuple(_file(one) for one in table.pop("file", []))
    values = {
        **table,
        "title": _texts(table["title"], "title"),
        "topic": _texts(table["topic"], "topic"),
        "procedures": _strings(table.get("procedures", []), "procedures", PROCEDURE),
        "languages": _strings(table.get("languages", ["vi"]), "languages", re.compile(r"[a-zA-Z-]{2,20}")),
    }
    clip = ClipManifest(**values, files=files, folder=folder)
    if not isinstance(clip.id, str) or clip.id != folder.name or not ID.fullmatch(clip.id):
        raise ValueError(f"id must be the name of its folder, “{folder.name}”")
    if not isinstance(clip.seconds, int | float) or not 0 < clip.seconds <= LONGEST_SECONDS:
        raise ValueError(f"seconds must be a number from 0 to {LONGEST_SECONDS:.0f}")
    for name in ("made", "valid_from", "valid_until"):
        if type(getattr(clip, name)) not in ((date,) if name == "made" else (date, type(None))):
            raise ValueError(f"{name} must be a day, e.g. 2026-11-23")
    for name in ("width", "height", "order"):
        if type(getattr(clip, name)) is not int:
            raise ValueError(f"{name} must be a whole number")
    if not isinstance(clip.loudness, int | float | None) or not isinstance(clip.origin, str):
        raise ValueError("loudness must be a number, origin a text")
    return clip


def _file(entry: dict[str, Any]) -> ClipFile:
    one = ClipFile(**{**entry, "kind": FileKind(entry["kind"])})
    if not isinstance(one.name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", one.name):
        raise ValueError(f"“{one.name}” is no name of a file in the clip's folder")
    if Path(one.name).suffix not in MEDIA_TYPES:
        raise ValueError(f"{one.name}: the ending is none of {', '.join(MEDIA_TYPES)}")
    if (
        type(one.size) is not int
        or not isinstance(one.sha256, str)
        or not re.fullmatch(r"[0-9a-f]{64}", one.sha256)
    ):
        raise ValueError(f"{one.name}: size and sha256 are wanted")
    return one


def _texts(value: object, name: str) -> dict[str, str]:
    if not isinstance(value, dict) or not isinstance(value.get("vi"), str):
        raise TypeError(f"{name} needs a text under vi")
    if not all(isinstance(text, str) for text in value.values()):
        raise TypeError(f"{name} must be texts by language")
    return value


def _strings(value: object, name: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{name} must be a list")
    for one in value:
        if not isinstance(one, str) or not pattern.fullmatch(one):
            raise ValueError(f"{name}: “{one}” is none")
    return tuple(value)


# -- captions ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cue:
    """Words shown from ``start`` until ``end``, in seconds of the clip."""

    start: float
    end: float
    text: str


_TIME = re.compile(r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)[.,](\d{3})")
_TAG = re.compile(r"<[^>]*>")


def parse_captions(text: str) -> tuple[Cue, ...]:
    """Cues of a WebVTT file (W3C WebVTT: §4 structure, §4.1 header), ordered by their start.

    Notes, styles, regions, cue names, cue settings and tags are passed over. Raises ``ClipsError`` when the
    header is missing or a time line is malformed or ends before it begins.
    """
    lines = _lines(text)
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise ClipsError("captions: the first line is not WEBVTT")
    return _cues(["", *lines[1:]])


def parse_srt(text: str) -> tuple[Cue, ...]:
    """Cues of a SubRip file, ordered by their start. Raises ``ClipsError`` with the line."""
    cues = _cues(_lines(text))
    if not cues:
        raise ClipsError("captions: no line like 00:00:01,000 --> 00:00:04,000")
    return cues


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _blocks(lines: Sequence[str]) -> Iterator[list[tuple[int, str]]]:
    """Rows between blank lines, each with its number in the file."""
    block: list[tuple[int, str]] = []
    for number, row in enumerate(lines, 1):
        if row.strip():
            block.append((number, row))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _cues(lines: Sequence[str]) -> tuple[Cue, ...]:
    cues: list[Cue] = []
    for block in _blocks(lines):
        at = next((place for place, (_, row) in enumerate(block[:2]) if "-->" in row), None)
        if at is None:
            continue
        number, row = block[at]
        start, _, rest = row.partition("-->")
        begins, ends = _seconds(start.strip(), number), _seconds((rest.split() or [""])[0], number)
        if ends <= begins:
            raise ClipsError(f"captions, line {number}: “{row.strip()}” ends before it begins")
        words = "\n".join(html.unescape(_TAG.sub("", told)).strip() for _, told in block[at + 1 :])
        cues.append(Cue(begins, ends, words))
    return tuple(sorted(cues, key=lambda cue: (cue.start, cue.end)))


def _seconds(stamp: str, line: int) -> float:
    match = _TIME.fullmatch(stamp)
    if match is None:
        raise ClipsError(f"captions, line {line}: “{stamp}” is not a time")
    hours, minutes, seconds, thousandths = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def caption_at(cues: tuple[Cue, ...], second: float) -> str:
    """The words of the last cue begun that has not ended at ``second``; empty between cues."""
    for cue in reversed(cues[: bisect_right(cues, second, key=lambda cue: cue.start)]):
        if second < cue.end:
            return cue.text
    return ""


def web_vtt(cues: Sequence[Cue]) -> str:
    """The cues as a WebVTT file."""
    blocks = ["WEBVTT\n"]
    for cue in cues:
        words = html.escape(cue.text, quote=False)
        blocks.append(f"{_stamp(cue.start)} --> {_stamp(cue.end)}\n{words}\n")
    return "\n".join(blocks)


def transcript(title: str, cues: Sequence[Cue]) -> str:
    """Everything that is said, one sentence a line, under the title."""
    lines = [title, "", *(" ".join(cue.text.split()) for cue in cues if cue.text.strip())]
    return "\n".join(lines) + "\n"


def _stamp(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    hours, rest = divmod(thousandths, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
