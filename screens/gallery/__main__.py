"""Draws the samples: see the package."""

from __future__ import annotations

import argparse
from pathlib import Path

from screens.gallery.draw import draw
from screens.gallery.modes import CONTRASTS, LAYOUTS, SIZES, Mode, mode_of


def main(arguments: list[str] | None = None) -> int:
    """The command line: one panel, one window. ``main.py gallery`` draws several."""
    parser = argparse.ArgumentParser(prog="python -m screens.gallery", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("names", nargs="*", help="only these samples")
    parser.add_argument("--size", default="1080x1920", help="panel in pixels, e.g. 1920x1080")
    parser.add_argument("--inches", type=float, default=21.5, help="the panel's diagonal")
    parser.add_argument("--language", default="vi", help="language of the screens, e.g. en")
    parser.add_argument("--letters", default="0", choices=SIZES, help="size of the letters")
    for name in ("contrast", "low", "left"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument(
        "--mode",
        action="append",
        type=mode_of,
        default=[],
        help="such as vi/0-usual-usual, into a folder of this name; may be given several times "
        f"(sizes {'|'.join(SIZES)}, contrasts {'|'.join(CONTRASTS)}, layouts {'|'.join(LAYOUTS)})",
    )
    given = parser.parse_args(arguments)
    width, _, height = given.size.partition("x")
    one = Mode(
        given.language,
        given.letters,
        "high" if given.contrast else "usual",
        "_".join(name for name in ("low", "left") if getattr(given, name)) or "usual",
    )
    modes = [(mode, Path(str(mode))) for mode in given.mode] or [(one, Path())]
    draw(given.out, modes, (int(width), int(height)), given.inches, given.names)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
