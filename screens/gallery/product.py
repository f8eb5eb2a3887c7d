"""The whole gallery: panels, languages, sizes, contrasts and layouts, drawn by one window process a panel."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from screens.gallery import samples
from screens.gallery.modes import CONTRASTS, LAYOUTS, SIZES, Mode, modes
from screens.gallery.sheets import SHEET, write_index, write_sheets, write_small
from screens.locale.languages import languages

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs" / "screens"
PANEL = "1080x1920"
TOGETHER = 2
ON_A_SHEET = {"upright": (40, 10), "lying": (40, 5)}


class DrawingError(RuntimeError):
    """A window process ended without having drawn everything."""


class GalleryTool:
    """What ``main.py gallery`` does; see ``kiosk.processes.commands.gallery``."""

    sizes, contrasts, layouts = SIZES, CONTRASTS, LAYOUTS

    def languages(self) -> Sequence[str]:
        """All tags, Vietnamese first."""
        return [one.tag for one in languages()]

    def draw(
        self,
        out: Path,
        panels: Sequence[str],
        chosen: tuple[Iterable[str], Iterable[str], Iterable[str], Iterable[str]],
        *,
        names: Sequence[str],
        inches: float,
        on_a_sheet: int,
    ) -> Path:
        """Draw ``names`` (none: all) on every panel in every mode; returns the index. ``chosen``: languages,
        sizes, contrasts, layouts. Raises ``DrawingError``.
        """
        ways = modes(*chosen)
        with ThreadPoolExecutor(TOGETHER) as workers:
            list(workers.map(lambda panel: _draw_panel(out / panel, panel, ways, names, inches), panels))
        folders = [out / panel / str(mode) for panel in panels for mode in ways]
        for folder in folders:
            pictures = _in_order(folder)
            width, height = _size(folder.relative_to(out).parts[0])
            each, columns = ON_A_SHEET["upright" if height > width else "lying"]
            for old in folder.glob(f"{SHEET}*.png"):
                old.unlink()
            columns = max(1, round(columns * (on_a_sheet / each) ** 0.5)) if on_a_sheet else columns
            write_sheets(folder, pictures, on_a_sheet or each, columns)
        write_index(out, folders)
        return out / "index.html"

    def draw_docs(self) -> Path:
        """Draw the normal set into docs/screens anew; returns that folder. Raises ``DrawingError``."""
        DOCS.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="mot-cua-gallery-") as made:
            folder = Path(made) / str(Mode())
            _draw_panel(Path(made), PANEL, [Mode()], list(samples()), 21.5)
            for old in DOCS.glob("*.png"):
                old.unlink()
            for name in samples():
                write_small(folder / f"{name}.png", DOCS / f"{name}.png")
        (DOCS / "README.md").write_text(readme(), encoding="utf-8")
        return DOCS


def readme() -> str:
    """The index of docs/screens: every sample once, by the folder of its screen."""
    by_screen: dict[str, list[str]] = {}
    for name, view in samples().items():
        kind = type(view.overlay).__name__.removesuffix("View") if view.overlay is not None else ""
        folder = "".join(f"_{c.lower()}" if c.isupper() else c for c in kind).lstrip("_") or view.name
        by_screen.setdefault({"help": "help"}.get(folder, folder), []).append(name)
    lines = [
        "# The citizen's screens",
        "",
        "Every sample of the gallery once: Vietnamese, usual letters and colours, an upright panel of 21.5 "
        f"inches, {PANEL.replace('x', ' × ')} pixels, here 432 wide. The citizen is invented. Draw "
        "them anew with `python main.py gallery --docs`; other languages, sizes, contrasts, layouts and "
        "panels with `python main.py gallery --out DIR`.",
    ]
    for screen, names in by_screen.items():
        lines += ["", f"## {screen}", ""]
        lines += [f"![{name}]({name}.png)" for name in names]
    return "\n".join(lines) + "\n"


def _in_order(folder: Path) -> list[Path]:
    """Screens in the order of a visit, then the widgets."""
    place = {name: number for number, name in enumerate(samples())}
    found = [path for path in folder.glob("*.png") if not path.stem.startswith(SHEET)]
    return sorted(found, key=lambda path: (place.get(path.stem, len(place)), path.stem))


def _size(panel: str) -> tuple[int, int]:
    width, _, height = panel.partition("x")
    return int(width), int(height)


def _draw_panel(out: Path, panel: str, ways: Sequence[Mode], names: Sequence[str], inches: float) -> None:
    command = [sys.executable, "-m", "screens.gallery", str(out), *names, "--size", panel]
    command += ["--inches", str(inches), *(word for mode in ways for word in ("--mode", str(mode)))]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    missing = [mode for mode in ways if not any((out / str(mode)).glob("*.png"))]
    if done.returncode or missing:
        raise DrawingError(f"{panel}: {done.stderr.strip()[-800:] or 'nothing was drawn'}")
