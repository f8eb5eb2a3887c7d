"""``main.py device``: look at the devices, test them, change their settings."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from devices.contract import CARD_READER, Condition, Device, DeviceStatus, TestReport
from kiosk.client import CentreClient, CentreError
from kiosk.failures import words
from kiosk.identity.number import is_card_access_number
from kiosk.processes.commands.options import CommandError, add_folders, running_centre
from kiosk.processes.device_desk import (
    DeskDevice,
    DeskError,
    DeviceDesk,
    device_name,
    of_several,
    typed_changes,
)
from kiosk.settings import DeviceSettings, Settings, load

ASKED = ""
"""Value of ``--can`` when no digits stand behind it."""
_LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def add(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "device",
        help="list the devices, test one, or change its settings",
        description="Works through the running centre. "
        "When it does not run, `list` and `test` ask the devices directly.",
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = actions.add_parser(name, help=text, description=text)
        add_folders(sub)
        sub.add_argument("--centre", metavar="URL", help="address of the centre (default: this machine)")
        sub.set_defaults(run=run)
        return sub

    action("list", "show each device: its state, since when, what to do, its settings", _list)
    test = action("test", "really test a device: print a slip, read a card, play a tone", _test)
    test.add_argument("name", metavar="NAME", help="for example printer or card-reader")
    test.add_argument(
        "--can",
        nargs="?",
        const=ASKED,
        metavar="DIGITS",
        help="card-reader only: read the card on it, with the last six digits of the number printed on it. "
        "Without DIGITS they are asked for, so that they do not stay in the shell's history",
    )
    _add_machine(test)
    change = action("set", "change settings of a device; kept only after a check with the device", _set)
    change.add_argument("name", metavar="NAME", help="for example printer or card-reader")
    change.add_argument("changes", metavar="KEY=VALUE", nargs="+", help="for example address=10.0.0.7:9100")
    _add_machine(change)


def _add_machine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--machine",
        metavar="MACHINE",
        help="whose device, by the name of its token, for example kiosk-2; needed where several have one",
    )


def hardware(settings: DeviceSettings, data: Path) -> dict[str, Callable[[], Device]]:
    """The devices that can be opened without a window, for use when no other process has them open."""
    # Hardware libraries are loaded only when a device is opened.
    from devices.chip_card import ChipCardReader, TrustStore
    from devices.code_scanner import CodeScanner
    from devices.speaker import Speaker
    from devices.ticket_printer import TicketPrinter

    return {
        "card_reader": lambda: ChipCardReader(settings.card_reader, trust=TrustStore(data / "trust")),
        "printer": lambda: TicketPrinter(settings.printer),
        "scanner": lambda: CodeScanner(settings.scanner),
        "speaker": lambda: Speaker(settings.speaker),
    }


def desk_of(settings: Settings, data: Path, centre: str | None) -> DeviceDesk:
    """A desk on the centre's API with the maintenance token of ``data``, and on the devices themselves."""
    url = centre or running_centre(data) or f"http://127.0.0.1:{settings.centre.port}"
    try:
        client = CentreClient(url, (data / "tokens" / "maintenance.token").read_text().strip())
    except OSError:
        client = None
    return DeviceDesk(client, hardware(settings.devices, data), settings.devices)


def describe_status(status: DeviceStatus) -> list[str]:
    """Why a device is not well, what to do, and what no longer works: in Vietnamese, as staff read it."""
    lines = []
    for code, mark in ((status.failure, "!"), (status.warning, "~")):
        if code is not None:
            told = words()[code]
            lines.append(f"{mark} {code}: {told.staff_cause}")
            lines.append(f"  → {told.staff_remedy}")
            if told.consequence:
                lines.append(f"  {told.consequence}")
    return lines


def described_name(device: DeskDevice, several: Container[str]) -> str:
    """A device's name, with its machine if it is one of ``several``."""
    return f"{device.name} ({device.machine})" if device.name in several else device.name


def _desk(args: argparse.Namespace) -> DeviceDesk:
    return desk_of(load(args.config), args.data, args.centre)


def _list(args: argparse.Namespace) -> int:
    try:
        devices, unreachable = _desk(args).devices()
    except CentreError as error:
        raise CommandError(f"the centre refuses to tell: {error}") from error
    if unreachable is not None:
        print("The centre does not answer; these devices were asked directly.")
    several = of_several(devices)
    for device in devices:
        _print_device(device, described_name(device, several))
    return 0 if all(device.status.failure is None for device in devices) else 1


def _print_device(device: DeskDevice, name: str) -> None:
    since = ""
    if device.since is not None:
        since = f" since {device.since.astimezone(_LOCAL):%Y-%m-%d %H:%M:%S}"
    print(f"{name}: {device.status.condition.value.replace('_', ' ')}{since}")
    for line in describe_status(device.status):
        print(f"    {line}")
    for key, value in device.status.facts.items():
        print(f"    {key}: {value}")
    if device.settings:
        print("    settings: " + " ".join(f"{key}={_shown(value)}" for key, value in device.settings.items()))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f'"{text}"' if " " in text or not text else text


def _test(args: argparse.Namespace) -> int:
    try:
        name = device_name(args.name)
        return _print_report(name, _desk(args).test(name, _digits(name, args.can), args.machine))
    except DeskError as error:
        raise CommandError(str(error)) from error


def _digits(name: str, given: str | None) -> str | None:
    """The digits of ``--can``. Raises ``CommandError`` without repeating them."""
    if given is None:
        return None
    if name != CARD_READER:
        raise CommandError("--can is for card-reader only")
    if given == ASKED:
        given = getpass.getpass("Last six digits of the number on the card: ").strip()
    if not is_card_access_number(given):
        raise CommandError("--can takes the last six digits of the number printed on the card")
    return given


def _print_report(name: str, report: TestReport) -> int:
    print(f"{name}: {'passed' if report.passed else 'NOT passed'}")
    for key, value in report.lines:
        print(f"    {key}: {value}")
    if report.failure is not None:
        for line in describe_status(DeviceStatus(Condition.NEEDS_ATTENTION, report.failure)):
            print(f"    {line}")
    return 0 if report.passed else 1


def _set(args: argparse.Namespace) -> int:
    changes: dict[str, str] = {}
    for change in args.changes:
        key, equals, value = change.partition("=")
        if not equals:
            raise CommandError(f"“{change}” is not KEY=VALUE")
        changes[key.strip()] = value
    try:
        name = device_name(args.name)
        desk = _desk(args)
        typed = typed_changes(name, desk.settings(name, args.machine), changes)
        report = desk.set(name, typed, args.machine)
    except DeskError as error:
        raise CommandError(f"{str(error).rstrip('.')}. Nothing was changed.") from error
    except CentreError as error:
        raise CommandError(f"the centre refuses: {error}. Nothing was changed.") from error
    code = _print_report(name, report)
    print("Checked and kept." if report.passed else "The device did not accept this. Nothing was changed.")
    return code
