"""Recorded voices: what is played, and what is not because something about it is not in order."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from devices.speaker.sound import Sound, SoundError
from kiosk.processes.recordings import ManifestError, Recordings, fault, load_sound, read_manifest

ENTRY = """[[recording]]
key = "citizen:start.title"
file = "{file}"
source = "Kính chào ông/bà"
sha256 = "{sha256}"
speaker = "s1"
consent = 2026-11-20
recorded = 2026-11-21
"""


def language(tmp_path: Path, *, reviewer: str = "r1", file: str = "start.title.wav", more: str = "") -> Path:
    folder = tmp_path / "tyz"
    folder.mkdir()
    content = Sound.tone(300, 1.5).wav()
    (folder / "start.title.wav").write_bytes(content)
    entry = ENTRY.format(file=file, sha256=hashlib.sha256(content).hexdigest())
    (folder / "manifest.toml").write_text(entry + f'reviewer = "{reviewer}"\n{more}', encoding="utf-8")
    return folder


def test_a_reviewed_recording_is_found_by_the_sentence_on_the_screen(tmp_path: Path) -> None:
    language(tmp_path, more='text = "Chiềng ké noọng"\n')
    found = Recordings(tmp_path)
    for sentence in ("Kính chào ông/bà", "Chiềng ké noọng"):
        sound = found.find("tyz", sentence)
        assert sound is not None
        assert round(sound.seconds, 1) == 1.5
    assert found.find("tyz", "Kính chào quý vị") is None
    assert found.find("mtq", "Kính chào ông/bà") is None


def test_what_no_second_speaker_has_heard_is_not_played(tmp_path: Path) -> None:
    language(tmp_path, reviewer="")
    assert Recordings(tmp_path).find("tyz", "Kính chào ông/bà") is None
    assert Recordings(tmp_path, unreviewed=True).find("tyz", "Kính chào ông/bà") is not None


def test_a_file_that_was_changed_is_not_played(tmp_path: Path, caplog) -> None:
    folder = language(tmp_path)
    (folder / "start.title.wav").write_bytes(Sound.tone(500, 1.5).wav())
    assert Recordings(tmp_path).find("tyz", "Kính chào ông/bà") is None
    assert "another file" in caplog.text


@pytest.mark.parametrize("file", ["../secret.wav", "/etc/passwd", ".hidden", "a/b.wav"])
def test_a_manifest_reaches_no_file_but_those_beside_it(tmp_path: Path, file: str) -> None:
    folder = language(tmp_path, file=file)
    with pytest.raises(ManifestError, match="no file beside"):
        read_manifest(folder)


@pytest.mark.parametrize(
    "text",
    [
        "[[recording]]\n",
        "recording = 3\n",
        "= =",
        "[[recording]]\nkey = 3\n",
        ENTRY.replace("2026-11-20", '"yes"'),
    ],
)
def test_a_wrong_manifest_is_told_and_gives_no_recording(tmp_path: Path, caplog, text: str) -> None:
    folder = tmp_path / "tyz"
    folder.mkdir()
    (folder / "manifest.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ManifestError):
        read_manifest(folder)
    assert Recordings(tmp_path).find("tyz", "Kính chào ông/bà") is None
    assert caplog.records


def test_without_a_manifest_there_are_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == ()


def test_opus_in_ogg_is_read(tmp_path: Path) -> None:
    wav, ogg = tmp_path / "a.wav", tmp_path / "a.ogg"
    wav.write_bytes(Sound.tone(440, 2.0).wav())
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(wav), "-c:a", "libopus", "-b:a", "24k", str(ogg)], check=True
    )
    sound = load_sound(ogg)
    assert 1.9 < sound.seconds < 2.1
    assert abs(sound.part(0.2, 1.5).frequency() - 440) < 5


def test_what_is_no_sound_is_said_to_be_none(tmp_path: Path) -> None:
    folder = language(tmp_path)
    (folder / "x.ogg").write_bytes(b"no sound")
    with pytest.raises(SoundError):
        load_sound(folder / "x.ogg")
    (recording,) = read_manifest(folder)
    assert fault(folder, recording) == ""
    (folder / "start.title.wav").unlink()
    assert fault(folder, recording) == "the file is missing"
