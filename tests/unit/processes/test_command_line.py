"""The command line as a commune's IT person meets it: help for everything, one clear line for a mistake."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.bootstrap import command_line

ROOT = Path(__file__).parents[3]
COMMANDS = (
    ["run"],
    ["centre"],
    ["kiosk"],
    ["display"],
    ["check"],
    ["device", "list"],
    ["device", "test"],
    ["device", "set"],
    ["pin"],
    ["tour"],
    ["token"],
    ["officer", "add"],
    ["journal", "verify"],
    *(
        ["virtual", action]
        for action in ("insert-card", "remove-card", "printer", "device", "scan", "state", "serve")
    ),
)


def main_py(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", *arguments],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "config", tmp_path / "config"))


def test_the_command_line_tells_how_to_begin() -> None:
    told = main_py("--help").stdout
    assert "run --virtual" in told
    for command in COMMANDS:
        assert command[0] in told


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line([*command, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert len(told) > 150
    for option in ("--config", "--data"):
        assert option in told


def test_check_tells_all_mistakes_of_the_settings_together(config: Path, tmp_path: Path) -> None:
    devices = (config / "devices.toml").read_text().replace("paper_mm = 80", "paper_mm = 81\npapr = 1")
    (config / "devices.toml").write_text(devices)
    (config / "kiosk.toml").write_text("idle_warning_seconds = 5\n")
    done = main_py("check", "--config", str(config), "--data", str(tmp_path))
    assert done.returncode == 2
    assert "paper_mm" in done.stdout
    assert "papr" in done.stdout
    assert "idle_warning_seconds" in done.stdout


def test_run_with_wrong_settings_starts_nothing(config: Path, tmp_path: Path) -> None:
    (config / "kiosk.toml").write_text("idle_warning_secnds = 60\n")
    done = main_py("run", "--virtual", "--config", str(config), "--data", str(tmp_path / "data"))
    assert done.returncode == 2
    assert "did you mean “idle_warning_seconds”" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["virtual", "remove-card"], "no virtual lobby runs"),
        (["device", "set", "printer", "paper_mm=58"], "Nothing was changed"),
        (["device", "set", "printer", "paper_mm"], "KEY=VALUE"),
        (["device", "test", "pinter"], "did you mean “printer”"),
        (["device", "test", "printer", "--can", "804217"], "for card-reader only"),
        (["device", "test", "card-reader", "--can", "80421"], "last six digits"),
        (["kiosk"], "no device token"),
        (["display"], "no device token"),
        (["run", "--port", "99999"], "0 to 65535"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments: list[str], told: str, tmp_path: Path) -> None:
    done = main_py(*arguments, "--data", str(tmp_path))
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_pin_is_set_from_standard_input(tmp_path: Path) -> None:
    assert main_py("pin", "--data", str(tmp_path), "--pin-stdin", stdin="280911\n").returncode == 0
    refused = main_py("pin", "--data", str(tmp_path), "--pin-stdin", stdin="2809\n")
    assert refused.returncode == 2
    assert "nothing was changed" in refused.stderr


def test_the_centre_loads_no_window_and_the_windows_no_database() -> None:
    probe = (
        "import sys; from kiosk.bootstrap import command_line\n"
        "try: command_line(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'kivy', 'sqlalchemy', 'fastapi', 'smartcard', 'escpos', 'playwright'} & set(sys.modules)\n"
        "print('loaded:', sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert "loaded: []" in done.stdout
