"""What every device answers, whatever its kind: one closed status, asked for at any time, never raising."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, cast

from kiosk.failures import FailureCode

CARD_READER = "card_reader"
"""The one device whose test may come with digits of the card that lies on it."""


class Condition(StrEnum):
    """The five conditions a device can be in."""

    READY = "ready"
    BUSY = "busy"
    NEEDS_ATTENTION = "needs_attention"
    DISCONNECTED = "disconnected"
    DISABLED = "disabled"


@dataclass(frozen=True)
class DeviceStatus:
    """Condition, why (a failure whose words tell staff what to do), and facts worth showing.

    ``facts`` holds short technical readings such as ``{"reader": "ACS ACR39U 00 00"}``; never personal data.
    ``warning`` is trouble that does not stop work yet, such as paper near its end.
    """

    condition: Condition
    failure: FailureCode | None = None
    warning: FailureCode | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TestReport:
    """Outcome of a device's own test: what was really done and seen, as (label key, value) lines.

    Label keys are looked up in the staff catalogue (``device_test.<key>``); values are plain text without
    personal data.
    """

    __test__ = False  # not a pytest class

    passed: bool
    lines: tuple[tuple[str, str], ...] = ()
    failure: FailureCode | None = None


class Device(Protocol):
    """The contract of every driver. Expected trouble is a value; an exception is a bug.

    All methods are called from the one worker thread of the device (see ``devices.supervisor``).
    """

    @property
    def name(self) -> str:
        """Stable name, e.g. ``printer``; the same in settings, command line and pages."""

    def status(self) -> DeviceStatus:
        """Current status, found by asking the hardware; reconnects when needed; never raises."""

    def test(self) -> TestReport:
        """Do something real and measure it: print a slip, read a card, play a tone. Never raises."""

    def close(self) -> None:
        """Let go of the hardware; the object may be asked for its status again and then reconnects."""


class ChipTester(Protocol):
    """A card reader: its test reads the card that lies there when it is given the card's digits."""

    def test(self, can: str | None = None) -> TestReport:
        """Without ``can``, look at reader and card; with it, read the card and tell what was proven."""


def tested(device: Device, can: str | None = None) -> TestReport:
    """Have a device test itself. ``can``: the last six digits of the number printed on the card that lies on
    it; for a card reader only. They are the holder's: nobody keeps them.
    """
    return device.test() if can is None else cast(ChipTester, device).test(can)
