"""The commands of ``main.py``: which there are, and the running of the one that is asked for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.processes.commands.options import CommandError, add_folders
from kiosk.settings import SettingsError

if TYPE_CHECKING:
    from kiosk.processes.clip_making.lettering import Look
    from kiosk.processes.commands import gallery, languages

_DESCRIPTION = """\
Một Cửa, the lobby of a commune's Public Administration Service Center.

Usually one command is enough:   python main.py run            (with the devices of config/devices.toml)
To try it without any device:    python main.py run --virtual
"""


def command_line(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 not all well, 2 cannot be done as asked."""
    args = _parser().parse_args(arguments)
    try:
        code: int = args.run(args)
    except SettingsError as error:
        sys.stderr.writelines(f"settings: {problem}\n" for problem in error.problems)
        return 2
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `main.py … | head`
        sys.stderr.close()
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    from kiosk.processes.commands import (
        backup,
        card,
        centre,
        check,
        clips,
        device,
        dossiers,
        gallery,
        journal,
        languages,
        pin,
        procedures,
        run,
        service,
        simulate,
        tour,
        trust,
        virtual,
    )

    parser = argparse.ArgumentParser(
        prog="main.py", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    run.add(subparsers)
    centre.add(subparsers)
    _add_window(subparsers, "kiosk", "run the citizen's machine (its window and its devices)")
    _add_window(subparsers, "display", "run a ceiling display (its window and its loudspeaker)")
    of_the_centre = (service, journal, backup, card, check, device, pin)
    for command in (*of_the_centre, procedures, dossiers, trust, virtual, tour):
        command.add(subparsers)
    simulate.add(subparsers)
    clips.add(subparsers, _clip_look)
    languages.add(subparsers, _language_tools)
    gallery.add(subparsers, _gallery_tool)
    return parser


def _add_window(subparsers: Any, role: str, text: str) -> None:
    parser = subparsers.add_parser(
        role,
        help=text,
        description=f"{text[0].upper()}{text[1:]}. Talks to the centre; `main.py run` starts it by itself.",
    )
    add_folders(parser)
    parser.add_argument(
        "--centre", metavar="URL", help="address of the centre (default: this machine, port of centre.toml)"
    )
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help=f"device token (default: DATA/tokens/{role}.token)"
    )
    parser.add_argument(
        "--virtual", action="store_true", help="tell the virtual lobby what the window shows (for the tour)"
    )
    parser.set_defaults(run=_run_kiosk if role == "kiosk" else _run_display, role=role)


def _run_kiosk(args: argparse.Namespace) -> int:
    from kiosk.bootstrap.kiosk import run_kiosk

    return run_kiosk(args)


def _run_display(args: argparse.Namespace) -> int:
    from kiosk.bootstrap.display import run_display

    return run_display(args)


# -- what commands need of the screens, which they may not import themselves -----------------------------


def _clip_look() -> Look:
    """Colours and letters of the screens, for the clips that are drawn here."""
    from dataclasses import asdict

    from kiosk.processes.clip_making.lettering import Look
    from screens.theme import FONT_FILES, FONTS, Palette

    weights = {"regular": "text", "semibold": "semibold", "bold": "bold"}
    return Look(asdict(Palette()), {weight: FONTS / FONT_FILES[face] for weight, face in weights.items()})


def _language_tools() -> languages.Tools:
    """The words of the screens, for the command that checks them."""
    from screens.locale.tools import LanguageTools

    return LanguageTools()


def _gallery_tool() -> gallery.Tool:
    """What draws the screens and looks at no settings."""
    from screens.gallery.product import GalleryTool

    return GalleryTool()
