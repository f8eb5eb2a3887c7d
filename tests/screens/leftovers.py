"""Draws every sample after those before it, then all the other way round; prints as JSON which differ.

``python -m tests.screens.leftovers WIDTH HEIGHT [FOLDER]``; into ``FOLDER`` the pictures are written, too.
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from screens.gallery import draw, samples


def main(width: int, height: int, folder: Path) -> None:
    gc.disable()  # once after each way will do
    draw.ROUND_SECONDS = 0.0  # nothing of the samples waits for the clock
    drawer, views = draw.Drawer((width, height), 21.5), samples()
    names = list(views)
    for way, order in (("on", names), ("back", names[::-1])):
        drawer.draw_views({name: views[name] for name in order}, folder / way)
        gc.collect()
    print(
        json.dumps([name for name in names if _pixels(folder / "on", name) != _pixels(folder / "back", name)])
    )


def _pixels(folder: Path, name: str) -> bytes:
    with Image.open(folder / f"{name}.png") as picture:
        return picture.tobytes()


if __name__ == "__main__":
    with TemporaryDirectory() as made:
        main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3] if len(sys.argv) > 3 else made))
