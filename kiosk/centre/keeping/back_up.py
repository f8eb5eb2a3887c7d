"""One backup as the settings want it: made, proved, copied to the second folder, old ones let go."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.centre.keeping import backup
from kiosk.centre.keeping.backup import Backup, BackupError
from kiosk.centre.keeping.places import Places
from kiosk.centre.store.engine import chosen_url, database_of
from kiosk.settings import Settings

_LEFT_OVER_SECONDS = 24 * 3600


def back_up(settings: Settings, data_folder: Path, now: datetime, to: Path | None = None) -> dict[str, Any]:
    """What the journal tells of it. ``to``: another folder instead of the configured ones.

    Raises ``BackupError``.
    """
    places, chosen = Places.of(settings, data_folder), settings.centre.backup
    folder = to or places.backups
    made = make(settings, data_folder, folder, now)
    told: dict[str, Any] = {
        "file": made.file.name,
        "seq": made.manifest.seq,
        "hash": made.manifest.hash,
        "bytes": made.file.stat().st_size,
        "compared": made.compared,
    }
    if to is not None:
        return told
    try:
        for second in places.backup_folders[1:]:
            if not places.present(second):
                raise FileNotFoundError(2, "it is not there")
            backup.copy_to(made.file, second)
        for one in places.backup_folders:
            backup.keep_newest(one, settings.centre.site, chosen.keep)
            _sweep(one)
    except OSError as error:
        raise BackupError(
            f"{made.file.name} is made, but not in the second folder: {error.strerror or error}"
        ) from error
    return told


def make(settings: Settings, data_folder: Path, folder: Path, now: datetime) -> Backup:
    """Make and prove a backup of the configured database. Raises ``BackupError``."""
    database = database_of(data_folder, chosen_url(settings.centre.database_url))
    if isinstance(database, Path) and not database.is_file():
        raise BackupError("there is no database")
    return backup.make(database, settings.centre.site, folder, now)


def _sweep(folder: Path) -> None:
    """Remove what a backup that was killed left."""
    for place in folder.glob(".backup-*"):
        if time.time() - place.stat().st_mtime > _LEFT_OVER_SECONDS:
            shutil.rmtree(place, ignore_errors=True)
