"""The centre's commands alone, for tests that start it as a process of its own."""

from __future__ import annotations

import argparse
import sys

from kiosk.processes.commands import backup, centre, journal, service
from kiosk.processes.commands.options import CommandError


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers(required=True)
    for command in (centre, journal, backup, service):
        command.add(subparsers)
    args = parser.parse_args(arguments)
    try:
        return int(args.run(args))
    except CommandError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
