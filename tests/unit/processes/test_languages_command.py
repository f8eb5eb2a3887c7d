"""``main.py languages``: what it tells of words and recordings, and when it says that something is wrong."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kiosk.processes import configured_texts
from kiosk.processes.commands import languages
from kiosk.processes.commands.options import CommandError
from screens.locale.checking import Fault, Finding
from screens.locale.tools import LanguageTools
from screens.locale.whole import WholeScreens

RECORDING = """[[recording]]
key = "citizen:start.title"
file = "start.title.wav"
source = "Kính chào quý vị"
sha256 = "00"
speaker = "s1"
consent = 2026-11-20
recorded = 2026-11-21
"""


@dataclass
class Told:
    """Words of two languages, one with a voice."""

    findings: list[Finding] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)

    def tags(self) -> Sequence[str]:
        return ["en", "tyz"]

    def name(self, tag: str) -> str:
        return tag.upper()

    def total(self) -> int:
        return 10

    def texts(self, tag: str) -> Sequence[Finding]:
        return [one for one in self.findings if one.language == tag]

    def whole(self, tag: str) -> WholeScreens:
        return (
            WholeScreens(3, ("start", "help", "rate"), ()) if tag == "en" else WholeScreens(3, (), ("help",))
        )

    def lengths(self, _tag: str, _size: tuple[int, int], _inches: float) -> Sequence[Finding]:
        return [Finding("en", "start", "start.title", Fault.TOO_LONG, "12 px too wide")]

    def update(self, tag: str) -> Sequence[str]:
        self.updated.append(tag)
        return ["citizen"]

    def to_record(self) -> Mapping[str, str]:
        return {"citizen:start.title": "Kính chào ông/bà"}

    def speaks(self, tag: str) -> bool:
        return tag == "en"


def run(tools: Told, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    languages.add(parser.add_subparsers(), lambda: tools)
    args = parser.parse_args(["languages", *arguments])
    code: int = args.run(args)
    return code


@pytest.fixture(autouse=True)
def voices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(languages, "VOICES", tmp_path)
    monkeypatch.setattr(languages, "CONFIG", tmp_path / "config")
    return tmp_path


def test_what_only_falls_back_to_vietnamese_is_told_and_is_no_failure(capsys) -> None:
    told = Told([Finding("tyz", "citizen", "start.title", Fault.MISSING, "Kính chào ông/bà")])
    assert run(told, "check", "--no-lengths") == 0
    said = capsys.readouterr().out
    assert "of 10 texts: 10 good, 0 unreviewed, 0 Vietnamese" in said
    assert "0 unreviewed\n  all well" in said
    assert "missing: 1" in said
    assert "no recording: 1" in said


def test_what_the_centre_wrote_itself_is_told_by_its_place_where_it_has_no_translation(
    tmp_path: Path, capsys
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "services.toml").write_text(
        '[[service]]\nid = "a"\nname = "Hộ tịch"\nname_in.en = "Civil status"\nhint = "Khai sinh"\n'
    )
    assert run(Told(), "check", "en", "--no-lengths") == 0
    told = capsys.readouterr().out
    assert "the centre's own texts, of 2: 1 Vietnamese" in told
    assert "services.toml  service[a].hint  Khai sinh" in told
    assert "of 10 texts: 10 good" in told


def test_a_translation_of_the_centre_that_is_too_long_is_a_failure(tmp_path: Path, capsys) -> None:
    (tmp_path / "config").mkdir()
    long = "Certificates of marital status and of much more"
    (tmp_path / "config" / "services.toml").write_text(
        f'[[service]]\nid = "a"\nname = "Hôn nhân"\nname_in.en = "{long}"\n'
    )
    assert run(Told(), "check", "en", "--no-lengths") == 1
    assert f"47 letters, 35 fit: {long}" in capsys.readouterr().out


def test_the_shipped_centre_is_english_and_fits() -> None:
    shipped = Path(__file__).parents[3] / "config"
    count, faults = configured_texts.check(shipped, "en")
    assert faults == []
    assert count > 100


def test_a_text_that_does_not_fit_is_a_failure(capsys) -> None:
    assert run(Told(), "check", "en") == 1
    assert "start  start.title  12 px too wide" in capsys.readouterr().out


def test_how_far_a_language_is_and_on_which_screens_is_told(capsys) -> None:
    findings = [
        *(Finding("tyz", "citizen", f"ticket.{n}", Fault.MISSING) for n in range(3)),
        Finding("tyz", "failures", "CARDS_TWO.citizen_do", Fault.MISSING),
        Finding("tyz", "citizen", "help.title", Fault.UNREVIEWED),
    ]
    run(Told(findings), "check", "--no-lengths", "tyz")
    said = capsys.readouterr().out
    assert "of 10 texts: 5 good, 1 unreviewed, 4 Vietnamese" in said
    assert "by screen: ticket 3, failures 1" in said
    assert "by screen: help 1" in said
    run(Told(), "check", "en")
    assert "by screen: start 1" in capsys.readouterr().out


def test_which_screens_are_whole_is_told_and_what_of_them_waits_for_a_reader(capsys) -> None:
    run(Told(), "check", "--no-lengths")
    said = capsys.readouterr().out
    assert "en  EN\n  of 10 texts: 10 good, 0 unreviewed, 0 Vietnamese\n" in said
    assert "  whole screens, of 3: 3 good, 0 unreviewed\n" in said
    assert "  whole screens, of 3: 0 good, 1 unreviewed (help)\n" in said


def test_everything_is_told_as_json(capsys) -> None:
    assert run(Told(), "check", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["en"] == [
        {"fault": "too long", "part": "start", "key": "start.title", "detail": "12 px too wide"}
    ]
    assert told["tyz"][-1]["fault"] == "no recording"
    assert told["whole_screens"]["tyz"] == {"of": 3, "good": [], "unreviewed": ["help"]}


def test_a_recording_of_an_older_sentence_or_another_file_is_a_failure(voices: Path, capsys) -> None:
    (voices / "tyz").mkdir()
    (voices / "tyz" / "manifest.toml").write_text(RECORDING, encoding="utf-8")
    assert run(Told(), "check", "--no-lengths", "tyz") == 1
    said = capsys.readouterr().out
    assert "says “Kính chào quý vị”, now “Kính chào ông/bà”" in said
    assert "the file is missing" in said


def test_a_speaker_is_told_what_is_still_to_be_recorded(voices: Path, capsys) -> None:
    assert run(Told(), "to-record", "tyz") == 0
    assert capsys.readouterr().out == "citizen:start.title\tKính chào ông/bà\n"
    (voices / "tyz").mkdir()
    (voices / "tyz" / "manifest.toml").write_text(RECORDING, encoding="utf-8")
    assert run(Told(), "to-record", "tyz") == 0
    assert capsys.readouterr().out == ""


def test_files_are_brought_up_to_date(capsys) -> None:
    told = Told()
    assert run(told, "update") == 0
    assert told.updated == ["en", "tyz"]
    assert "tyz: citizen" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [("check", "xx"), ("check", "en", "--size", "wide")])
def test_what_cannot_be_done_is_said(wrong: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(Told(), *wrong)


def test_the_first_screens_can_be_recorded() -> None:
    wanted = LanguageTools().to_record()
    assert wanted["citizen:start.title"] == "Kính chào ông/bà"
    assert all("{" not in sentence for sentence in wanted.values())
    assert "citizen:frame.backspace" not in wanted
