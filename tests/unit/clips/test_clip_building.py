"""A built clip is whole; what is damaged afterwards is found; a video that exists is taken in."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from kiosk.clip_library import SHIPPED, FileKind, load_clips, parse_captions, read_library, read_manifest
from kiosk.processes.clip_making.checking import check_clip, check_library
from kiosk.processes.clip_making.importing import ClipImportError, Import, folder_name, import_clip
from kiosk.processes.clip_making.programs import ProgramError, loudness, probe

TODAY = date(2026, 11, 23)


@pytest.fixture
def clip(built, tmp_path) -> Path:
    """A copy of the built clip's folder."""
    shutil.copytree(built / "thu", tmp_path / "thu")
    return tmp_path / "thu"


def test_a_built_clip_has_everything_and_is_well(built):
    (verdict,) = check_library((built,), TODAY)
    assert verdict.problems == ()
    manifest = read_manifest(built / "thu")
    names = {one.name for one in manifest.files}
    assert names >= {"clip.mp4", "clip.webm", "captions.vi.vtt", "captions.en.vtt", "poster.jpg"}
    assert manifest.text("vi").splitlines() == ["Thử", "", "Câu thứ nhất", "Câu thứ 2", "Hết", "Thật hết"]


def test_its_picture_is_h264_its_sound_as_loud_as_others(built):
    told = probe(built / "thu" / "clip.mp4")
    assert (told.video, told.audio, told.width, told.height) == ("h264", "aac", 1280, 720)
    assert loudness(built / "thu" / "clip.mp4").integrated == pytest.approx(-23, abs=1.5)
    webm = probe(built / "thu" / "clip.webm")
    assert (webm.video, webm.audio) == ("vp9", "opus")


def test_a_changed_file_is_found(clip):
    with (clip / "clip.mp4").open("r+b") as file:
        file.seek(1000)
        file.write(b"\0\0\0\0damage")
    assert any("sha256" in problem for problem in check_clip(clip, TODAY).problems)


def test_a_missing_file_and_a_strange_one_are_found(clip):
    (clip / "poster.jpg").unlink()
    (clip / "thumbs.db").touch()
    problems = check_clip(clip, TODAY).problems
    assert "poster.jpg is missing" in problems
    assert "thumbs.db is not in the manifest: remove it" in problems


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("seconds = ", "seconds = 9", "the manifest says"),
        ('id = "thu"', 'id = "khac"', "id must be the name of its folder"),
        ("width = 1280", "width = 720", "is 1280 × 720, the manifest says 720"),
        ('kind = "poster"', 'kind = "picture"', "picture"),
        ('name = "poster.jpg"', 'name = "../poster.jpg"', "no name of a file"),
    ],
)
def test_a_wrong_manifest_is_found(clip, right, wrong, told):
    path = clip / "clip.toml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    assert any(told in problem for problem in check_clip(clip, TODAY).problems)


def test_captions_after_the_end_are_found(clip):
    path = clip / "captions.vi.vtt"
    path.write_text("WEBVTT\n\n00:00.000 --> 09:00.000\nMuộn\n", encoding="utf-8")
    problems = " ".join(check_clip(clip, TODAY).problems)
    assert "after the clip" in problems
    assert "the transcript in vi lacks “Muộn”" in problems


def test_a_clip_that_ran_out_is_told_and_not_in_force(clip):
    path = clip / "clip.toml"
    path.write_text(f"valid_until = 2026-10-31\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    assert check_clip(clip, TODAY).notes == (
        "hidden: valid until 31/10/2026; if it still holds, build it with a later day",
    )
    (shown,) = load_clips(clip.parent)
    assert not shown.in_force(TODAY)
    assert shown.in_force(date(2026, 10, 31))


def test_one_broken_clip_does_not_take_the_others(clip, built):
    for name, text in (("hong", "seconds = [["), ("trong", "")):
        (clip.parent / name).mkdir()
        (clip.parent / name / "clip.toml").write_text(text, encoding="utf-8")
    assert [one.id for one in read_library(clip.parent)] == ["thu"]


def test_this_places_own_clip_stands_before_the_shipped_one(clip, built):
    path = clip / "clip.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("Thử", "Của xã"), encoding="utf-8")
    (one,) = read_library(built, clip.parent)
    assert one.title["vi"] == "Của xã"


@pytest.fixture(scope="session")
def video(tmp_path_factory) -> Path:
    """Three seconds of a test picture with a tone, as a telephone might have filmed it."""
    path = tmp_path_factory.mktemp("videos") / "quay.mkv"
    subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=322x181:rate=10:duration=3"),
            *("-f", "lavfi", "-i", "sine=frequency=440:duration=3", "-c:v", "mpeg4", "-c:a", "mp3", path),
        ],
        check=True,
    )
    return path


SRT = """\
1
00:00:00,500 --> 00:00:01,500
<i>Xin chào</i>

2
00:00:02,000 --> 00:00:09,000
Hết
""".replace("\n", "\r\n")


def test_a_video_is_taken_in_with_its_captions(tmp_path, video):
    captions = tmp_path / "quay.srt"
    captions.write_bytes(b"\xef\xbb\xbf" + SRT.encode())
    order = Import(video, captions, "Hướng dẫn đăng ký hộ kinh doanh", "Hộ kinh doanh", ("1.001612",))
    made = import_clip(order, tmp_path / "clips", TODAY)
    assert made.id == "huong-dan-dang-ky-ho-kinh-doanh"
    assert check_clip(tmp_path / "clips" / made.id, TODAY).problems == ()
    told = probe(made.file(FileKind.VIDEO))
    assert (told.video, told.audio, told.width, told.height) == ("h264", "aac", 322, 182)
    cues = parse_captions(made.file(FileKind.CAPTIONS, "vi").read_text(encoding="utf-8"))
    assert [cue.text for cue in cues] == ["Xin chào", "Hết"]
    assert cues[-1].end <= made.seconds


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"captions": "không phải phụ đề"}, "no line like"),
        ({"captions": "1\n00:00:05,000 --> 00:00:06,000\nMuộn\n"}, "begins after the end"),
        ({"captions": "1\n00:00:xx,000 --> 00:00:06,000\nSai\n"}, "line 2"),
        ({"procedures": ("khai sinh",)}, "no code of a procedure"),
        ({"title": "???"}, "give --id"),
    ],
)
def test_what_cannot_be_taken_in_is_named(tmp_path, video, changes, told):
    captions = tmp_path / "quay.srt"
    captions.write_text(changes.pop("captions", SRT), encoding="utf-8")
    order = Import(**{"video": video, "captions": captions, "title": "Thử", "topic": "Thử", **changes})
    with pytest.raises(ClipImportError, match=told):
        import_clip(order, tmp_path / "clips", TODAY)
    assert not list((tmp_path / "clips").glob("*")) if (tmp_path / "clips").exists() else True


def test_what_is_no_video_is_named(tmp_path):
    path = tmp_path / "phim.mp4"
    path.write_bytes(b"not a film" * 100)
    with pytest.raises(ProgramError, match=r"phim\.mp4 is no video"):
        import_clip(Import(path, None, "Thử", "Thử"), tmp_path / "clips", TODAY)


def test_titles_become_names_of_folders():
    assert folder_name("Đăng ký khai sinh – lần 2") == "dang-ky-khai-sinh-lan-2"


def test_the_shipped_clips_are_small_and_short_and_there():
    clips = {clip.id: clip for clip in read_library(SHIPPED)}
    assert set(clips) >= {path.stem for path in (SHIPPED / "storyboards").glob("*.yaml")}
    for clip in clips.values():
        assert 40 <= clip.seconds <= 90
        assert all(one.size <= 1_500_000 for one in clip.files)
