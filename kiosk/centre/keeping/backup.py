"""Backups: one file with the whole database and what it is of, proved by restoring it.

A backup is a ZIP archive with ``manifest.json`` and the database. The keys of sealed forms are never in it:
destroying a day's key destroys the day's forms in every backup as well.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from kiosk.centre import journal
from kiosk.centre.durable import make_folder, write_file
from kiosk.centre.journal import JournalBrokenError
from kiosk.centre.keeping import postgresql_dump, sqlite_files, tables
from kiosk.centre.keeping.postgresql_dump import DumpError
from kiosk.centre.keeping.rebuild import RebuildError
from kiosk.centre.moments import written
from kiosk.centre.store.engine import Database, open_engine

_LOG = logging.getLogger(__name__)
_FORMAT = 1
_MANIFEST = "manifest.json"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
_CHUNK = 1 << 20


class BackupError(Exception):
    """A backup cannot be made, read or relied on; the text says why."""


@dataclass(frozen=True)
class Manifest:
    """What a backup is of. ``seq``, ``hash``: its newest entry; ``sha256``, ``size``: of the database."""

    format: int
    site: str
    epoch: str
    seq: int
    hash: str
    at: str
    engine: str
    revision: str
    content: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Backup:
    """A backup's file. ``compared``: whether its tables were compared with its journal."""

    file: Path
    manifest: Manifest
    compared: bool = False


def make(database: Database, site: str, folder: Path, now: datetime) -> Backup:
    """Back up a database while it is in use, and prove the backup.

    Raises ``BackupError``; then nothing new lies in ``folder``, or what lies there is named by the error.
    """
    try:
        make_folder(folder)
        with _beside(folder) as place:
            content = _copied(database, site, place)
            file = _write(content, folder / name_of(site, now), site, now)
    except (OSError, sqlite3.Error, DumpError, DBAPIError) as error:
        raise BackupError(f"no backup could be written: {_cause(error)}") from error
    return prove(file, database, site, now)


def name_of(site: str, now: datetime) -> str:
    """The file's name; names of one site sort by time."""
    return f"mot-cua-{site}-{now:%Y%m%dT%H%M%SZ}.zip"


def found(folders: list[Path], site: str) -> list[Path]:
    """A site's backups in these folders, the newest first; each once."""
    pattern = re.compile(rf"mot-cua-{re.escape(site)}-\d{{8}}T\d{{6}}Z\.zip")
    files: dict[str, Path] = {}
    for folder in folders:
        if folder.is_dir():
            for file in folder.iterdir():
                if pattern.fullmatch(file.name):
                    files.setdefault(file.name, file)
    return [files[name] for name in sorted(files, reverse=True)]


def keep_newest(folder: Path, site: str, keep: int) -> list[Path]:
    """Delete all but the newest ``keep``; returns those that went. Raises ``OSError``."""
    old = found([folder], site)[keep:]
    for file in old:
        file.unlink()
    return old


def copy_to(file: Path, folder: Path) -> None:
    """Put a copy of a backup into another folder, durably. Raises ``OSError``."""
    make_folder(folder)

    def write(target: BinaryIO) -> None:
        with file.open("rb") as source:
            shutil.copyfileobj(source, target, _CHUNK)

    write_file(folder / file.name, write)


def read_manifest(file: Path) -> Manifest:
    """What a backup says of itself. Raises ``BackupError``."""
    try:
        with zipfile.ZipFile(file) as archive:
            raw: dict[str, Any] = json.loads(archive.read(_MANIFEST))
        if raw.get("format") != _FORMAT:
            raise BackupError(f"{file.name} was made by a newer program")
        return Manifest(**raw)
    except FileNotFoundError as error:
        raise BackupError(f"there is no file {file}") from error
    except (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError) as error:
        raise BackupError(f"{file.name} is not a backup of a centre, or it is damaged") from error


def unpack(file: Path, site: str, to: Path) -> Manifest:
    """Write a backup's database to ``to``, checked against its sum. Raises ``BackupError``, ``OSError``."""
    manifest = read_manifest(file)
    if manifest.site != site:
        raise BackupError(f"{file.name} is a backup of {manifest.site}, not of {site}")
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(file) as archive, archive.open(manifest.content) as source, to.open("wb") as out:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                out.write(chunk)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError) as error:
        raise BackupError(f"{file.name} is damaged: {error}") from error
    if digest.hexdigest() != manifest.sha256:
        raise BackupError(f"{file.name} is damaged: its content is not what was backed up")
    return manifest


def prove(file: Path, database: Database, site: str, now: datetime) -> Backup:
    """Restore a backup into a temporary place and check everything. Raises ``BackupError``.

    ``database``: whose backup it is; a PostgreSQL one is restored into a database of its own on that server.
    """
    try:
        with _beside(file.parent) as place:
            copy = place / "content"
            manifest = unpack(file, site, copy)
            if manifest.engine == SQLITE:
                sqlite_files.check_whole(copy)
                compared = _checked(copy, manifest, now)
            else:
                compared = _checked_on_server(str(database), copy, manifest, now)
    except (OSError, sqlite3.Error, DumpError, DBAPIError, JournalBrokenError) as error:
        raise BackupError(f"{file.name} could not be restored for a trial: {_cause(error)}") from error
    return Backup(file, manifest, compared)


def _checked(database: Database, manifest: Manifest, now: datetime) -> bool:
    engine = open_engine(database, write=False, patient=True)
    try:
        with engine.connect() as connection, connection.begin():
            return check_content(connection, manifest, now)
    finally:
        engine.dispose()


def _checked_on_server(url: str, copy: Path, manifest: Manifest, now: datetime) -> bool:
    with postgresql_dump.trial_database(url) as trial:
        if trial is None:
            _LOG.warning("the database's user may make no database for a trial; the backup is only read")
            postgresql_dump.read_through(url, copy)
            return False
        postgresql_dump.load(trial, copy)
        return _checked(trial, manifest, now)


def check_content(connection: Connection, manifest: Manifest, now: datetime) -> bool:
    """Follow the chain and compare tables and journal; returns whether they could be compared.

    Raises ``BackupError``, ``JournalBrokenError``.
    """
    done = journal.verify(connection, manifest.site)
    if (done.seq, done.hash) != (manifest.seq, manifest.hash):
        raise BackupError(f"the backup ends at entry {done.seq}, its manifest says {manifest.seq}")
    try:
        difference = tables.check(connection, manifest.site, written(now))
    except RebuildError as error:
        _LOG.warning("tables and journal of the backup cannot be compared: %s", error)
        return False
    if difference is not None:
        raise BackupError(f"the tables are not what the journal says: {difference}")
    return True


def _cause(error: Exception) -> str:
    """Without the names of folders."""
    return str(getattr(error, "strerror", None) or getattr(error, "orig", None) or error)


@dataclass(frozen=True)
class _Content:
    file: Path
    engine: str
    head: journal.Head
    revision: str


def _copied(database: Database, site: str, place: Path) -> _Content:
    if isinstance(database, Path):
        copy = place / "centre.sqlite3"
        sqlite_files.copy(database, copy)
        engine = open_engine(copy, write=False)
    else:
        copy = place / "centre.dump"
        engine = open_engine(database, write=False, patient=True)
    try:
        with engine.connect() as connection, connection.begin():
            head, revision = read_state(connection, site)
            if not isinstance(database, Path):
                postgresql_dump.dump(database, copy, postgresql_dump.export_snapshot(connection))
    finally:
        engine.dispose()
    return _Content(copy, SQLITE if isinstance(database, Path) else POSTGRESQL, head, revision)


def read_state(connection: Connection, site: str) -> tuple[journal.Head, str]:
    """Head of the journal and revision of the tables. Raises ``BackupError``."""
    head = journal.read_head(connection, site)
    if head is None:
        raise BackupError(f"the database holds nothing of {site}")
    return head, str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _write(content: _Content, file: Path, site: str, now: datetime) -> Path:
    def write(target: BinaryIO) -> None:
        digest = hashlib.sha256()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            with (
                content.file.open("rb") as source,
                archive.open(content.file.name, "w", force_zip64=True) as out,
            ):
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
            manifest = Manifest(
                format=_FORMAT,
                site=site,
                epoch=content.head.epoch,
                seq=content.head.seq,
                hash=content.head.hash,
                at=written(now),
                engine=content.engine,
                revision=content.revision,
                content=content.file.name,
                sha256=digest.hexdigest(),
                size=content.file.stat().st_size,
            )
            archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=1))

    write_file(file, write)
    return file


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A place for large files on the same disk, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=folder, ignore_cleanup_errors=True) as place:
        yield Path(place)
