"""``devices.toml``: card reader, printer, scanner, speaker and the two screens."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kiosk.settings.section import Section


class CardReaderSettings(Section):
    """``card_reader`` device. ``bac_after_failed_pace``: a card that offers PACE and fails it is read by the
    weaker BAC, and the result says so.
    """

    enabled: bool = True
    reader: str = "*"
    bac_after_failed_pace: bool = False


class PrinterSettings(Section):
    """``printer`` device. ``address``: host:port, vendor:product or a path, by ``connection``."""

    enabled: bool = True
    connection: Literal["network", "usb", "serial", "file"] = "network"
    address: str = "127.0.0.1:9100"
    paper_mm: Literal[58, 80] = 80
    cut: bool = True


class ScannerSettings(Section):
    """``scanner`` device. ``serial``: a tty path; ``keyboard``: an input device path."""

    enabled: bool = True
    connection: Literal["serial", "keyboard"] = "serial"
    address: str = ""


class SpeakerSettings(Section):
    """``speaker`` device. ``output``: an ALSA device, or ``record:FOLDER``: a folder that keeps it."""

    enabled: bool = True
    output: str = "default"
    volume: Annotated[int, Field(ge=0, le=100)] = 80
    voice: str = "vi"
    words_per_minute: Annotated[int, Field(ge=80, le=250)] = 150


class ScreenSettings(Section):
    """A window: its place on the desktop in pixels and its physical height, from which millimetres follow.

    ``bottom_mm``: the panel's lower edge above the floor; it tells what a wheelchair user can reach.
    """

    enabled: bool = True
    left: int = 0
    top: int = 0
    width: Annotated[int, Field(ge=320)] = 1080
    height: Annotated[int, Field(ge=320)] = 1920
    diagonal_inches: Annotated[float, Field(ge=7, le=120)] = 21.5
    bottom_mm: Annotated[float, Field(ge=0, le=4000)] = 750


class DeviceSettings(Section):
    """``devices.toml``: the shipped defaults; what maintenance staff change is kept by the centre."""

    card_reader: CardReaderSettings = CardReaderSettings()
    printer: PrinterSettings = PrinterSettings()
    scanner: ScannerSettings = ScannerSettings()
    speaker: SpeakerSettings = SpeakerSettings()
    kiosk_screen: ScreenSettings = ScreenSettings()
    ceiling_screen: ScreenSettings = ScreenSettings(left=1080, width=1920, height=1080, diagonal_inches=43)
