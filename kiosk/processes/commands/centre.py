"""``main.py centre``, ``token`` and ``officer add``: the centre, and its people and devices."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from typing import Any

from kiosk.processes.commands.options import CommandError, add_folders
from kiosk.settings import Settings, load

_LOBBY_SECONDS = 10.0
_MOST_PROCESSES = 16


def add(subparsers: Any) -> None:
    """Add these commands to the command line."""
    _add_centre(subparsers)
    _add_token(subparsers)
    _add_officer(subparsers)


def run(args: argparse.Namespace) -> int:
    """Run the command that ``add`` described. Raises ``CommandError``, ``SettingsError``."""
    command: Callable[[argparse.Namespace], int] = args.command
    return command(args)


def _add_centre(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "centre",
        help="run the centre: the queue, the API and the web pages",
        description="Keeps numbers, counters and forms. Stop it with Ctrl-C; it can be killed at any moment "
        "without losing a number.",
    )
    add_folders(parser)
    parser.add_argument(
        "--port", type=int, metavar="N", help="port (default: as in centre.toml; 0: any free one)"
    )
    parser.add_argument(
        "--host",
        metavar="ADDRESS",
        help="address to listen on (default: as in centre.toml; 0.0.0.0: the whole network)",
    )
    parser.add_argument(
        "--processes",
        type=int,
        default=1,
        metavar="N",
        help="how many processes answer at the address, for a centre with many counters (needs PostgreSQL)",
    )
    parser.add_argument(
        "--lobby-control",
        type=Path,
        metavar="FILE",
        help="control.json of a virtual lobby; adds the page /lobby (`main.py run --virtual` does this)",
    )
    parser.set_defaults(run=run, command=_centre)


def _add_token(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "token",
        help="make a token for a kiosk, a display or a maintenance tool, and print it",
        description="The token is shown this once; only its hash is kept. Works while the centre runs.",
    )
    add_folders(parser)
    parser.add_argument("--role", required=True, choices=["kiosk", "display", "maintenance"])
    parser.add_argument("--name", required=True, help="what the journal calls this device, e.g. sanh-1")
    parser.set_defaults(run=run, command=_token)


def _add_officer(subparsers: Any) -> None:
    parser = subparsers.add_parser("officer", help="people who sign in on the centre's pages")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    adding = actions.add_parser(
        "add",
        help="add a person, or give one a new role and password",
        description="A known login gets the new role and password and is signed out everywhere.",
    )
    add_folders(adding)
    adding.add_argument("login", metavar="LOGIN")
    adding.add_argument("--role", required=True, choices=["officer", "head", "maintenance"])
    adding.add_argument("--name", default="", help="name shown to colleagues (default: the login)")
    adding.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from standard input instead of asking",
    )
    adding.set_defaults(run=run, command=_officer)


def _centre(args: argparse.Namespace) -> int:
    settings = load(args.config)
    with explained():
        from kiosk.centre.service import serve

        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        logging.getLogger("alembic").setLevel(logging.WARNING)
        host = args.host or settings.centre.host
        port = settings.centre.port if args.port is None else args.port

        def listening(address: str) -> None:
            print(f"The centre listens on {address}", flush=True)

        if args.processes != 1:
            return _together(args, settings, host, port, listening)
        lobby = None if args.lobby_control is None else _lobby_control(args.lobby_control)
        return serve(settings, args.data, host=host, port=port, virtual_lobby=lobby, on_listening=listening)


def _together(
    args: argparse.Namespace, settings: Settings, host: str, port: int, listening: Callable[[str], None]
) -> int:
    from kiosk.centre.together import serve_together

    if not 1 <= args.processes <= _MOST_PROCESSES:
        raise CommandError(f"--processes is a number from 1 to {_MOST_PROCESSES}")
    if args.lobby_control is not None:
        raise CommandError("a virtual lobby is shown by a centre of one process")
    return serve_together(
        settings, args.data, host=host, port=port, processes=args.processes, on_listening=listening
    )


def _lobby_control(file: Path) -> Any:
    from kiosk.centre.web import LobbyControl

    end = time.monotonic() + _LOBBY_SECONDS
    while True:
        try:
            raw = json.loads(file.read_text(encoding="utf-8"))
            return LobbyControl(url=raw["url"], token=raw["token"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            if time.monotonic() > end:
                raise CommandError(f"{file} does not tell where a virtual lobby listens") from error
            time.sleep(0.1)


def _token(args: argparse.Namespace) -> int:
    settings = load(args.config)
    with explained():
        from kiosk.centre.admin import create_token

        print(create_token(settings, args.data, args.role, args.name))
    return 0


def _officer(args: argparse.Namespace) -> int:
    settings = load(args.config)
    with explained():
        from kiosk.centre.admin import add_officer

        new = add_officer(
            settings, args.data, args.login, args.role, _password(args.password_stdin), name=args.name
        )
    print(f"{args.login} {'may sign in now' if new else 'has a new role and password'} ({args.role})")
    return 0


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise CommandError("nobody can be asked for a password here; give it with --password-stdin")
    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise CommandError("the two passwords differ")
    return password


@contextmanager
def explained() -> Iterator[None]:
    """What the user can put right becomes one line instead of a traceback."""
    from kiosk.centre.accounts import AccountError
    from kiosk.centre.keeping.places import CentreRunsError
    from kiosk.centre.service import CannotListenError
    from kiosk.centre.store.errors import StoreFullError, StoreUnreachableError, StoreUnsafeError
    from kiosk.centre.store.migrations import DatabaseTooNewError
    from kiosk.eforms.definition import FormDefinitionError

    try:
        yield
    except FormDefinitionError as error:
        raise CommandError(os.linesep.join(f"forms: {problem}" for problem in error.problems)) from error
    except (
        AccountError,
        CannotListenError,
        CentreRunsError,
        StoreFullError,
        StoreUnreachableError,
        StoreUnsafeError,
        DatabaseTooNewError,
    ) as error:
        raise CommandError(str(error)) from error
