"""Values of the maintenance screen: what it is given, what can be pressed, what is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from kiosk.failures import FailureCode

# -- what the process around the screen provides ---------------------------------------------------------


@dataclass(frozen=True)
class PinAnswer:
    """``opened``, or tries left, or until when no PIN is taken; ``known`` False: none was ever set."""

    opened: bool
    tries_left: int = 0
    locked_until: datetime | None = None
    known: bool = True


@dataclass(frozen=True)
class DeviceInfo:
    """One device: ``condition`` as in ``devices.contract``, why it is not well, since when, its settings.

    ``machine``: whose it is; empty where staff here work with one machine's only.
    """

    name: str
    condition: str
    failure: FailureCode | None = None
    warning: FailureCode | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    machine: str = ""

    @property
    def key(self) -> str:
        """What sets it apart from every other device."""
        return f"{self.name}@{self.machine}" if self.machine else self.name


@dataclass(frozen=True)
class Devices:
    """All devices; ``centre_answers`` False: only those of this machine, asked directly."""

    devices: tuple[DeviceInfo, ...]
    centre_answers: bool = True


@dataclass(frozen=True)
class Report:
    """Outcome of a test or of checking settings; ``refused`` says why it could not be carried out at all."""

    passed: bool
    lines: tuple[tuple[str, str], ...] = ()
    failure: FailureCode | None = None
    refused: str = ""


class DeviceActions(Protocol):
    """What can be done with the devices; ``machine`` as in ``DeviceInfo``. Called on a worker, but for
    ``suspended``, which answers at once; nothing raises for expected trouble. ``suspend`` tells whether a
    restart will find the machine so.
    """

    def check_pin(self, pin: str) -> PinAnswer: ...
    def devices(self) -> Devices: ...
    def test(self, name: str, machine: str) -> Report: ...
    def card_lies_there(self) -> bool: ...
    def read_chip(self, can: str) -> Report: ...
    def save(self, name: str, machine: str, changes: Mapping[str, str]) -> Report: ...
    def readers(self) -> Sequence[str]: ...
    def suspended(self) -> bool: ...
    def suspend(self, suspended: bool) -> bool: ...


Background = Callable[[Callable[[], Any], Callable[[Any], None]], None]


# -- events ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Digit:
    """A digit of the PIN pad, or of the card on the reader."""

    digit: str


@dataclass(frozen=True)
class Clear:
    """Take everything typed away."""


@dataclass(frozen=True)
class Erase:
    """Take the last sign away."""


@dataclass(frozen=True)
class OpenPin:
    """The PIN is complete."""


@dataclass(frozen=True)
class OpenDevice:
    """Show one device, by its key."""

    key: str


@dataclass(frozen=True)
class Suspend:
    """Take this machine out of service, or put it back."""

    suspended: bool


@dataclass(frozen=True)
class Test:
    """Test the device that is shown."""

    __test__ = False


@dataclass(frozen=True)
class ReadChip:
    """The six digits of the card are complete: test the reader with them."""


@dataclass(frozen=True)
class SkipDigits:
    """Test the reader without reading the chip."""


@dataclass(frozen=True)
class Edit:
    """Change one setting of the device that is shown."""

    setting: str


@dataclass(frozen=True)
class Type:
    """A sign of the keyboard."""

    sign: str


@dataclass(frozen=True)
class Shift:
    """Capital letters on or off."""


@dataclass(frozen=True)
class Step:
    """A number up or down."""

    by: float


@dataclass(frozen=True)
class Choose:
    """One of the offered values."""

    value: str


@dataclass(frozen=True)
class Save:
    """Have the changed settings checked and kept."""


@dataclass(frozen=True)
class Discard:
    """Forget the changes."""


@dataclass(frozen=True)
class Done:
    """The value is entered."""


@dataclass(frozen=True)
class Back:
    """One screen back."""


@dataclass(frozen=True)
class Leave:
    """Back to the citizens' screen."""


# -- view-models -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Button:
    """Something to press."""

    label: str
    event: object
    enabled: bool = True
    hint: str = ""
    active: bool = False


@dataclass(frozen=True)
class Message:
    """A notice; ``tone`` is info, done, wait or trouble."""

    text: str
    tone: str = "info"


@dataclass(frozen=True)
class PinView:
    """The PIN pad."""

    title: str
    prompt: str
    dots: int
    keys: tuple[tuple[Button, ...], ...]
    open: Button
    leave: Button
    message: Message | None = None


@dataclass(frozen=True)
class DeviceRow:
    """One device in the list: ``tone`` done (well), wait (works, but) or trouble."""

    button: Button
    tone: str
    state: str
    remedy: str = ""


@dataclass(frozen=True)
class ListView:
    """All devices, and the switch that takes this machine out of service; ``machine`` tells when it is."""

    title: str
    summary: Message
    rows: tuple[DeviceRow, ...]
    leave: Button
    switch: Button
    message: Message | None = None
    machine: Message | None = None


@dataclass(frozen=True)
class SettingRow:
    """One setting of a device and its value as shown."""

    label: str
    value: str
    change: Button | None


@dataclass(frozen=True)
class DeviceView:
    """One device."""

    title: str
    tone: str
    state: str
    causes: tuple[str, ...]
    facts: str
    test: Button
    result: Message | None
    lines: tuple[str, ...]
    settings_title: str
    settings: tuple[SettingRow, ...]
    save: Button | None
    discard: Button | None
    back: Button
    leave: Button


@dataclass(frozen=True)
class CanView:
    """The six digits of the card that lies on the reader; ``boxes`` holds a digit or nothing each."""

    title: str
    prompt: str
    note: str
    boxes: tuple[str, ...]
    keys: tuple[tuple[Button, ...], ...]
    read: Button
    skip: Button
    back: Button
    leave: Button


@dataclass(frozen=True)
class EditView:
    """One setting: choices to take, a number to step, or a text to type."""

    title: str
    value: str
    hint: str
    choices: tuple[Button, ...]
    steps: tuple[Button, ...]
    keys: tuple[tuple[Button, ...], ...]
    done: Button | None
    cancel: Button
    leave: Button


View = PinView | ListView | DeviceView | CanView | EditView
