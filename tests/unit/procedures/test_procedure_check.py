"""``main.py check`` names every mistake in the files of procedures with its file and line."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kiosk.bootstrap import command_line
from kiosk.processes.procedure_check import ProcedureFindings, check_procedures
from kiosk.processes.procedure_files import IMPORTED, import_table
from kiosk.settings import load
from tests.unit.procedures.asked import CONFIG
from tests.unit.procedures.test_tables import HEADER, row

TODAY = date(2026, 11, 23)
SERVICES: dict[str, list[str]] = {"ho-tich": ["1.001193"], "dat-dai": []}
GOOD = """\
field = "Hộ tịch"
service = "ho-tich"

[[procedure]]
code = "1.001193"
name = "Đăng ký khai sinh"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "procedures"
    made.mkdir()
    return made


def checked(folder: Path, text: str, imported: Path | None = None) -> ProcedureFindings:
    (folder / "ho-tich.toml").write_text(text, encoding="utf-8")
    return check_procedures(folder, imported or folder / "none", SERVICES, TODAY)


def test_the_shipped_procedures_are_good(tmp_path: Path) -> None:
    settings = load(CONFIG.parent)
    services = {one.id: one.procedures for one in settings.services}
    found = check_procedures(CONFIG, tmp_path, services, TODAY)
    assert (found.problems, found.notes) == ([], [])
    assert found.typed_in >= 75


def test_every_broken_entry_is_told_with_its_line_and_the_others_are_counted(folder: Path) -> None:
    broken = '\n[[procedure]]\ncode = "1.00"\nname = "A"\n\n[[procedure]]\ncode = "1.001022"\nfee_kind = 3\n'
    found = checked(folder, GOOD + broken)
    assert found.typed_in == 1
    assert [problem.split(": ")[0] for problem in found.problems] == [
        "ho-tich.toml:8",
        "ho-tich.toml:12",
        "ho-tich.toml:12",
    ]
    assert "a code like 1.001193" in found.problems[0]
    assert "name and field" in " ".join(found.problems[1:])


def test_a_file_that_is_no_toml_is_told_with_the_line(folder: Path) -> None:
    found = checked(folder, GOOD + "\nname ==\n")
    assert len(found.problems) == 1
    assert found.problems[0].startswith("ho-tich.toml: ")
    assert "line 8" in found.problems[0]


def test_a_service_that_is_not_there_is_told_once_for_the_file_or_at_the_entry(folder: Path) -> None:
    of_file = checked(folder, GOOD.replace("ho-tich", "ho-tichh")).problems
    assert of_file == ["ho-tich.toml:2: service “ho-tichh” is not in services.toml; did you mean “ho-tich”?"]
    of_entry = checked(folder, GOOD + 'service = "thue"\n').problems
    assert of_entry == ["ho-tich.toml:4: 1.001193: service “thue” is not in services.toml"]


def test_dates_of_validity_are_told(folder: Path) -> None:
    wrong = checked(folder, GOOD + "valid_from = 2026-02-01\nvalid_to = 2026-01-01\n").problems
    assert wrong == ["ho-tich.toml:4: 1.001193: valid_to is before valid_from"]
    over = checked(folder, GOOD + "valid_to = 2026-11-22\n")
    assert (over.problems, len(over.notes)) == ([], 1)
    assert "2026-11-22" in over.notes[0]
    assert checked(folder, GOOD + "valid_to = 2026-11-23\n").notes == []
    assert "before 2027-01-01" in checked(folder, GOOD + "valid_from = 2027-01-01\n").notes[0]


def test_a_code_that_stands_twice_is_told_with_both_places(folder: Path) -> None:
    again = GOOD.partition("\n\n")[2]
    found = checked(folder, f"{GOOD}\n{again}")
    assert found.problems == ["ho-tich.toml:8: 1.001193 stands at ho-tich.toml:4, too"]


def test_a_procedure_that_only_services_toml_knows_is_told(folder: Path) -> None:
    found = checked(folder, GOOD.replace("1.001193", "1.000894"))
    assert found.notes == ["services.toml: “ho-tich” names procedure 1.001193, which is not there"]


def test_the_imported_file_is_checked_row_by_row(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.tsv"
    table.write_text(
        "\r\n".join((HEADER, row(name="Cấp giấy đi đường"), row("1.001193", "Khai sinh"), "")),
        encoding="utf-8",
    )
    into = tmp_path / "imported"
    now = datetime(2026, 11, 22, tzinfo=UTC)
    import_table(table, CONFIG, into, now=now, all_levels=False, add=False, check=False)
    good = checked(folder, GOOD, into)
    assert (good.problems, good.imported) == ([], 2)
    content = json.loads((into / IMPORTED).read_text(encoding="utf-8"))
    content["procedures"][1]["name"] = ""
    content["procedures"][0]["service"] = "thue"
    text = json.dumps(content, ensure_ascii=False, indent=0)
    (into / IMPORTED).write_text(text, encoding="utf-8")
    found = checked(folder, GOOD, into)
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith('"code"')]
    assert len(found.problems) == 2
    assert found.problems[0].startswith(f"{IMPORTED}:{lines[1]}: ")
    assert found.problems[1].startswith(f"{IMPORTED}:{lines[0]}: ")
    assert "thue" in found.problems[1]
    (into / IMPORTED).write_text(text[:-30], encoding="utf-8")
    assert "import the table again" in checked(folder, GOOD, into).problems[0]


def test_the_command_tells_them_and_is_not_content(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    config = tmp_path / "config"
    shutil.copytree(CONFIG.parent, config)
    file = config / "procedures" / "ho-tich.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('service = "ho-tich"', 'service = "ho-tic"', 1))
    assert command_line(["check", "--config", str(config), "--data", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "procedures: NOT good (1;" in told
    assert "ho-tich.toml:5: service “ho-tic” is not in services.toml; did you mean “ho-tich”?" in told
