"""``main.py service stop``, ``resume`` and ``stopped``: no more numbers, from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from kiosk.processes.commands.centre import explained
from kiosk.processes.commands.options import CommandError, add_folders
from kiosk.settings import Settings, load

_HOUSE = "*"
_LONGEST_MESSAGE = 300


def add(subparsers: Any) -> None:
    """Add these commands to the command line."""
    parser = subparsers.add_parser(
        "service",
        help="stop giving numbers of a service, or of the whole house, and give them again",
        description="What the head of the centre does on the officers' page, for when nobody can sign in. "
        "Kiosks learn of it at once; citizens who already hold a number are served.",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    stopping = _action(actions, "stop", "give no more numbers, until `service resume`", _stop)
    stopping.add_argument(
        "--message",
        required=True,
        metavar="TEXT",
        help='what citizens read, e.g. "Mất điện, xin quay lại sau 14 giờ"',
    )
    _action(actions, "resume", "give numbers again", _resume)
    listing = actions.add_parser(
        "stopped",
        help="tell what is stopped",
        description="One line for each stop: the service and its message.",
    )
    add_folders(listing)
    listing.set_defaults(run=run, command=_stopped)


def _action(actions: Any, name: str, text: str, command: Callable[[argparse.Namespace], int]) -> Any:
    parser = actions.add_parser(
        name, help=text, description=f"{text[0].upper()}{text[1:]}. Works while the centre runs."
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("service", nargs="?", metavar="SERVICE", help="id of the service, as in services.toml")
    which.add_argument("--house", action="store_true", help="all services")
    add_folders(parser)
    parser.set_defaults(run=run, command=command)
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the command that ``add`` described. Raises ``CommandError``, ``SettingsError``."""
    command: Callable[[argparse.Namespace], int] = args.command
    with explained():
        return command(args)


def _stop(args: argparse.Namespace) -> int:
    from kiosk.centre.admin import stop_service

    settings = load(args.config)
    message = " ".join(args.message.split())
    if not 0 < len(message) <= _LONGEST_MESSAGE:
        raise CommandError(f"a message has 1 to {_LONGEST_MESSAGE} characters")
    stop_service(settings, args.data, _which(settings, args), message)
    print(f"{_named(args)} gives no more numbers; citizens read: {message}")
    return 0


def _resume(args: argparse.Namespace) -> int:
    from kiosk.centre.admin import resume_service, stopped_services

    settings = load(args.config)
    resume_service(settings, args.data, _which(settings, args))
    still = stopped_services(settings, args.data)
    whole = (
        ""
        if args.house or _HOUSE not in still
        else ", once the whole house is resumed (`service resume --house`)"
    )
    print(f"{_named(args)} gives numbers again{whole}")
    return 0


def _stopped(args: argparse.Namespace) -> int:
    from kiosk.centre.admin import stopped_services

    stops = stopped_services(load(args.config), args.data)
    for service, message in sorted(stops.items()):
        print(f"{'the whole house' if service == _HOUSE else service}: {message}")
    if not stops:
        print("nothing is stopped")
    return 0


def _which(settings: Settings, args: argparse.Namespace) -> str:
    if args.house:
        return _HOUSE
    known = [one.id for one in settings.services]
    if args.service not in known:
        raise CommandError(f"there is no service “{args.service}”; there are: {', '.join(known)}")
    return str(args.service)


def _named(args: argparse.Namespace) -> str:
    return "The whole house" if args.house else str(args.service)
