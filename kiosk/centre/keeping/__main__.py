"""``python -m kiosk.centre.keeping CONFIG DATA``: one backup, and what became of it as a line of JSON.

The running centre starts it for the night's backup; people use ``main.py backup``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from kiosk.centre.keeping.back_up import back_up
from kiosk.centre.keeping.backup import BackupError
from kiosk.centre.moments import system_clock
from kiosk.settings import load


def _main(config: str, data: str) -> None:
    try:
        told = back_up(load(Path(config)), Path(data), system_clock())
    except BackupError as error:
        told = {"failed": str(error)}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2])
