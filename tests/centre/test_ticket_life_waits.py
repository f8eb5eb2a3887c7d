"""Waits are computed once for all who ask, and learnt from what was done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from kiosk.centre import learnt_times
from kiosk.centre.store.schema import leg
from kiosk.queueing.wait import Wait
from tests.centre import lives
from tests.centre.lives import HERE
from tests.centre.support import Desk

pytestmark = pytest.mark.on_sqlite


@pytest.fixture
def lobby(desk: Desk) -> Desk:
    return lives.opened(desk)


def test_fifty_who_follow_cost_one_computation(lobby: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets = [lobby.issue().json() for _ in range(5)]
    made = []

    def counted(*given: Any, **more: Any) -> Any:
        made.append(1)
        return plain(*given, **more)

    plain = learnt_times.forecast
    monkeypatch.setattr(learnt_times, "forecast", counted)
    links = [one["follow_url"].rsplit("/", 1)[1] for one in tickets] * 10
    with ThreadPoolExecutor(8) as pool:
        places = list(pool.map(lambda link: lobby.call("GET", f"/follow/{link}", None).json(), links))
    assert all(place["wait"] is not None for place in places)
    assert len(made) <= 1
    lobby.at(HERE, "call-next")
    after = [lobby.call("GET", f"/follow/{link}", None).json() for link in links]
    assert sum(place["state"] == "called" for place in after) == 10
    assert len(made) <= 2


def test_services_that_took_long_make_longer_waits(lobby: Desk) -> None:
    for _ in range(6):
        lobby.issue()
    before = lobby.call("GET", "/services").json()[0]["wait"]["median"]
    rows = [
        {
            "site": lobby.centre.plan.site,
            "ticket": f"t{day}-{number}",
            "n": 1,
            "day": f"2026-11-{day:02}",
            "service": "ho-tich",
            "counter": HERE,
            "officers": 2,
            "queued_at": f"2026-11-{day:02}T01:30:00.000Z",
            "called_at": f"2026-11-{day:02}T0{1 + number}:00:00.000Z",
            "started_at": f"2026-11-{day:02}T0{1 + number}:01:00.000Z",
            "ended_at": f"2026-11-{day:02}T0{1 + number}:35:00.000Z",
            "outcome": "completed",
        }
        for day in (16, 17, 18, 19, 20)
        for number in range(8)
    ]
    lobby.centre.store.submit_write(lambda one: one.connection.execute(insert(leg), rows)).result()
    assert lobby.web.portal is not None
    lobby.web.portal.call(lobby.centre.times.learn_history, lobby.centre.store, lobby.clock())
    lobby.clock.forward(seconds=20)
    after = lobby.call("GET", "/services").json()[0]["wait"]["median"]
    assert after > 2 * before


def test_a_restart_forgets_neither_who_comes_nor_what_promises_were_worth(lobby: Desk) -> None:
    """A day with arrivals, calls and somebody who gave up; on the next day the centre starts anew."""
    people = [lobby.issue().json() for _ in range(12)]
    lives.move(lobby, people[3], "cancel")
    for _ in range(3):
        lobby.clock.forward(minutes=10)
        lobby.at(HERE, "call-next")
        lobby.at(HERE, "start")
        lobby.at(HERE, "complete")
    lives.tomorrow(lobby)
    lobby.issue()
    again = learnt_times.LearntTimes(lobby.centre.plan)
    assert lobby.web.portal is not None
    lobby.web.portal.call(again.learn_history, lobby.centre.store, lobby.clock())
    fresh = learnt_times.LearntTimes(lobby.centre.plan)
    long_wait = Wait(20.0, 30.0)
    when_they_came = lobby.clock() - timedelta(minutes=35)
    assert again.arrivals.futures(when_they_came)[0]
    assert not fresh.arrivals.futures(when_they_came)[0]
    assert again.times.leaving.gone_share(0, 15) > 0 == fresh.times.leaving.gone_share(0, 15)
    assert again.calibration.corrected(long_wait) != fresh.calibration.corrected(long_wait)


def test_who_cancels_today_is_learnt_from_at_once(lobby: Desk) -> None:
    ticket = lobby.issue().json()
    lobby.issue()
    leaving = lobby.centre.times.times.leaving
    lives.move(lobby, ticket, "cancel")
    assert leaving.gone_share(0, 15) == 0  # it may still be undone
    lobby.clock.forward(minutes=5)
    lobby.call("GET", "/services")
    assert leaving.gone_share(0, 15) > 0
