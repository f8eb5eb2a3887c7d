"""What a commune's IT person types."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.centre.command import main
from tests.centre.support import CONFIG, PASSWORD, sql

FOLDERS = ["--config", str(CONFIG)]


def run(data: Path, *words: str) -> int:
    return main([*words, *FOLDERS, "--data", str(data)])


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))


def test_a_token_is_printed_once_and_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "data", "token", "--role", "kiosk", "--name", "sanh-1") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert len(line) == 43, "256 bits"
    assert " " not in line


@pytest.mark.usefixtures("typed")
def test_an_officer_is_added_and_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    add = ("officer", "add", "lan", "--role", "officer", "--password-stdin")
    assert run(tmp_path, *add) == 0
    assert "may sign in now" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("another-password\n"))
    assert run(tmp_path, *add) == 0
    assert "has a new role and password" in capsys.readouterr().out


def test_a_password_that_is_too_short_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert run(tmp_path, "officer", "add", "lan", "--role", "officer", "--password-stdin") == 2
    assert capsys.readouterr().err.splitlines() == ["a password has 8 to 200 characters"]


def test_the_journal_is_verified(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, "journal", "verify") == 0
    assert capsys.readouterr().out.startswith("The journal is whole: ")
    sql(data, "UPDATE journal SET actor='nobody' WHERE seq=2")
    assert run(data, "journal", "verify") == 1
    assert "entry 2" in capsys.readouterr().err


def test_there_is_nothing_to_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "journal", "verify") == 2
    assert "no centre's database" in capsys.readouterr().err
    assert not list(tmp_path.iterdir()), "looking creates nothing"


def test_a_port_that_is_taken_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(tmp_path, "centre", "--port", str(port)) == 2
    assert f"port {port}" in capsys.readouterr().err
