"""Two kiosks and four counters at once: every number once, every citizen to one counter."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from kiosk.centre.admin import verify_journal
from kiosk.client import CentreClient, CentreError, Ticket
from kiosk.failures import FailureCode
from kiosk.settings import Settings
from tests.centre.support import OFFICERS, PASSWORD, WarmProcess

EACH = 80
COUNTERS = ("quay-1", "quay-2", "quay-5", "quay-9")


def test_everyone_at_once(
    process: WarmProcess, seed: tuple[Path, dict[str, str]], settings: Settings
) -> None:
    services = [service.id for service in settings.services]
    issuing = threading.Event()

    def kiosk(name: str) -> list[Ticket]:
        client = CentreClient(process.url, seed[1][name])
        return [client.issue_ticket(services[n % len(services)], f"{name}-{n}") for n in range(EACH)]

    def officer(login: str, counter: str) -> list[Ticket]:
        client = CentreClient(process.url)
        client.sign_in(login, PASSWORD)
        client.open_counter(counter)
        called: list[Ticket] = []
        while True:
            over = issuing.is_set()
            ticket = client.call_next(counter)
            if ticket is None:
                if over:
                    return called
                time.sleep(0.005)
                continue
            called.append(ticket)
            client.start(counter)
            client.complete(counter)

    with ThreadPoolExecutor(8) as pool:
        desks = [pool.submit(officer, *pair) for pair in zip(OFFICERS, COUNTERS, strict=True)]
        kiosks = [pool.submit(kiosk, name) for name in ("kiosk", "kiosk-2")]
        wait(kiosks)
        issuing.set()
        issued = [ticket for future in kiosks for ticket in future.result()]
        called = [desk.result() for desk in desks]

    assert len(issued) == 2 * EACH
    for service in services:
        sequences = sorted(ticket.sequence for ticket in issued if ticket.service == service)
        assert sequences == list(range(1, len(sequences) + 1))
    times_called = Counter(ticket.id for tickets in called for ticket in tickets)
    assert times_called == dict.fromkeys((ticket.id for ticket in issued), 1), "everyone once, at one counter"
    for counter, tickets in zip(COUNTERS, called, strict=True):
        served = set(settings.counter(counter).services)
        assert all(ticket.service in served for ticket in tickets)
        for service in served:
            mine = [ticket.sequence for ticket in tickets if ticket.service == service]
            assert mine == sorted(mine), "nobody is passed by one who came later"
    verify_journal(settings, process.folder)


def test_one_key_pressed_at_two_places_is_one_number(
    process: WarmProcess, seed: tuple[Path, dict[str, str]]
) -> None:
    def press(name: str) -> Ticket:
        return CentreClient(process.url, seed[1][name]).issue_ticket("ho-tich", "the-same-key")

    with ThreadPoolExecutor(8) as pool:
        tickets = list(pool.map(press, ["kiosk", "kiosk-2"] * 8))
    assert {ticket.number for ticket in tickets} == {"A001"}


def test_one_waiting_citizen_and_four_officers_who_press_next(
    process: WarmProcess, seed: tuple[Path, dict[str, str]]
) -> None:
    clients = [CentreClient(process.url) for _ in range(2)]
    for client, login, counter in zip(clients, OFFICERS, ("quay-1", "quay-9"), strict=False):
        client.sign_in(login, PASSWORD)
        client.open_counter(counter)
    kiosk = CentreClient(process.url, seed[1]["kiosk"])

    def press(pair: tuple[CentreClient, str]) -> str | None:
        try:
            ticket = pair[0].call_next(pair[1])
        except CentreError as error:
            assert error.code is FailureCode.COUNTER_BUSY
            return None
        return None if ticket is None else ticket.id

    with ThreadPoolExecutor(8) as pool:
        for count in range(20):
            ticket = kiosk.issue_ticket("ho-tich", f"k{count}")
            presses = [(clients[0], "quay-1"), (clients[1], "quay-9")] * 3
            handed = [one for one in pool.map(press, presses) if one is not None]
            assert handed == [ticket.id]
            for client, counter in zip(clients, ("quay-1", "quay-9"), strict=True):
                try:
                    client.no_show(counter)
                except CentreError as error:
                    assert error.code is FailureCode.COUNTER_IDLE
