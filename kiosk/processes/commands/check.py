"""``main.py check``: is this installation good?"""

from __future__ import annotations

import argparse
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests

from kiosk.client import CentreError
from kiosk.processes.commands.device import describe_status, described_name, desk_of
from kiosk.processes.commands.options import add_folders, running_centre
from kiosk.processes.device_desk import of_several
from kiosk.processes.maintenance_pin import MaintenancePin
from kiosk.settings import Settings, SettingsError, load

MOST_LINES = 40
"""So many mistakes of procedures are told; an imported table may have thousands."""


def add(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "check",
        help="check settings, devices and journal; tells everything that is wrong",
        description="Checks the configuration folder (all mistakes together), the typed-in and imported "
        "procedures, the devices and the journal. "
        "Code 0: all good; 1: something needs attention; 2: the settings are wrong.",
    )
    add_folders(parser)
    parser.add_argument("--centre", metavar="URL", help="address of the centre (default: this machine)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check everything; one paragraph each."""
    try:
        settings = load(args.config)
    except SettingsError as error:
        print(f"settings: NOT good ({len(error.problems)})")
        for problem in error.problems:
            print(f"    {problem}")
        return 2
    counts = f"{len(settings.services)} services, {len(settings.counters)} counters"
    print(f"settings: good ({settings.centre.short_name}, {counts})")
    _follow_page(settings)
    good = [
        _forms(settings),
        _procedures(settings, args.data),
        _devices(args, settings),
        _journal(args, settings),
        _pin(args.data),
    ]
    return 0 if all(good) else 1


def _follow_page(settings: Settings) -> None:
    if settings.centre.public_url:
        where = f"leads to {settings.centre.public_url}"
    elif _is_loopback(settings.centre.host):
        where = "works on this machine only; for phones set host and public_url in centre.toml"
    else:
        where = "leads to this machine's address; public_url in centre.toml makes sure of it"
    print(f"tickets: their QR {where}")


def _is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches a server on ``host``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _forms(settings: Settings) -> bool:
    from kiosk.eforms.definition import FormDefinitionError, load_forms

    try:
        forms = load_forms(settings.folder / "forms")
    except FormDefinitionError as error:
        print("forms: NOT good")
        for problem in error.problems:
            print(f"    {problem}")
        return False
    missing = sorted({one.form for one in settings.services if one.form and one.form not in forms})
    if missing:
        print(f"forms: NOT good\n    services.toml names forms that are not there: {', '.join(missing)}")
        return False
    print(f"forms: good ({', '.join(sorted(forms)) or 'none'})")
    return True


def _procedures(settings: Settings, data: Path) -> bool:
    from kiosk.processes.procedure_check import check_procedures

    found = check_procedures(
        settings.folder / "procedures",
        data / "procedures",
        {one.id: one.procedures for one in settings.services},
        datetime.now(ZoneInfo(settings.centre.timezone)).date(),
    )
    counts = f"{found.typed_in} typed in, {found.imported} imported"
    if found.problems:
        print(f"procedures: NOT good ({len(found.problems)}; {counts})")
    else:
        print(f"procedures: good ({counts})")
    for lines in (found.problems, found.notes):
        for line in lines[:MOST_LINES]:
            print(f"    {line}")
        if len(lines) > MOST_LINES:
            print(f"    … and {len(lines) - MOST_LINES} more")
    return not found.problems


def _devices(args: argparse.Namespace, settings: Settings) -> bool:
    try:
        devices, unreachable = desk_of(settings, args.data, args.centre).devices()
    except CentreError as error:
        print(f"devices: the centre refuses to tell: {error}")
        return False
    bad = [device for device in devices if device.status.failure is not None]
    where = "" if unreachable is None else " (the centre does not answer; asked directly)"
    print(f"devices: {'good' if not bad else f'{len(bad)} need attention'}{where}")
    several = of_several(devices)
    for device in devices:
        print(f"    {described_name(device, several)}: {device.status.condition.value.replace('_', ' ')}")
        for line in describe_status(device.status):
            print(f"        {line}")
    return not bad


def _journal(args: argparse.Namespace, settings: Settings) -> bool:
    from kiosk.centre.admin import verify_journal
    from kiosk.centre.journal import JournalBrokenError

    try:
        done = verify_journal(settings, args.data)
    except FileNotFoundError:
        print("journal: none yet (this centre has never been started)")
        return True
    except JournalBrokenError as error:
        print(f"journal: BROKEN: {error}")
        return False
    print(f"journal: whole ({done.entries} entries)")
    url = args.centre or running_centre(args.data)
    return url is None or _ready(url)


def _ready(url: str) -> bool:
    try:
        answer = requests.get(f"{url}/readyz", timeout=3)
    except requests.RequestException:
        print("centre: does not run")
        return True
    print(f"centre: {'ready' if answer.ok else f'NOT ready: {answer.text[:300]}'} at {url}")
    return answer.ok


def _pin(data: Path) -> bool:
    if MaintenancePin(data).exists:
        print("maintenance PIN: set")
    else:
        print("maintenance PIN: not set; the kiosk's maintenance screen stays closed (`python main.py pin`)")
    return True
