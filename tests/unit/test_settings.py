"""A configuration folder is read whole or refused with every mistake named."""

import re
import shutil
from datetime import time
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


def test_names_may_be_said_in_other_languages(folder: Path):
    assert load(folder).service("ho-tich").name_in == {"en": "Civil status"}
    services = folder / "services.toml"
    services.write_text(services.read_text().replace("name_in.en = ", "name_in.English = ", 1))
    queue = folder / "queue.toml"
    queue.write_text(queue.read_text().replace("name_in.en", "name_im.en", 1))
    told = problems(folder)
    assert len(told) == 2
    assert any(line.startswith("services.toml, [[service]] 1: name_in.English") for line in told)
    assert any("unknown key “priority.0.name_im" in line for line in told)


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


@pytest.mark.parametrize(
    ("letter", "told"),
    [
        ("O", "series O is read as the digit 0"),
        ("F", "series E and F look alike on a slip"),
        ("P", "series B and P sound alike when they are called"),
    ],
)
def test_letters_that_are_mixed_up_are_refused(folder: Path, letter: str, told: str):
    path = folder / "services.toml"
    path.write_text(path.read_text().replace('series = "K"', f'series = "{letter}"'))
    assert problems(folder) == [f"services.toml: {told}"]


def test_one_sequence_for_the_house_is_shared_by_all(folder: Path):
    queue, services = folder / "queue.toml", folder / "services.toml"
    queue.write_text(queue.read_text() + "\n[numbers]\nhouse = true\n")
    told = "services.toml: with one sequence for the house all share series, first and last"
    assert problems(folder) == [told]
    services.write_text(re.sub(r'series = "[A-Z]"', 'series = "A"', services.read_text()))
    assert load(folder).queue.numbers.house
    services.write_text(services.read_text().replace('series = "A"', 'series = "A"\nlast = 500', 1))
    assert problems(folder) == [told]


def test_hours_that_end_before_they_begin_are_refused(folder: Path):
    services, calendar = folder / "services.toml", folder / "calendar.toml"
    hours = 'hours = [{ days = ["mon"], from = "13:30", until = "11:30" }]'
    services.write_text(services.read_text().replace('series = "K"', f'series = "K"\n{hours}'))
    calendar.write_text(
        '[[exception]]\ndate = 2026-12-24\nhours = [{ from = "09:00", until = "09:00" }]\n'
        "[[exception]]\ndate = 2026-12-24\n"
    )
    assert problems(folder) == [
        "services.toml: “nhan-ket-qua” closes at 11:30 and opens at 13:30",
        "calendar.toml: 2026-12-24 stands twice",
        "calendar.toml: 2026-12-24 ends at 09:00 and begins at 09:00",
    ]


def test_open_until_midnight_is_no_mistake(folder: Path):
    services = folder / "services.toml"
    hours = 'hours = [{ days = ["mon"], from = "13:30", until = "00:00" }]'
    services.write_text(services.read_text().replace('series = "K"', f'series = "K"\n{hours}'))
    assert load(folder).service("nhan-ket-qua").hours[0].until == time(0)


def test_a_class_of_priority_stands_once(folder: Path):
    queue = folder / "queue.toml"
    queue.write_text(queue.read_text().replace('"khuyet-tat"', '"cao-tuoi"'))
    assert problems(folder) == ["queue.toml: “cao-tuoi” stands twice"]


def test_the_page_for_looking_up_a_dossier_is_the_portals_unless_said_otherwise(folder: Path):
    path = folder / "centre.toml"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("dossier_page")))
    assert load(folder).centre.dossier_page == load(SHIPPED).centre.dossier_page
    path.write_text("dossier_page = 'https://dichvucong.tuyenquang.gov.vn/tra-cuu'\n" + path.read_text())
    assert load(folder).centre.dossier_page == "https://dichvucong.tuyenquang.gov.vn/tra-cuu"


@pytest.mark.parametrize(
    "page", ["", "dichvucong.gov.vn", "ftp://dichvucong.gov.vn/", "https://", "https://a b/", "https://[a/"]
)
def test_a_page_that_no_phone_can_open_is_refused(folder: Path, page: str):
    path = folder / "centre.toml"
    path.write_text(re.sub("dossier_page = .*", f'dossier_page = "{page}"', path.read_text()))
    told = problems(folder)
    assert len(told) == 1
    assert told[0].startswith(f"centre.toml: dossier_page “{page}” is no address like https://")
