"""Every state, every action, everybody: the API does what the written table of a ticket's life says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiosk.queueing.ticket import ACTIVE, TABLE, Actor, TicketEvent, TicketState
from tests.centre import lives
from tests.centre.lives import HERE, THERE, do, held, move, now, reach
from tests.centre.support import Desk

E, S = TicketEvent, TicketState
Act = Callable[[Desk, Any], Any]

OFFICER: dict[str, tuple[TicketEvent, Act]] = {
    "call": (E.CALL, lambda desk, ticket: do(desk, HERE, f"call/{ticket['id']}")),
    "recall": (E.RECALL, lambda desk, ticket: do(desk, HERE, "recall")),
    "start": (E.START, lambda desk, ticket: do(desk, HERE, "start")),
    "complete": (E.COMPLETE, lambda desk, ticket: do(desk, HERE, "complete")),
    "no-show": (E.NO_SHOW, lambda desk, ticket: do(desk, HERE, "no-show")),
    "park": (E.PARK, lambda desk, ticket: do(desk, HERE, "park", reason="Nộp phí", minutes=10)),
    "add-service": (E.ADD_SERVICE, lambda desk, ticket: do(desk, HERE, "add-service", service="chung-thuc")),
    "rejoin": (E.REJOIN, lambda desk, ticket: move(desk, ticket, "rejoin")),
    "return": (E.RETURN, lambda desk, ticket: move(desk, ticket, "return")),
    "cancel": (E.CANCEL, lambda desk, ticket: move(desk, ticket, "cancel")),
    "transfer": (E.TRANSFER, lambda desk, ticket: move(desk, ticket, "transfer", service="chung-thuc")),
    "prioritise": (
        E.PRIORITISE,
        lambda desk, ticket: move(desk, ticket, "prioritise", **{"class": "co-cong"}),
    ),
}
CITIZEN: dict[str, tuple[TicketEvent, Act]] = {
    "rejoin": (E.REJOIN, lambda desk, ticket: held(desk, ticket, "rejoin")),
    "cancel": (E.CANCEL, lambda desk, ticket: held(desk, ticket, "cancel")),
}
REPEATED = {(S.WAITING, "rejoin"), (S.CANCELLED, "cancel")}
"""What a citizen may ask for once more without effect."""
LEFT_AT_THE_COUNTER = {"add-service"}
"""Actions that only a counter has, though the table allows them for a waiting ticket, too."""


def leads_to(state: TicketState, event: TicketEvent, who: Actor) -> TicketState | None:
    lines = [line for line in TABLE if (line.state, line.event) == (state, event) and who in line.who]
    return lines[-1].to if lines else None


@pytest.fixture
def lobby(desk: Desk) -> Desk:
    return lives.opened(desk)


@pytest.mark.parametrize("state", S)
def test_officers_do_what_the_table_says_and_nothing_else(lobby: Desk, state: TicketState) -> None:
    for name, (event, act) in OFFICER.items():
        ticket = reach(lobby, state)
        before, head = now(lobby, ticket), lobby.head()
        answer = act(lobby, ticket)
        to = (
            None
            if name in LEFT_AT_THE_COUNTER and state not in ACTIVE
            else leads_to(state, event, Actor.OFFICER)
        )
        if to is None:
            assert answer.status_code == 409, (name, answer.text)
            assert (now(lobby, ticket), lobby.head()) == (before, head), name
        else:
            assert answer.status_code == 200, (name, answer.text)
            after = now(lobby, ticket)
            assert after["state"] == to, name
            assert after["issued_at"] == before["issued_at"]
            assert (after["queued_at"], after["number"]) == (before["queued_at"], before["number"])
        lives.free(lobby)
    lives.books_agree(lobby)


@pytest.mark.parametrize("state", S)
def test_holders_do_what_the_table_says_and_nothing_else(lobby: Desk, state: TicketState) -> None:
    for name, (event, act) in CITIZEN.items():
        ticket = reach(lobby, state)
        before, head = now(lobby, ticket), lobby.head()
        answer = act(lobby, ticket)
        to = leads_to(state, event, Actor.CITIZEN)
        if to is not None:
            assert (answer.status_code, answer.json()["state"]) == (200, to), name
            assert now(lobby, ticket)["state"] == to
        else:
            assert answer.status_code == (200 if (state, name) in REPEATED else 409), name
            assert (now(lobby, ticket), lobby.head()) == (before, head), name
        lives.free(lobby)
    lives.books_agree(lobby)


@pytest.mark.parametrize("state", [S.CALLED, S.SERVING, S.PARKED, S.COMPLETED, S.NO_SHOW, S.CANCELLED])
def test_the_last_step_is_taken_back_where_it_was_made_and_only_for_a_while(
    lobby: Desk, state: TicketState
) -> None:
    ticket = reach(lobby, state)
    stands = now(lobby, ticket)
    assert do(lobby, THERE, "undo", "minh").json()["code"] == "UNDO_TOO_LATE"
    assert now(lobby, ticket) == stands
    lobby.clock.forward(seconds=20)
    undone = do(lobby, HERE, "undo")
    assert undone.status_code == 200, undone.text
    came_from = {S.CALLED: S.WAITING, S.SERVING: S.CALLED, S.CANCELLED: S.WAITING}
    came_from |= {S.PARKED: S.CALLED, S.NO_SHOW: S.CALLED, S.COMPLETED: S.SERVING}
    assert now(lobby, ticket)["state"] == came_from[state]
    assert do(lobby, HERE, "undo").json()["code"] == "UNDO_TOO_LATE", "an undo is not undone"
    lives.free(lobby)
    lives.books_agree(lobby)
    again = reach(lobby, state)
    lobby.clock.forward(seconds=20.1)
    head = lobby.head()
    assert do(lobby, HERE, "undo").json()["code"] == "UNDO_TOO_LATE"
    assert (now(lobby, again)["state"], lobby.head()) == (state, head)


@pytest.mark.on_sqlite
@pytest.mark.parametrize("action", sorted({*OFFICER} - {"rejoin", "return", "cancel", "prioritise"}))
@pytest.mark.parametrize("state", [S.CALLED, S.SERVING])
def test_nobody_acts_on_a_ticket_at_another_counter(lobby: Desk, state: TicketState, action: str) -> None:
    ticket = reach(lobby, state)
    before = now(lobby, ticket)
    bodies = {
        "add-service": {"service": "dat-dai"},
        "park": {"reason": "Nộp phí"},
        "transfer": {"service": "dat-dai"},
    }
    path = f"call/{ticket['id']}" if action == "call" else action
    answers = [
        do(lobby, THERE, path, "minh", **bodies.get(action, {})),
        do(lobby, HERE, path, "minh", **bodies.get(action, {})),
        move(lobby, ticket, "transfer", "minh", service="dat-dai"),
        move(lobby, ticket, "cancel", "minh"),
    ]
    assert [answer.status_code for answer in answers] == [409, 403, 409, 409]
    assert now(lobby, ticket) == before
