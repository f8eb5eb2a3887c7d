"""The command line, and how each process is built from settings: the one place that chooses implementations.

Everything heavy is imported inside the function that needs it: the centre never loads Kivy, the windows never
load the database. Begin at ``parser``; ``kiosk`` and ``display`` build the processes with a window.
"""

from kiosk.bootstrap.parser import command_line

__all__ = ["command_line"]
