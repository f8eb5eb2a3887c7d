"""``main.py pin``: set the PIN of the kiosk's maintenance screen."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from kiosk.processes.commands.options import CommandError, add_folders
from kiosk.processes.maintenance_pin import MaintenancePin, PinError


def add(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "pin",
        help="set the PIN of the kiosk's maintenance screen",
        description="Sets the PIN that opens the maintenance screen of the kiosk: 6 to 12 digits. "
        "Only its hash is kept.",
    )
    add_folders(parser)
    parser.add_argument("--pin-stdin", action="store_true", help="read the PIN from standard input")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask for the PIN (twice at a terminal) and keep it."""
    if args.pin_stdin:
        pin = sys.stdin.readline().strip()
    elif sys.stdin.isatty():
        pin = getpass.getpass("New PIN: ").strip()
        if getpass.getpass("Once more: ").strip() != pin:
            raise CommandError("the two PINs differ; nothing was changed")
    else:
        raise CommandError("give the PIN with --pin-stdin, or at a terminal")
    args.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        MaintenancePin(args.data).set(pin)
    except PinError as error:
        raise CommandError(f"{error}; nothing was changed") from error
    print("The PIN of the maintenance screen is set.")
    return 0
