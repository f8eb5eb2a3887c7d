"""Where a centre keeps what outlives its database."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from kiosk.centre.durable import make_folder, sync_folder
from kiosk.settings import Settings


class CentreRunsError(Exception):
    """A centre works with this data folder at this moment."""


@dataclass(frozen=True)
class Places:
    """Folders of one installation. ``second``: the site's folder on another disk, if there is one."""

    data: Path
    backups: Path
    second: Path | None

    def present(self, folder: Path) -> bool:
        """Whether the disk of a folder is there: the configured second folder is never made by itself."""
        return self.second is None or not folder.is_relative_to(self.second) or self.second.parent.is_dir()

    @classmethod
    def of(cls, settings: Settings, data_folder: Path) -> Self:
        """The folders that the settings name; relative ones lie in the data folder."""
        chosen, second = settings.centre.backup.folder, settings.centre.backup.second_folder
        return cls(
            data=data_folder,
            backups=data_folder / (chosen or "backups"),
            second=data_folder / second / settings.centre.site if second else None,
        )

    @property
    def journals(self) -> list[Path]:
        """Folders with a copy of the journal, the nearest first."""
        return [place / "journal" for place in self._both]

    @property
    def archives(self) -> list[Path]:
        """Folders with archived days, the nearest first."""
        return [place / "archive" for place in self._both]

    @property
    def backup_folders(self) -> list[Path]:
        """Folders with backups, the nearest first."""
        return [self.backups] if self.second is None else [self.backups, self.second / "backups"]

    @property
    def _both(self) -> list[Path]:
        return [self.data] if self.second is None else [self.data, self.second]

    def new_aside(self, now: datetime, what: str) -> Path:
        """An empty folder for what is to be moved out of the way, never deleted. Raises ``OSError``."""
        parent = self.data / "set-aside"
        make_folder(parent)
        name = f"{now:%Y%m%dT%H%M%SZ}-{what}"
        folder = next(
            place
            for place in (parent / (name if n == 1 else f"{name}-{n}") for n in range(1, 1000))
            if not place.exists()
        )
        folder.mkdir(mode=0o700)
        sync_folder(parent)
        return folder

    @staticmethod
    def move_aside(files: list[Path], folder: Path) -> None:
        """Move files into a folder of the same disk. Raises ``OSError``."""
        for file in files:
            file.replace(folder / file.name)
        for touched in {folder, *(file.parent for file in files)}:
            sync_folder(touched)


class Presence:
    """Says that a centre works with a data folder, for as long as the process lives.

    Several centres may share a folder when the database is PostgreSQL.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "centre.lock"
        self._handle: int | None = None

    def claim(self, *, alone: bool = False) -> None:
        """Be there; with ``alone`` nobody else may be. Raises ``CentreRunsError``, ``OSError``."""
        make_folder(self._file.parent)
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise CentreRunsError(f"{self._file.parent} is in use by another process") from None
        self._handle = handle

    def leave(self) -> None:
        """Be gone."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
