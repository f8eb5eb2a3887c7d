"""Takes a video that exists, with its captions, into the library."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PIL import Image

from kiosk.clip_library import (
    ID,
    LONGEST_SECONDS,
    PROCEDURE,
    ClipManifest,
    ClipsError,
    Cue,
    parse_captions,
    parse_srt,
    read_manifest,
    transcript,
    web_vtt,
)
from kiosk.processes.clip_making.programs import (
    LOUDNESS_LUFS,
    LOUDNESS_TOLERANCE,
    Loudness,
    Probe,
    ProgramError,
    levelling,
    loudness,
    must,
    probe,
)
from kiosk.processes.clip_making.writing import new_folder, save_poster, write_manifest

MOST_PIXELS = 1280
SECONDS_EACH = 30.0  # of work a second of video may take, generously
_AS_IT_IS = ("h264",)
_SILENT = -60.0  # LUFS; less is no sound


class ClipImportError(ValueError):
    """Something about the files or the words given; the text says what."""


@dataclass(frozen=True)
class Import:
    """What is told of the clip that comes in."""

    video: Path
    captions: Path | None
    title: str
    topic: str
    procedures: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    language: str = "vi"
    id: str | None = None


def import_clip(order: Import, out: Path, made: date) -> ClipManifest:
    """The video as MP4 that every phone plays, captions as WebVTT, poster, transcript, manifest.

    H.264 is kept as it is; anything else is coded anew, at most 1280 pixels. Sound is brought to −23 LUFS.
    Raises ``ClipImportError`` or ``ProgramError``.
    """
    name = order.id or folder_name(order.title)
    _check(order, name)
    if not order.video.is_file():
        raise ClipImportError(f"there is no file {order.video}")
    told = probe(order.video)
    if not 1 <= told.seconds <= LONGEST_SECONDS:
        raise ClipImportError(f"{order.video.name} lasts {told.seconds:.1f} s; 1 s to an hour can be used")
    cues = _captions(order.captions, told.seconds) if order.captions else ()
    title = unicodedata.normalize("NFC", order.title.strip())
    topic = unicodedata.normalize("NFC", order.topic.strip())
    with new_folder(out, name) as folder:
        heard = loudness(order.video) if told.audio else None
        level = heard if heard is not None and heard.integrated > _SILENT else None
        _convert(order.video, told, level, folder / "clip.mp4")
        result = probe(folder / "clip.mp4")
        _poster(folder / "clip.mp4", result.seconds, folder)
        if order.captions:
            (folder / f"captions.{order.language}.vtt").write_text(web_vtt(cues), encoding="utf-8")
        words = transcript(title, cues)
        (folder / f"transcript.{order.language}.txt").write_text(words, encoding="utf-8")
        manifest = ClipManifest(
            id=name,
            title={"vi": title},
            topic={"vi": topic},
            seconds=result.seconds,
            made=made,
            procedures=order.procedures,
            languages=(order.language,) if order.captions else (),
            width=result.width,
            height=result.height,
            loudness=LOUDNESS_LUFS if level is not None else None,
            valid_from=order.valid_from,
            valid_until=order.valid_until,
            origin="import",
        )
        write_manifest(manifest, folder)
    return read_manifest(out / name)


def folder_name(title: str) -> str:
    """A title without accents as the name of a folder: “Khai sinh” → ``khai-sinh``."""
    plain = unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
    letters = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in plain if not _mark(sign))
    return "-".join(letters.split())[:64].strip("-")


def _mark(sign: str) -> bool:
    return unicodedata.category(sign) == "Mn"


def _check(order: Import, name: str) -> None:
    if not ID.fullmatch(name):
        raise ClipImportError(
            f"“{name}” cannot name a clip; give --id with small letters, digits and hyphens"
        )
    if not order.title.strip() or not order.topic.strip():
        raise ClipImportError("the clip needs a title and a topic")
    for code in order.procedures:
        if not PROCEDURE.fullmatch(code):
            raise ClipImportError(f"“{code}” is no code of a procedure, like 1.001193")
    if order.valid_from and order.valid_until and order.valid_until < order.valid_from:
        raise ClipImportError("--valid-until lies before --valid-from")


def _captions(path: Path, seconds: float) -> tuple[Cue, ...]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ClipImportError(f"{path.name}: {error.strerror}") from error
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = unicodedata.normalize("NFC", raw.decode(encoding))
        cues = parse_captions(text) if text.lstrip().startswith("WEBVTT") else parse_srt(text)
    except UnicodeDecodeError as error:
        raise ClipImportError(f"{path.name} is not in UTF-8; save it anew as UTF-8") from error
    except ClipsError as error:
        raise ClipImportError(f"{path.name}: {error}") from error
    late = next((cue for cue in cues if cue.start >= seconds), None)
    if late is not None:
        raise ClipImportError(
            f"{path.name}: “{late.text}” begins after the end of the video ({seconds:.0f} s)"
        )
    kept = (cue if cue.end <= seconds else Cue(cue.start, seconds, cue.text) for cue in cues)
    return tuple(kept)


def _convert(video: Path, told: Probe, level: Loudness | None, out: Path) -> None:
    """Write the MP4. A picture that is H.264 already, and a sound that is loud enough, are copied."""
    keep_picture = (
        told.video in _AS_IT_IS
        and told.pixels in ("yuv420p", "yuvj420p")
        and max(told.width, told.height) <= 1920
    )
    scale = (
        f"scale='if(gte(iw,ih),min({MOST_PIXELS},iw),-2)':'if(gte(iw,ih),-2,min({MOST_PIXELS},ih))',"
        "crop=trunc(iw/2)*2:trunc(ih/2)*2"
    )
    picture = (
        ["-c:v", "copy"]
        if keep_picture
        else [
            *("-vf", scale, "-c:v", "libx264", "-preset", "medium", "-crf", "24", "-pix_fmt", "yuv420p"),
            *("-g", "120"),
        ]
    )
    sound = ["-an"]
    if level is not None:
        close = abs(level.integrated - LOUDNESS_LUFS) <= LOUDNESS_TOLERANCE / 2
        coded = ["-af", f"{levelling(level)},aresample=48000", "-ac", "2", "-c:a", "aac", "-b:a", "96k"]
        sound = ["-c:a", "copy"] if close and told.audio == "aac" else coded
    must(
        [
            *("ffmpeg", "-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file"),
            *("-i", f"file:{video}", "-map", "0:v:0", "-map", "0:a:0?", *picture, *sound, "-sn", "-dn"),
            *("-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart", str(out)),
        ],
        120 + SECONDS_EACH * told.seconds,
        f"{video.name} cannot be converted",
    )


def _poster(video: Path, seconds: float, folder: Path) -> None:
    """A picture from a tenth of the way, at least a second in: the very first is often black."""
    picture = folder / "frame.png"
    at = min(max(1.0, seconds / 10), seconds / 2)
    must(
        [
            *("ffmpeg", "-nostdin", "-v", "error", "-y", "-ss", f"{at:.2f}", "-i", f"file:{video}"),
            *("-frames:v", "1", str(picture)),
        ],
        120,
        f"{video.name} gives no picture",
    )
    if not picture.is_file():
        raise ProgramError(f"{video.name} gives no picture")
    with Image.open(picture) as image:
        save_poster(image, folder)
    picture.unlink()
