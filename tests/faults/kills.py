"""kill -9 at random moments of a full lobby, over either engine; nothing may be lost, nothing done twice."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy

from kiosk.settings import load
from tests.centre.support import WarmProcess
from tests.faults.audit import Books, audited
from tests.faults.load import ToldFile, Worker, lobby, wait_until
from tests.faults.places import Place

STEADY = 4
"""Requests answered between two kills, at least: the lobby is at work when the next one strikes."""


@dataclass
class Outcome:
    """What a run did and what it found."""

    kills: int
    in_flight: int
    recovery_cut_short: int
    told: int
    unanswered: int
    wrong: list[str]
    books: Books

    @property
    def good(self) -> bool:
        """Whether nothing was lost, doubled or torn."""
        return not self.books.faults and not self.wrong and self.books.epochs == 1


class Centres:
    """The centre's processes, one or several over one database, and whoever may be killed."""

    def __init__(self, place: Place, count: int) -> None:
        self._place = place
        self.processes = [WarmProcess(place.data, place.config) for _ in range(count)]

    def start(self) -> list[str]:
        """Start all; returns their addresses."""
        for process in self.processes:
            process.start()
        return [process.url for process in self.processes]

    def end(self) -> None:
        """Stop all."""
        for process in self.processes:
            process.end()

    def kill_centre(self, dice: random.Random) -> bool:
        """Kill one and start it again, now and then in the midst of its recovery; returns whether so."""
        process = dice.choice(self.processes)
        process.kill()
        twice = dice.random() < 0.2
        if twice:
            process.begin()
            time.sleep(dice.uniform(0, 0.08))
            process.kill()
        process.start()
        return twice


def run(
    place: Place,
    kills: int,
    seed: int,
    processes: int = 1,
    on_kill: Callable[[int], None] = lambda count: None,
) -> Outcome:
    """A lobby at work and so many kills; then everything is counted."""
    dice = random.Random(seed)  # noqa: S311
    told = ToldFile(place.data.parent / "told")
    stop = threading.Event()
    centres = Centres(place, processes)
    struck: list[float] = []
    twice = 0
    try:
        kiosks, officers = lobby(centres.start(), place.tokens, told, stop, seed)
        workers: list[Worker] = [*kiosks, *officers]
        for worker in workers:
            worker.start()
        for count in range(kills):
            turns = sum(worker.turns for worker in workers)
            wait_until(lambda turns=turns: sum(one.turns for one in workers) >= turns + STEADY, 5)
            time.sleep(dice.uniform(0, 0.12))
            struck.append(time.monotonic())
            twice += _fault(place, centres, dice)
            on_kill(count + 1)
            if any(worker.wrong for worker in workers):
                break
        time.sleep(0.3)
        stop.set()
        for worker in workers:
            worker.join(timeout=30)
        hung = [f"{worker.name} hangs" for worker in workers if worker.is_alive()]
    finally:
        stop.set()
        centres.end()
        told.close()
    lost = [moment for worker in workers for moment in worker.caller.unanswered]
    lines = told.lines()
    keys = {key: ticket for kiosk in kiosks for key, ticket in kiosk.asked.items()}
    return Outcome(
        kills=len(struck) + twice,
        in_flight=sum(any(began < at <= ended for began, ended in lost) for at in struck),
        recovery_cut_short=twice,
        told=len(lines),
        unanswered=len(lost),
        wrong=hung + [word for worker in workers for word in worker.wrong],
        books=audited(place.url, load(place.config).centre.site, lines, keys),
    )


def _fault(place: Place, centres: Centres, dice: random.Random) -> bool:
    """Kill the centre; with PostgreSQL in a third of the cases one of its backends, or the whole server."""
    if place.server is None or dice.random() < 2 / 3:
        return centres.kill_centre(dice)
    if dice.random() < 0.5:
        kill_backend(place.url)
    else:
        place.server.crash()
        time.sleep(dice.uniform(0, 0.1))
        place.server.start()
    return False


def kill_backend(url: str) -> None:
    """kill -9 of a backend that serves the centre: PostgreSQL ends all others and recovers."""
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect() as connection:
            query = sqlalchemy.text(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY random() LIMIT 1"
            )
            pid = connection.execute(query).scalar()
        if pid is not None:
            os.kill(int(pid), signal.SIGKILL)
    finally:
        engine.dispose()
