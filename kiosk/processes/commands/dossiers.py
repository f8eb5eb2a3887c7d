"""``main.py dossiers``: take over what another system says of dossiers, and show what is known of one."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kiosk.processes.commands.import_report import (
    add_import_options,
    lines_by_kind,
    told,
    unchanged_on_error,
    unreadable,
)
from kiosk.processes.commands.options import CommandError, add_folders, print_json
from kiosk.settings import load

if TYPE_CHECKING:
    from kiosk.dossiers.export import Export

SOURCE = "hệ thống giải quyết thủ tục hành chính của tỉnh"
"""As citizens read and hear it; the province's own name for it is better."""
_LARGEST_BYTES = 64 * 1024 * 1024
_AHEAD = timedelta(minutes=5)
_HOUR_FIRST = re.compile(r"(\d{1,2}:\d{2}) (\d{1,2})/(\d{1,2})/(\d{4})")


def add(subparsers: Any) -> None:
    """Add these commands to the command line."""
    parser = subparsers.add_parser(
        "dossiers",
        help="how far citizens' dossiers are, as another system says: import, show",
        description="“My dossier” at the kiosk tells the status that stands in the last import.",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _add_import(actions)
    show = actions.add_parser("show", help="what is known of one dossier")
    show.add_argument("code", metavar="CODE", help="e.g. 000.00.01.H26-260930-0012")
    add_folders(show)
    show.set_defaults(run=run, command=_show)


def run(args: argparse.Namespace) -> int:
    """Run the command that ``add`` described. Raises ``CommandError``, ``SettingsError``."""
    command: Callable[[argparse.Namespace], int] = args.command
    return command(args)


def _add_import(actions: Any) -> None:
    parser = actions.add_parser(
        "import",
        help="take over an export of dossiers (CSV, TSV, JSON); tells what was done",
        description="Reads code, state, due date and procedure of every line of FILE, nothing else, and puts "
        "them in place of what was known before; a running centre tells them from then on. The shapes are "
        "described in docs/dossiers.md. Code 0: done; 1: done, but some lines could not be read; 2: the "
        "file cannot be used, and everything is as before.",
    )
    add_import_options(parser)
    parser.add_argument("--source", default=SOURCE, metavar="NAME", help=f"who says so (default: {SOURCE})")
    parser.add_argument(
        "--as-of",
        metavar="TIME",
        help="when the data were true, as “2026-11-23 07:15” or “07:15 23/11/2026”, in the centre's time "
        "(default: when FILE was written)",
    )
    add_folders(parser)
    parser.set_defaults(run=run, command=_import)


def _import(args: argparse.Namespace) -> int:
    from kiosk.centre import dossiers
    from kiosk.dossiers.export import ExportError, read_export

    zone = ZoneInfo(load(args.config).centre.timezone)
    with unchanged_on_error(args.file, ExportError):
        as_of = _as_of(args.as_of, args.file, zone)
        if args.file.stat().st_size > _LARGEST_BYTES:
            raise ExportError(f"larger than {_LARGEST_BYTES // 1024 // 1024} MB")
        export = read_export(args.file.read_bytes(), args.source, as_of)
        if not args.check:
            dossiers.write(args.data, export.statuses)
    _report(export, as_of, args)
    return 1 if any(map(unreadable, export.remarks)) else 0


def _as_of(told: str | None, file: Path, zone: ZoneInfo) -> datetime:
    """When the data were true. Raises ``CommandError``, ``OSError``."""
    if told is None:
        written = datetime.fromtimestamp(int(file.stat().st_mtime), zone)
        return min(written, datetime.now(zone).replace(microsecond=0))
    turned = _HOUR_FIRST.fullmatch(told.strip())
    text = f"{turned[4]}-{turned[3]:0>2}-{turned[2]:0>2} {turned[1]:0>5}" if turned else told.strip()
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--as-of {told} is no time like “2026-11-23 07:15”") from error
    as_of = read.replace(tzinfo=zone) if read.tzinfo is None else read.astimezone(zone)
    if as_of > datetime.now(UTC) + _AHEAD:
        raise CommandError(f"--as-of {told} is still to come")
    return as_of


def _report(export: Export, as_of: datetime, args: argparse.Namespace) -> None:
    from kiosk.dossiers.export import KINDS

    lines = lines_by_kind(export.remarks, KINDS)
    states = Counter(status.state.value for status in export.statuses)
    if args.json:
        print_json(
            {
                "lines": export.lines,
                "taken": len(export.statuses),
                "states": dict(states),
                "columns_left_out": export.left_out,
                "as_of": as_of.isoformat(),
                "source": args.source,
                "written": not args.check,
                "counts": lines,
                "remarks": [
                    {"line": one.line, "kind": one.kind.value, "what": one.what} for one in export.remarks
                ],
            }
        )
        return
    for remark in export.remarks:
        if not args.quiet or unreadable(remark):
            print(f"line {remark.line}: {remark.kind.value}: {remark.what}")
    print(f"{export.lines} lines: {len(export.statuses)} dossiers taken ({told(lines)})")
    print(f"states: {', '.join(f'{count} {state}' for state, count in states.most_common())}")
    print(f"{export.left_out} other columns were not read")
    written = f"from now on the kiosk tells them, as of {as_of:%H:%M %d/%m/%Y}"
    print("nothing was written (--check)" if args.check else written)


def _show(args: argparse.Namespace) -> int:
    from kiosk.centre import dossiers
    from kiosk.dossiers.status import as_mapping
    from kiosk.procedures.dossier_code import DossierCodeError, parse

    try:
        code = str(parse(args.code))
        found = dossiers.load(dossiers.file_of(args.data)).get(code)
    except DossierCodeError as error:
        raise CommandError(f"{args.code} is no dossier's code") from error
    except (OSError, ValueError) as error:
        raise CommandError(f"the last import cannot be used ({error}); import an export again") from error
    if found is None:
        raise CommandError(f"nothing is known of {code}")
    print_json(as_mapping(found))
    return 0
