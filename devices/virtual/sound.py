"""The folder that stands for a loudspeaker: with the output ``record:FOLDER`` its driver plays into it."""

from __future__ import annotations

from pathlib import Path


class VirtualSound:
    """The loudspeaker is there while ``folder`` is there. Unplugged, the folder stands beside it under
    another name, with everything it holds.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._aside = folder.with_name(f"{folder.name}-unplugged")

    @property
    def plugged(self) -> bool:
        """Whether the driver finds it."""
        return self.folder.is_dir()

    @property
    def plays(self) -> int:
        """How many sounds are kept."""
        return sum(len(list(folder.glob("*.wav"))) for folder in (self.folder, self._aside))

    def plug(self) -> None:
        """Bring back the folder that was unplugged, perhaps by an earlier process, or make one. Raises
        ``OSError``.
        """
        if self._aside.is_dir() and not self.folder.exists():
            self._aside.rename(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def unplug(self) -> None:
        """Pull the cable. Raises ``OSError``."""
        if self.plugged:
            self.folder.rename(self._aside)
