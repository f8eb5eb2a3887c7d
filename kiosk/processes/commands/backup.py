"""``main.py backup`` and ``restore``: copies of everything the centre keeps, and back again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.processes.commands.centre import explained
from kiosk.processes.commands.options import CommandError, add_folders
from kiosk.settings import load

if TYPE_CHECKING:
    from kiosk.centre.keeping.restore import Restored

_NOT_TOLD = {
    "token.created": "device tokens were made: make them again (main.py token)",
    "officer.added": "people were added: add them again (main.py officer add)",
    "officer.changed": "people were changed: change them again (main.py officer add)",
    "device.set": "device settings were changed: change them again on the maintenance page",
    "form.attached": "forms were filled in: they are gone, the citizens fill them in again",
}


def add(subparsers: Any) -> None:
    """Add these commands to the command line."""
    _add_backup(subparsers)
    _add_restore(subparsers)


def _add_backup(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "backup",
        help="make a backup now and try it out",
        description="Writes one file with the whole database, restores it into a temporary place and checks "
        "everything there. Works while the centre runs, which makes a backup by itself each night (see "
        "[backup] in centre.toml). The keys of citizens' forms are never in a backup.",
    )
    add_folders(parser)
    parser.add_argument(
        "--to",
        type=Path,
        metavar="FOLDER",
        help="write it there, e.g. a USB disk (default: the folders of centre.toml)",
    )
    parser.set_defaults(run=_backup)


def _add_restore(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "restore",
        help="put a backup in place of the database",
        description="Stop the centre first. The present database is set aside, never deleted. The backup "
        "takes its place, and what the journal's copy holds beyond the backup is put back too, so that no "
        "number is lost. Says what was restored and what must be done again.",
    )
    add_folders(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="a backup, e.g. var/backups/mot-cua-….zip")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--without-journal-copy",
        action="store_true",
        help="exactly the backup: what happened after it is left out (it stays in files beside it)",
    )
    parser.set_defaults(run=_restore)


def _backup(args: argparse.Namespace) -> int:
    settings = load(args.config)
    with explained():
        from kiosk.centre.admin import back_up
        from kiosk.centre.keeping.backup import BackupError
        from kiosk.centre.keeping.places import Places

        try:
            told = back_up(settings, args.data, args.to)
        except BackupError as error:
            raise CommandError(f"There is no good backup: {error}") from error
        folder = args.to or Places.of(settings, args.data).backups
    print(f"{folder / told['file']}: {told['bytes'] / 1e6:.1f} MB, up to entry {told['seq']}.")
    print(
        "It was restored for a trial: everything is whole, and the tables are what the journal says."
        if told["compared"]
        else "It was read through; tables and journal could not be compared (see the messages above)."
    )
    return 0


def _restore(args: argparse.Namespace) -> int:
    settings = load(args.config)
    with explained():
        from kiosk.centre import admin
        from kiosk.centre.keeping.backup import BackupError, read_manifest
        from kiosk.centre.keeping.restore import RestoreError

        try:
            manifest = read_manifest(args.file)
            if not args.yes and not _agreed(f"{args.file.name}: {manifest.site}, {manifest.at}"):
                return 1
            done = admin.restore(settings, args.data, args.file, copies=not args.without_journal_copy)
        except (BackupError, RestoreError) as error:
            raise CommandError(f"Nothing was changed: {error}") from error
        except OSError as error:
            raise CommandError(f"The restore was not done: {error.strerror or error}") from error
    _tell(done)
    return 0


def _agreed(what: str) -> bool:
    if not sys.stdin.isatty():
        raise CommandError("nobody can be asked here; say --yes to go on")
    print(f"The database will be replaced by the backup {what}. The present one is set aside.")
    return input("Go on? (yes/no) ").strip().lower() in {"yes", "y"}


def _tell(done: Restored) -> None:
    print(f"Restored from {done.source}: entries 1 to {done.backup_seq}.")
    if done.replayed:
        print(f"Put back from the journal's copy: {done.replayed} entries, up to entry {done.seq}.")
    if done.missing:
        print(
            f"NOT FOUND ANYWHERE: the last {done.missing} entries. Compare the newest slips with the queue."
        )
    print("Not in any backup, so begun anew: who is signed in, and who already holds a number today.")
    if done.not_told:
        print("After the backup, and not brought back:")
        for kind, count in done.not_told.items():
            print(f"  {count} x {_NOT_TOLD[kind]}")
    if done.set_aside is not None:
        beside = done.set_aside.startswith("database ")
        where = f"as the {done.set_aside}" if beside else f"in set-aside/{done.set_aside}"
        print(f"The database that was there is kept {where}.")
    print("Numbers go on in a new epoch. Start the centre now.")
