"""Tickets brought into every state, for the tests of what may be done to them there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kiosk.centre.keeping.tables import check
from kiosk.centre.moments import written
from kiosk.queueing.ticket import TicketState
from tests.centre.support import Desk, sign_in

HERE, THERE = "quay-1", "quay-9"
"""Two counters that serve ``ho-tich``; ``lan`` sits at the first, ``minh`` at the second."""


def opened(desk: Desk) -> Desk:
    """Both counters open."""
    desk.tokens["minh"] = sign_in(desk.web, "minh")
    assert desk.at(HERE, "open").status_code == 200
    assert desk.at(THERE, "open", "minh").status_code == 200
    return desk


def do(desk: Desk, counter: str, action: str, role: str = "officer", /, **body: Any) -> Any:
    """An action at a counter; answers what the centre answered."""
    return desk.call("POST", f"/counters/{counter}/{action}", role, **({"json": body} if body else {}))


def move(desk: Desk, ticket: Any, action: str, role: str = "officer", /, **body: Any) -> Any:
    """An action on a ticket by its id."""
    return desk.call("POST", f"/tickets/{ticket['id']}/{action}", role, **({"json": body} if body else {}))


def held(desk: Desk, ticket: Any, action: str) -> Any:
    """What the holder of the link asks for."""
    return desk.call("POST", f"/follow/{ticket['follow_url'].rsplit('/', 1)[1]}/{action}", None)


def now(desk: Desk, ticket: Any) -> Any:
    """The ticket as the centre tells of it now, without what changes by the clock alone."""
    told = desk.call("GET", f"/tickets/{ticket['id']}", "kiosk").json()
    return {name: value for name, value in told.items() if name not in {"wait", "ahead"}}


def reach(desk: Desk, state: TicketState, service: str = "ho-tich") -> Any:
    """A new ticket in this state, brought there from ``HERE``."""
    ticket = desk.issue(service).json()
    path = {
        TicketState.CALLED: ("call",),
        TicketState.SERVING: ("call", "start"),
        TicketState.PARKED: ("call", "park"),
        TicketState.COMPLETED: ("call", "start", "complete"),
        TicketState.NO_SHOW: ("call", "no-show"),
    }.get(state, ())
    for step in path:
        body = {"reason": "Nộp phí"} if step == "park" else {}
        done = do(desk, HERE, f"call/{ticket['id']}" if step == "call" else step, **body)
        assert done.status_code == 200, done.text
    if state is TicketState.CANCELLED:
        assert move(desk, ticket, "cancel").status_code == 200
    if state is TicketState.EXPIRED:
        tomorrow(desk)
        desk.issue()
    assert now(desk, ticket)["state"] == state
    return ticket


def tomorrow(desk: Desk) -> None:
    """The same time a day later; the officers sign in again."""
    desk.clock.forward(days=1)
    for name, login in (("officer", "lan"), ("minh", "minh")):
        if name in desk.tokens:
            desk.tokens[name] = sign_in(desk.web, login)


def free(desk: Desk, counter: str = HERE, role: str = "officer") -> None:
    """Get rid of whatever is at a counter."""
    (found,) = [one for one in desk.call("GET", "/counters").json() if one["id"] == counter]
    if found["state"] == "calling":
        assert do(desk, counter, "no-show", role).status_code == 200
    elif found["state"] == "serving":
        assert do(desk, counter, "complete", role).status_code == 200


def at(desk: Desk, text: str) -> None:
    """Set the clock to a local time in Vietnam."""
    desk.clock.moment = datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def kinds(desk: Desk, ticket: Any) -> list[str]:
    """The journal's entries about a ticket."""
    return [entry.type for entry in desk.journal() if entry.subject == ticket["id"]]


def told(desk: Desk, kind: str) -> Any:
    """What the newest entry of a kind says."""
    return [entry for entry in desk.journal() if entry.type == kind][-1].data()


def books_agree(desk: Desk) -> None:
    """The journal tells what the tables hold, and nothing else."""
    at_now = written(desk.clock())
    store = desk.centre.store
    found = store.submit_read(lambda reading: check(reading.connection, reading.site, at_now)).result()
    assert found is None, found
