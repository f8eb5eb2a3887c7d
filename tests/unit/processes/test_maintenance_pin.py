"""The maintenance PIN: hashed, private, locked after five wrong tries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.failures import FailureCode
from kiosk.processes.maintenance_pin import LOCKED_FOR, TRIES, MaintenancePin, PinError


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pin(tmp_path: Path, clock: Clock) -> MaintenancePin:
    pin = MaintenancePin(tmp_path, clock)
    pin.set("280911")
    return pin


def test_the_right_pin_opens(pin: MaintenancePin) -> None:
    assert pin.check("280911").failure is None


def test_the_file_holds_no_pin_and_is_private(pin: MaintenancePin, tmp_path: Path) -> None:
    file = tmp_path / "maintenance.pin"
    assert "280911" not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


def test_five_wrong_tries_lock_even_the_right_pin_out(pin: MaintenancePin, clock: Clock) -> None:
    for left in range(TRIES - 1, 0, -1):
        verdict = pin.check("000000")
        assert (verdict.failure, verdict.tries_left) == (FailureCode.PIN_WRONG, left)
    assert pin.check("000000").failure is FailureCode.PIN_LOCKED
    assert pin.check("280911").failure is FailureCode.PIN_LOCKED
    clock.now += LOCKED_FOR + timedelta(seconds=1)
    assert pin.check("280911").failure is None


def test_the_lock_outlives_a_restart(pin: MaintenancePin, tmp_path: Path, clock: Clock) -> None:
    for _ in range(TRIES):
        pin.check("000000")
    assert MaintenancePin(tmp_path, clock).check("280911").failure is FailureCode.PIN_LOCKED


def test_a_clock_set_back_does_not_lock_for_ever(pin: MaintenancePin, clock: Clock) -> None:
    for _ in range(TRIES):
        pin.check("000000")
    clock.now -= timedelta(days=400)
    verdict = pin.check("280911")
    assert verdict.until is not None
    assert verdict.until <= clock.now + LOCKED_FOR


def test_a_right_pin_gives_all_tries_back(pin: MaintenancePin) -> None:
    pin.check("000000")
    pin.check("280911")
    assert pin.check("000000").tries_left == TRIES - 1


@pytest.mark.parametrize("bad", ["", "12345", "1234567890123", "12345a", "１２３４５６"])
def test_what_is_no_pin_is_refused_and_changes_nothing(pin: MaintenancePin, bad: str) -> None:
    with pytest.raises(PinError):
        pin.set(bad)
    assert pin.check("280911").failure is None


def test_without_a_pin_nothing_opens(tmp_path: Path) -> None:
    assert MaintenancePin(tmp_path).check("123456").failure is FailureCode.PIN_WRONG
