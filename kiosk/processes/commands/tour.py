"""``main.py tour``: play the whole visit on virtual devices and write down what was seen."""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from pathlib import Path
from typing import Any

from kiosk.processes.commands.options import add_folders


def add(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "tour",
        help="play a whole visit on virtual devices and write pictures of every step",
        description="Starts a lobby of its own on a virtual screen, plays a citizen's visit through real "
        "touches and requests, and writes 01-….png …, the ticket, the spoken call and tour.json. "
        "Code 1 if a step failed.",
    )
    add_folders(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for what was seen")
    parser.set_defaults(run=run, data=None)


def run(args: argparse.Namespace) -> int:
    """Play the tour; 0 if every step went as expected."""
    # The tour alone needs a browser and the whole lobby.
    from kiosk.processes.tour.browser import Browser
    from kiosk.processes.tour.record import Record
    from kiosk.processes.tour.stage import LobbyUnderTour
    from kiosk.processes.tour.story import play
    from kiosk.settings import load

    load(args.config)
    record = Record(args.out, lambda line: print(line, flush=True))
    with contextlib.ExitStack() as stack:
        data = args.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mot-cua-tour-")))
        lobby = stack.enter_context(LobbyUnderTour(args.config.absolute(), data.absolute()))
        browser = stack.enter_context(Browser())
        play(lobby, record, browser)
    failed = sum(not step.ok for step in record.steps)
    print(f"{len(record.steps)} steps, {failed} failed; see {args.out / 'tour.json'}")
    return 0 if record.passed else 1
