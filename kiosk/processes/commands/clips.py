"""``main.py clips``: build instruction clips from storyboards, import videos, check and list them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.processes.commands.options import CommandError, add_folders

if TYPE_CHECKING:
    from kiosk.clip_library import ClipManifest
    from kiosk.processes.clip_making.building import Order
    from kiosk.processes.clip_making.checking import Verdict
    from kiosk.processes.clip_making.lettering import Look


def add(subparsers: Any, look: Callable[[], Look]) -> None:
    """Add the command to the command line; ``look`` gives colours and fonts of the screens."""
    parser = subparsers.add_parser(
        "clips",
        help="build, import, check and list instruction clips",
        description="Instruction clips: how a commune makes its own is told in docs/clips.md.",
    )
    commands = parser.add_subparsers(required=True, metavar="WHAT")
    _add_build(commands, look)
    _add_import(commands)
    _add_check(commands)
    listing = commands.add_parser("list", help="tell which clips there are")
    add_folders(listing)
    listing.set_defaults(run=_list)


def _add_build(commands: Any, look: Callable[[], Look]) -> None:
    build = commands.add_parser(
        "build",
        help="make clips from storyboards",
        description="Draws, speaks and encodes each storyboard into a folder of video, captions, poster, "
        "transcript and manifest. Without a STORYBOARD those that come with the program are built.",
    )
    add_folders(build)
    build.add_argument("storyboards", nargs="*", type=Path, metavar="STORYBOARD", help="YAML files")
    build.add_argument("--out", type=Path, metavar="DIR", help="write there (default: DATA/clips)")
    build.add_argument(
        "--pictures",
        type=Path,
        metavar="DIR",
        help="pictures of the kiosk's screens, as `main.py gallery` writes them (default: draw them now)",
    )
    build.add_argument(
        "--format", choices=("mp4", "webm", "both"), default="mp4", help="kind of video (default: mp4)"
    )
    build.set_defaults(run=_build, look=look)


def _add_import(commands: Any) -> None:
    parser = commands.add_parser(
        "import",
        help="take in a video that exists",
        description="Takes a video with its captions (SRT or WebVTT, UTF-8) into DATA/clips. H.264 is kept "
        "as it is, anything else is coded anew; the sound is brought to -23 LUFS.",
    )
    add_folders(parser)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--captions", type=Path, metavar="FILE", help="SRT or WebVTT")
    parser.add_argument("--title", required=True)
    parser.add_argument("--topic", required=True, help="e.g. “Hộ tịch”: clips are listed by topic")
    parser.add_argument("--procedure", action="append", default=[], metavar="CODE", help="may be repeated")
    parser.add_argument("--valid-from", type=_day, metavar="YYYY-MM-DD")
    parser.add_argument("--valid-until", type=_day, metavar="YYYY-MM-DD", help="hidden after this day")
    parser.add_argument("--language", default="vi", help="of the captions (default: vi)")
    parser.add_argument("--id", help="name of its folder (default: made from the title)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write there (default: DATA/clips)")
    parser.set_defaults(run=_import)


def _add_check(commands: Any) -> None:
    check = commands.add_parser(
        "check",
        help="check every clip",
        description="Manifest, checksums, lengths, sound, captions, transcript and validity of every clip. "
        "Ends with 0 when all are well, 1 when one is not, 2 when there is nothing to check.",
    )
    add_folders(check)
    check.add_argument("folders", nargs="*", type=Path, metavar="DIR", help="folders of clips to check")
    check.set_defaults(run=_check)


def _today() -> date:
    return datetime.now().astimezone().date()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}” is no day, e.g. 2027-02-28") from error


# -- build -------------------------------------------------------------------------------------------------


def _build(args: argparse.Namespace) -> int:
    from kiosk.clip_library import SHIPPED
    from kiosk.processes.clip_making.building import KioskScreens, Order, screens_of
    from kiosk.processes.clip_making.storyboard import StoryboardError, load_storyboard

    shipped = SHIPPED / "storyboards"
    boards: list[Path] = args.storyboards or sorted(shipped.glob("*.yaml"))
    missing = [path for path in boards if not path.is_file()]
    if missing:
        raise CommandError(f"there is no storyboard {missing[0]}")
    wanted: set[str] = set()
    failed = 0
    for path in boards:
        try:
            wanted |= screens_of(load_storyboard(path))
        except StoryboardError as error:
            failed += 1
            sys.stderr.writelines(f"{problem}\n" for problem in error.problems)
    if failed:
        return 1
    screens = KioskScreens(args.pictures, wanted)
    formats = ("mp4", "webm") if args.format == "both" else (args.format,)
    try:
        for path in boards:
            own = path.resolve().parent == shipped.resolve()
            out = args.out or (SHIPPED if own else args.data / "clips")
            failed += _build_one(path, Order(args.look(), out, formats, _today(), screens))
    finally:
        screens.close()
    return 1 if failed else 0


def _build_one(path: Path, order: Order) -> int:
    from kiosk.processes.clip_making.building import build
    from kiosk.processes.clip_making.programs import ProgramError
    from kiosk.processes.clip_making.storyboard import StoryboardError

    try:
        clip = build(path, order)
    except StoryboardError as error:
        sys.stderr.writelines(f"{problem}\n" for problem in error.problems)
        return 1
    except ProgramError as error:
        sys.stderr.write(f"{path.name}: {error}\n")
        return 1
    print(_line(clip))
    return 0


# -- import ------------------------------------------------------------------------------------------------


def _import(args: argparse.Namespace) -> int:
    from kiosk.processes.clip_making.importing import ClipImportError, Import, import_clip
    from kiosk.processes.clip_making.programs import ProgramError

    order = Import(
        args.file,
        args.captions,
        args.title,
        args.topic,
        tuple(args.procedure),
        args.valid_from,
        args.valid_until,
        args.language,
        args.id,
    )
    try:
        clip = import_clip(order, args.out or args.data / "clips", _today())
    except (ClipImportError, ProgramError) as error:
        raise CommandError(str(error)) from error
    print(_line(clip))
    if args.captions is None:
        print("It has no captions: who cannot hear, or stands in a loud hall, will miss them.")
    if clip.loudness is None:
        print("It has no sound: who cannot see or read learns nothing from it.")
    if not clip.in_force(_today()):
        print("It is hidden today: see --valid-from and --valid-until.")
    return 0


# -- check and list ----------------------------------------------------------------------------------------


def _folders(args: argparse.Namespace) -> tuple[Path, ...]:
    from kiosk.clip_library import SHIPPED

    return (SHIPPED, args.data / "clips")


def _check(args: argparse.Namespace) -> int:
    from kiosk.processes.clip_making.checking import check_library
    from kiosk.processes.clip_making.programs import ProgramError

    folders = tuple(args.folders) or _folders(args)
    try:
        verdicts = check_library(folders, _today())
    except ProgramError as error:
        raise CommandError(str(error)) from error
    if not verdicts:
        raise CommandError(f"there is no clip in {', '.join(map(str, folders))}")
    for verdict in verdicts:
        _tell(verdict)
    broken = sum(bool(verdict.problems) for verdict in verdicts)
    print(f"{len(verdicts)} clips, {broken} not well" if broken else f"{len(verdicts)} clips, all well")
    return 1 if broken else 0


def _tell(verdict: Verdict) -> None:
    state = "NOT WELL" if verdict.problems else "ok"
    print(f"{verdict.id}: {state}")
    for problem in verdict.problems:
        print(f"  {problem}")
    if verdict.advice:
        print(f"  → {verdict.advice}")
    for note in verdict.notes:
        print(f"  ({note})")


def _list(args: argparse.Namespace) -> int:
    from kiosk.clip_library import read_library

    today = _today()
    for clip in read_library(*_folders(args)):
        hidden = "" if clip.in_force(today) else "  (hidden today)"
        print(f"{_line(clip)}{hidden}")
    return 0


def _line(clip: ClipManifest) -> str:
    from kiosk.clip_library import FileKind

    size = sum(one.size for one in clip.files if one.kind is FileKind.VIDEO)
    codes = " ".join(clip.procedures) or "–"
    return (
        f"{clip.id:24} {clip.seconds:6.1f} s {size / 1e6:6.2f} MB  {clip.topic['vi']} · {clip.title['vi']} "
        f"· {codes} · {', '.join(clip.languages) or 'no captions'}"
    )
