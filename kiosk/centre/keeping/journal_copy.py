"""A copy of the journal outside the database: written after each commit, on the disk about each second.

It never holds up or fails a commit: a thread of its own writes, and whatever it missed (another process's
entries, a disk that was gone for a day) it reads from the database. A line torn by a power cut is cut off
when the file is next opened.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import gzip
import io
import logging
import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.centre.durable import make_folder, sync_folder, write_file
from kiosk.centre.journal import Entry
from kiosk.centre.keeping.journal_files import PACKED, PLAIN, day_files, day_of, line_of, newest, opened
from kiosk.centre.keeping.places import Places
from kiosk.centre.moments import read

_LOG = logging.getLogger(__name__)
SYNC_SECONDS = 1.0
_GATHER_SECONDS = 0.02
_PAGE = 500
ReadAfter = Callable[[int, int], list[Entry]]
"""Entries above a number from the database, at most so many."""


@dataclass(frozen=True)
class CopyState:
    """How far one folder's copy is. ``fault``: why it is not written at the moment."""

    folder: Path
    seq: int
    fault: str | None


class CopyFolder:
    """One folder of day files, written by one process at a time."""

    def __init__(self, folder: Path, zone: ZoneInfo, places: Places) -> None:
        self.folder = folder
        self._places = places
        self.seq = 0
        self.fault: str | None = None
        self._zone = zone
        self._file: io.BufferedWriter | None = None
        self._day = ""
        self._ready = False
        self._unsynced = False
        self._synced_at = 0.0

    def bring(self, entries: Sequence[Entry], read_after: ReadAfter, *, look: bool) -> None:
        """Write what is new: ``entries`` if they follow at once, else what the database holds. Never raises.

        ``look``: ask the database even if nothing is known to be new.
        """
        try:
            if not self._ready:
                self._begin(read_after)
                look = True
            if entries and entries[0].seq == self.seq + 1:
                self._write(entries)
            elif look or (entries and entries[-1].seq > self.seq):
                while page := read_after(self.seq, _PAGE):
                    self._write(page)
            if time.monotonic() - self._synced_at >= SYNC_SECONDS:
                self.sync()
            if self.fault is not None:
                _LOG.warning("the journal's copy in %s goes on", self.folder)
                self.fault = None
        except Exception as error:
            self._give_up(error)

    def sync(self) -> None:
        """Have everything on the disk. Raises ``OSError``."""
        if self._file is not None and self._unsynced:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._unsynced = False
        self._synced_at = time.monotonic()

    def close(self) -> None:
        """Have everything on the disk and let go. Never raises."""
        try:
            self.sync()
            if self._file is not None:
                self._file.close()
        except OSError as error:
            self._give_up(error)
        self._file, self._ready, self._day = None, False, ""

    def tidy(self, today: date, archived: str) -> None:
        """Compress the days before ``today``, and let those go that an archive holds. Never raises."""
        try:
            self.close()
            for file in day_files(self.folder):
                if archived and day_of(file) <= archived:
                    file.unlink()
                elif file.name.endswith(PLAIN) and day_of(file) < today.isoformat():
                    pack(file)
        except OSError as error:
            self._give_up(error)

    def _begin(self, read_after: ReadAfter) -> None:
        if not self._places.present(self.folder):
            raise FileNotFoundError(errno.ENOENT, "the second folder is not there", str(self.folder))
        make_folder(self.folder)
        for file in self.folder.glob(f"*{PLAIN}"):
            _cut_torn_line(file)
        last = newest(self.folder)
        if last is not None and not _is_of(last, read_after):
            self._set_aside()
            last = None
        self.seq = 0 if last is None else last.seq
        self._ready = True

    def _set_aside(self) -> None:
        """The copy tells of a past that the database does not have: it is kept, and a new copy begun."""
        stamp = datetime.now(tz=self._zone).strftime("%Y%m%dT%H%M%S")
        aside = self.folder.with_name(f"{self.folder.name}-set-aside-{stamp}")
        self.folder.rename(aside)
        make_folder(self.folder)
        sync_folder(self.folder.parent)
        _LOG.warning("the journal's copy in %s is another database's; it is kept as %s", self.folder, aside)

    def _write(self, entries: Sequence[Entry]) -> None:
        for day, those in groupby(entries, lambda entry: read(entry.at).astimezone(self._zone).date()):
            lines = "".join(f"{line_of(entry)}\n" for entry in those)
            self._unsynced = True
            file = self._of(day.isoformat())
            file.write(lines.encode("utf-8"))
            file.flush()
        self.seq = entries[-1].seq

    def _of(self, day: str) -> io.BufferedWriter:
        if self._file is None or day != self._day:
            if self._file is not None:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
            file = self.folder / f"{day}{PLAIN}"
            new = not file.exists()
            self._file, self._day = os.fdopen(_append_to(file), "ab"), day
            if new:
                sync_folder(self.folder)
        return self._file

    def _give_up(self, error: Exception) -> None:
        """Until the next second, which begins with what the disk and the database then hold."""
        if self.fault is None:
            _LOG.error("the journal's copy in %s is not written: %s", self.folder, type(error).__name__)
        self.fault = getattr(error, "strerror", None) or type(error).__name__
        self._ready, self._day = False, ""
        if self._file is not None:
            file, self._file = self._file, None
            with contextlib.suppress(OSError):
                file.close()


class JournalCopy:
    """The copies in all folders, and the thread that writes them.

    ``read_after`` asks the database and may be called from that thread until ``stop`` returns.
    """

    def __init__(self, places: Places, zone: ZoneInfo, read_after: ReadAfter) -> None:
        self._copies = [CopyFolder(folder, zone, places) for folder in places.journals]
        self._read_after = read_after
        self._offered: deque[tuple[Entry, ...]] = deque()
        self._wake = threading.Event()
        self._stopping = False
        self._tidy: tuple[date, str] | None = None
        self._lock_file = places.data / "journal.lock"
        self._lock: int | None = None
        self._thread = threading.Thread(target=self._work, name="journal-copy", daemon=True)

    @property
    def states(self) -> list[CopyState]:
        """How far each folder's copy is."""
        return [CopyState(copy.folder, copy.seq, copy.fault) for copy in self._copies]

    def start(self) -> None:
        """Begin; the first thing is to catch up with the database."""
        self._thread.start()

    def offer(self, entries: tuple[Entry, ...]) -> None:
        """Entries just committed. Callable from any thread; returns at once."""
        self._offered.append(entries)
        self._wake.set()

    def tidy(self, today: date, archived: str) -> None:
        """Have closed days compressed, and those up to ``archived`` (a day, or empty) let go."""
        self._tidy = (today, archived)
        self._wake.set()

    def stop(self) -> None:
        """Write what is there, and end."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def _work(self) -> None:
        looked = 0.0
        while True:
            self._wake.wait(SYNC_SECONDS)
            self._wake.clear()
            last = self._stopping
            if not last:
                time.sleep(_GATHER_SECONDS)  # one write for what a busy moment commits
            entries = [entry for some in self._take() for entry in some]
            look = last or time.monotonic() - looked >= SYNC_SECONDS
            if look:
                looked = time.monotonic()
            if self._alone():
                for copy in self._copies:
                    copy.bring(entries, self._read_after, look=look)
                    if self._tidy is not None:
                        copy.tidy(*self._tidy)
                self._tidy = None
            if last:
                break
        for copy in self._copies:
            copy.close()
        if self._lock is not None:
            os.close(self._lock)

    def _take(self) -> list[tuple[Entry, ...]]:
        taken = []
        while self._offered:
            taken.append(self._offered.popleft())
        return taken

    def _alone(self) -> bool:
        """Whether this process is the one that writes; another one takes over when it ends."""
        if self._lock is not None:
            return True
        try:
            make_folder(self._lock_file.parent)
            handle = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._lock = handle
        return True


def pack(file: Path) -> Path:
    """Compress a closed day's file, together with what is already compressed of that day.

    Raises ``OSError``.
    """
    packed = file.with_name(day_of(file) + PACKED)
    before = [packed] if packed.exists() else []

    def write(target: object) -> None:
        with gzip.GzipFile(filename="", mode="wb", fileobj=target, mtime=0) as out:  # type: ignore[call-overload]
            for source in (*before, file):
                with opened(source) as lines:
                    shutil.copyfileobj(lines, out)

    write_file(packed, write)
    file.unlink()
    sync_folder(file.parent)
    return packed


def _is_of(last: Entry, read_after: ReadAfter) -> bool:
    """Whether the copy's newest entry is the database's, too, or already archived there."""
    there = read_after(last.seq - 1, 1)
    return bool(there) and (there[0].seq > last.seq or there[0].hash == last.hash)


def _append_to(file: Path) -> int:
    return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _cut_torn_line(file: Path) -> None:
    with file.open("r+b") as opened_file:
        size = opened_file.seek(0, 2)
        end, step = size, 1 << 16
        while end > 0:
            start = max(0, end - step)
            opened_file.seek(start)
            found = opened_file.read(end - start).rfind(b"\n")
            if found >= 0:
                end = start + found + 1
                break
            end = start
        if end < size:
            _LOG.warning("%s ended in the middle of a line; the rest of the line is cut off", file.name)
            opened_file.truncate(end)
            os.fsync(opened_file.fileno())
