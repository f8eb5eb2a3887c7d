"""``main.py journal verify``, ``export`` and ``rebuild``: the record of everything that happened."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from kiosk.processes.commands.centre import explained
from kiosk.processes.commands.options import CommandError, add_folders
from kiosk.settings import load


def add(subparsers: Any) -> None:
    """Add these commands to the command line."""
    parser = subparsers.add_parser(
        "journal",
        help="the record of everything that happened: check it, export it",
        description="Every number, call and change is an entry of the journal. It holds no personal data.",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _add_verify(actions)
    _add_export(actions)
    _add_rebuild(actions)


def run(args: argparse.Namespace) -> int:
    """Run the command that ``add`` described. Raises ``CommandError``, ``SettingsError``."""
    command: Callable[[argparse.Namespace], int] = args.command
    with explained(), _with_database(args.data):
        return command(args)


def _add_verify(actions: Any) -> None:
    parser = actions.add_parser(
        "verify",
        help="check that nothing in the journal was changed, removed or cut off",
        description="Follows the chain of hashes over every entry, archived days included, and compares "
        "its end with the mark kept outside the database. Changes nothing; works while the centre runs. Ends "
        "with code 0 when the journal is whole and 1 when it is not.",
    )
    add_folders(parser)
    parser.set_defaults(run=run, command=_verify)


def _add_export(actions: Any) -> None:
    parser = actions.add_parser(
        "export",
        help="write the journal of some days to a file, for a spreadsheet or another program",
        description="Writes the entries of the given days, both included, as the calendar at the centre has "
        "them. Archived days are included. Works while the centre runs. Example: main.py journal export "
        "--from 2026-11-01 --to 2026-11-30 --bom --out november.csv",
    )
    add_folders(parser)
    parser.add_argument(
        "--from", dest="first", type=_day, required=True, metavar="DAY", help="first day, e.g. 2026-11-01"
    )
    parser.add_argument(
        "--to", dest="last", type=_day, metavar="DAY", help="last day (default: the first day)"
    )
    parser.add_argument(
        "--format",
        choices=["csv", "jsonl"],
        default="csv",
        help="csv: a table for a spreadsheet; jsonl: one JSON object a line with everything (default: csv)",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="file to write (default: the screen)")
    parser.add_argument(
        "--bom",
        action="store_true",
        help="begin with a byte order mark, so that Excel shows Vietnamese letters properly",
    )
    parser.set_defaults(run=run, command=_export)


def _add_rebuild(actions: Any) -> None:
    parser = actions.add_parser(
        "rebuild",
        help="compare the tables with what the journal says they should hold",
        description="Works the whole journal through and compares the result with the tables of the queue: "
        "tickets, numbers, counters. Names the first difference. Changes nothing; works while the centre "
        "runs. A database that is damaged is put together again with `main.py restore`.",
    )
    add_folders(parser)
    parser.add_argument("--check", action="store_true", required=True, help="compare; nothing is written")
    parser.set_defaults(run=run, command=_rebuild)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a day like 2026-11-22") from error


def _verify(args: argparse.Namespace) -> int:
    from kiosk.centre.admin import verify_journal
    from kiosk.centre.journal import JournalBrokenError

    try:
        done = verify_journal(load(args.config), args.data)
    except JournalBrokenError as error:
        print(f"The journal is broken: {error}", file=sys.stderr)
        return 1
    print(f"The journal is whole: {done.entries} entries, newest {done.seq}, hash {done.hash}")
    return 0


def _export(args: argparse.Namespace) -> int:
    from kiosk.centre.admin import export_journal
    from kiosk.centre.journal import JournalBrokenError
    from kiosk.centre.keeping.export import BYTE_ORDER_MARK

    last = args.last or args.first
    if last < args.first:
        raise CommandError("--to is before --from")
    settings = load(args.config)
    try:
        with _output(args.out) as out:
            if args.bom:
                out.write(BYTE_ORDER_MARK.encode())
            for line in export_journal(settings, args.data, args.first, last, args.format):
                out.write(line.encode())
            out.flush()
    except JournalBrokenError as error:
        print(f"The export is not complete: {error}", file=sys.stderr)
        return 1
    return 0


@contextlib.contextmanager
def _output(file: Path | None) -> Iterator[BinaryIO]:
    """The file, which appears when it is complete; or the screen."""
    if file is None:
        yield sys.stdout.buffer
        return
    begun = file.with_name(f"{file.name}.part")
    try:
        with begun.open("wb") as out:
            yield out
        begun.replace(file)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}") from error
    finally:
        begun.unlink(missing_ok=True)


def _rebuild(args: argparse.Namespace) -> int:
    from kiosk.centre.admin import check_rebuild
    from kiosk.centre.keeping.rebuild import RebuildError

    try:
        difference = check_rebuild(load(args.config), args.data)
    except RebuildError as error:
        print(f"The journal does not tell enough: {error}", file=sys.stderr)
        return 1
    if difference is not None:
        print(f"Tables and journal differ. {difference}", file=sys.stderr)
        return 1
    print("The tables are what the journal says.")
    return 0


@contextlib.contextmanager
def _with_database(data: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise CommandError(f"there is no centre's database in {data}") from error
