"""The command line of Một Cửa. Thin: each command stands in ``kiosk/processes/commands``."""

from __future__ import annotations

import sys

from kiosk.bootstrap import command_line

if __name__ == "__main__":
    sys.exit(command_line(sys.argv[1:]))
