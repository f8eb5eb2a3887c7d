"""The clock is set back and forth over local midnight while everyone works: no number twice, none lost."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime

from kiosk.settings import load
from tests.centre.support import SetClock
from tests.faults.audit import audited
from tests.faults.load import ToldFile, Worker, lobby
from tests.faults.places import Place
from tests.faults.serving import served

STEPS = 40
MOST_MINUTES = 33 * 60


def test_a_clock_that_jumps_over_midnight_loses_and_doubles_nothing(place: Place) -> None:
    dice = random.Random(33)  # noqa: S311
    clock = SetClock(datetime(2026, 11, 23, 16, 59, tzinfo=UTC))  # 23:59 in Vietnam
    told, stop = ToldFile(place.data.parent / "told"), threading.Event()
    midnights = 0
    with served(place, clock) as urls:
        kiosks, officers = lobby(urls, place.tokens, told, stop, 33)
        workers: list[Worker] = [*kiosks, *officers]
        for worker in workers:
            worker.start()
        for _ in range(STEPS):
            time.sleep(dice.uniform(0.02, 0.1))
            before = clock.moment
            clock.forward(minutes=dice.uniform(-MOST_MINUTES, MOST_MINUTES))
            midnights += before.date() != clock.moment.date()
        stop.set()
        for worker in workers:
            worker.join(timeout=30)
    told.close()
    keys = {key: ticket for kiosk in kiosks for key, ticket in kiosk.asked.items()}
    books = audited(place.url, load(place.config).centre.site, told.lines(), keys)
    assert [word for worker in workers for word in worker.wrong] == []
    assert books.faults == ()
    assert books.days > 3, "the page was turned while they worked"
    assert midnights > STEPS // 4
    assert len(told.lines()) > STEPS
