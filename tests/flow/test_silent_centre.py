"""The kiosk process while the centre is silent, comes back, or answers too late: one number for one wish."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from journey import HUONG
from memory_lobby import MemoryLobby, MemoryPrinter

from kiosk.client import CentreError, PriorityClass, QueueRules, Service
from kiosk.failures import FailureCode
from kiosk.processes.clock_skew import CentreClock
from kiosk.processes.offline_numbers import OfflineNumbers
from kiosk.visit.events import (
    Continue,
    DigitTapped,
    Finish,
    PrintResult,
    Retry,
    ServiceTapped,
    StartWithoutCard,
)


@pytest.fixture
def lobby(tmp_path: Path) -> Iterator[MemoryLobby]:
    numbers = OfflineNumbers(tmp_path / "offline.sqlite3")
    with MemoryLobby(numbers=numbers) as made:
        made.until(numbers.leases)
        yield made


def at_the_services(lobby: MemoryLobby) -> None:
    lobby.process.dispatch(StartWithoutCard())
    lobby.until(lambda: lobby.state.services is not None)


def takes_number(lobby: MemoryLobby, service: str = "hon-nhan") -> str:
    at_the_services(lobby)
    lobby.process.dispatch(ServiceTapped("", service))
    lobby.until_screen("ticket")
    number = lobby.state.tickets[-1].ticket.number
    lobby.until(lambda: lobby.state.tickets[-1].printed is not None)
    lobby.process.dispatch(Finish())
    lobby.until_screen("start")
    return number


def test_numbers_go_on_without_the_centre_and_are_told_before_new_ones(lobby: MemoryLobby) -> None:
    first = takes_number(lobby)
    lobby.centre.up = False
    held = [takes_number(lobby), takes_number(lobby, "ho-tich")]
    assert (first, held) == ("B001", ["B990", "A990"])
    assert [slip.offline for slip in lobby.printer.slips] == [False, True, True]
    assert lobby.printer.slips[1].follow_url == ""
    lobby.centre.up = True
    lobby.until(lambda: len(lobby.centre.told) == 2)
    lobby.until(lambda: ("o-B990", "printed", None, False) in lobby.centre.prints)
    takes_number(lobby)
    assert lobby.centre.order[0] == "t1"
    assert lobby.centre.order[1:3] == ["o-B990", "o-A990"]


def test_an_answer_that_never_came_makes_no_second_place(lobby: MemoryLobby) -> None:
    at_the_services(lobby)
    lobby.centre.lost_answers = 2
    lobby.process.dispatch(ServiceTapped("", "hon-nhan"))
    lobby.until_screen("ticket")
    ticket = lobby.state.tickets[0].ticket
    assert ticket.offline
    lobby.until(lambda: lobby.centre.told)
    assert lobby.centre.told[0].key == lobby.centre.asked_for[0]["key"]
    assert list(lobby.centre.tickets) == ["o-B990"], "the number that nobody holds is gone"


def test_nobody_waits_twice_for_a_centre_that_hangs(tmp_path: Path) -> None:
    ticks = [0.0]
    lobby = MemoryLobby(numbers=OfflineNumbers(tmp_path / "offline.sqlite3"), monotonic=lambda: ticks[0])
    asked: list[str] = []

    def hangs(service: str, key: str, **more: object) -> None:
        asked.append(key)
        ticks[0] += 10.0  # the time after which a request is given up
        raise CentreError(FailureCode.CENTRE_UNREACHABLE)

    with lobby:
        lobby.until(lobby.numbers.leases)
        at_the_services(lobby)
        lobby.centre.issue_ticket = hangs  # type: ignore[method-assign]
        lobby.process.dispatch(ServiceTapped("", "hon-nhan"))
        lobby.until_screen("ticket")
        assert lobby.state.tickets[0].ticket.number == "B990"
        assert len(asked) == 1


def test_numbers_are_held_only_with_the_services_they_are_for(tmp_path: Path) -> None:
    """The centre may fall silent right after it has leased the first numbers."""
    lobby = MemoryLobby(numbers=OfflineNumbers(tmp_path / "offline.sqlite3"))
    leases = lobby.centre.lease_numbers

    def leased_and_gone(*arguments: object, **more: object) -> object:
        told = leases(*arguments, **more)
        lobby.centre.up = False
        return told

    lobby.centre.lease_numbers = leased_and_gone  # type: ignore[method-assign]
    with lobby:
        lobby.until(lobby.numbers.leases)
        assert takes_number(lobby) == "B990"


def test_a_used_up_block_says_so_and_other_services_go_on(lobby: MemoryLobby) -> None:
    lobby.centre.up = False
    for _ in range(5):
        takes_number(lobby)
    at_the_services(lobby)
    assert [(one.id, one.open, one.closed_reason) for one in lobby.state.services or ()] == [
        ("hon-nhan", False, "used_up"),
        ("ho-tich", True, None),
    ]
    lobby.process.dispatch(Finish())
    assert takes_number(lobby, "ho-tich") == "A990"


def test_a_refusal_is_no_silence(lobby: MemoryLobby) -> None:
    at_the_services(lobby)

    def closed(service: str, key: str, **more: object) -> None:
        raise CentreError(FailureCode.SERVICE_STOPPED, status=409)

    lobby.centre.issue_ticket = closed  # type: ignore[method-assign]
    lobby.process.dispatch(ServiceTapped("", "hon-nhan"))
    lobby.until(lambda: getattr(lobby.state.screen, "failure", None) is FailureCode.SERVICE_STOPPED)
    assert lobby.process.state.tickets == ()
    assert not lobby.numbers.waiting()


def test_without_a_lease_the_problem_is_shown_and_trying_again_works(tmp_path: Path) -> None:
    lobby = MemoryLobby(numbers=OfflineNumbers(tmp_path / "offline.sqlite3"))
    lobby.centre.up = False
    with lobby:
        lobby.process.dispatch(StartWithoutCard())
        lobby.until_screen("problem")
        lobby.centre.up = True
        lobby.process.dispatch(Retry())
        lobby.until(lambda: lobby.state.services is not None)


def test_after_a_restart_without_the_centre_the_block_goes_on_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "offline.sqlite3"
    with MemoryLobby(numbers=OfflineNumbers(file)) as before:
        before.until(before.numbers.leases)
        takes_number(before)
        before.centre.up = False
        first = takes_number(before)
    centre = before.centre
    with MemoryLobby(centre, numbers=OfflineNumbers(file)) as after:
        second = takes_number(after)
        assert (first, second) == ("B990", "B991")
        centre.up = True
        after.until(lambda: [one.sequence for one in centre.told] == [990, 991])


def test_a_day_that_begins_without_the_centre_has_numbers(tmp_path: Path) -> None:
    """Switched off in the evening, on in the morning, and the centre does not answer yet."""
    file, midnight = tmp_path / "offline.sqlite3", datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    evening = CentreClock(wall=lambda: midnight - timedelta(hours=8))
    lobby = MemoryLobby(numbers=OfflineNumbers(file), clock=evening)
    lobby.centre.lease_until = midnight
    lobby.centre.rules = QueueRules(date(2026, 11, 23), person_key=b"k" * 32)
    with lobby as before:
        before.until(lambda: len(before.numbers.leases()) == 2)
        assert takes_number(before) == "B001"
        before.centre.up = False
        assert takes_number(before) == "B990"
        before.numbers.close()
    morning = CentreClock(wall=lambda: midnight + timedelta(hours=7, minutes=30))
    with MemoryLobby(before.centre, numbers=OfflineNumbers(file), clock=morning) as after:
        assert [takes_number(after), takes_number(after, "ho-tich")] == ["B980", "A980"]
        assert after.printer.slips[-1].offline
        after.centre.up = True
        after.until(lambda: [one.sequence for one in after.centre.told] == [990, 980, 980])


@pytest.mark.parametrize(("reason", "next_morning"), [("full", True), ("holiday", True), ("stopped", False)])
def test_what_closed_a_service_yesterday_closes_it_today_only_by_the_heads_word(
    tmp_path: Path, reason: str, next_morning: bool
) -> None:
    midnight = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    now = [midnight - timedelta(hours=3)]
    clock = CentreClock(wall=lambda: now[0])
    lobby = MemoryLobby(numbers=OfflineNumbers(tmp_path / "offline.sqlite3"), clock=clock)
    lobby.centre.lease_until = midnight
    told = lobby.centre.services

    def closed() -> list[Service]:
        first, *others = told()
        return [replace(first, open=False, closed_reason=reason, closed_words="…"), *others]

    lobby.centre.services = closed  # type: ignore[method-assign]
    with lobby:
        lobby.until(lambda: len(lobby.numbers.leases()) == 2)
        lobby.centre.up = False
        at_the_services(lobby)
        assert [one.open for one in lobby.state.services or ()] == [False, True]
        lobby.process.dispatch(Finish())
        now[0] = midnight + timedelta(hours=8)
        at_the_services(lobby)
        assert [one.open for one in lobby.state.services or ()] == [next_morning, True]


def test_half_used_blocks_are_given_back_for_whole_ones(lobby: MemoryLobby) -> None:
    lobby.centre.up = False
    for _ in range(3):
        takes_number(lobby)
    lobby.centre.up = True
    lobby.until(lambda: [one.id for one in lobby.numbers.leases()] == ["l2", "ahead"])
    held = lobby.numbers.leases()[0]
    assert (lobby.centre.leases, lobby.numbers.left(held, "hon-nhan")) == (2, 5)


def test_a_slip_that_failed_without_the_centre_is_copied_when_both_are_well(lobby: MemoryLobby) -> None:
    takes_number(lobby)
    lobby.centre.up = False
    MemoryPrinter.paper = False
    at_the_services(lobby)
    lobby.process.dispatch(ServiceTapped("", "hon-nhan"))
    lobby.until(lambda: lobby.state.tickets and lobby.state.tickets[0].printed is PrintResult.FAILED)
    lobby.centre.up = True
    lobby.until(
        lambda: any(name == "o-B990" and state == "failed" for name, state, _, _ in lobby.centre.prints)
    )
    MemoryPrinter.paper = True
    lobby.until(lambda: ("o-B990", "printed", None, True) in lobby.centre.prints)
    assert lobby.printer.slips[-1].copy


def test_staff_see_a_clock_that_differs_and_numbers_that_the_centre_did_not_take(tmp_path: Path) -> None:
    now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    clock = CentreClock(wall=lambda: now + timedelta(seconds=41), ticks=lambda: 100.0)
    clock.heard(99.999, 100.0, now)
    numbers = OfflineNumbers(tmp_path / "offline.sqlite3")
    with MemoryLobby(numbers=numbers, clock=clock) as lobby:
        lobby.until(lambda: "kiosk_screen" in lobby.centre.known)
        warning, facts = lobby.centre.known["kiosk_screen"]
        assert (warning, facts["clock_differs"]) == (FailureCode.KIOSK_CLOCK_DIFFERS, "+41 s")
        lobby.until(numbers.leases)
        numbers.give("hon-nhan", "k", clock.now())
        numbers.was_refused("k", "number_taken")
        health = lobby.process._issuing.health
        assert health.warning is FailureCode.OFFLINE_NUMBERS_REFUSED
        assert health.facts["offline_refused"] == "1"


def test_slips_of_another_kiosk_are_left_to_it(lobby: MemoryLobby) -> None:
    takes_number(lobby)
    centre = lobby.centre
    mine = centre.tickets["t1"]
    centre.tickets["t8"] = replace(
        mine, id="t8", issued_by="kiosk:other", print=replace(mine.print, state="failed")
    )
    centre.tickets["t9"] = replace(mine, id="t9", print=replace(mine.print, state="failed"))
    lobby.process._slips.printer_is_well()
    lobby.until(lambda: ("t9", "printed", None, True) in centre.prints)
    assert not [one for one in centre.prints if one[0] == "t8"]


def test_the_person_is_sent_as_the_days_hash_and_the_age_as_a_class() -> None:
    lobby = MemoryLobby()
    aged = PriorityClass("cao-tuoi", "Người cao tuổi", 60, ("chip",))
    lobby.centre.rules = QueueRules(date(2026, 11, 23), (aged,), person_key=b"k" * 32)
    with lobby:
        lobby.until(lambda: "card_reader" in lobby.made)
        lobby.reader.lay(HUONG)
        lobby.until_screen("enter_can")
        for digit in HUONG.number[-6:]:
            lobby.process.dispatch(DigitTapped("", digit))
        lobby.process.dispatch(Continue())
        lobby.until(lambda: lobby.state.services is not None)
        lobby.process.dispatch(ServiceTapped("", "hon-nhan"))
        lobby.until_screen("ticket")
    sent = lobby.centre.asked_for[-1]
    assert sent["person"] == hmac.new(b"k" * 32, HUONG.number.encode(), hashlib.sha256).hexdigest()
    assert (sent["priority"].id, sent["priority"].source) == ("cao-tuoi", "chip")


@pytest.fixture
def full_lobby(tmp_path: Path) -> Iterator[MemoryLobby]:
    """A lobby whose kiosk holds more numbers than anybody takes."""
    lobby = MemoryLobby(numbers=OfflineNumbers(tmp_path / "offline.sqlite3"))
    lobby.centre.block = (900, 999)
    with lobby:
        lobby.until(lobby.numbers.leases)
        yield lobby


def test_two_citizens_in_a_row_and_a_centre_that_comes_and_goes(full_lobby: MemoryLobby) -> None:
    """The link flickers while numbers are taken: each wish has one ticket at the end."""
    lobby, stop = full_lobby, threading.Event()

    def flicker() -> None:
        while not stop.wait(0.05):
            lobby.centre.up = not lobby.centre.up

    thread = threading.Thread(target=flicker)
    thread.start()
    printed = []
    try:
        for turn in range(8):
            lobby.centre.lost_answers = turn % 3
            lobby.process.dispatch(StartWithoutCard())
            lobby.until(lambda: lobby.state.services is not None)
            lobby.process.dispatch(ServiceTapped("", "hon-nhan"))
            lobby.until(lambda: lobby.state.tickets or lobby.state.key.endswith("problem"))
            printed += [held.ticket.id for held in lobby.state.tickets]
            lobby.process.dispatch(Finish())
            lobby.until_screen("start")
    finally:
        stop.set()
        thread.join()
        lobby.centre.up = True
        lobby.centre.lost_answers = 0
    lobby.until(lambda: not lobby.numbers.waiting())
    assert len(lobby.centre.tickets) == len(printed)
