"""A database that is damaged, gone or behind is put together again, and nothing that was told is lost."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from kiosk.centre import journal
from kiosk.centre.keeping import backup, tables
from kiosk.centre.keeping.journal_copy import JournalCopy
from kiosk.centre.keeping.journal_files import newest
from kiosk.centre.keeping.places import Places
from kiosk.centre.keeping.recovery import recover
from kiosk.centre.keeping.restore import Restored, keep_secret, restore
from kiosk.centre.moments import written
from kiosk.centre.store.store import FILE_NAME, Store
from tests.centre.lobby_days import ZONE, LobbyDays

SITE = "demo"
MONDAY = date(2026, 3, 2)


@dataclass
class Lobby:
    """A centre's data folder with a day before the backup and one after it, and a copy of the journal."""

    places: Places
    days: LobbyDays
    head: int
    rows: object

    @property
    def database(self) -> Path:
        return self.places.data / FILE_NAME

    def recover(self) -> Restored | None:
        return recover(self.places, SITE, self.days.moment)

    def open(self) -> Store:
        self.days.store = Store(self.places.data, SITE, self.days.now)
        self.days.store.open()
        return self.days.store


def copy_of(places: Places, store: Store) -> JournalCopy:
    def after(seq: int, most: int) -> list[journal.Entry]:
        return store.submit_read(lambda r: journal.read_after(r.connection, r.site, seq, most)).result()

    return JournalCopy(places, ZONE, after)


def rows_of(store: Store) -> object:
    kept = store.submit_read(lambda reading: tables.kept_in_tables(reading.connection, SITE)).result()
    return kept.tables


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Lobby:
    data = tmp_path_factory.mktemp("filled") / "data"
    places = Places(data, data / "backups", None)
    days = LobbyDays(SITE)
    lobby = Lobby(places, days, 0, None)
    store = lobby.open()
    copy = copy_of(places, store)
    copy.start()
    secret = store.submit_read(lambda reading: tables.follow_secret(reading.connection, SITE)).result()
    keep_secret(places, secret)
    days.day(MONDAY, 40)
    backup.make(lobby.database, SITE, places.backups, days.moment)
    days.day(MONDAY + timedelta(days=1), 30, last_waits=True)
    lobby.rows = rows_of(store)
    lobby.head = store.submit_read(lambda r: journal.read_head(r.connection, SITE)).result().seq  # type: ignore[union-attr]
    copy.stop()
    store.close()
    return lobby


@pytest.fixture
def lobby(filled: Lobby, tmp_path: Path) -> Iterator[Lobby]:
    data = tmp_path / "data"
    shutil.copytree(filled.places.data, data)
    days = LobbyDays(SITE)
    days.moment = filled.days.moment
    made = Lobby(Places(data, data / "backups", None), days, filled.head, filled.rows)
    yield made
    if hasattr(days, "store"):
        days.store.close()


def overwrite(file: Path, at: int, content: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(content)


def truncate(file: Path, part: float) -> None:
    with file.open("r+b") as opened:
        opened.truncate(int(file.stat().st_size * part) // 512 * 512)


def every_page(file: Path) -> None:
    noise = random.Random(7)  # noqa: S311
    for at in range(4096 * 3, file.stat().st_size, 4096 * 5):
        overwrite(file, at, noise.randbytes(4096))


def _written_place(file: Path) -> int:
    """A sector in the middle of what entries take."""
    return file.read_bytes().index(b'"ticket":{') // 512 * 512


_CHANGE_ONE = "UPDATE journal SET actor='nobody' WHERE seq=(SELECT max(seq)-3 FROM journal)"
_CUT_TAIL = "DELETE FROM journal WHERE seq > (SELECT max(seq)-5 FROM journal)"
DAMAGE: dict[str, Callable[[Path], None]] = {
    "header": lambda file: overwrite(file, 0, b"not a database at all"),
    "first page": lambda file: overwrite(file, 0, bytes(4096)),
    "pages in the middle": every_page,
    "torn page": lambda file: overwrite(file, _written_place(file), bytes(1024)),
    "cut off": lambda file: truncate(file, 0.5),
    "no bytes": lambda file: truncate(file, 0.0),
    "gone": lambda file: file.unlink(),
    "a text": lambda file: file.write_text("xin chào\n" * 900),
    "an entry changed": lambda file: _sql(file, _CHANGE_ONE),
    "the tail cut": lambda file: _sql(file, _CUT_TAIL),
}  # fmt: skip


def _sql(file: Path, statement: str) -> None:
    with sqlite3.connect(file) as database:
        database.execute(statement)
    database.close()


def check(lobby: Lobby) -> list[journal.Entry]:
    """Everything is there, the chain is whole, tables and journal agree, and numbers go on in a new epoch."""
    store = lobby.open()
    assert rows_of(store) == lobby.rows
    now = written(lobby.days.moment)
    assert store.submit_read(lambda r: tables.check(r.connection, SITE, now)).result() is None
    entries = store.submit_read(lambda r: journal.read_after(r.connection, SITE, 0, 10_000)).result()
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    store.submit_read(lambda reading: journal.verify(reading.connection, SITE)).result()
    assert [entry.type for entry in entries[lobby.head :]] == ["epoch.begun", "centre.restored"]
    assert entries[lobby.head].epoch != entries[lobby.head - 1].epoch
    return entries


@pytest.mark.parametrize("harm", DAMAGE)
@pytest.mark.parametrize("with_backup", [True, False], ids=["backup and copy", "copy alone"])
def test_what_is_damaged_is_put_together_again(lobby: Lobby, harm: str, with_backup: bool) -> None:
    if not with_backup:
        shutil.rmtree(lobby.places.backups)
    DAMAGE[harm](lobby.database)
    there = lobby.database.exists()
    done = lobby.recover()
    assert done is not None
    assert (done.seq, done.missing) == (lobby.head, 0)
    assert done.source.startswith("mot-cua-demo-") if with_backup else done.source == "journal copy"
    assert (done.set_aside is not None) == there
    if there:
        assert (lobby.places.data / "set-aside" / str(done.set_aside) / FILE_NAME).exists()
    check(lobby)
    lobby.days.store.close()
    assert lobby.recover() is None, "and once only"


def test_a_damaged_newest_backup_is_passed_over_for_the_one_before(lobby: Lobby) -> None:
    (good,) = backup.found([lobby.places.backups], SITE)
    bad = good.with_name("mot-cua-demo-20270101T000000Z.zip")
    content = bytearray(good.read_bytes())
    content[len(content) // 2] ^= 0xFF
    bad.write_bytes(bytes(content))
    lobby.database.unlink()
    done = lobby.recover()
    assert done is not None
    assert done.source == good.name
    check(lobby)


def test_a_database_that_lags_behind_the_copy_gets_what_it_lacks(lobby: Lobby) -> None:
    (file,) = backup.found([lobby.places.backups], SITE)
    lobby.database.unlink()
    backup.unpack(file, SITE, lobby.database)
    done = lobby.recover()
    assert done is not None
    assert (done.source, done.seq) == ("present database", lobby.head)
    assert done.replayed > 30
    check(lobby)


def test_power_lost_between_setting_aside_and_putting_in_place_costs_nothing(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = Places.move_aside

    def cut(files: list[Path], folder: Path) -> None:
        move(files, folder)
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(Places, "move_aside", staticmethod(cut))
        DAMAGE["header"](lobby.database)
        with pytest.raises(SystemExit):
            lobby.recover()
    assert not lobby.database.exists()
    done = lobby.recover()
    assert done is not None
    assert (done.seq, done.missing) == (lobby.head, 0)
    check(lobby)


def test_garbage_in_the_write_ahead_log_costs_nothing(lobby: Lobby) -> None:
    lobby.database.with_name(f"{FILE_NAME}-wal").write_bytes(bytes(range(1, 251)) * 200)
    assert lobby.recover() is None
    store = lobby.open()
    assert rows_of(store) == lobby.rows


def test_a_line_torn_by_a_power_cut_is_cut_off_and_written_again(lobby: Lobby) -> None:
    last = sorted((lobby.places.data / "journal").glob("*.jsonl"))[-1]
    whole = last.read_bytes()
    last.write_bytes(whole[:-100])
    store = lobby.open()
    copy = copy_of(lobby.places, store)
    copy.start()
    copy.stop()
    assert last.read_bytes() == whole


def test_a_torn_copy_is_used_as_far_as_it_goes_and_the_rest_is_told(lobby: Lobby) -> None:
    last = sorted((lobby.places.data / "journal").glob("*.jsonl"))[-1]
    last.write_bytes(last.read_bytes()[:-100])
    lobby.database.write_bytes(b"")
    done = lobby.recover()
    assert done is not None
    assert (done.seq, done.missing) == (lobby.head - 1, 1)


def test_what_the_damaged_database_still_holds_makes_up_for_the_copy(lobby: Lobby) -> None:
    last = sorted((lobby.places.data / "journal").glob("*.jsonl"))[-1]
    last.write_bytes(last.read_bytes()[:-100])
    _sql(lobby.database, _CHANGE_ONE)
    done = lobby.recover()
    assert done is not None
    assert (done.seq, done.missing) == (lobby.head, 0)
    check(lobby)


def test_accounts_that_can_still_be_read_are_brought_over(lobby: Lobby) -> None:
    shutil.rmtree(lobby.places.backups)
    _sql(lobby.database, "INSERT INTO device_token VALUES ('demo', 'h', 'kiosk', 'sanh-1', 't')")
    DAMAGE["torn page"](lobby.database)
    assert lobby.recover() is not None
    store = lobby.open()
    query = text("SELECT name FROM device_token")
    assert store.submit_read(lambda r: r.connection.execute(query).scalars().all()).result() == ["sanh-1"]


def test_settings_of_devices_that_the_version_before_kept_are_brought_over(lobby: Lobby) -> None:
    shutil.rmtree(lobby.places.backups)
    for statement in (
        "DROP TABLE device_setting",
        "CREATE TABLE device_setting "
        "(site TEXT, device TEXT, settings TEXT, changed_at TEXT, changed_by TEXT)",
        """INSERT INTO device_setting VALUES ('demo', 'printer', '{"paper_mm": 58}', 't', 'somebody')""",
    ):
        _sql(lobby.database, statement)
    DAMAGE["torn page"](lobby.database)
    assert lobby.recover() is not None
    query = text("SELECT device, machine, settings FROM device_setting")
    kept = lobby.open().submit_read(lambda r: r.connection.execute(query).all()).result()
    assert kept == [("printer", "", '{"paper_mm": 58}')], "for every machine, until it has its own"


def test_with_nothing_left_an_empty_centre_begins_and_says_so(lobby: Lobby) -> None:
    shutil.rmtree(lobby.places.backups)
    shutil.rmtree(lobby.places.data / "journal")
    lobby.database.write_bytes(b"garbage" * 1000)
    done = lobby.recover()
    assert done is not None
    assert (done.source, done.seq) == ("nothing", 0)
    assert done.set_aside is not None


def test_a_first_start_finds_nothing_to_recover(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert recover(Places(data, data / "backups", None), SITE, LobbyDays(SITE).moment) is None
    assert not data.exists()


def test_follow_links_on_printed_slips_go_on_working(lobby: Lobby) -> None:
    shutil.rmtree(lobby.places.backups)
    lobby.database.unlink()
    lobby.recover()
    store = lobby.open()
    assert rows_of(store) == lobby.rows, "follow_token is one of the columns"


def test_another_databases_copy_is_kept_and_a_new_one_begun(lobby: Lobby) -> None:
    restore(
        lobby.places, SITE, lobby.days.moment, why="asked", copies=False,
        file=backup.found([lobby.places.backups], SITE)[0],
    )  # fmt: skip
    store = lobby.open()
    copy = copy_of(lobby.places, store)
    copy.start()
    copy.stop()
    aside = list(lobby.places.data.glob("journal-set-aside-*"))
    assert len(aside) == 1
    assert newest(aside[0]).seq == lobby.head  # type: ignore[union-attr]
    head = store.submit_read(lambda r: journal.read_head(r.connection, SITE)).result()
    assert newest(lobby.places.journals[0]).hash == head.hash  # type: ignore[union-attr]
