"""``main.py procedures``: import a table of procedures, search in them, show one, list them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.processes.commands.import_report import (
    add_import_options,
    lines_by_kind,
    told,
    unchanged_on_error,
    unreadable,
)
from kiosk.processes.commands.options import CommandError, add_folders, print_json

if TYPE_CHECKING:
    from kiosk.procedures.library import ProcedureLibrary
    from kiosk.procedures.procedure import Procedure
    from kiosk.procedures.tables import ProcedureRemark


def add(subparsers: Any) -> None:
    """Add these commands to the command line."""
    parser = subparsers.add_parser(
        "procedures",
        help="the administrative procedures that citizens can look up: import, search, show, list",
        description="The kiosk knows the procedures typed in under CONFIG/procedures and those of one "
        "imported table under DATA/procedures.",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _add_import(actions)
    _add_search(actions)
    _add_show(actions)
    _add_list(actions)


def run(args: argparse.Namespace) -> int:
    """Run the command that ``add`` described. Raises ``CommandError``."""
    from kiosk.procedures.shipped import ProcedureFileError

    command: Callable[[argparse.Namespace], int] = args.command
    try:
        return command(args)
    except ProcedureFileError as error:
        raise CommandError("\n".join(f"procedures: {problem}" for problem in error.problems)) from error


def _add_import(actions: Any) -> None:
    parser = actions.add_parser(
        "import",
        help="take over a table of procedures (TSV of the portal, CSV, JSON); tells what was done",
        description="Reads FILE, cleans it, and puts it in place of the table that was imported before; "
        "typed-in procedures stay. The shapes are described in docs/procedures.md. Code 0: done; 1: done, "
        "but some lines could not be read; 2: the file cannot be used, and everything is as before.",
    )
    add_import_options(parser)
    parser.add_argument("--add", action="store_true", help="keep what was imported before, beside FILE")
    parser.add_argument(
        "--all-levels", action="store_true", help="procedures of all levels, not only the commune's"
    )
    parser.add_argument(
        "--into", type=Path, metavar="DIR", help="folder to write to (default: DATA/procedures)"
    )
    add_folders(parser)
    parser.set_defaults(run=run, command=_import)


def _add_search(actions: Any) -> None:
    parser = actions.add_parser(
        "search",
        help="find procedures as a citizen would, best first",
        description="TEXT may be everyday words, with or without marks, or a code. Nothing is answered when "
        'nothing fits. Example: main.py procedures search "làm giấy khai sinh cho cháu" --json',
    )
    parser.add_argument("text", metavar="TEXT", nargs="+")
    parser.add_argument("--json", action="store_true", help='[{"code", "name", "score"}, …], best first')
    parser.add_argument(
        "--limit", type=_positive, default=8, metavar="N", help="at most so many (default: 8)"
    )
    _add_places(parser)
    parser.set_defaults(run=run, command=_search)


def _add_show(actions: Any) -> None:
    parser = actions.add_parser("show", help="everything that is known of one procedure")
    parser.add_argument("code", metavar="CODE")
    parser.add_argument("--json", action="store_true", help="as JSON")
    _add_places(parser)
    parser.set_defaults(run=run, command=_show)


def _add_list(actions: Any) -> None:
    parser = actions.add_parser("list", help="all procedures, or those of one field")
    parser.add_argument("--field", metavar="NAME", help="only of this field, e.g. “Hộ tịch”")
    parser.add_argument("--fields", action="store_true", help="the fields with how many procedures each has")
    parser.add_argument("--json", action="store_true", help="as JSON")
    _add_places(parser)
    parser.set_defaults(run=run, command=_list)


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--imported", type=Path, metavar="DIR", help="folder an import wrote to (default: DATA/procedures)"
    )
    add_folders(parser)


def _positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError("a number from 1 to 1000 is wanted")
    return int(text)


def _import(args: argparse.Namespace) -> int:
    from kiosk.procedures.import_remarks import Kind
    from kiosk.procedures.tables import TableError
    from kiosk.processes.procedure_files import import_table

    into: Path = args.into or args.data / "procedures"
    with unchanged_on_error(args.file, TableError):
        done = import_table(
            args.file,
            args.config / "procedures",
            into,
            now=datetime.now(UTC),
            all_levels=args.all_levels,
            add=args.add,
            check=args.check,
        )
    remarks = done.table.remarks
    lines = lines_by_kind(remarks, tuple(Kind))
    if args.json:
        print_json(
            {
                "lines": done.table.lines,
                "taken": len(done.table.procedures),
                "kept": done.kept,
                "written": not args.check,
                "counts": lines,
                "remarks": [_remark(remark) for remark in remarks],
            }
        )
    else:
        for remark in remarks:
            if not args.quiet or unreadable(remark):
                print(f"line {remark.line} {remark.code or '-'}: {remark.kind.value}: {remark.what}")
        print(f"{done.table.lines} lines: {len(done.table.procedures)} procedures taken ({told(lines)})")
        end = "nothing was written (--check)" if args.check else f"{done.kept} procedures in {done.file}"
        print(end)
    return 1 if any(map(unreadable, remarks)) else 0


def _remark(remark: ProcedureRemark) -> dict[str, Any]:
    return {"line": remark.line, "code": remark.code, "kind": remark.kind.value, "what": remark.what}


def _search(args: argparse.Namespace) -> int:
    library = _library(args)
    text = " ".join(args.text)
    hits = library.search(text, args.limit, _today())
    if args.json:
        print_json([{"code": hit.code, "name": hit.name, "score": hit.score} for hit in hits])
        return 0
    for hit in hits:
        print(f"{hit.score:4.2f}  {hit.code:<10}  {hit.name}")
    if not hits:
        print(library.elsewhere(text) or "Nothing fits.")
    return 0


def _show(args: argparse.Namespace) -> int:
    from kiosk.procedures.shipped import as_mapping

    one = _library(args).get(args.code)
    if one is None:
        raise CommandError(f"no procedure has the code {args.code}")
    if args.json:
        print_json(as_mapping(one))
        return 0
    for key, value in as_mapping(one).items():
        for number, text in enumerate(value if isinstance(value, list) else [value]):
            if text not in ("", None):
                print(f"{'' if number else key:<12}  {_plain(text)}")
    return 0


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_plain(one)}" for key, one in value.items() if one != "")
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _list(args: argparse.Namespace) -> int:
    library = _library(args)
    if args.fields:
        counts = {field: len(library.of_field(field)) for field in library.fields()}
        if args.json:
            print_json(counts)
        else:
            for field, count in counts.items():
                print(f"{count:5}  {field}")
        return 0
    if args.field and not library.of_field(args.field):
        raise CommandError(
            f"no procedure is of the field {args.field}; `procedures list --fields` names them"
        )
    fields = [args.field] if args.field else library.fields()
    found: list[Procedure] = [one for field in fields for one in library.of_field(field)]
    if args.json:
        print_json([{"code": one.code, "name": one.shown, "field": one.field} for one in found])
    else:
        for one in found:
            print(f"{one.code:<10}  {one.shown}")
    return 0


def _library(args: argparse.Namespace) -> ProcedureLibrary:
    from kiosk.processes.procedure_files import load_library

    folder = args.config / "procedures"
    if not folder.is_dir():
        raise CommandError(f"there is no folder {folder}")
    return load_library(folder, args.imported or args.data / "procedures")


def _today() -> Any:
    return datetime.now().astimezone().date()
