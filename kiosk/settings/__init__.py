"""Typed settings of a centre and their loading from a folder of TOML files.

One module for each file of the folder (``services`` also has the counters); ``loading`` reads them all, and
``disagreements`` finds what cannot stand together. Unknown keys are refused with the nearest known name; all
errors of all files are reported together, each with its file and key. See ``docs/settings.md`` for the manual
of every key.
"""

from __future__ import annotations

from kiosk.settings.calendar import CalendarSettings, ExceptionHours, ExceptionSettings
from kiosk.settings.centre import DOSSIER_PAGE, BackupSettings, CentreSettings, NoticeSettings
from kiosk.settings.devices import (
    CardReaderSettings,
    DeviceSettings,
    PrinterSettings,
    ScannerSettings,
    ScreenSettings,
    SpeakerSettings,
)
from kiosk.settings.folder import Settings
from kiosk.settings.kiosk import KioskSettings, KioskVoiceSettings
from kiosk.settings.loading import SettingsError, load
from kiosk.settings.queue import (
    DisciplineSettings,
    NumbersSettings,
    PrioritySettings,
    QueueSettings,
    RulesSettings,
)
from kiosk.settings.services import CounterSettings, OpeningHours, ServiceSettings

__all__ = [
    "DOSSIER_PAGE",
    "BackupSettings",
    "CalendarSettings",
    "CardReaderSettings",
    "CentreSettings",
    "CounterSettings",
    "DeviceSettings",
    "DisciplineSettings",
    "ExceptionHours",
    "ExceptionSettings",
    "KioskSettings",
    "KioskVoiceSettings",
    "NoticeSettings",
    "NumbersSettings",
    "OpeningHours",
    "PrinterSettings",
    "PrioritySettings",
    "QueueSettings",
    "RulesSettings",
    "ScannerSettings",
    "ScreenSettings",
    "ServiceSettings",
    "Settings",
    "SettingsError",
    "SpeakerSettings",
    "load",
]
