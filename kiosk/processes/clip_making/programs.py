"""ffmpeg and ffprobe as programs: run, watched, and what they say made readable."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROBE_SECONDS = 60.0
MEASURE_SECONDS = 900.0
LOUDNESS_LUFS = -23.0  # EBU R 128
LOUDNESS_TOLERANCE = 1.5
TRUE_PEAK_DB = -2.0
SILENCE_DB = -50.0
_INPUT = ("-protocol_whitelist", "file")  # a playlist in disguise opens nothing else


class ProgramError(RuntimeError):
    """ffmpeg or ffprobe is missing, failed, or took too long; the text says which and why."""


@dataclass(frozen=True)
class Probe:
    """What a video holds: seconds, pixels, names of the codecs (empty: no such stream), kind of file."""

    seconds: float
    width: int
    height: int
    video: str
    audio: str
    container: str
    pixels: str = ""


@dataclass(frozen=True)
class Loudness:
    """Measured by ffmpeg's loudnorm: LUFS, true peak in dB, range and threshold."""

    integrated: float
    peak: float
    range: float
    threshold: float


def run(command: list[str], seconds: float) -> subprocess.CompletedProcess[bytes]:
    """Run to the end. Raises ``ProgramError`` when it cannot start or takes longer; not when it fails."""
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except FileNotFoundError as error:
        raise ProgramError(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise ProgramError(f"{command[0]} took longer than {seconds:.0f} seconds") from error


def must(command: list[str], seconds: float, what: str) -> bytes:
    """Run to the end and return what it wrote. Raises ``ProgramError`` with its first complaint."""
    done = run(command, seconds)
    if done.returncode != 0:
        raise ProgramError(f"{what}: {complaint(done.stderr)}")
    return done.stdout


def complaint(stderr: bytes) -> str:
    """The first line that says something."""
    lines = [line.strip() for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    return lines[0] if lines else "it ended without a reason"


def probe(path: Path) -> Probe:
    """What is in the file. Raises ``ProgramError`` when it is no video."""
    entries = "format=duration,format_name:stream=codec_type,codec_name,width,height,duration,pix_fmt"
    told = must(
        ["ffprobe", "-v", "error", *_INPUT, "-show_entries", entries, "-of", "json", f"file:{path}"],
        PROBE_SECONDS,
        f"{path.name} is no video",
    )
    try:
        table = json.loads(told)
        streams = table.get("streams", [])
        picture: dict[str, Any] = next((one for one in streams if one.get("codec_type") == "video"), {})
        sound: dict[str, Any] = next((one for one in streams if one.get("codec_type") == "audio"), {})
        lengths = [table.get("format", {}), picture, sound]
        seconds = next((float(one["duration"]) for one in lengths if "duration" in one), 0.0)
    except (ValueError, AttributeError, TypeError) as error:
        raise ProgramError(f"{path.name} is no video: {error}") from error
    if not picture or seconds <= 0:
        raise ProgramError(f"{path.name} is no video: no picture in it, or no length")
    return Probe(
        seconds,
        int(picture.get("width", 0)),
        int(picture.get("height", 0)),
        str(picture.get("codec_name", "")),
        str(sound.get("codec_name", "")),
        str(table.get("format", {}).get("format_name", "")),
        str(picture.get("pix_fmt", "")),
    )


def loudness(path: Path) -> Loudness:
    """How loud the sound is. Raises ``ProgramError`` when there is none to measure."""
    done = run(
        [
            *("ffmpeg", "-nostdin", "-hide_banner", *_INPUT, "-i", f"file:{path}", "-vn"),
            *("-af", "loudnorm=print_format=json", "-f", "null", "-"),
        ],
        MEASURE_SECONDS,
    )
    found = re.search(rb"\{[^{}]*\"input_i\"[^{}]*\}", done.stderr)
    if done.returncode != 0 or found is None:
        raise ProgramError(f"{path.name}: its loudness cannot be measured: {complaint(done.stderr)}")
    told = json.loads(found.group())
    values = [float(told[name]) for name in ("input_i", "input_tp", "input_lra", "input_thresh")]
    return Loudness(*values)


def levelling(measured: Loudness) -> str:
    """The filter that brings what was measured to −23 LUFS, evenly (EBU R 128)."""
    return (
        f"loudnorm=I={LOUDNESS_LUFS}:TP={TRUE_PEAK_DB}:LRA=11:linear=true"
        f":measured_I={measured.integrated}:measured_TP={measured.peak}"
        f":measured_LRA={measured.range}:measured_thresh={measured.threshold}"
    )


def silent_share(path: Path, seconds: float) -> float:
    """The part of the clip (0 to 1) in which nothing is heard for two seconds and longer."""
    done = run(
        [
            *("ffmpeg", "-nostdin", "-hide_banner", *_INPUT, "-i", f"file:{path}", "-vn"),
            *("-af", f"silencedetect=noise={SILENCE_DB}dB:d=2", "-f", "null", "-"),
        ],
        MEASURE_SECONDS,
    )
    told = done.stderr.decode(errors="replace")
    if done.returncode != 0:
        raise ProgramError(f"{path.name}: its sound cannot be read: {complaint(done.stderr)}")
    quiet = sum(float(one) for one in re.findall(r"silence_duration: ([\d.]+)", told))
    return min(1.0, quiet / seconds) if seconds > 0 else 1.0
