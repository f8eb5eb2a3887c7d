"""Whatever happened through the API: the journal alone gives every table of the queue as it stands."""

from __future__ import annotations

import random
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.centre import admin
from kiosk.centre.keeping import tables
from kiosk.centre.moments import written
from kiosk.settings import OpeningHours, Settings, load
from tests.centre.support import CONFIG, PASSWORD, Desk, sign_in, sql
from tests.centre.test_centre_forms import confirmed

__all__ = ["confirmed"]

COUNTERS = {"quay-1": "lan", "quay-2": "minh", "quay-5": "hoa", "quay-9": "tuan"}
SERVICES = ("ho-tich", "xac-nhan-hon-nhan", "chung-thuc", "dat-dai", "ho-kinh-doanh", "nhan-ket-qua")
MOST_DAYS = 15
"""Of 250 steps each; eight seeds took three to seven."""
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HAPPENED = {
    "ticket.issued", "ticket.called", "ticket.recalled", "ticket.started", "ticket.completed",
    "ticket.next_service", "ticket.parked", "ticket.returned", "ticket.transferred", "ticket.no_show",
    "ticket.rejoined", "ticket.cancelled", "ticket.expired", "ticket.undone", "ticket.prioritised",
    "ticket.service_added", "ticket.print", "numbers.leased", "numbers.returned", "service.stopped",
    "service.resumed", "counter.opened", "counter.closed", "form.attached", "day.begun", "day.closed",
    "help.called", "help.answered", "help.expired", "rating.given",
}  # fmt: skip


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The demo centre, which closes in the afternoon."""
    shipped = load(CONFIG)
    hours = [OpeningHours(days=list(_WEEK), start=time(7), until=time(17))]
    services = [one.model_copy(update={"hours": hours}) for one in shipped.services]
    return shipped.model_copy(update={"services": services})


class Walk:
    """Somebody who does whatever the API offers, at random, and keeps no order."""

    def __init__(self, desk: Desk, seed: int, form: dict[str, Any]) -> None:
        self.desk = desk
        self.dice = random.Random(seed)  # noqa: S311
        self.form = form
        self.tickets: list[dict[str, Any]] = []
        self.lease: dict[str, Any] | None = None
        self.done = 0

    def sign_in(self) -> None:
        for login in {*COUNTERS.values(), "truong"}:
            self.desk.tokens[login] = sign_in(self.desk.web, login)

    def post(self, path: str, role: str, **body: Any) -> Any:
        answer = self.desk.call("POST", path, role, **({"json": body} if body else {}))
        assert answer.status_code < 500, (path, answer.text)
        self.done += answer.status_code < 300
        return answer

    def some_ticket(self) -> dict[str, Any]:
        return self.dice.choice(self.tickets[-12:])

    def step(self) -> None:
        counter, login = self.dice.choice(list(COUNTERS.items()))
        at = f"/counters/{counter}"
        choices: list[tuple[int, Any]] = [
            (9, self.issue),
            (9, lambda: self.post(f"{at}/call-next", login)),
            (4, lambda: self.post(f"{at}/start", login)),
            (4, lambda: self.post(f"{at}/complete", login)),
            (3, lambda: self.post(f"{at}/undo", login)),
            (2, lambda: self.post(f"{at}/no-show", login)),
            (2, lambda: self.post(f"{at}/recall", login)),
            (2, lambda: self.post(f"{at}/park", login, reason="Nộp phí", minutes=self.dice.randint(1, 9))),
            (2, lambda: self.post(f"{at}/transfer", login, service=self.dice.choice(SERVICES))),
            (2, lambda: self.post(f"{at}/transfer", login, counter=self.dice.choice(list(COUNTERS)))),
            (2, lambda: self.post(f"{at}/add-service", login, service=self.dice.choice(SERVICES))),
            (2, lambda: self.post(f"{at}/open", login)),
            (1, lambda: self.post(f"{at}/close", login)),
            (2, lambda: self.desk.clock.forward(seconds=self.dice.choice([1, 7, 30, 200]))),
            (1, lambda: self.desk.web.portal.call(self.desk.centre.minute)),
            (1, self.borrow_numbers),
            (1, self.stop_and_resume),
            (1, self.call_help),
            (1, self.rate),
        ]
        if self.tickets:
            ticket = self.some_ticket()
            on = f"/tickets/{ticket['id']}"
            follow = f"/follow/{ticket['follow_url'].rsplit('/', 1)[1]}"
            choices += [
                (2, lambda: self.post(f"{at}/call/{ticket['id']}", login)),
                (
                    2,
                    lambda: self.post(f"{on}/print", "kiosk", state=self.dice.choice(["pending", "printed"])),
                ),
                (2, lambda: self.post(f"{on}/rejoin", login)),
                (2, lambda: self.post(f"{on}/return", login)),
                (1, lambda: self.post(f"{on}/cancel", login)),
                (1, lambda: self.post(f"{on}/give-back", "kiosk")),
                (1, lambda: self.post(f"{on}/services", "kiosk", service=self.dice.choice(SERVICES))),
                (1, lambda: self.post(f"{on}/transfer", login, counter=counter)),
                (2, lambda: self.post(f"{on}/prioritise", login, **{"class": "cao-tuoi"})),
                (1, lambda: self.post(f"{follow}/cancel", "kiosk")),
                (2, lambda: self.post(f"{follow}/rejoin", "kiosk")),
            ]
        weights = [weight for weight, _ in choices]
        self.dice.choices([do for _, do in choices], weights)[0]()

    def issue(self) -> None:
        body: dict[str, Any] = {"service": self.dice.choice(SERVICES)}
        if self.dice.random() < 0.3:
            body["then"] = [self.dice.choice([one for one in SERVICES if one != body["service"]])]
        if self.dice.random() < 0.2:
            body["priority"] = {"class": "khuyet-tat", "source": "self"}
        if self.dice.random() < 0.3:
            body["person"] = f"{self.dice.randint(1, 5):064x}"
        key = f"walk-{self.dice.randint(1, 400)}"
        answer = self.desk.call("POST", "/tickets", "kiosk", json=body, headers={"Idempotency-Key": key})
        assert answer.status_code < 500, answer.text
        if answer.status_code in {200, 201} and "follow_url" in answer.json():
            self.tickets.append(answer.json())
            if body["service"] == "xac-nhan-hon-nhan":
                self.desk.call("PUT", f"/tickets/{answer.json()['id']}/form", "kiosk", json=self.form)

    def borrow_numbers(self) -> None:
        if self.lease is None:
            ahead = self.dice.random() < 0.4
            told = self.post("/number-leases", "kiosk", holder="memory", ahead=ahead).json()
            self.lease = None if ahead else told
            return
        block = self.dice.choice(self.lease["blocks"])
        given = {"series": block["series"], "sequence": block["first"] + self.dice.randint(0, 3)}
        given |= {"service": block["service"], "issued_at": written(self.desk.clock.moment)}
        given["key"] = f"{'walk' if self.dice.random() < 0.3 else 'offline'}-{self.dice.randint(1, 400)}"
        self.post("/tickets/offline", "kiosk", lease=self.lease["lease"], tickets=[given])
        if self.dice.random() < 0.3:
            self.desk.call("DELETE", f"/number-leases/{self.lease['lease']}", "kiosk")
            self.lease = None

    def call_help(self) -> None:
        call = self.post("/help-calls", self.dice.choice(["kiosk", "kiosk-2"]), screen="services").json()
        if self.dice.random() < 0.5:
            self.post(f"/help-calls/{call['id']}/answer", self.dice.choice(list(COUNTERS.values())))

    def rate(self) -> None:
        body: dict[str, Any] = {"face": self.dice.randint(1, 5)}
        if self.dice.random() < 0.5:
            body |= {"aspect": "staff", "words": "Chờ không lâu."}
        if self.tickets:
            body["ticket"] = self.some_ticket()["id"]
        key = {"Idempotency-Key": f"rating-{self.dice.randint(1, 30)}"}
        answer = self.desk.call("POST", "/ratings", "kiosk", json=body, headers=key)
        assert answer.status_code < 500, answer.text

    def stop_and_resume(self) -> None:
        service = self.dice.choice([*SERVICES, "*"])
        self.desk.call("PUT", f"/services/{service}/stop", "truong", json={"message": "Mất điện"})
        if self.dice.random() < 0.7:
            self.desk.call("DELETE", f"/services/{service}/stop", "truong")


def difference(desk: Desk) -> str | None:
    def look(reading: Any) -> str | None:
        return tables.check(reading.connection, reading.site, written(reading.now))

    found: str | None = desk.centre.store.submit_read(look).result()
    return found


def begun(desk: Desk, settings: Settings, form: dict[str, Any], seed: int) -> Walk:
    admin.add_officer(settings, desk.folder, "truong", "head", PASSWORD)
    return Walk(desk, seed, form)


def day(walk: Walk, steps: int) -> None:
    """One day, from opening to the night; what stands before the night and after it is compared."""
    desk = walk.desk
    walk.sign_in()
    for counter, login in COUNTERS.items():
        walk.post(f"/counters/{counter}/open", login)
    for _ in range(steps):
        walk.step()
    for service in ("*", *SERVICES):
        desk.call("DELETE", f"/services/{service}/stop", "truong")
    assert difference(desk) is None
    desk.clock.forward(hours=13)
    desk.web.portal.call(desk.centre.minute)
    desk.clock.moment = desk.clock.moment.replace(hour=2) + timedelta(days=1)
    desk.web.portal.call(desk.centre.minute)
    assert difference(desk) is None


@pytest.mark.on_sqlite
@pytest.mark.parametrize("dice", range(2))
def test_the_journal_gives_the_tables(
    desk: Desk, settings: Settings, confirmed: dict[str, Any], dice: int
) -> None:
    walk = begun(desk, settings, confirmed, dice)
    for _ in range(2):
        day(walk, 300)
    assert walk.done > 120


def test_everything_that_can_happen_happened(
    desk: Desk, settings: Settings, confirmed: dict[str, Any]
) -> None:
    """As many days as it takes until every kind of entry was written."""
    walk = begun(desk, settings, confirmed, 7)
    missing = HAPPENED
    for _ in range(MOST_DAYS):
        day(walk, 250)
        missing = HAPPENED - {entry.type for entry in desk.journal()}
        if not missing:
            break
    assert not missing


def test_a_difference_is_named(desk: Desk) -> None:
    desk.issue()
    ticket = desk.issue().json()
    assert difference(desk) is None
    sql(desk.folder, "UPDATE ticket SET overtaken = 2 WHERE id = :id", id=ticket["id"])
    said = difference(desk)
    assert said is not None
    assert said == f"ticket id={ticket['id']}, overtaken: the journal says 0, the table 2"
    sql(desk.folder, "UPDATE ticket SET overtaken = 0", "UPDATE number_band SET taken = 7")
    assert "taken: the journal says 2, the table 7" in str(difference(desk))


def test_the_command_compares(desk: Desk, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.centre.command import main

    desk.issue()
    words = ["journal", "rebuild", "--check", "--config", str(CONFIG), "--data", str(data)]
    assert main(words) == 0
    assert capsys.readouterr().out == "The tables are what the journal says.\n"
    sql(data, "UPDATE ticket SET arrival = 4")
    assert main(words) == 1
    assert "arrival: the journal says 1, the table 4" in capsys.readouterr().err
