"""``main.py gallery``: every widget and every screen of the citizen's window as pictures."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from kiosk.processes.commands.options import CommandError

PANELS = ("1080x1920", "1920x1080")
_OPTIONS = ("--language", "--sizes", "--contrast", "--layout")


class Tool(Protocol):
    """What draws; given by ``bootstrap``, which may import the screens."""

    @property
    def sizes(self) -> Sequence[str]: ...
    @property
    def contrasts(self) -> Sequence[str]: ...
    @property
    def layouts(self) -> Sequence[str]: ...
    def languages(self) -> Sequence[str]: ...
    def draw(
        self,
        out: Path,
        panels: Sequence[str],
        chosen: tuple[Iterable[str], Iterable[str], Iterable[str], Iterable[str]],
        *,
        names: Sequence[str],
        inches: float,
        on_a_sheet: int,
    ) -> Path: ...
    def draw_docs(self) -> Path: ...  # both raise RuntimeError when a window cannot draw


def add(subparsers: Any, tool: Callable[[], Tool]) -> None:
    """Add the command to the command line; ``tool`` is made when it runs."""
    parser = subparsers.add_parser(
        "gallery",
        help="draw every widget and every screen as pictures",
        description="Draws the samples of all screens and widgets without a display, one PNG each: "
        "DIR/PANEL/LANGUAGE/SIZE-CONTRAST-LAYOUT/NAME.png, contact sheets (sheet_01.png …) beside them, and "
        "DIR/index.html to look through all. Lists are written with commas.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", type=Path, metavar="DIR", help="folder for the pictures")
    what.add_argument("--docs", action="store_true", help="draw the set of docs/screens anew")
    parser.add_argument("--screens", type=_list, default=[], metavar="NAMES", help="only these samples")
    parser.add_argument("--language", type=_list, default=["vi"], metavar="TAGS", help="default: vi")
    parser.add_argument("--sizes", type=_list, default=["0"], help="of the letters: 0, 1, 2 (default: 0)")
    parser.add_argument("--contrast", type=_list, default=["usual"], help="usual, high (default: usual)")
    parser.add_argument(
        "--layout", type=_list, default=["usual"], help="usual, low, left, low_left (default: usual)"
    )
    parser.add_argument("--panel", type=_list, default=[PANELS[0]], help=f"default: {PANELS[0]}")
    parser.add_argument("--inches", type=float, default=21.5, help="the panels' diagonal (default: 21.5)")
    parser.add_argument("--on-a-sheet", type=int, default=0, metavar="N", help="pictures on a contact sheet")
    parser.add_argument(
        "--all",
        action="store_true",
        help=f"all languages, sizes, contrasts and layouts on {' and '.join(PANELS)}; takes hours",
    )
    parser.set_defaults(run=lambda args: _gallery(args, tool()))


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _gallery(args: argparse.Namespace, tool: Tool) -> int:
    everything = (tool.languages(), tool.sizes, tool.contrasts, tool.layouts)
    given = (args.language, args.sizes, args.contrast, args.layout)
    panels = PANELS if args.all else args.panel
    for option, values, known in zip(_OPTIONS, given, everything, strict=True):
        if unknown := [value for value in values if value not in known]:
            raise CommandError(f"{option} {', '.join(unknown)}: there are {', '.join(known)}")
    for panel in panels:
        width, _, height = panel.partition("x")
        if not (width.isdigit() and height.isdigit()):
            raise CommandError(f"--panel {panel}: WIDTHxHEIGHT in pixels is wanted, such as {PANELS[0]}")
    chosen = everything if args.all else given
    try:
        if args.docs:
            print(tool.draw_docs())
        else:
            how = {"names": args.screens, "inches": args.inches, "on_a_sheet": args.on_a_sheet}
            print(tool.draw(args.out, panels, chosen, **how))
    except RuntimeError as error:
        raise CommandError(f"the screens could not be drawn: {error}") from error
    return 0
