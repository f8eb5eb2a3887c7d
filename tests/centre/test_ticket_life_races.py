"""Two at once: one wins, the other is told why not, nothing is lost and nothing done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from kiosk.centre.admin import verify_journal
from kiosk.settings import Settings
from tests.centre.support import API, PASSWORD, Seed, WarmProcess, headers, planted

ROUNDS = 8
HERE, THERE = "quay-1", "quay-9"
MEANT = {"ticket": "ID"}


@dataclass
class House:
    """A running centre, two officers at two counters that serve the same, and a kiosk."""

    url: str
    tokens: dict[str, str]
    keys: int = 0

    def post(self, path: str, who: str, body: Any = None) -> requests.Response:
        return requests.post(
            f"{self.url}{API}{path}", json=body, headers=headers(self.tokens[who]), timeout=30
        )

    def get(self, path: str, who: str = "lan") -> Any:
        return requests.get(f"{self.url}{API}{path}", headers=headers(self.tokens[who]), timeout=30).json()

    def issue(self) -> Any:
        self.keys += 1
        sent = {**headers(self.tokens["kiosk"]), "Idempotency-Key": f"race-{self.keys}"}
        body = {"service": "ho-tich"}
        return requests.post(f"{self.url}{API}/tickets", json=body, headers=sent, timeout=30).json()

    def state(self, ticket: Any) -> str:
        return str(self.get(f"/tickets/{ticket['id']}")["state"])

    def at_once(self, *asked: tuple[str, str, Any]) -> list[requests.Response]:
        """These requests (path, who, body), all let go at the same moment."""
        gate = threading.Barrier(len(asked))

        def press(one: tuple[str, str, Any]) -> requests.Response:
            gate.wait(10)
            return self.post(*one)

        with ThreadPoolExecutor(len(asked)) as pool:
            return list(pool.map(press, asked))

    def done(self, counter: str, who: str, *actions: str) -> None:
        for action in actions:
            answer = self.post(f"/counters/{counter}/{action}", who, {} if action == "park" else None)
            assert answer.status_code == 200, answer.text

    def idle(self) -> None:
        for counter, who in ((HERE, "lan"), (THERE, "minh")):
            if self.post(f"/counters/{counter}/no-show", who).status_code != 200:
                self.post(f"/counters/{counter}/complete", who)


@pytest.fixture(scope="module")
def house(seed: Seed, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One centre for all races on an engine; each leaves both counters open and idle."""
    folder = tmp_path_factory.mktemp("house") / "data"
    with planted(seed, folder):
        process = WarmProcess(folder)
        process.start()
        try:
            made = House(process.url, {"kiosk": seed.tokens["kiosk"]})
            for login, counter in (("lan", HERE), ("minh", THERE)):
                answer = requests.post(
                    f"{process.url}{API}/session", json={"login": login, "password": PASSWORD}, timeout=30
                )
                made.tokens[login] = answer.json()["token"]
                made.done(counter, login, "open")
            yield made
            verify_journal(settings, folder)
        finally:
            process.end()


def call(house: House, ticket: Any) -> None:
    assert house.post(f"/counters/{HERE}/call/{ticket['id']}", "lan").status_code == 200


def waiting(_house: House, _ticket: Any) -> None:
    pass


def missed(house: House, ticket: Any) -> None:
    call(house, ticket)
    house.done(HERE, "lan", "no-show")


def parked(house: House, ticket: Any) -> None:
    call(house, ticket)
    house.done(HERE, "lan", "park")


def served(house: House, ticket: Any) -> None:
    call(house, ticket)
    house.done(HERE, "lan", "start")


def finished(house: House, ticket: Any) -> None:
    served(house, ticket)
    house.done(HERE, "lan", "complete")


ONE_WINS: dict[str, tuple[Callable[[House, Any], None], list[tuple[str, str, Any]], set[str]]] = {
    "two counters pick the same": (
        waiting,
        [(f"/counters/{HERE}/call/ID", "lan", None), (f"/counters/{THERE}/call/ID", "minh", None)],
        {"called"},
    ),
    "two cancel": (
        waiting,
        [("/tickets/ID/cancel", "lan", None), ("/tickets/ID/cancel", "minh", None)],
        {"cancelled"},
    ),
    "picked or cancelled": (
        waiting,
        [("/tickets/ID/cancel", "lan", None), (f"/counters/{THERE}/call/ID", "minh", None)],
        {"cancelled", "called"},
    ),
    "back twice": (
        missed,
        [("/tickets/ID/rejoin", "lan", None), ("/tickets/ID/rejoin", "minh", None)],
        {"waiting"},
    ),
    "taken back or back in the queue": (
        missed,
        [(f"/counters/{HERE}/undo", "lan", MEANT), ("/tickets/ID/rejoin", "minh", None)],
        {"called", "waiting"},
    ),
    "returned twice": (
        parked,
        [("/tickets/ID/return", "lan", None), ("/tickets/ID/return", "minh", None)],
        {"waiting"},
    ),
    "undone in two windows": (
        finished,
        [(f"/counters/{HERE}/undo", "lan", MEANT)] * 2,
        {"serving"},
    ),
    "completed or sent on": (
        served,
        [
            (f"/counters/{HERE}/complete", "lan", None),
            (f"/counters/{HERE}/transfer", "lan", {"counter": THERE}),
        ],
        {"completed", "waiting"},
    ),
    "completed in two windows": (
        served,
        [(f"/counters/{HERE}/complete", "lan", None), (f"/counters/{HERE}/complete", "lan", None)],
        {"completed"},
    ),
}


@pytest.mark.parametrize("race", ONE_WINS)
def test_one_wins_and_the_other_is_told(house: House, race: str) -> None:
    bring, asked, ends = ONE_WINS[race]
    for _ in range(ROUNDS):
        ticket = house.issue()
        bring(house, ticket)
        answers = house.at_once(
            *(
                (path.replace("ID", ticket["id"]), who, {"ticket": ticket["id"]} if body == MEANT else body)
                for path, who, body in asked
            )
        )
        codes = sorted(answer.status_code for answer in answers)
        assert codes == [200, 409], [answer.text for answer in answers]
        (lost,) = [answer.json()["code"] for answer in answers if answer.status_code == 409]
        assert lost in {"TICKET_STATE_WRONG", "TICKET_ELSEWHERE", "COUNTER_IDLE", "UNDO_TOO_LATE"}
        assert house.state(ticket) in ends
        house.idle()


def test_a_counter_that_closes_while_one_is_sent_there_keeps_nobody(house: House) -> None:
    for _ in range(ROUNDS):
        ticket = house.issue()
        sent, closed = house.at_once(
            (f"/tickets/{ticket['id']}/transfer", "lan", {"counter": THERE}),
            (f"/counters/{THERE}/close", "minh", None),
        )
        assert closed.status_code == 200
        assert sent.status_code in {200, 409}, sent.text
        if sent.status_code == 409:
            assert sent.json()["code"] == "TRANSFER_COUNTER_CLOSED"
        after = house.get(f"/tickets/{ticket['id']}")
        assert (after["state"], after["reserved_counter"]) == ("waiting", None)
        house.done(THERE, "minh", "open")


def test_everybody_at_once_leaves_everyone_in_one_place(house: House) -> None:
    """What one did the other undoes, sends on, cancels and calls, and afterwards each is where it says."""
    tickets = [house.issue() for _ in range(6)]
    for number in range(ROUNDS * 2):
        ticket = tickets[number % len(tickets)]["id"]
        answers = house.at_once(
            (f"/counters/{HERE}/call-next", "lan", None),
            (f"/counters/{THERE}/call-next", "minh", None),
            (f"/tickets/{ticket}/transfer", "lan", {"counter": THERE}),
            (f"/counters/{HERE}/undo", "lan", None),
            (f"/counters/{THERE}/undo", "minh", None),
            (f"/tickets/{ticket}/prioritise", "minh", {"class": "co-cong"}),
        )
        assert {answer.status_code for answer in answers} <= {200, 204, 409}
    at_counters = [one["ticket"]["id"] for one in house.get("/counters") if one["ticket"]]
    assert len(at_counters) == len(set(at_counters))
    for ticket in tickets:
        told = house.get(f"/tickets/{ticket['id']}")
        assert (told["state"] in {"called", "serving"}) == (ticket["id"] in at_counters)
        assert told["overtaken"] >= 0
