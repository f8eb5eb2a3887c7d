"""A full lobby: kiosks and officers who go on, whatever happens to the centre, and note what they were told.

What was told is written to a plain file after the answer was read: it is what citizens and officers know.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.faults.caller import Answer, Caller, UnreachableError

SERVICES = ("ho-tich", "xac-nhan-hon-nhan", "chung-thuc", "dat-dai", "nhan-ket-qua", "ho-kinh-doanh")
COUNTERS = {"lan": "quay-1", "minh": "quay-2", "hoa": "quay-5", "tuan": "quay-9"}
KINDS = {
    "start": "ticket.started",
    "recall": "ticket.recalled",
    "no-show": "ticket.no_show",
    "complete": "ticket.completed",
    "park": "ticket.parked",
    "transfer": "ticket.transferred",
    "undo": "ticket.undone",
}
"""What the journal says of an officer's action."""

PAUSE = 0.005
TROUBLE = frozenset({"STORE_FULL", "STORE_UNREACHABLE"})
"""What a centre in trouble may answer at any time; it is asked again."""


class ToldFile:
    """One line for each acknowledged change: kind of journal entry, ticket, who was told."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="ascii", buffering=1)
        self._lock = threading.Lock()
        self.path = file

    def note(self, kind: str, ticket: str, who: str) -> None:
        """Append a line."""
        with self._lock:
            self._file.write(f"{kind} {ticket} {who}\n")

    def close(self) -> None:
        """No more lines."""
        self._file.close()

    def lines(self) -> list[tuple[str, str, str]]:
        """All lines."""
        split = (line.split(" ") for line in self.path.read_text(encoding="ascii").splitlines())
        return [(kind, ticket, who) for kind, ticket, who in split]


class Worker(threading.Thread, ABC):
    """Takes turns until it is told to stop. ``wrong`` holds answers that should never come."""

    def __init__(self, name: str, caller: Caller, told: ToldFile, stop: threading.Event, seed: int) -> None:
        super().__init__(name=name, daemon=True)
        self.caller = caller
        self.told = told
        self.dice = random.Random(seed)  # noqa: S311
        self._stop_asked = stop
        self.wrong: list[str] = []
        self.turns = 0

    def run(self) -> None:
        """Turn after turn; a centre that is not there is tried again."""
        while not self._stop_asked.is_set() and not self.wrong:
            try:
                self.turn()
                self.turns += 1
            except UnreachableError:
                time.sleep(PAUSE)
        self.finish()
        self.caller.close()

    @abstractmethod
    def turn(self) -> None:
        """One thing to do."""

    def finish(self) -> None:
        """What is still to be done after the last turn."""

    def refused(self, answer: Answer, *expected: str) -> None:
        """Note a refusal that is none of the expected ones."""
        if answer.code not in {*expected, *TROUBLE}:
            self.wrong.append(f"{self.name}: {answer.status} {answer.code}")
        time.sleep(PAUSE)


class Kiosk(Worker):
    """Takes numbers; repeats a request with its key until it is answered, now and then twice at once."""

    def __init__(self, name: str, caller: Caller, told: ToldFile, stop: threading.Event, seed: int) -> None:
        super().__init__(name, caller, told, stop, seed)
        self._numbers = itertools.count()
        self._pending: tuple[str, str] | None = None
        self._pool = ThreadPoolExecutor(2)
        self._second = Caller(caller._urls, caller.token)
        self.asked: dict[str, str] = {}

    def turn(self) -> None:
        """The next number, or the one whose answer was lost."""
        if self._pending is None:
            self._pending = (f"{self.name}-{next(self._numbers)}", self.dice.choice(SERVICES))
        key, service = self._pending
        asked = {"service": service}
        answers = []
        if self.dice.random() < 0.1:
            futures = [
                self._pool.submit(one, "POST", "/tickets", asked, key) for one in (self.caller, self._second)
            ]
            for future in futures:
                try:
                    answers.append(future.result())
                except UnreachableError:
                    time.sleep(PAUSE)
        else:
            answers.append(self.caller("POST", "/tickets", asked, key))
        for answer in answers:
            if answer.status not in {200, 201}:
                self.refused(answer)
                continue
            ticket = answer.body["id"]
            if self.asked.setdefault(key, ticket) != ticket:
                self.wrong.append(f"{key} is {self.asked[key]} and {ticket}")
            if self._pending is not None:
                self.told.note("ticket.issued", ticket, self.name)
            self._pending = None

    def finish(self) -> None:
        """The last request gets its answer, too."""
        end = time.monotonic() + 20
        while self._pending is not None and time.monotonic() < end and not self.wrong:
            try:
                self.turn()
            except UnreachableError:
                time.sleep(PAUSE)
        self._second.close()
        self._pool.shutdown()


class Officer(Worker):
    """Calls the next citizen and does with the ticket what officers do."""

    def __init__(
        self, login: str, caller: Caller, told: ToldFile, stop: threading.Event, seed: int, *, counter: str
    ) -> None:
        super().__init__(login, caller, told, stop, seed)
        self.counter = counter
        self._ticket: str | None = None
        self._state = ""

    def begin(self) -> None:
        """Sign in and sit down."""
        self.caller.sign_in(self.name)
        answer = self.caller("POST", f"/counters/{self.counter}/open")
        assert answer.status == 200, answer

    def turn(self) -> None:
        """The next citizen, or the next step with this one."""
        if self._ticket is None:
            answer = self._press("call-next")
            if answer.status == 200:
                self._now(answer.body)
                self.told.note("ticket.called", answer.body["id"], self.name)
            elif answer.status == 204:
                time.sleep(PAUSE)
            else:
                self.refused(answer, "COUNTER_BUSY")
                self._look()
        elif self._state == "called":
            self._step(self.dice.choices(["start", "recall", "no-show", "park"], [16, 2, 2, 1])[0])
        else:
            self._step(self.dice.choices(["complete", "park", "transfer", "undo"], [16, 1, 1, 1])[0])

    def _step(self, action: str) -> None:
        body: dict[str, Any] = {"park": {}, "transfer": {"service": self.dice.choice(SERVICES)}}
        try:
            answer = self._press(action, body.get(action))
        except UnreachableError:
            self._state = "?"
            self._look()
            return
        if answer.status != 200:
            self.refused(
                answer,
                "COUNTER_IDLE",
                "TICKET_STATE_WRONG",
                "TRANSFER_NOWHERE",
                "UNDO_TOO_LATE",
                "COUNTER_BUSY",
            )
            self._look()
            return
        ticket = answer.body["ticket"]
        self.told.note(KINDS[action], ticket["id"], self.name)
        self._now(ticket)

    def _press(self, action: str, body: Any = None) -> Answer:
        answer = self.caller("POST", f"/counters/{self.counter}/{action}", body)
        if answer.code == "NOT_SIGNED_IN":  # the clock went on, and the session ended
            self.caller.sign_in(self.name)
            answer = self.caller("POST", f"/counters/{self.counter}/{action}", body)
        return answer

    def _now(self, ticket: dict[str, Any] | None) -> None:
        here = ticket is not None and ticket["state"] in {"called", "serving"}
        self._ticket = ticket["id"] if ticket is not None and here else None
        self._state = ticket["state"] if ticket is not None and here else ""

    def _look(self) -> None:
        """An answer was lost: see where the ticket really is."""
        answer = self.caller("GET", "/counters")
        if answer.status == 200:
            mine = next(one for one in answer.body if one["id"] == self.counter)
            self._now(mine["ticket"])


def lobby(
    urls: list[str], tokens: dict[str, str], told: ToldFile, stop: threading.Event, seed: int
) -> tuple[list[Kiosk], list[Officer]]:
    """Three kiosks and four officers, who have sat down already."""
    kiosks = [
        Kiosk(f"kiosk-{n}", Caller(urls, tokens[role]), told, stop, seed + n)
        for n, role in enumerate(("kiosk", "kiosk-2", "kiosk"))
    ]
    officers = [
        Officer(login, Caller(urls), told, stop, seed + 10 + n, counter=counter)
        for n, (login, counter) in enumerate(COUNTERS.items())
    ]
    for officer in officers:
        officer.begin()
    return kiosks, officers


def wait_until(check: Callable[[], bool], seconds: float) -> bool:
    """Whether ``check`` became true in time."""
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
