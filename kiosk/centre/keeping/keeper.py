"""What the running centre does so that nothing is lost: recovery, the journal's copy, each night a backup."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from kiosk.centre import journal
from kiosk.centre.day_keys import first_day_kept
from kiosk.centre.follow_token import follow_secret
from kiosk.centre.journal import Entry
from kiosk.centre.keeping import archive, sqlite_files
from kiosk.centre.keeping.journal_copy import JournalCopy
from kiosk.centre.keeping.places import Places, Presence
from kiosk.centre.keeping.recovery import recover, recover_postgresql
from kiosk.centre.keeping.restore import Restored, keep_secret
from kiosk.centre.moments import Clock, read, written
from kiosk.centre.store.engine import chosen_url
from kiosk.centre.store.schema import form
from kiosk.centre.store.schema import journal as journal_table
from kiosk.centre.store.store import Reading, Store, Transaction
from kiosk.failures import FailureCode
from kiosk.queueing.business_day import local_date
from kiosk.settings import Settings

_LOG = logging.getLogger(__name__)
LOOK_SECONDS = 30.0
_REST_SECONDS = 120.0
_AGAIN_SECONDS = 3600.0
_MOST_SECONDS = 3600.0
_TOLD_FOR = timedelta(days=7)
_OVERDUE = timedelta(days=3)
_NICE = 10
BACKUP, RESTORE, ARCHIVE = "backup", "restore", "archive"
"""What the journal's entries about these are about."""


@dataclass(frozen=True)
class Warned:
    """Something that staff must know though the centre works."""

    code: FailureCode
    since: str | None
    detail: str

    def told(self) -> dict[str, Any]:
        """As the API tells it."""
        return {"code": self.code.value, "since": self.since, "detail": self.detail}


class Keeper:
    """One centre's keeping. Order: ``recover``, the store opens, ``start``, ``watch`` for ever, ``stop``."""

    def __init__(self, settings: Settings, data_folder: Path, clock: Clock) -> None:
        self.places = Places.of(settings, data_folder)
        self._settings = settings
        self._clock = clock
        self._zone = ZoneInfo(settings.centre.timezone)
        self._presence = Presence(data_folder)
        self._copy: JournalCopy | None = None
        self._store: Store | None = None
        self._restored: Restored | None = None
        self._began = time.monotonic()
        self._tried: float | None = None
        self._tidied: date | None = None
        self._asked = asyncio.Event()

    # -- start and end -----------------------------------------------------------------------------------

    def recover(self) -> None:
        """Have a whole database before it is opened. Raises ``CentreRunsError``, ``OSError``."""
        self._presence.claim()
        url = chosen_url(self._settings.centre.database_url)
        site, now = self._settings.centre.site, self._clock()
        self._restored = (
            recover_postgresql(self.places, url, site, now) if url else recover(self.places, site, now)
        )

    def start(self, store: Store) -> None:
        """Go on with an open store; its thread may be asked from now on until ``stop``."""
        self._store = store
        if self._restored is not None and self._restored.source == "nothing":
            told = self._restored.payload()
            store.submit_write(lambda t: t.record("centre.restored", "centre", RESTORE, told)).result()
        secret = store.submit_read(lambda reading: follow_secret(reading.connection, reading.site)).result()
        with suppress(OSError):
            keep_secret(self.places, secret)
        self._copy = JournalCopy(self.places, self._zone, self._entries_after)
        self._copy.start()

    def committed(self, entries: tuple[Entry, ...]) -> None:
        """Entries that were just committed; returns at once."""
        if self._copy is not None:
            self._copy.offer(entries)

    def stop(self) -> None:
        """Write the rest of the copy; before the store closes."""
        if self._copy is not None:
            self._copy.stop()
        self._presence.leave()

    def _entries_after(self, after: int, most: int) -> list[Entry]:
        store = self._opened
        return store.submit_read(lambda r: journal.read_after(r.connection, r.site, after, most)).result()

    @property
    def _opened(self) -> Store:
        if self._store is None:
            raise RuntimeError("the keeper was not started")
        return self._store

    # -- each night --------------------------------------------------------------------------------------

    async def watch(self, on_duty: Callable[[], bool] = lambda: True) -> None:
        """Do the night's work when its time has come, or when a centre that was off then has started.

        Of several processes the one that is ``on_duty`` does it; each looks after its own copy.
        """
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._asked.wait()
            asked = self._asked.is_set()
            self._asked.clear()
            try:
                if asked or (on_duty() and await self._is_due()):
                    await self.night()
                await self._tidy()
            except Exception as error:
                _LOG.exception("the night's work failed: %s", type(error).__name__)

    def ask(self) -> None:
        """Have a backup made now."""
        self._asked.set()

    async def _is_due(self) -> bool:
        now = time.monotonic()
        if now - self._began < _REST_SECONDS or (self._tried and now - self._tried < _AGAIN_SECONDS):
            return False
        made = await self._opened.read(lambda reading: _newest_entry(reading, BACKUP, "backup.made"))
        return made is None or read(made.at) < self.last_due()

    def last_due(self) -> datetime:
        """When the night's work was last to be done."""
        return self._due_on(0)

    def next_due(self) -> datetime:
        """When it is to be done next."""
        return self._due_on(1)

    def _due_on(self, days_later: int) -> datetime:
        now = self._clock().astimezone(self._zone)
        due = datetime.combine(now.date(), self._settings.centre.backup.at, self._zone)
        if due > now:
            due -= timedelta(days=1)
        return due + timedelta(days=days_later)

    async def night(self) -> None:
        """Back up, and archive old days."""
        self._tried = time.monotonic()
        if self._settings.centre.backup.enabled:
            await self._back_up()
        await asyncio.to_thread(self.archive_old_days, local_date(self._clock(), self._zone))

    async def _tidy(self) -> None:
        """Once a day compress what the copy has of closed days, and drop what is archived."""
        today = local_date(self._clock(), self._zone)
        if self._copy is None or today == self._tidied:
            return
        known = await self._opened.read(lambda reading: archive.archived(reading.connection, reading.site))
        self._copy.tidy(today, known[-1].day if known else "")
        self._tidied = today

    async def _back_up(self) -> None:
        told = await self._made_by_child()
        failed = told.pop("failed", None)

        def record(transaction: Transaction) -> None:
            if failed is None:
                transaction.record("backup.made", "centre", BACKUP, told)
            else:
                code = FailureCode.BACKUP_FAILED.value
                transaction.record("backup.failed", "centre", BACKUP, {"code": code, "reason": failed})

        await self._opened.write(record)
        if failed is None:
            _LOG.info("backup %s is made and proved by restoring it", told["file"])
        else:
            _LOG.error("no backup: %s", failed)

    async def _made_by_child(self) -> dict[str, Any]:
        """In a process of its own, so that nobody waits for it; what it says on its last line."""
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "kiosk.centre.keeping",
            str(self._settings.folder),
            str(self.places.data),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            preexec_fn=lambda: os.nice(_NICE) and None,
        )
        try:
            async with asyncio.timeout(_MOST_SECONDS):
                out, _ = await child.communicate()
            told: dict[str, Any] = json.loads(out.decode("utf-8").splitlines()[-1])
        except TimeoutError:
            return {"failed": "it took longer than an hour"}
        except (ValueError, IndexError):
            return {"failed": f"the process ended with code {child.returncode}"}
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        return told

    def archive_old_days(self, today: date) -> None:
        """Archive what is old enough, and give the disk back what it took. Never raises."""
        store, folders = self._opened, [one for one in self.places.archives if self.places.present(one)]
        try:
            kept = today - timedelta(days=self._settings.centre.archive_after_days)
            archive.archive_before(store, folders, kept)
            archive.copy_missing(folders)
            readable = first_day_kept(today, self._settings.centre.form_retention_days)
            store.submit_write(lambda t: _empty_forms(t, readable)).result()
            self._shrink()
        except Exception as error:
            _LOG.exception("old days could not be archived: %s", type(error).__name__)
        self._tidied = None

    def _shrink(self) -> None:
        """Give the disk back what archived days leave, if it is most of the file."""
        database = self._opened.database
        if isinstance(database, Path) and sqlite_files.mostly_free(database):
            sqlite_files.shrink(database)

    # -- what staff are told -----------------------------------------------------------------------------

    def warnings(self, reading: Reading) -> list[Warned]:
        """What staff must know, the gravest first."""
        warned = []
        restored = _newest_entry(reading, RESTORE, "centre.restored")
        if restored is not None and reading.now - read(restored.at) < _TOLD_FOR:
            told = json.loads(restored.payload)
            detail = f"restored from {told['source']}, {told['missing']} entries missing: {told['why']}"
            warned.append(Warned(FailureCode.CENTRE_RESTORED, restored.at, detail))
        newest = _newest_entry(reading, BACKUP, None)
        if newest is not None and newest.type == "backup.failed":
            reason = str(json.loads(newest.payload)["reason"])
            warned.append(Warned(FailureCode.BACKUP_FAILED, newest.at, reason))
        elif newest is not None and reading.now - read(newest.at) > _OVERDUE:
            warned.append(Warned(FailureCode.BACKUP_FAILED, newest.at, "the last backup is too old"))
        for state in self._copy.states if self._copy is not None else []:
            if state.fault is not None:
                which = "second" if state.folder == self.places.journals[-1] else "first"
                detail = f"{which} folder: {state.fault}"
                warned.append(Warned(FailureCode.JOURNAL_COPY_FAILED, None, detail))
        return warned

    def told(self, reading: Reading) -> dict[str, Any]:
        """Everything about keeping, for the maintenance page."""
        made = _newest_entry(reading, BACKUP, "backup.made")
        restored = _newest_entry(reading, RESTORE, "centre.restored")
        archived = archive.archived(reading.connection, reading.site)
        states = self._copy.states if self._copy is not None else []
        return {
            "backup": None if made is None else {"at": made.at, **json.loads(made.payload)},
            "next_backup_at": written(self.next_due()) if self._settings.centre.backup.enabled else None,
            "restored": None if restored is None else {**json.loads(restored.payload), "at": restored.at},
            "archived_until": archived[-1].day if archived else None,
            "archived_days": len(archived),
            "copies": [{"seq": state.seq, "fault": state.fault} for state in states],
            "warnings": [one.told() for one in self.warnings(reading)],
        }


def _empty_forms(transaction: Transaction, readable: date) -> None:
    """What nobody can read any more, because the day's key is destroyed, takes no room."""
    old = (form.c.site == transaction.site, form.c.day < readable.isoformat(), form.c.sealed != b"")
    transaction.connection.execute(update(form).where(*old).values(nonce=b"", sealed=b""))


def _newest_entry(reading: Reading, subject: str, kind: str | None) -> Entry | None:
    columns = [journal_table.c[name] for name in Entry.__dataclass_fields__]
    query = select(*columns).where(journal_table.c.site == reading.site, journal_table.c.subject == subject)
    if kind is not None:
        query = query.where(journal_table.c.type == kind)
    row = reading.connection.execute(query.order_by(journal_table.c.seq.desc()).limit(1)).first()
    return None if row is None else Entry(*row)
