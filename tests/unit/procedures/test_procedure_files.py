"""Importing into a data folder, searching from the command line, and the library of the kiosk process."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kiosk.bootstrap import command_line
from kiosk.procedures.merging import merged
from kiosk.procedures.procedure import Aspect, Channel, FeeKind, Method, Procedure
from kiosk.procedures.shipped import ProcedureFileError
from kiosk.procedures.tables import TableError
from kiosk.processes import procedure_files
from kiosk.processes.procedure_files import IMPORTED, import_table, load_imported, load_library
from kiosk.processes.procedure_search import ProcedureSearch
from tests.unit.procedures.asked import CONFIG
from tests.unit.procedures.test_tables import HEADER, row

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "table.tsv"
    rows = (
        row(name="Cấp giấy đi đường"),
        row("1.001193", "Thủ tục đăng ký khai sinh", raw="Trực tiếp1Miễn phí"),
    )
    file.write_text("\r\n".join((HEADER, *rows, "")), encoding="utf-8")
    return file


def imported(file: Path, into: Path, **wanted: bool) -> int:
    choices = {"all_levels": False, "add": False, "check": False} | wanted
    return import_table(file, CONFIG, into, now=NOW, **choices).kept


def run(*arguments: object) -> int:
    return command_line(["procedures", *map(str, arguments)])


def test_an_imported_table_is_found_beside_the_typed_in_procedures(table, tmp_path):
    assert imported(table, tmp_path / "to") == 2
    library = load_library(CONFIG, tmp_path / "to")
    assert library.search("giấy đi đường")[0].code == "1.000001"
    assert library.search("làm giấy khai sinh")[0].code == "1.001193"
    assert json.loads((tmp_path / "to" / IMPORTED).read_text())["source"]["name"] == "table.tsv"
    assert [file.name for file in (tmp_path / "to").iterdir()] == [IMPORTED]


def test_a_table_that_cannot_be_used_leaves_everything_as_it_was(table, tmp_path):
    imported(table, tmp_path / "to")
    before = (tmp_path / "to" / IMPORTED).read_bytes()
    bad = tmp_path / "bad.tsv"
    bad.write_bytes(b"\xff\xff")
    with pytest.raises(TableError):
        imported(bad, tmp_path / "to")
    assert (tmp_path / "to" / IMPORTED).read_bytes() == before


@pytest.mark.parametrize("moment", ["dump", "fsync", "replace"])
def test_an_import_that_is_killed_leaves_everything_as_it_was_and_the_next_one_clears_up(
    moment, table, tmp_path
):
    imported(table, tmp_path / "to")
    before = (tmp_path / "to" / IMPORTED).read_bytes()
    other = tmp_path / "other.csv"
    other.write_text("code,name,field\n1.000009,Cấp sổ hồng trà,Khác\n", encoding="utf-8")
    place = {"dump": "json.dump", "fsync": "os.fsync", "replace": "Path.replace"}[moment]
    killed = (
        "import os, signal, sys\n"
        "from kiosk.bootstrap import command_line\n"
        "from kiosk.processes import procedure_files\n"
        f"procedure_files.{place} = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\n"
        "command_line(sys.argv[1:])\n"
    )
    arguments = ["procedures", "import", other, "--config", CONFIG.parent, "--into", tmp_path / "to"]
    done = subprocess.run([sys.executable, "-c", killed, *arguments], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "to" / IMPORTED).read_bytes() == before
    assert imported(other, tmp_path / "to") == 1
    assert [one.code for one in load_imported(tmp_path / "to")] == ["1.000009"]
    assert [file.name for file in (tmp_path / "to").iterdir()] == [IMPORTED]


def test_a_disk_that_fails_while_writing_leaves_everything_as_it_was(table, tmp_path, monkeypatch):
    imported(table, tmp_path / "to")
    before = (tmp_path / "to" / IMPORTED).read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(procedure_files.os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        imported(table, tmp_path / "to")
    assert (tmp_path / "to" / IMPORTED).read_bytes() == before
    assert [file.name for file in (tmp_path / "to").iterdir()] == [IMPORTED]


def test_checking_writes_nothing_and_adding_keeps_what_was_there(table, tmp_path):
    imported(table, tmp_path / "to", check=True)
    assert not (tmp_path / "to").exists()
    imported(table, tmp_path / "to")
    other = tmp_path / "other.csv"
    other.write_text("code,name,field\n1.000009,Cấp sổ hồng trà,Khác\n1.000001,Cấp giấy đi đường mới,Khác\n")
    assert imported(other, tmp_path / "to", add=True) == 3
    assert {one.code: one.name for one in load_imported(tmp_path / "to")}[
        "1.000001"
    ] == "Cấp giấy đi đường mới"
    assert imported(other, tmp_path / "to") == 2
    other.write_text("code,name,field\n1.000001.H38,Cấp giấy đi đường của tỉnh,Khác\n")
    assert imported(other, tmp_path / "to", add=True) == 2


@pytest.mark.parametrize(
    "content", ["", "{}", '{"format": 9}', "[]", '{"format": 1, "procedures": [{"code": "x"}]}', "\x00"]
)
def test_an_imported_file_that_was_damaged_is_named(content, tmp_path):
    (tmp_path / IMPORTED).write_text(content)
    with pytest.raises(ProcedureFileError, match=r"imported\.json"):
        load_imported(tmp_path)


OWN = Procedure(
    "1.001193",
    "Đăng ký khai sinh",
    "Hộ tịch",
    time_text="Ngay trong ngày",
    fee_text="Theo mức của tỉnh",
    fee_kind=FeeKind.PROVINCIAL,
    everyday=("giấy khai sinh",),
    service="ho-tich",
    checked=frozenset({Aspect.FEE}),
)
OTHER = Procedure(
    "1.001193.H38",
    "Đăng ký khai sinh (bản của tỉnh)",
    "Tư pháp",
    methods=(Method(Channel.DIRECT, "2 ngày", "Miễn phí", FeeKind.FREE),),
    time_text="2 ngày",
    fee_text="Miễn phí",
    fee_kind=FeeKind.FREE,
    url="https://dichvucong.gov.vn/x",
)


def test_what_was_checked_stays_and_the_rest_is_taken_from_the_table():
    (one,) = merged([OWN], [OTHER])
    assert (one.code, one.field, one.everyday, one.service) == (
        "1.001193",
        "Hộ tịch",
        ("giấy khai sinh",),
        "ho-tich",
    )
    assert (one.fee_text, one.fee_kind) == ("Theo mức của tỉnh", FeeKind.PROVINCIAL)
    assert (one.name, one.time_text, one.url) == (OTHER.name, "2 ngày", OTHER.url)
    assert one.methods[0].fee == ""
    assert one.methods[0].fee_kind is FeeKind.PROVINCIAL


def test_what_the_table_does_not_know_takes_nothing_away():
    bare = Procedure("1.001193", "Đăng ký khai sinh", "Hộ tịch")
    (one,) = merged([OWN], [bare])
    assert one == OWN


def test_the_command_tells_each_line_and_the_sums(table, tmp_path, capsys):
    assert run("import", table, "--data", tmp_path, "--config", CONFIG.parent) == 0
    out = capsys.readouterr().out
    assert "line 3 1.001193: changed: name" in out
    assert "line 3 1.001193: doubted: direct: time “1” has no unit" in out
    assert "2 lines: 2 procedures taken" in out


def test_the_command_ends_with_1_when_lines_cannot_be_read_and_2_when_the_file_cannot(
    table, tmp_path, capsys
):
    with table.open("a", encoding="utf-8") as more:
        more.write("x\ty\r\n")
    assert run("import", table, "--into", tmp_path / "to", "--config", CONFIG.parent, "--json") == 1
    assert json.loads(capsys.readouterr().out)["counts"]["unreadable"] == 1
    assert run("import", tmp_path / "absent.tsv", "--into", tmp_path / "to", "--config", CONFIG.parent) == 2
    assert run("import", tmp_path, "--into", tmp_path / "to", "--config", CONFIG.parent) == 2
    assert "nothing was changed" in capsys.readouterr().err


def test_searching_answers_json_best_first(table, tmp_path, capsys):
    places = ("--data", tmp_path, "--config", CONFIG.parent)
    assert run("search", "làm giấy khai sinh cho cháu", "--json", "--limit", 3, *places) == 0
    hits = json.loads(capsys.readouterr().out)
    assert hits[0].keys() == {"code", "name", "score"}
    assert hits[0]["code"] == "1.001193"
    assert len(hits) <= 3
    assert run("search", "Tôi muốn ly hôn", "--json", *places) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert run("search", "Tôi muốn ly hôn", *places) == 0
    assert "Tòa án" in capsys.readouterr().out


def test_showing_and_listing(tmp_path, capsys):
    places = ("--data", tmp_path, "--config", CONFIG.parent)
    assert run("show", "2.000815.H38", *places) == 0
    assert "2.000 đồng/trang" in capsys.readouterr().out
    assert run("show", "9.999999", *places) == 2
    assert run("list", "--field", "Chứng thực", "--json", *places) == 0
    assert {one["field"] for one in json.loads(capsys.readouterr().out)} == {"Chứng thực"}
    assert run("list", "--field", "Thiên văn", *places) == 2
    assert run("list", "--fields", *places) == 0


def test_the_kiosk_searches_from_any_thread_while_the_library_is_still_read(tmp_path):
    search = ProcedureSearch(CONFIG.parent, tmp_path)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(search.search("khai sinh")[0].code)) for _ in range(6)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == ["1.001193"] * 6
    assert search.ready
    assert search.get("1.001193") is not None
    assert "Hộ tịch" in search.fields()
    assert search.of_field("Hộ tịch")
    assert "Tòa án" in (search.elsewhere("ly hôn") or "")


def test_the_kiosk_goes_on_without_an_imported_file_that_is_damaged_and_without_any(tmp_path, caplog):
    (tmp_path / "procedures").mkdir()
    (tmp_path / "procedures" / IMPORTED).write_text("{")
    assert ProcedureSearch(CONFIG.parent, tmp_path).search("khai sinh")
    assert "imported.json" in caplog.text
    broken = tmp_path / "config"
    shutil.copytree(CONFIG, broken / "procedures")
    (broken / "procedures" / "ho-tich.toml").write_text("[[procedure]]\ncode = 1\n")
    search = ProcedureSearch(broken, tmp_path / "none")
    assert search.search("khai sinh") == ()
    assert search.get("1.001193") is None


def test_the_kiosk_leaves_out_what_is_not_in_force_today(tmp_path):
    file = tmp_path / "own.csv"
    file.write_text(
        "code,name,field,valid_to\n1.000009,Cấp giấy thông hành cũ,Khác,2026-12-31\n", encoding="utf-8"
    )
    import_table(file, CONFIG, tmp_path / "procedures", now=NOW, all_levels=False, add=False, check=False)
    text = "giấy thông hành cũ"
    assert ProcedureSearch(CONFIG.parent, tmp_path, lambda: date(2026, 12, 31)).search(text)
    assert not ProcedureSearch(CONFIG.parent, tmp_path, lambda: date(2027, 1, 1)).search(text)
