"""A PostgreSQL whose data, or one table space, lies on a disk so small that it can be filled.

Run as a program it is the one who looks after such a server: in a mount namespace of its own (namespaces(7);
who is not root has a user namespace, too) it mounts a small file system in memory, makes the cluster, runs
the server and starts it anew when it ends, as systemd does. The disk is gone with it. It listens on standard
input: ``fill LEFT`` takes all room but so many bytes, ``free`` gives it back.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from tests.postgres_server import PostgresServer

ROOT = Path(__file__).parents[2]
_NEW_MOUNTS, _NEW_USERS = 0x20000, 0x10000000  # sched.h: CLONE_NEWNS, CLONE_NEWUSER
_PRIVATE = 0x4000 | 0x40000  # sys/mount.h: MS_REC | MS_PRIVATE
_SMALL_LOG = {"min_wal_size": "4MB", "max_wal_size": "8MB"}
SPACE = "space"


class SmallDiskServer(PostgresServer):
    """A server on a disk of so many ``megabytes``. ``only_space``: the disk is the folder ``space`` beside
    the data, for a table space.
    """

    def __init__(
        self, megabytes: int, *, only_space: bool = False, settings: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(settings={**_SMALL_LOG, **(settings or {})})
        self._megabytes = megabytes
        self._disk = SPACE if only_space else "data"

    @property
    def space(self) -> Path:
        """Where a table space may be made; only the server sees it."""
        return self.folder / SPACE / "tables"

    def fill(self, left: int) -> None:
        """Take all the room of the disk but so many bytes."""
        self._tell(f"fill {left}")

    def free(self) -> None:
        """Give the room back."""
        self._tell("free")

    def _initialise(self) -> None:
        disk = self.folder / self._disk
        disk.mkdir()
        owner = self.folder.stat()
        os.chown(disk, owner.st_uid, owner.st_gid)

    def _launch(self, log: IO[bytes]) -> subprocess.Popen[Any]:
        asked = {
            "disk": str(self.folder / self._disk),
            "megabytes": self._megabytes,
            "initdb": [*self.initdb(), "--wal-segsize=1"],
            "postgres": self.postgres(),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.small_disk", json.dumps(asked)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip

    def _end(self, sig: signal.Signals) -> None:
        if self._child is not None and self._child.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._child.stdin.close()
            self._child.wait(timeout=30)
        self._child = None

    def _tell(self, what: str) -> None:
        assert self._child is not None
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(what + "\n")
        self._child.stdin.flush()
        assert self._child.stdout.readline() == "done\n", self.log()[-2000:]


def own_disk(disk: Path, megabytes: int) -> None:
    """Mount a file system in memory that only this process and its children see. Raises ``OSError``."""
    owner, libc = disk.stat(), ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()

    def done(answer: int) -> None:
        if answer != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    done(libc.unshare(_NEW_MOUNTS if user == 0 else _NEW_MOUNTS | _NEW_USERS))
    if user != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    done(libc.mount(None, b"/", None, _PRIVATE, None))
    options = f"size={megabytes}m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    done(libc.mount(b"tmpfs", str(disk).encode(), b"tmpfs", 0, options.encode()))


def _fill(disk: Path, left: int) -> None:
    room = os.statvfs(disk)
    taken = max(0, room.f_bavail * room.f_frsize - left)
    (disk / "ballast").write_bytes(bytes(taken))


def main() -> None:
    asked = json.loads(sys.argv[1])
    disk = Path(asked["disk"])
    own_disk(disk, asked["megabytes"])
    if disk.name == SPACE:
        (disk / "tables").mkdir()
        os.chown(disk / "tables", disk.stat().st_uid, disk.stat().st_gid)
        disk.chmod(0o755)
    subprocess.run(asked["initdb"], check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen(asked["postgres"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while True:
        ready, _, _ = select.select([sys.stdin], [], [], 0.1)
        if ready:
            word, _, number = sys.stdin.readline().strip().partition(" ")
            if not word:
                break
            if word == "fill":
                _fill(disk, int(number))
            else:
                (disk / "ballast").unlink()
            print("done", flush=True)
        elif server.poll() is not None:
            time.sleep(0.2)
            server = subprocess.Popen(asked["postgres"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    server.send_signal(signal.SIGQUIT)
    server.wait()


if __name__ == "__main__":
    main()
