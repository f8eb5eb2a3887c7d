"""Files that are whole and on the disk when a call returns, whatever ends the process or the power."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk. Raises ``OSError``."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """A folder that only the centre's user can read, with its parents. Raises ``OSError``."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync_folder(folder.parent)


def sync_file(file: Path) -> None:
    """Have a file that somebody else wrote on the disk. Raises ``OSError``."""
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_file(file: Path, write: Callable[[BinaryIO], object]) -> None:
    """Put what ``write`` writes in place of ``file``, at once and durably; a reader never sees half of it.

    Raises ``OSError``; then the file is as it was.
    """
    fresh = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    handle = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w+b") as opened:
            write(opened)
            opened.flush()
            os.fsync(opened.fileno())
        fresh.replace(file)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)
