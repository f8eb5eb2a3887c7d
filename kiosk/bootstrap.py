"""The command line, and how each process is built from settings: the one place that chooses implementations.

Everything heavy is imported inside the command that needs it: the centre never loads Kivy, the windows never
load the database.
"""

# ruff: noqa: PLC0415
from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kiosk.processes.commands.options import CommandError, add_folders
from kiosk.settings import DeviceSettings, Settings, SettingsError, load

if TYPE_CHECKING:
    from kivy.app import App

    from kiosk.client import CentreClient

PUBLISH_SECONDS = 0.05

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
    from kiosk.processes.commands import centre, check, device, pin, run, tour, virtual

    parser = argparse.ArgumentParser(
        prog="main.py", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    run.add(subparsers)
    centre.add(subparsers)
    _add_window(subparsers, "kiosk", "run the citizen's machine (its window and its devices)")
    _add_window(subparsers, "display", "run a ceiling display (its window and its loudspeaker)")
    for command in (check, device, pin, virtual, tour):
        command.add(subparsers)
    return parser


# -- the windows -----------------------------------------------------------------------------------------


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
    parser.set_defaults(run=_kiosk if role == "kiosk" else _display, role=role)


@dataclass(frozen=True)
class _Joined:
    """What both windows begin with."""

    settings: Settings
    devices: DeviceSettings
    client: CentreClient


def _join(args: argparse.Namespace) -> _Joined:
    """Settings, the client of the centre, and the settings of the devices as the centre keeps them."""
    from kiosk.client import CentreClient
    from kiosk.processes.effective_settings import effective_settings

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = load(args.config)
    file: Path = args.token_file or args.data / "tokens" / f"{args.role}.token"
    try:
        token = file.read_text().strip()
    except OSError as error:
        raise CommandError(
            f"no device token in {file}; make one with "
            f"`python main.py token --role {args.role} --name NAME`, "
            "or start the whole lobby with `python main.py run`"
        ) from error
    url = args.centre or f"http://127.0.0.1:{settings.centre.port}"
    client = CentreClient(url, token)
    return _Joined(settings, effective_settings(client, settings.devices), client)


def _display(args: argparse.Namespace) -> int:
    joined = _join(args)
    centre = joined.settings.centre
    from screens.window import prepare_window

    prepare_window(joined.devices.ceiling_screen, f"{centre.short_name} – ceiling display")
    from kiosk.processes.display import DisplayProcess
    from screens.ceiling.app import CeilingApp
    from screens.ceiling.presenter import ceiling_view

    zone = ZoneInfo(centre.timezone)
    app = CeilingApp(lambda: ceiling_view(process.display, datetime.now(UTC), zone, centre.name))
    process = DisplayProcess(joined.client, joined.devices, app, app.refresh)
    process.start()
    try:
        _run_window(app, args, "ceiling", lambda: "ceiling")
    finally:
        process.stop()
    return app.exit_code


def _run_window(app: App, args: argparse.Namespace, window: str, screen: Callable[[], str]) -> None:
    """Run a window until it is closed or the process is asked to end."""
    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, lambda *_: app.stop())
    if args.virtual:
        _publish(args.data, window, screen)
    app.run()


def _publish(data: Path, window: str, screen: Callable[[], str]) -> None:
    from kivy.clock import Clock

    from kiosk.processes.publishing import Publisher
    from screens.described import described_window

    publisher = Publisher(data / "virtual" / "control.json", window)

    def tell(_seconds: float) -> None:
        publisher.publish({"screen": screen(), **described_window()})

    Clock.schedule_interval(tell, PUBLISH_SECONDS)


def _kiosk(args: argparse.Namespace) -> int:
    raise CommandError("not joined yet")
