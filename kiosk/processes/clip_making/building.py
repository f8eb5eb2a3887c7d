"""From a storyboard to a finished clip."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kiosk.clip_library import ClipManifest, read_manifest, transcript, web_vtt
from kiosk.processes.clip_making.drawing import DrawingError, Workshop
from kiosk.processes.clip_making.frames import FRAMES_PER_SECOND, Film
from kiosk.processes.clip_making.icons import own_icons, shipped_icons
from kiosk.processes.clip_making.lettering import Look
from kiosk.processes.clip_making.narration import EspeakVoice, Narration, Speech, narrate
from kiosk.processes.clip_making.programs import LOUDNESS_LUFS
from kiosk.processes.clip_making.storyboard import FRAME, Screen, Storyboard, StoryboardError, load_storyboard
from kiosk.processes.clip_making.writing import Pictures, encode, new_folder, save_poster, write_manifest

_ROOT = Path(__file__).resolve().parents[3]
GALLERY_SECONDS = 300.0


@dataclass
class KioskScreens:
    """Pictures of the kiosk's own screens: from a folder, else drawn by the gallery when first needed."""

    folder: Path | None = None
    wanted: Iterable[str] = ()
    _made: tempfile.TemporaryDirectory[str] | None = field(default=None, repr=False)

    def __call__(self, name: str) -> Path:
        """The picture of one screen. Raises ``DrawingError``."""
        if self.folder is None:
            self._made = tempfile.TemporaryDirectory(prefix="mot-cua-screens-")
            self.folder = Path(self._made.name)
            self._draw(sorted({name, *self.wanted}))
        path = self.folder / f"{name}.png"
        if not path.is_file():
            known = sorted(one.stem for one in self.folder.glob("*.png"))
            raise DrawingError(f"the gallery has no screen “{name}”; it has: {', '.join(known)}")
        return path

    def close(self) -> None:
        """Remove what was drawn."""
        if self._made is not None:
            self._made.cleanup()

    def _draw(self, names: list[str]) -> None:
        assert self.folder is not None  # noqa: S101 - set by the caller
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [sys.executable, "-m", "screens.gallery", str(self.folder), *names, "--size", "1920x1080"],
                cwd=_ROOT,
                env={**_environment(), "SDL_VIDEODRIVER": "offscreen"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=GALLERY_SECONDS,
                check=False,
            )


def _environment() -> dict[str, str]:
    import os  # noqa: PLC0415 - the only use of it

    return dict(os.environ)


@dataclass(frozen=True)
class Order:
    """How clips are to be built: look, where to, kinds of file, the day that is written into the manifest."""

    look: Look
    out: Path
    formats: tuple[str, ...]
    made: date
    screens: Callable[[str], Path]


def screens_of(board: Storyboard) -> set[str]:
    """Names of the kiosk's screens a storyboard shows."""
    return {one.screen for scene in board.scenes for one in scene.show if isinstance(one, Screen)}


def build(path: Path, order: Order, speech: Speech | None = None) -> ClipManifest:
    """Build one clip into ``order.out/ID``. Raises ``StoryboardError`` or ``ProgramError``; what was there
    before stays then.
    """
    board = load_storyboard(path)
    shop = Workshop(
        order.look, {**shipped_icons(), **own_icons(board.icons, path)}, path.parent, order.screens
    )
    voice = speech or EspeakVoice(board.voice.name, board.voice.words_per_minute)
    narration = narrate(board, path, voice)
    try:
        film = Film(narration, shop, path)
    except DrawingError as error:
        raise StoryboardError([f"{path.name}: {error}"]) from error
    with (
        new_folder(order.out, board.id) as folder,
        tempfile.TemporaryDirectory(prefix="mot-cua-clip-") as temp,
    ):
        sound = Path(temp) / "sound.wav"
        sound.write_bytes(narration.sound.wav())
        pictures = Pictures(film.frames(), FRAME, FRAMES_PER_SECOND)
        encode(pictures, sound, folder, order.formats)
        save_poster(film.poster(board.poster), folder)
        for language in board.languages:
            cues = narration.cues(language)
            title = board.title.get(language, board.title["vi"])
            (folder / f"captions.{language}.vtt").write_text(web_vtt(cues), encoding="utf-8")
            (folder / f"transcript.{language}.txt").write_text(transcript(title, cues), encoding="utf-8")
        write_manifest(_manifest(board, narration, order.made), folder)
    return read_manifest(order.out / board.id)


def _manifest(board: Storyboard, narration: Narration, made: date) -> ClipManifest:
    return ClipManifest(
        id=board.id,
        title=board.title,
        topic=board.topic,
        seconds=narration.seconds,
        made=made,
        procedures=board.procedures,
        languages=board.languages,
        width=FRAME[0],
        height=FRAME[1],
        loudness=LOUDNESS_LUFS,
        order=board.order,
        valid_from=board.valid_from,
        valid_until=board.valid_until,
        origin="storyboard",
    )
