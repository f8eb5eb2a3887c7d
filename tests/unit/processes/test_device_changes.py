"""Settings typed by hand: right types, the nearest name for a wrong one, nothing half done."""

from __future__ import annotations

import pytest

from kiosk.failures import FailureCode
from kiosk.processes.device_desk import DeskError, DeviceDesk, device_name, typed_changes
from kiosk.settings import DeviceSettings

SHIPPED = DeviceSettings()


def now(name: str) -> dict[str, object]:
    current: dict[str, object] = getattr(SHIPPED, name).model_dump()
    return current


def test_both_spellings_of_a_device_are_known() -> None:
    assert device_name("card-reader") == device_name("card_reader") == "card_reader"


def test_a_misspelt_device_is_told_the_nearest() -> None:
    with pytest.raises(DeskError, match="did you mean “printer”"):
        device_name("pritner")


def test_texts_become_what_the_settings_want() -> None:
    changes = {"paper_mm": "58", "cut": "false", "address": " 10.0.0.7:9100 "}
    assert typed_changes("printer", now("printer"), changes) == {
        "paper_mm": 58,
        "cut": False,
        "address": "10.0.0.7:9100",
    }


def test_only_what_was_changed_is_sent() -> None:
    assert typed_changes("speaker", now("speaker"), {"volume": "55"}) == {"volume": 55}


@pytest.mark.parametrize(
    ("device", "changes", "told"),
    [
        ("printer", {"adress": "x"}, "did you mean “address”"),
        ("printer", {"paper_mm": "70"}, "paper_mm"),
        ("printer", {"connection": "wifi"}, "connection"),
        ("speaker", {"volume": "120"}, "volume"),
        ("speaker", {"volume": "loud"}, "not “loud”"),
        ("kiosk_screen", {"width": "12"}, "width"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(device: str, changes: dict[str, str], told: str) -> None:
    with pytest.raises(DeskError, match=told) as caught:
        typed_changes(device, now(device), changes)
    assert caught.value.failure is FailureCode.DEVICE_SETTING_INVALID


def test_all_mistakes_are_told_together() -> None:
    with pytest.raises(DeskError, match=r"adress.*paper_mm|paper_mm.*adress"):
        typed_changes("printer", now("printer"), {"adress": "x", "paper_mm": "70"})


def test_without_a_centre_settings_cannot_be_kept() -> None:
    with pytest.raises(DeskError, match="centre"):
        DeviceDesk(None, {}, SHIPPED).set("printer", {"paper_mm": 58})
