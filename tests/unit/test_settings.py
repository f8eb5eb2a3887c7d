"""A configuration folder is read whole or refused with every mistake named."""

import shutil
from pathlib import Path

import pytest

from kiosk.settings import SettingsError, load

SHIPPED = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in SHIPPED.glob("*.toml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def problems(folder: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(folder)
    return caught.value.problems


def test_the_shipped_centre_is_good():
    settings = load(SHIPPED)
    assert settings.service("xac-nhan-hon-nhan").form == "1.004873"
    assert settings.counter("quay-9").number == 9


def test_an_unknown_key_is_refused_with_the_nearest_known_one(folder: Path):
    path = folder / "devices.toml"
    path.write_text(path.read_text().replace("paper_mm", "paper_width_mm"))
    assert problems(folder) == [
        "devices.toml: unknown key “printer.paper_width_mm”; did you mean “paper_mm”?"
    ]


def test_all_mistakes_of_all_files_are_told_together(folder: Path):
    centre = folder / "centre.toml"
    centre.write_text(centre.read_text().replace("8080", "808000").replace("hotline", "hotlin"))
    devices = folder / "devices.toml"
    devices.write_text(devices.read_text().replace("volume = 80", "volume = 180"))
    told = "\n".join(problems(folder))
    assert "centre.toml: port" in told
    assert "did you mean “hotline”?" in told
    assert "devices.toml: speaker.volume" in told


def test_a_counter_cannot_serve_what_is_not_there(folder: Path):
    path = folder / "counters.toml"
    path.write_text(path.read_text().replace('"chung-thuc"', '"chung-thucc"'))
    told = problems(folder)
    assert "counters.toml: counter “quay-2” serves unknown “chung-thucc”; did you mean “chung-thuc”?" in told
    assert "counters.toml: no counter serves “chung-thuc”" in told


def test_two_services_cannot_give_out_the_same_number(folder: Path):
    path = folder / "services.toml"
    path.write_text(path.read_text().replace('series = "B"', 'series = "A"'))
    assert any("share numbers of series A" in line for line in problems(folder))


def test_a_missing_or_broken_file_is_named(folder: Path):
    (folder / "kiosk.toml").unlink()
    (folder / "counters.toml").write_text("[[counter]\n")
    told = problems(folder)
    assert any(line.startswith("kiosk.toml: the file is missing") for line in told)
    assert any(line.startswith("counters.toml: not a TOML file") for line in told)
