"""One key for each day's forms.

Destroying the key destroys the forms, in every copy and backup of the database.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from datetime import date, timedelta
from pathlib import Path

KEY_BYTES = 32  # AES-256
_LOCK = "making"


class KeyDestroyedError(Exception):
    """The day's key is gone, and with it what it locked."""


class DayKeys:
    """Files ``YYYY-MM-DD.key`` of a folder, readable by the centre's user only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, day: date) -> bytes:
        """The key of a day. Raises ``KeyDestroyedError`` if there is none."""
        try:
            key = self._file(day).read_bytes()
        except FileNotFoundError:
            raise KeyDestroyedError(day.isoformat()) from None
        if len(key) != KEY_BYTES:
            raise KeyDestroyedError(day.isoformat())
        return key

    def read_or_make(self, day: date) -> bytes:
        """The key of a day that is still going on. It is on the disk before anything is locked with it.

        Raises ``OSError``.
        """
        try:
            return self.read(day)
        except KeyDestroyedError:
            pass
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(self._folder / _LOCK, os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # several processes of a centre make one key, not one each
            try:
                return self.read(day)
            except KeyDestroyedError:
                return self._make(day)

    def _make(self, day: date) -> bytes:
        key = secrets.token_bytes(KEY_BYTES)
        fresh = self._file(day).with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, key)
            os.fsync(handle)
        finally:
            os.close(handle)
        fresh.replace(self._file(day))
        self._sync_folder()
        return key

    def destroy_before(self, day: date) -> list[date]:
        """Destroy the keys of all days before ``day``; returns those days. Raises ``OSError``."""
        gone = []
        for file in sorted(self._folder.glob("*.key")):
            try:
                of = date.fromisoformat(file.stem)
            except ValueError:
                continue
            if of < day:
                with file.open("r+b") as handle:
                    handle.write(bytes(KEY_BYTES))
                    handle.flush()
                    os.fsync(handle.fileno())
                file.unlink()
                gone.append(of)
        if gone:
            self._sync_folder()
        return gone

    def _file(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.key"

    def _sync_folder(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def first_day_kept(today: date, retention_days: int) -> date:
    """The oldest day whose forms may still be read: ``retention_days`` days, today among them."""
    return today - timedelta(days=retention_days - 1)
