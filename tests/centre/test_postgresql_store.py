"""What the store promises on PostgreSQL beside others, and while the server comes and goes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from psycopg import errors
from sqlalchemy import insert, make_url, select, text, update
from sqlalchemy.exc import DBAPIError

from kiosk.centre import events as events_module
from kiosk.centre import journal
from kiosk.centre.events import Broadcaster
from kiosk.centre.moments import system_clock
from kiosk.centre.plan import Plan
from kiosk.centre.store import workers
from kiosk.centre.store.engine import Trouble, database_of, trouble_of
from kiosk.centre.store.errors import StoreFullError, StoreUnreachableError, StoreUnsafeError
from kiosk.centre.store.neighbours import Neighbours
from kiosk.centre.store.schema import device_token, probe
from kiosk.centre.store.schema import journal as journal_table
from kiosk.centre.store.store import Reading, Store, Transaction
from kiosk.settings import load
from tests.centre.command import main
from tests.centre.support import API, CONFIG, ROOT, Process, database_url, eventually, headers, sown
from tests.postgres_server import PostgresServer, shared_server

SITE = "demo-na-hang"
PLAN = Plan.of(load(CONFIG), "http://127.0.0.1")


@pytest.fixture
def url() -> Iterator[str]:
    server = shared_server()
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "data", SITE, system_clock, url)
    made.open()
    yield made
    made.close()


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """One that may be stopped."""
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


def say(number: int) -> Callable[[Transaction], int]:
    def change(transaction: Transaction) -> int:
        transaction.record("test.entry", "test", "test", {"number": number})
        return number

    return change


def said(store: Store) -> list[int]:
    """The numbers in the journal, in its order; the chain is whole."""

    def look(reading: Reading) -> list[int]:
        journal.verify(reading.connection, SITE)
        entries = journal.read_after(reading.connection, SITE, 0, 10_000)
        return [int(entry.data()["number"]) for entry in entries if entry.type == "test.entry"]

    return store.submit_read(look).result()


class TestSafety:
    """What was committed is on the disk."""

    def test_a_server_that_forgets_at_a_power_cut_is_refused(self, tmp_path: Path) -> None:
        server = PostgresServer(fsync=False)
        server.start()
        try:
            store = Store(tmp_path / "data", SITE, system_clock, server.url(server.create()))
            with pytest.raises(StoreUnsafeError, match="fsync is off, not on"):
                store.open()
            store.close()
        finally:
            server.stop()

    def test_a_database_that_would_answer_too_early_is_told_not_to(self, url: str, tmp_path: Path) -> None:
        name = make_url(url).database
        shared_server().run("postgres", f"ALTER DATABASE {name} SET synchronous_commit = off")
        store = Store(tmp_path / "data", SITE, system_clock, url)
        store.open()
        shown = store.submit_write(lambda t: t.connection.execute(text("SHOW synchronous_commit")).scalar())
        assert shown.result() == "on"
        store.close()

    @pytest.mark.parametrize("url", ["mysql://x", "sqlite:///x", "postgresql://x/y", "nonsense", "a:b:c"])
    def test_another_database_is_refused_without_quoting_its_url(self, url: str, tmp_path: Path) -> None:
        with pytest.raises(StoreUnsafeError) as raised:
            database_of(tmp_path, url)
        assert url not in str(raised.value)

    def test_a_password_of_the_url_is_in_no_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workers, "PATIENCE_SECONDS", 0.1)
        url = "postgresql+psycopg://u:geheim@127.0.0.1:9/x"
        store = Store(tmp_path / "data", SITE, system_clock, url)
        with pytest.raises(StoreUnreachableError) as raised:
            store.open()
        assert "geheim" not in repr(raised.value) + repr(raised.value.__cause__)
        store.close()


class TestTogether:
    """Several at once."""

    def test_several_first_starts_make_one_database_and_one_epoch(self, url: str, tmp_path: Path) -> None:
        stores = [Store(tmp_path / "data", SITE, system_clock, url) for _ in range(5)]
        with ThreadPoolExecutor(5) as pool:
            begun = list(pool.map(lambda one: one.open(), stores))
        assert sum(len(entries) for entries in begun) == 1
        assert said(stores[0]) == []
        for store in stores:
            store.close()

    def test_numbers_come_without_gap_and_chained_however_many_write(self, store: Store) -> None:
        heard: list[int] = []
        store.on_commit = lambda entries: heard.extend(entry.seq for entry in entries)
        futures = [store.submit_write(say(number)) for number in range(200)]
        assert sorted(future.result() for future in futures) == list(range(200))
        assert sorted(said(store)) == list(range(200))
        assert sorted(heard) == list(range(2, 202)), "after the entry that began the epoch"

    def test_a_deadlock_is_run_again(self, store: Store) -> None:
        def fill(transaction: Transaction) -> None:
            transaction.connection.execute(insert(probe), [{"site": one, "at": "0"} for one in "ab"])

        store.submit_write(fill).result()
        both, runs = threading.Barrier(2), []

        def crossing(first: str, second: str) -> Callable[[Transaction], None]:
            def change(transaction: Transaction) -> None:
                runs.append(first)
                for one in (first, second):
                    transaction.connection.execute(
                        update(probe).where(probe.c.site == one).values(at=probe.c.at + first)
                    )
                    if len(runs) <= 2 and one == first:
                        both.wait(10)

            return change

        for future in [store.submit_write(crossing("a", "b")), store.submit_write(crossing("b", "a"))]:
            future.result()
        found = store.submit_read(lambda r: r.connection.execute(select(probe.c.at)).scalars().all())
        assert sorted("".join(sorted(at)) for at in found.result()) == ["0ab", "0ab"], "each counted once"
        assert len(runs) >= 3, "one of them ran again"

    def test_of_two_who_make_the_same_at_once_one_finds_it_made(self, store: Store) -> None:
        both, runs = threading.Barrier(2), []
        row = {"site": SITE, "hash": "h", "role": "kiosk", "name": "n", "created_at": "0"}

        def change(transaction: Transaction) -> str:
            runs.append(1)
            known = transaction.connection.execute(select(device_token.c.name)).first()
            if known is not None:
                return "found"
            if len(runs) <= 2:
                both.wait(10)
            transaction.connection.execute(insert(device_token).values(row))
            return "made"

        futures = [store.submit_write(change) for _ in range(2)]
        assert sorted(future.result() for future in futures) == ["found", "made"]

    def test_a_mistake_of_the_program_is_not_repeated_for_ever(self, store: Store) -> None:
        row = {"site": SITE, "hash": "h", "role": "kiosk", "name": "n", "created_at": "0"}
        store.submit_write(lambda t: t.connection.execute(insert(device_token).values(row))).result()
        with pytest.raises(DBAPIError):
            store.submit_write(lambda t: t.connection.execute(insert(device_token).values(row))).result()

    def test_a_reading_sees_one_moment(self, store: Store) -> None:
        def look(reading: Reading) -> tuple[int, int]:
            query = select(journal_table.c.seq)
            before = len(reading.connection.execute(query).all())
            store.submit_write(say(1)).result()
            return before, len(reading.connection.execute(query).all())

        before, after = store.submit_read(look).result()
        assert before == after


class TestTrouble:
    """The disk and the server."""

    def test_a_limit_of_the_disk_is_named_and_work_goes_on(self, store: Store) -> None:
        def greedy(transaction: Transaction) -> None:
            say(1)(transaction)
            for statement in (
                "SET LOCAL temp_file_limit = '64kB'",
                "SET LOCAL work_mem = '64kB'",
                "SELECT count(*) FROM (SELECT g FROM generate_series(1, 300000) g ORDER BY random()) s",
            ):
                transaction.connection.execute(text(statement))

        with pytest.raises(StoreFullError):
            store.submit_write(greedy).result()
        store.submit_write(say(2)).result()
        assert said(store) == [2]

    @pytest.mark.parametrize(
        ("error", "trouble"),
        [
            (errors.DiskFull(), Trouble.FULL),
            (errors.IoError(), Trouble.FULL),
            (errors.SerializationFailure(), Trouble.CONFLICT),
            (errors.LockNotAvailable(), Trouble.SLOW),
            (errors.AdminShutdown(), Trouble.UNREACHABLE),
            (errors.CannotConnectNow(), Trouble.UNREACHABLE),
            (errors.TooManyConnections(), Trouble.UNREACHABLE),
            (psycopg.OperationalError(), Trouble.UNREACHABLE),
            (errors.UndefinedTable(), None),
            (ValueError(), None),
        ],
    )
    def test_each_error_means_something(self, error: Exception, trouble: Trouble | None) -> None:
        assert trouble_of(DBAPIError("statement", {}, error)) is trouble

    def test_a_statement_that_takes_too_long_is_given_up(self, store: Store) -> None:
        def slow(transaction: Transaction) -> None:
            transaction.connection.execute(text("SET LOCAL statement_timeout = '50ms'"))
            transaction.connection.execute(text("SELECT pg_sleep(60)"))

        with pytest.raises(StoreUnreachableError):
            store.submit_write(slow).result()
        assert store.submit_write(say(1)).result() == 1

    def test_a_restart_of_the_server_is_not_noticed(self, own_server: PostgresServer, tmp_path: Path) -> None:
        store = Store(tmp_path / "data", SITE, system_clock, own_server.url(own_server.create()))
        store.open()
        for number in range(4):
            store.submit_write(say(number)).result()
            assert len(said(store)) == number + 1
            own_server.crash()
            own_server.start()
        assert said(store) == [0, 1, 2, 3]
        store.close()

    def test_a_server_that_is_gone_is_named_and_found_again(
        self, own_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workers, "PATIENCE_SECONDS", 0.2)
        store = Store(tmp_path / "data", SITE, system_clock, own_server.url(own_server.create()))
        store.open()
        store.submit_write(say(0)).result()
        own_server.crash()
        for _ in range(20):
            with pytest.raises(StoreUnreachableError):
                store.submit_write(say(1)).result(timeout=10)
            with pytest.raises(StoreUnreachableError):
                store.submit_read(lambda reading: reading.now).result(timeout=10)
        own_server.start()

        def back() -> bool:
            try:
                return store.submit_write(say(2)).result() == 2
            except StoreUnreachableError:
                return False

        eventually(back, 10)
        assert said(store) == [0, 2], "what was refused was not done"
        store.close()

    @pytest.mark.parametrize("arrives", [True, False], ids=["made", "not made"])
    def test_a_commit_whose_answer_is_lost_is_made_once(
        self, store: Store, monkeypatch: pytest.MonkeyPatch, arrives: bool
    ) -> None:
        real, lost = psycopg.Connection.commit, []

        def commit(connection: psycopg.Connection[Any]) -> None:
            if not lost and threading.current_thread().name.startswith("centre-writer"):
                lost.append(connection)
                if arrives:
                    real(connection)
                connection.close()
                raise psycopg.OperationalError("server closed the connection unexpectedly")
            real(connection)

        heard: list[int] = []
        store.on_commit = lambda entries: heard.extend(entry.seq for entry in entries)
        monkeypatch.setattr(psycopg.Connection, "commit", commit)
        assert store.submit_write(say(7)).result() == 7
        assert lost
        assert said(store) == [7]
        assert len(heard) == 1

    def test_the_centre_says_that_its_database_is_gone_and_goes_on_when_it_is_back(
        self, own_server: PostgresServer, tmp_path: Path
    ) -> None:
        seed = sown("postgresql", tmp_path / "data", own_server)
        with database_url(own_server.url(seed.database)):
            process = Process(tmp_path / "data")
            process.start()
        try:

            def issue(key: str) -> requests.Response:
                sent = headers(seed.tokens["kiosk"]) | {"Idempotency-Key": key}
                body = {"service": "ho-tich"}
                return requests.post(f"{process.url}{API}/tickets", headers=sent, json=body, timeout=20)

            assert requests.get(f"{process.url}/readyz", timeout=20).status_code == 200
            own_server.crash()
            answers = [requests.get(f"{process.url}/readyz", timeout=20), issue("a")]
            for answer in answers:
                assert (answer.status_code, answer.json()["code"]) == (503, "STORE_UNREACHABLE")
                assert answer.headers["retry-after"] == "1"
            own_server.start()
            eventually(lambda: requests.get(f"{process.url}/readyz", timeout=20).status_code == 200, 15)
            assert eventually(lambda: issue("a").status_code in {200, 201, 409}, 15)
            assert process.stop() == 0
        finally:
            process.end()


def test_a_database_that_is_empty_or_gone_is_told_in_one_line(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["journal", "verify", "--config", str(CONFIG), "--data", str(tmp_path)]
    with database_url(url):
        assert main(line) == 2
    with database_url("postgresql+psycopg://nobody@127.0.0.1:9/nothing"):
        assert main(line) == 2
    empty, gone = capsys.readouterr().err.splitlines()
    assert "no centre's database" in empty
    assert gone == "the database does not answer"


def test_a_role_without_privileges_is_enough(url: str, tmp_path: Path) -> None:
    name = make_url(url).database
    shared_server().run(
        "postgres", f"CREATE ROLE centre_{name} LOGIN", f"ALTER DATABASE {name} OWNER TO centre_{name}"
    )
    plain = make_url(url).set(username=f"centre_{name}").render_as_string(hide_password=False)
    store = Store(tmp_path / "data", SITE, system_clock, plain)
    store.open()
    assert store.submit_write(say(1)).result() == 1
    assert said(store) == [1]
    store.close()


_OTHER_PROCESS = """
import sys
from pathlib import Path
from kiosk.centre.moments import system_clock
from kiosk.centre.store.store import Store
store = Store(Path(sys.argv[1]), "demo-na-hang", system_clock, sys.argv[2])
store.open()
for line in sys.stdin:
    store.submit_write(lambda t: t.record("test.entry", "test", "test", {"number": int(line)})).result()
store.close()
"""


def test_entries_of_another_process_come_by_notification_alone(
    store: Store, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_module, "LOOK_SECONDS", 3600.0)  # nobody looks by himself

    async def run() -> list[int]:
        broadcaster = Broadcaster(store, PLAN)
        await broadcaster.start()
        neighbours = Neighbours(store, broadcaster.announce)
        tasks = [asyncio.create_task(work) for work in (broadcaster.watch(), neighbours.watch())]
        await neighbours.until_on_duty()
        await asyncio.sleep(0.2)
        command = [sys.executable, "-c", _OTHER_PROCESS, str(tmp_path / "data"), url]
        other = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT, text=True)
        entries = broadcaster.entries(broadcaster.head.seq)
        got = []
        for number in range(5):
            assert other.stdin is not None
            print(number, file=other.stdin, flush=True)
            async with asyncio.timeout(30):
                entry = await anext(entries)
            assert entry is not None
            got.append(entry.seq)
        other.communicate()
        await entries.aclose()
        for task in tasks:
            task.cancel()
        return got

    first = asyncio.run(run())
    assert first == list(range(first[0], first[0] + 5))


def test_one_is_on_duty_and_another_takes_over(url: str, tmp_path: Path) -> None:
    stores = [Store(tmp_path / "data", SITE, system_clock, url) for _ in range(3)]
    for store in stores:
        store.open()

    async def run() -> list[list[bool]]:
        found = []
        all_ = [Neighbours(store, lambda seq: None) for store in stores]
        tasks = [asyncio.create_task(one.watch()) for one in all_]
        for _ in range(3):
            end = time.monotonic() + 20
            while not any(one.on_duty for one in all_) and time.monotonic() < end:
                await asyncio.sleep(0.02)
            await asyncio.sleep(1.2)
            found.append([one.on_duty for one in all_])
            who = found[-1].index(True)
            tasks[who].cancel()
            await asyncio.gather(tasks[who], return_exceptions=True)
            del tasks[who], all_[who]
        return found

    found = asyncio.run(run())
    assert [sum(one) for one in found] == [1, 1, 1]
    for store in stores:
        store.close()
