"""``main.py dossiers``: an export goes into the data folder whole or not at all, and is told line by line."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import pytest

from kiosk.bootstrap import command_line
from kiosk.centre.dossiers import file_of, load
from tests.unit.dossiers.test_export import CODE, HEADER, OTHER, PERSON, line

CONFIG = Path(__file__).parents[3] / "config"
WRITTEN = datetime.fromisoformat("2026-11-23T07:15:00+07:00")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return written(tmp_path, line(), line("x"), line(OTHER, due="?"))


def written(folder: Path, *lines: str) -> Path:
    file = folder / "ho-so.csv"
    file.write_text("\n".join((HEADER, *lines, "")), encoding="utf-8-sig")
    os.utime(file, (WRITTEN.timestamp(), WRITTEN.timestamp()))
    return file


def run(action: str, what: object, data: Path, *more: str) -> int:
    return command_line(["dossiers", action, str(what), "--data", str(data), "--config", str(CONFIG), *more])


def test_an_export_is_taken_over_and_told(export, tmp_path, capsys):
    assert run("import", export, tmp_path / "data") == 1, "one line could not be read"
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("line 3: unreadable")
    assert told[1].startswith("line 4: doubted")
    assert told[2] == "3 lines: 2 dossiers taken (1 doubted, 0 dropped, 1 unreadable)"
    known = load(file_of(tmp_path / "data"))
    assert set(known) == {CODE, OTHER}
    assert known[CODE].as_of == WRITTEN, "as old as the file itself"
    assert PERSON not in file_of(tmp_path / "data").read_text() + str(told)
    assert file_of(tmp_path / "data").stat().st_mode & 0o077 == 0
    assert [file.name for file in file_of(tmp_path / "data").parent.iterdir()] == ["statuses.json"]


def test_source_and_moment_may_be_said(export, tmp_path, capsys):
    for as_of in ("2026-11-22 17:05", "17:05 22/11/2026", "2026-11-22T10:05Z"):
        run("import", export, tmp_path, "--source", " Sở  Tư pháp", "--as-of", as_of)
        status = load(file_of(tmp_path))[CODE]
        assert (status.source, f"{status.as_of:%H:%M %d/%m}") == ("Sở Tư pháp", "17:05 22/11")
    for as_of in ("2099-01-01", "gestern", "25:00 22/11/2026"):
        assert run("import", export, tmp_path, "--as-of", as_of) == 2
    assert load(file_of(tmp_path))[CODE] == status


def test_check_writes_nothing_and_json_tells_the_same(export, tmp_path, capsys):
    assert run("import", export, tmp_path / "data", "--check", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["lines"], told["taken"], told["written"], told["states"]) == (3, 2, False, {"processing": 2})
    assert [remark["line"] for remark in told["remarks"]] == [3, 4]
    run("import", export, tmp_path / "data", "--check", "--quiet")
    assert "line 4" not in capsys.readouterr().out
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("lines", [(), (line("x"),)])
def test_a_bad_or_empty_file_leaves_what_was_known(export, tmp_path, capsys, lines):
    run("import", export, tmp_path)
    before = file_of(tmp_path).read_bytes()
    assert run("import", written(tmp_path, *lines), tmp_path) == 2
    assert run("import", tmp_path / "nowhere.csv", tmp_path) == 2
    assert "nothing was changed" in capsys.readouterr().err
    assert file_of(tmp_path).read_bytes() == before


def test_what_is_known_of_one_is_shown(export, tmp_path, capsys):
    assert run("show", CODE, tmp_path) == 2
    run("import", export, tmp_path, "--quiet")
    capsys.readouterr()
    assert run("show", f" {CODE.lower()}", tmp_path) == 0
    assert json.loads(capsys.readouterr().out)["due"] == "2026-11-25"
    assert run("show", "x", tmp_path) == 2
    file_of(tmp_path).write_text('{"format": 2}')
    assert run("show", CODE, tmp_path) == 2
