"""The journal shows what was changed, removed or cut off, and a restored database begins a new epoch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.centre import admin
from kiosk.centre.journal import JournalBrokenError
from kiosk.centre.moments import system_clock
from kiosk.centre.store.engine import chosen_url, database_of, open_engine, verify_safety
from kiosk.centre.store.errors import StoreUnsafeError
from kiosk.centre.store.migrations import NEWEST, DatabaseTooNewError
from kiosk.centre.store.schema import metadata
from kiosk.centre.store.store import Store
from kiosk.settings import Settings
from tests.centre.support import SetClock, backup, sql, start_desk


def entries(data: Path) -> list[tuple[int, str, str]]:
    return [tuple(row) for row in sql(data, "SELECT seq, type, epoch FROM journal ORDER BY seq")]


def reopen(settings: Settings, data: Path) -> None:
    store = Store(data, settings.centre.site, system_clock, chosen_url(""))
    try:
        store.open()
    finally:
        store.close()


def test_an_untouched_journal_is_whole(settings: Settings, data: Path) -> None:
    done = admin.verify_journal(settings, data)
    assert done.entries == done.seq == len(entries(data)) > 5


@pytest.mark.parametrize(
    ("harm", "names"),
    [
        (["UPDATE journal SET payload='{}' WHERE seq=3"], "entry 3 was changed"),
        (["UPDATE journal SET at='2020-01-01T00:00:00.000Z' WHERE seq=2"], "entry 2 was changed"),
        (["UPDATE journal SET hash='0' WHERE seq=4"], "entry 4 was changed"),
        (["DELETE FROM journal WHERE seq=3"], "entry 3 is missing"),
        (["DELETE FROM journal WHERE seq=1"], "entry 1 is missing"),
        (["DELETE FROM journal WHERE seq=(SELECT max(seq) FROM journal)"], "the chain ends at"),
        (["DELETE FROM journal WHERE seq=(SELECT max(seq) FROM journal)",
          "UPDATE journal_head SET seq=seq-1, hash=(SELECT hash FROM journal ORDER BY seq DESC LIMIT 1)"],
         "was written once"),
    ],
)  # fmt: skip
def test_harm_is_found_at_its_entry(settings: Settings, data: Path, harm: list[str], names: str) -> None:
    sql(data, *harm)
    with pytest.raises(JournalBrokenError, match=names):
        admin.verify_journal(settings, data)


def test_a_centre_with_a_broken_journal_says_that_it_is_not_ready(
    settings: Settings, data: Path, clock: SetClock
) -> None:
    sql(data, "UPDATE journal SET actor='nobody' WHERE seq=2")
    web = start_desk(settings, data, clock)
    try:
        answer = web.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "JOURNAL_BROKEN")
        assert "entry 2" in answer.json()["detail"]
    finally:
        web.__exit__(None, None, None)


class TestEpoch:
    """Numbers are given in the epoch of this installation of this database."""

    def test_a_restart_keeps_it(self, settings: Settings, data: Path) -> None:
        reopen(settings, data)
        assert len({epoch for _, _, epoch in entries(data)}) == 1

    @pytest.mark.parametrize(
        "happening",
        [
            pytest.param(lambda data, restore: restore(), id="a backup was restored"),
            pytest.param(
                lambda data, restore: (data / "journal.head.json").unlink(), id="moved to another machine"
            ),
        ],
    )
    def test_a_new_one_begins_when(
        self, settings: Settings, data: Path, happening: Callable[[Path, Callable[[], None]], None]
    ) -> None:
        restore = backup(data)
        admin.create_token(settings, data, "kiosk", "after-the-backup")
        happening(data, restore)
        reopen(settings, data)
        found = entries(data)
        assert found[-1][1] == "epoch.begun"
        assert len({epoch for _, _, epoch in found}) == 2
        assert [seq for seq, _, _ in found] == list(range(1, len(found) + 1))
        assert admin.verify_journal(settings, data).seq == len(found)
        reopen(settings, data)
        assert entries(data) == found, "and only once"

    def test_one_that_took_another_way_after_the_restore_is_seen(
        self, settings: Settings, data: Path
    ) -> None:
        restore = backup(data)
        admin.create_token(settings, data, "kiosk", "one way")
        mark = (data / "journal.head.json").read_bytes()
        restore()
        admin.create_token(settings, data, "kiosk", "another way")
        (data / "journal.head.json").write_bytes(mark)
        before = len(entries(data))
        reopen(settings, data)
        assert entries(data)[before:][0][1] == "epoch.begun"


class TestStore:
    """The settings on which the promises rest."""

    @pytest.mark.on_sqlite
    def test_a_connection_that_is_not_safe_is_refused(self, data: Path) -> None:
        engine = open_engine(data / "centre.sqlite3", write=True)
        with engine.connect() as connection:
            verify_safety(connection)
            connection.connection.driver_connection.execute("PRAGMA synchronous=NORMAL")  # type: ignore[union-attr]
            with pytest.raises(StoreUnsafeError, match="synchronous is 1, not 2"):
                verify_safety(connection)
        engine.dispose()

    def test_a_reader_cannot_write(self, data: Path) -> None:
        engine = open_engine(database_of(data, chosen_url("")), write=False)
        with engine.connect() as connection, pytest.raises(Exception, match=r"read-?only"):
            connection.exec_driver_sql("DELETE FROM ticket")
        engine.dispose()

    def test_a_newer_database_is_left_alone(self, settings: Settings, data: Path) -> None:
        sql(data, "UPDATE alembic_version SET version_num='9999'")
        with pytest.raises(DatabaseTooNewError):
            reopen(settings, data)

    def test_the_migrations_make_the_tables_of_the_program(self, data: Path) -> None:
        from alembic.autogenerate import compare_metadata
        from alembic.config import Config
        from alembic.migration import MigrationContext
        from alembic.script import ScriptDirectory

        from kiosk.centre.store import migrations

        engine = open_engine(database_of(data, chosen_url("")), write=False)
        with engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        engine.dispose()
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        assert ScriptDirectory.from_config(config).get_current_head() == NEWEST

    def test_site_comes_first_in_every_key(self) -> None:
        for table in metadata.tables.values():
            assert next(iter(table.primary_key.columns)).name == "site"
            for index in table.indexes:
                assert next(iter(index.columns)).name == "site"
