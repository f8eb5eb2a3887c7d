"""A number is issued once, never twice, never lost: the centre is killed while everyone works."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from kiosk.centre.admin import verify_journal
from kiosk.centre.tickets import hashed_key
from kiosk.client import CentreClient, CentreError, Ticket
from kiosk.failures import FailureCode
from kiosk.settings import load
from tests.centre.support import CONFIG, PASSWORD, WarmProcess, eventually, sql

KILLS = 20
"""``script/bench faults`` makes a thousand."""
SERVICES = ("ho-tich", "xac-nhan-hon-nhan", "chung-thuc")


class Kiosk(threading.Thread):
    """Takes numbers one after the other; repeats a call with its key until it has an answer."""

    def __init__(self, name: str, url: str, token: str, stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self._client = CentreClient(url, token, connect_seconds=1, read_seconds=3)
        self._stop_asked = stop
        self.told: dict[str, Ticket] = {}
        self.lost_answers = 0
        self.refusals: list[CentreError] = []

    def run(self) -> None:
        for count in itertools.count():
            if self._stop_asked.is_set():
                return
            key = f"{self.name}-{count}"
            while True:
                try:
                    self.told[key] = self._client.issue_ticket(SERVICES[count % len(SERVICES)], key)
                    break
                except CentreError as error:
                    if error.code is not FailureCode.CENTRE_UNREACHABLE:
                        self.refusals.append(error)
                        return
                    self.lost_answers += 1
                    time.sleep(0.005)


class Officer(threading.Thread):
    """Calls, starts, completes."""

    def __init__(self, url: str, login: str, counter: str, stop: threading.Event) -> None:
        super().__init__(name=login, daemon=True)
        self._client = CentreClient(url, connect_seconds=1, read_seconds=3)
        self._client.sign_in(login, PASSWORD)
        self._client.open_counter(counter)
        self._counter = counter
        self._stop_asked = stop
        self.called: list[str] = []

    def run(self) -> None:
        while not self._stop_asked.is_set():
            try:
                ticket = self._client.call_next(self._counter)
                if ticket is None:
                    time.sleep(0.01)
                    continue
                self.called.append(ticket.id)
                self._client.start(self._counter)
                self._client.complete(self._counter)
            except CentreError as error:
                if error.code is FailureCode.CENTRE_UNREACHABLE:
                    time.sleep(0.005)
                elif error.code in {FailureCode.COUNTER_BUSY, FailureCode.TICKET_STATE_WRONG}:
                    self._tidy()
                elif error.code is not FailureCode.COUNTER_IDLE:
                    raise

    def _tidy(self) -> None:
        """The answer to the last step was lost with the centre: go on from where the ticket really is."""
        for step in (self._client.start, self._client.complete):
            try:
                step(self._counter)
            except CentreError:
                time.sleep(0.005)


@pytest.mark.on_sqlite  # tests/faults kills it on both engines
@pytest.mark.timeout(240)
def test_kills_under_load_lose_and_double_nothing(data: Path, seed: tuple[Path, dict[str, str]]) -> None:
    process = WarmProcess(data)
    process.start()
    stop, done = threading.Event(), threading.Event()
    dice = random.Random(50)  # noqa: S311
    tokens = seed[1]
    kiosks = [
        Kiosk(f"kiosk-{n}", process.url, tokens[name], stop) for n, name in ((1, "kiosk"), (2, "kiosk-2"))
    ]
    officers = [Officer(process.url, "lan", "quay-1", stop), Officer(process.url, "minh", "quay-9", stop)]
    seen: list[int] = []

    def follow() -> None:
        seen.extend(
            event.id
            for event in CentreClient(process.url, tokens["display"]).events(0, done)
            if event.id is not None
        )

    display = threading.Thread(target=follow, daemon=True)
    acknowledged_at_kills = []
    try:
        for worker in (*kiosks, *officers, display):
            worker.start()
        for kill in range(KILLS):
            before = sum(len(kiosk.told) for kiosk in kiosks)
            eventually(lambda before=before: sum(len(kiosk.told) for kiosk in kiosks) > before, 20)
            time.sleep(dice.uniform(0, 0.15))
            process.kill()
            acknowledged_at_kills.append(sum(len(kiosk.told) for kiosk in kiosks))
            if kill % 5 == 4:  # recovery itself is cut short, too
                process.begin()
                time.sleep(dice.uniform(0, 0.06))
                process.kill()
            process.start()
        time.sleep(0.5)
        stop.set()
        for worker in (*kiosks, *officers):
            worker.join(timeout=20)
            assert not worker.is_alive()
        head = CentreClient(process.url, tokens["display"]).board().head
        end = time.monotonic() + 10
        while (not seen or seen[-1] < head) and time.monotonic() < end:
            time.sleep(0.05)
    finally:
        stop.set()
        done.set()
        process.end()

    assert not any(kiosk.refusals for kiosk in kiosks)
    assert sum(kiosk.lost_answers for kiosk in kiosks) >= KILLS, "the kills struck while calls were under way"
    assert len(set(acknowledged_at_kills)) == KILLS, "work went on between the kills"

    rows = sql(data, "SELECT id, day, series, sequence FROM ticket")
    by_key = dict(sql(data, "SELECT key, ticket FROM issue_key"))
    issued = [row[0] for row in sql(data, "SELECT subject FROM journal WHERE type='ticket.issued'")]
    called = [row[0] for row in sql(data, "SELECT subject FROM journal WHERE type='ticket.called'")]
    if (data / "centre.sqlite3").exists():
        assert sql(data, "PRAGMA integrity_check")[0][0] == "ok"
    epochs = sql(data, "SELECT count(DISTINCT epoch) FROM journal")[0][0]
    told = {key: ticket for kiosk in kiosks for key, ticket in kiosk.told.items()}
    assert {hashed_key(key): ticket.id for key, ticket in told.items()} == by_key, (
        "each acknowledged number is there, once"
    )
    assert sorted(ticket for ticket, *_ in rows) == sorted(by_key.values()), "and no other"
    assert sorted(issued) == sorted(by_key.values()), "each stands in the journal once"
    bands: dict[tuple[str, str], list[int]] = {}
    for _, day, series, sequence in rows:
        bands.setdefault((day, series), []).append(sequence)
    for sequences in bands.values():
        assert sorted(sequences) == list(range(1, len(sequences) + 1)), "without gap or repeat"
    assert max(Counter(called).values(), default=0) <= 1, "nobody was called to two counters"
    assert {ticket for officer in officers for ticket in officer.called} <= set(called)
    assert verify_journal(load(CONFIG), data).seq == head
    assert epochs == 1, "a kill is no restore"
    assert seen == list(range(1, head + 1)), "the display missed nothing and saw nothing twice"
