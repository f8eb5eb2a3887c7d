"""What the commands share: the two folders, an error the user can act on, and answers as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


class CommandError(Exception):
    """Something the user can put right; its text is shown as one line and the command ends with code 2."""


def add_folders(parser: argparse.ArgumentParser) -> None:
    """``--config`` and ``--data``, the same for every command."""
    parser.add_argument(
        "--config",
        type=Path,
        default=Path("config"),
        metavar="DIR",
        help="folder with centre.toml, services.toml and the others (default: config)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("var"),
        metavar="DIR",
        help="folder where this installation keeps its data (default: var)",
    )


def print_json(value: Any) -> None:
    """An answer for other programs, on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    print()


def running_centre(data: Path) -> str | None:
    """Address of the centre that `run` started with this data folder, if it ever did."""
    try:
        return str(json.loads((data / "run.json").read_text())["centre"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember_centre(data: Path, url: str) -> None:
    """Let the other commands find the centre that `run` starts."""
    (data / "run.json").write_text(json.dumps({"centre": url}) + "\n")
