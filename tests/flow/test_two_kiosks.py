"""Two kiosks and a real centre that is killed and comes back: one place for each slip, in order of issue."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.centre import admin
from kiosk.client import CentreClient, CentreError
from kiosk.failures import FailureCode
from kiosk.processes.clock_skew import CentreClock
from kiosk.processes.issuing import Issuing
from kiosk.processes.offline_numbers import OfflineNumbers
from kiosk.settings import load
from kiosk.visit.effects import IssueTicket
from kiosk.visit.events import IssuedTicket
from tests.centre.support import CONFIG, PASSWORD, WarmProcess

SERVICE = "ho-tich"
SERVICES = (SERVICE, "chung-thuc", "nhan-ket-qua")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass
class Kiosk:
    """One machine at the door, without its window."""

    name: str
    url: str
    token: str
    folder: Path
    wishes: int = 0

    def __post_init__(self) -> None:
        self.numbers = OfflineNumbers(self.folder / f"{self.name}.sqlite3")
        self.clock = CentreClock(float(self.numbers.recall("skew") or 0.0))
        self.client = CentreClient(self.url, self.token, read_seconds=3, clock=self.clock)
        self.issuing = Issuing(self.client, ZONE, self.numbers, self.clock)
        self.issuing.start()

    def takes(self, service: str = SERVICE) -> IssuedTicket:
        """Somebody takes a number. Raises ``CentreError`` when there is none."""
        self.wishes += 1
        return self.issuing.issue(IssueTicket(self.name, service, f"{self.name}-{self.wishes}"))

    def stops(self) -> None:
        self.issuing.stop()

    def restarts(self) -> None:
        self.stops()
        self.numbers.close()
        self.__post_init__()


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


@dataclass
class House:
    """The centre, its kiosks, and an officer."""

    centre: WarmProcess
    kiosks: tuple[Kiosk, Kiosk]
    uncertain: float = 0.0

    def waiting(self) -> list[str]:
        return [one.number for one in self.kiosks[0].client.tickets("waiting")]

    def told(self) -> bool:
        return not any(kiosk.numbers.waiting() for kiosk in self.kiosks)

    def next_citizen(self) -> None:
        """Time passes that the clocks of both kiosks can tell."""
        time.sleep(0.01 + self.uncertain)

    def comes_back(self) -> None:
        self.centre.start()

    def officer(self) -> CentreClient:
        made = CentreClient(self.centre.url)
        made.sign_in("lan", PASSWORD)
        return made


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings, data = load(CONFIG), tmp_path / "data"
    tokens = [admin.create_token(settings, data, "kiosk", name) for name in ("one", "two")]
    admin.add_officer(settings, data, "lan", "officer", PASSWORD, name="Lan")
    centre = WarmProcess(data)
    centre.start()
    kiosks = tuple(
        Kiosk(name, centre.url, token, tmp_path) for name, token in zip(("one", "two"), tokens, strict=True)
    )
    try:
        for kiosk in kiosks:
            until(lambda kiosk=kiosk: kiosk.numbers.recall("skew") is not None)
        uncertain = sum(kiosk.clock.error() or 0.0 for kiosk in kiosks)
        yield House(centre, (kiosks[0], kiosks[1]), uncertain)
    finally:
        for kiosk in kiosks:
            kiosk.stops()
        centre.end()


def test_numbers_given_with_and_without_the_centre_are_called_in_the_order_of_issue(house: House) -> None:
    one, two = house.kiosks
    given: list[IssuedTicket] = []

    def come(*kiosks: Kiosk) -> None:
        for kiosk in kiosks:
            given.append(kiosk.takes())
            house.next_citizen()

    come(one, two)
    house.centre.kill()
    come(two, one, one)
    two.restarts()
    come(two, one)
    assert [ticket.offline for ticket in given] == [False, False, True, True, True, True, True]
    house.comes_back()
    until(house.told)
    until(lambda: not one.issuing.offer().offline)
    until(lambda: not two.issuing.offer().offline)
    come(one, two)
    assert not given[-1].offline
    numbers = [ticket.number for ticket in given]
    assert len(set(numbers)) == len(numbers)
    officer = house.officer()
    officer.open_counter("quay-1")
    called = []
    for _ in numbers:
        ticket = officer.call_next("quay-1")
        called.append(ticket.number if ticket else None)
        officer.no_show("quay-1")
    assert called == numbers
    assert officer.call_next("quay-1") is None


def test_however_often_the_centre_is_killed_every_slip_has_one_place_and_no_place_is_without_a_slip(
    house: House,
) -> None:
    chance = random.Random(4)  # noqa: S311 - moments to kill at
    slips: list[str] = []
    lock = threading.Lock()
    stop = threading.Event()
    unexpected: list[CentreError] = []

    def citizens(kiosk: Kiosk) -> None:
        turn = 0
        while not stop.wait(0.02):
            turn += 1
            try:
                number = kiosk.takes(SERVICES[turn % len(SERVICES)]).number
            except CentreError as error:
                if error.code is not FailureCode.OFFLINE_NUMBERS_USED_UP:
                    unexpected.append(error)
                continue
            with lock:
                slips.append(number)

    threads = [threading.Thread(target=citizens, args=(kiosk,)) for kiosk in house.kiosks]
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            time.sleep(chance.uniform(0.2, 0.8))
            house.centre.kill()
            time.sleep(chance.uniform(0.0, 0.5))
            house.comes_back()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    until(house.told)
    assert unexpected == []
    assert len(slips) == len(set(slips)) > 20
    assert sorted(house.waiting()) == sorted(slips)
