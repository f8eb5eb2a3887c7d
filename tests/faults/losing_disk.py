"""A disk that can lose what was not yet synced: SQLite files in memory, behind an apsw VFS.

What SQLite writes is seen at once by every connection, as through a kernel's page cache, but stays a
pending operation until its file is synced. At each moment inside an I/O call (a write, a truncation, the
beginning and the end of a sync) ``Disk.remains`` builds what a disk could hold if the power went off just
then: the synced bytes and none, a random half, torn sectors, or all of the pending operations. The run
itself goes on.

Not modelled: loss of directory entries, damage beside the bytes written, faults of the file system itself.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
LEFT = ("none", "half", "torn", "all")
"""What remains of the pending operations."""

_KEPT = apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL
_names = itertools.count(1)


@dataclass(frozen=True)
class Write:
    """Bytes at an offset."""

    offset: int
    data: bytes

    def onto(self, content: bytearray) -> None:
        """Perform it; a hole before it is filled with zeros."""
        if len(content) < self.offset:
            content.extend(bytes(self.offset - len(content)))
        content[self.offset : self.offset + len(self.data)] = self.data

    def torn(self, dice: random.Random) -> Iterator[Write]:
        """The sectors of it that reached the disk: each with probability one half."""
        at = self.offset
        end = self.offset + len(self.data)
        while at < end:
            until = min(end, (at // SECTOR + 1) * SECTOR)
            if dice.random() < 0.5:
                yield Write(at, self.data[at - self.offset : until - self.offset])
            at = until


@dataclass(frozen=True)
class Truncation:
    """A new size."""

    size: int

    def onto(self, content: bytearray) -> None:
        """Perform it."""
        if self.size < len(content):
            del content[self.size :]
        else:
            content.extend(bytes(self.size - len(content)))


@dataclass
class DiskFile:
    """A file as programs see it, as it is on the disk for certain, and what lies between."""

    seen: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Write | Truncation] = field(default_factory=list)

    def do(self, operation: Write | Truncation) -> None:
        """Seen at once, durable after the next sync."""
        operation.onto(self.seen)
        self.pending.append(operation)

    def sync(self) -> None:
        """Everything pending is durable."""
        for operation in self.pending:
            operation.onto(self.durable)
        self.pending.clear()

    def after_cut(self, left: str, dice: random.Random) -> bytes:
        """What the disk holds when the power comes back; ``left`` is one of ``LEFT``."""
        content = bytearray(self.durable)
        for operation in self.pending:
            if left == "all" or (left == "half" and dice.random() < 0.5):
                operation.onto(content)
            elif left == "torn":
                pieces = operation.torn(dice) if isinstance(operation, Write) else [operation]
                for piece in pieces:
                    piece.onto(content)
        return bytes(content)


class Disk:
    """Files by path. ``moment`` is called inside I/O calls and may look at ``remains``.

    With ``lies`` a sync is answered and nothing is synced. ``refusal`` returns the SQLite result code with
    which a write, truncation or sync is refused, or 0.
    """

    def __init__(self, *, lies: bool = False) -> None:
        self.name = f"losing-disk-{next(_names)}"
        self.lies = lies
        self.files: dict[str, DiskFile] = {}
        self.moment: Callable[[], None] = lambda: None
        self.refusal: Callable[[], int] = lambda: 0
        self.lock = threading.RLock()
        self._vfs = _Vfs(self)

    def remove(self) -> None:
        """Let SQLite forget the disk."""
        self._vfs.unregister()

    def put(self, path: str, content: bytes) -> None:
        """A file that was there before, durable."""
        self.files[path] = DiskFile(bytearray(content), bytearray(content))

    @property
    def unsynced(self) -> bool:
        """Whether a cut now could lose anything."""
        return any(one.pending for one in self.files.values())

    def remains(self, left: str, dice: random.Random) -> dict[str, bytes]:
        """Each file as the disk would hold it after a power cut now."""
        with self.lock:
            return {path: one.after_cut(left, dice) for path, one in self.files.items()}

    def connect(self, path: str) -> apsw.Connection:
        """A connection to a database on this disk."""
        return apsw.Connection(path, vfs=self.name)

    def _happens(self) -> None:
        with self.lock:
            self.moment()


class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__(disk.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        if name is None or not flags[0] & _KEPT:
            return apsw.VFSFile("", name, flags)
        path = name if isinstance(name, str) else name.filename()
        opened = _File(self._disk, path, name, flags)
        self._disk.files.setdefault(path, DiskFile())
        return opened

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802
        return pathname in self._disk.files or super().xAccess(pathname, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self._disk.files.pop(filename, None)
        with contextlib.suppress(apsw.IOError):
            super().xDelete(filename, syncdir)


class _File(apsw.VFSFile):
    """Locks and shared memory are the platform's; content is the disk's."""

    def __init__(self, disk: Disk, path: str, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        self._path = path

    @property
    def _file(self) -> DiskFile:
        return self._disk.files[self._path]

    def _do(self, operation: Write | Truncation) -> None:
        self._may()
        self._file.do(operation)
        self._disk._happens()

    def _may(self) -> None:
        if code := self._disk.refusal():
            raise apsw.exception_for(code)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        return bytes(self._file.seen[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._do(Write(offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._do(Truncation(newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._may()
        self._disk._happens()
        if not self._disk.lies:
            self._file.sync()
        self._disk._happens()

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._file.seen)


def laid_out(remains: dict[str, bytes], folder: Path) -> None:
    """Write what remains into a real folder, under the files' own names."""
    for path, content in remains.items():
        (folder / Path(path).name).write_bytes(content)
