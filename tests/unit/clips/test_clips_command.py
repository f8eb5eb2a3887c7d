"""``main.py clips``: what it writes and how it ends."""

from __future__ import annotations

import shutil
import subprocess

from kiosk.bootstrap import command_line
from tests.unit.clips.conftest import STORY


def test_a_storyboard_of_this_place_is_built_into_its_data_folder(tmp_path, capsys):
    path = tmp_path / "thu-xa.yaml"
    path.write_text(STORY, encoding="utf-8")
    data = tmp_path / "var"
    assert command_line(["clips", "build", str(path), "--data", str(data)]) == 0
    assert (data / "clips" / "thu-xa" / "clip.mp4").is_file()
    assert command_line(["clips", "check", str(data / "clips")]) == 0
    capsys.readouterr()
    assert command_line(["clips", "list", "--data", str(data)]) == 0
    assert "thu-xa" in capsys.readouterr().out


def test_mistakes_end_with_one_and_leave_the_clip_that_was_there(tmp_path, capsys, built):
    path = tmp_path / "thu.yaml"
    path.write_text(STORY.replace("icon: baby", "icon: babi"), encoding="utf-8")
    shutil.copytree(built, tmp_path / "clips")
    assert command_line(["clips", "build", str(path), "--out", str(tmp_path / "clips")]) == 1
    assert "thu.yaml: scene 1 (one): there is no icon “babi”" in capsys.readouterr().err
    assert command_line(["clips", "check", str(tmp_path / "clips")]) == 0
    assert [one.name for one in (tmp_path / "clips").iterdir()] == ["thu"]


def test_an_unknown_voice_is_named_and_never_speaks_english(tmp_path, capsys):
    path = tmp_path / "thu.yaml"
    path.write_text(f"voice: {{name: vang}}\n{STORY}", encoding="utf-8")
    assert command_line(["clips", "build", str(path), "--out", str(tmp_path / "clips")]) == 1
    assert "the voice “vang”" in capsys.readouterr().err


def test_a_damaged_clip_ends_with_one_and_nothing_to_check_with_two(tmp_path, capsys, built):
    shutil.copytree(built, tmp_path / "clips")
    (tmp_path / "clips" / "thu" / "poster.jpg").unlink()
    assert command_line(["clips", "check", str(tmp_path / "clips")]) == 1
    told = capsys.readouterr().out
    assert "poster.jpg is missing" in told
    assert "→ make it again: main.py clips build thu.yaml" in told
    assert command_line(["clips", "check", str(tmp_path / "clips" / "thu")]) == 1  # the folder of one clip
    assert "poster.jpg is missing" in capsys.readouterr().out
    (tmp_path / "empty").mkdir()
    assert command_line(["clips", "check", str(tmp_path / "empty")]) == 2
    assert command_line(["clips", "build", str(tmp_path / "vang.yaml")]) == 2


def test_a_clip_whose_manifest_is_lost_is_not_passed_over(tmp_path, capsys, built):
    shutil.copytree(built, tmp_path / "clips")
    (tmp_path / "clips" / "thu" / "clip.toml").unlink()
    assert command_line(["clips", "check", str(tmp_path / "clips")]) == 1
    told = capsys.readouterr().out
    assert "thu/clip.toml: No such file or directory" in told
    assert "→ make it again: main.py clips build thu.yaml" in told


def test_a_file_that_does_not_belong_is_to_be_removed_and_nothing_else(tmp_path, capsys, built):
    shutil.copytree(built, tmp_path / "clips")
    (tmp_path / "clips" / "thu" / "la.txt").touch()
    assert command_line(["clips", "check", str(tmp_path / "clips")]) == 1
    told = capsys.readouterr().out
    assert "la.txt is not in the manifest: remove it" in told
    assert "make it again" not in told


def test_a_clip_that_is_over_is_well_and_it_is_told_how_to_show_it_again(tmp_path, capsys, built):
    shutil.copytree(built, tmp_path / "clips")
    manifest = tmp_path / "clips" / "thu" / "clip.toml"
    lines = [one for one in manifest.read_text().splitlines() if not one.startswith("valid_until")]
    manifest.write_text("\n".join(["valid_until = 2020-12-31", *lines]))
    assert command_line(["clips", "check", str(tmp_path / "clips")]) == 0
    assert "hidden: valid until 31/12/2020; if it still holds, build it with a later day" in (
        capsys.readouterr().out
    )


def test_an_imported_video_that_nobody_hears_or_sees_today_is_said_to_be_so(tmp_path, capsys, built):
    video = tmp_path / "video.mp4"
    source = built / "thu" / "clip.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-i", source, "-c:v", "copy", "-an", video], check=True)
    order = ["--title", "Thử", "--topic", "Thử", "--valid-until", "2020-12-31", "--data", str(tmp_path)]
    assert command_line(["clips", "import", str(video), *order]) == 0
    told = capsys.readouterr().out
    assert "It has no sound" in told
    assert "It is hidden today" in told


def test_a_silent_video_is_found(tmp_path, capsys, built):
    shutil.copytree(built, tmp_path / "clips")
    video = tmp_path / "clips" / "thu" / "clip.mp4"
    silent = tmp_path / "silent.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", video, "-c:v", "copy", "-af", "volume=0", silent], check=True
    )
    silent.replace(video)
    assert command_line(["clips", "check", str(tmp_path / "clips")]) == 1
    assert "clip.mp4: its sound is silence" in capsys.readouterr().out
