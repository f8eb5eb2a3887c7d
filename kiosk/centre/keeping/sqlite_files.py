"""SQLite files as a whole: whether one is damaged, copies while somebody writes, what stays out of copies."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

BUSY_SECONDS = 10.0
_WORTH_BYTES = 64 << 20
COMPANIONS = ("", "-wal", "-shm", "-journal")
"""What belongs to a database file, as ends of its name."""

NEVER_KEPT = ("person_today", "session", "sign_in_failure")
"""Tables that are empty in every copy: who holds a number today, and who is signed in."""


def files_of(file: Path) -> list[Path]:
    """The database file and what lies beside it."""
    return [file.with_name(file.name + end) for end in COMPANIONS]


def damage(file: Path) -> str | None:
    """Why a database cannot be relied on, or ``None``. Reads all of it; about 1 s for 500 MB in memory."""
    if not file.exists() or file.stat().st_size == 0:
        return "the file is missing or empty"
    try:
        with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as database:
            found = [str(line) for (line,) in database.execute("PRAGMA quick_check(3)")]
    except sqlite3.OperationalError as error:
        if _is_damage(error):
            return str(error)
        raise
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if found == ["ok"] else "; ".join(found)[:300]


def _is_damage(error: sqlite3.OperationalError) -> bool:
    code = (error.sqlite_errorcode or 0) & 0xFF
    return code in {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
    }


def copy(file: Path, to: Path) -> None:
    """A whole copy of one moment, also while somebody writes; the writer waits some tens of milliseconds.

    ``VACUUM INTO`` instead of a backup in steps, which each write of somebody else begins anew. Raises
    ``sqlite3.Error``, ``OSError``.
    """
    to.unlink(missing_ok=True)
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous=FULL")
        database.execute("VACUUM INTO ?", (str(to),))
    leave_out(to)


def leave_out(file: Path) -> None:
    """Empty, beyond recovery, what no copy keeps."""
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA secure_delete=ON")
        known = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'")}
        for table in NEVER_KEPT:
            if table in known:
                database.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this module


def check_whole(file: Path) -> None:
    """SQLite's full check of every page and index. Raises ``sqlite3.DatabaseError``."""
    with closing(sqlite3.connect(file)) as database:
        found = [str(line) for (line,) in database.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"]:
        raise sqlite3.DatabaseError("; ".join(found)[:300])


def mostly_free(file: Path) -> bool:
    """Whether more than half of a file that is worth it is free pages."""
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as database:
        pages, free, size = (
            database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
    return bool(free * 2 > pages and free * size > _WORTH_BYTES)


def shrink(file: Path) -> None:
    """Give free pages back to the disk. Writers wait meanwhile: a second for some 100 MB. Raises
    ``sqlite3.Error``.
    """
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous=FULL")
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
