"""What the maintenance screen knows between two presses: PIN, devices, the open one, what was changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.device_fields import DeviceField, device_fields
from screens.maintenance.model import DeviceInfo, Devices, Message


@dataclass
class MaintenanceState:
    """Made anew at each entering and leaving, so that nothing typed outlives a visit of the screen.

    ``device``, by its key, and ``setting`` are empty where none is open. ``busy`` names the work under way on
    the device: ``test`` or ``save``. ``staged``: changed settings that are not saved yet, as typed.
    ``not_kept``: the switch out of service holds only until the next start.
    """

    open: bool = False
    pin: str = field(default="", repr=False)
    pin_message: Message | None = None
    pin_busy: bool = False
    devices: Devices | None = None
    device: str = ""
    result: Message | None = None
    lines: tuple[str, ...] = ()
    busy: str = ""
    asks_can: bool = False
    can: str = field(default="", repr=False)
    staged: dict[str, str] = field(default_factory=dict)
    setting: str = ""
    typed: str = ""
    capitals: bool = False
    readers: tuple[str, ...] = ()
    switching: bool = False
    not_kept: bool = False

    @property
    def info(self) -> DeviceInfo | None:
        """The open device as it was last told."""
        known = self.devices.devices if self.devices is not None else ()
        return next((info for info in known if info.key == self.device), None)

    @property
    def place(self) -> tuple[str, str]:
        """Name and machine of the open device."""
        name, _, machine = self.device.partition("@")
        return name, machine

    @property
    def described(self) -> DeviceField:
        """The open setting: its kind, choices and limits."""
        return next(one for one in device_fields(self.place[0]) if one.name == self.setting)

    def value(self, setting: str) -> str:
        """A setting of the open device as it would be saved now."""
        if setting in self.staged:
            return self.staged[setting]
        info = self.info
        value = info.settings.get(setting, "") if info is not None else ""
        return str(value).lower() if isinstance(value, bool) else str(value)

    # what is typed

    def clear(self) -> None:
        """Take everything typed away."""
        self.pin = self.typed = self.can = ""

    def erase(self) -> None:
        """Take the last typed sign away."""
        self.pin, self.typed, self.can = self.pin[:-1], self.typed[:-1], self.can[:-1]

    def step(self, by: float) -> None:
        """A little more or less, within the limits of the open setting; nothing where no number is typed."""
        described = self.described
        try:
            value = float(self.typed) + by
        except ValueError:
            return
        value = max(value, described.least) if described.least is not None else value
        value = min(value, described.most) if described.most is not None else value
        self.typed = f"{value:g}"

    # one setting

    def edit(self, setting: str) -> None:
        """Open a setting with the value it has."""
        self.setting = setting
        self.typed = self.value(setting)
        self.capitals = False

    def stage(self) -> None:
        """Close the open setting and keep what was entered until it is saved; its own value is no change."""
        setting, info = self.setting, self.info
        self.setting = ""
        self.staged.pop(setting, None)
        if self.typed != self.value(setting) and info is not None:
            self.staged[setting] = self.typed
        self.result, self.lines = None, ()

    def close(self) -> None:
        """Back: out of the open setting without its change, or else out of the device."""
        if self.setting:
            self.setting = ""
        else:
            self.device = ""
