"""Readers, slots and a service that come and go, through the real pcscd; each is told within a second."""

import threading
import time
from pathlib import Path

import pytest

from devices.chip_card import CardReading
from devices.chip_card.apdu import Response
from devices.chip_card.card_kinds import kind_of
from devices.chip_card.errors import CardProblem
from devices.chip_card.pcsc import ANSWER_SECONDS, PcscService
from devices.virtual.chip_card.card import ATR, CardFaults
from devices.virtual.chip_card.slot import Slot
from kiosk.failures import FailureCode

READ = bytes.fromhex("00b09c0000")
FIRST, SECOND = "Mot Cua Virtual Reader 00 00", "Mot Cua Virtual Reader 00 01"


class SlowCard:
    """Thinks about the command of one number until it is told to answer."""

    atr = ATR

    def __init__(self, thinks_at=1):
        self.thinks_at = thinks_at
        self.thinking = threading.Event()
        self.answer = threading.Event()
        self.commands = 0

    def reset(self):
        """Nothing to forget."""

    def process(self, command):
        self.commands += 1
        if self.commands == self.thinks_at:
            self.thinking.set()
            self.answer.wait(30)
        return b"\x90\x00"


@pytest.fixture
def service(lobby):
    found = PcscService("Mot Cua", answer_seconds=0.5)
    yield found
    found.close()


@pytest.fixture
def second_slot(virtual_reader):
    """The other half of a reader for both kinds of cards."""
    slot = Slot(lambda: virtual_reader._pcscd.connect(1))
    yield slot
    slot.close()


def until(service, wanted, seconds=5):
    """Watch the reader as the kiosk does, until it shows what is wanted."""
    deadline = time.monotonic() + seconds
    state = service.state()
    while not wanted(state):
        assert time.monotonic() < deadline, state
        state = service.state(state, 0.5)
    return state


def failure(action, *arguments):
    with pytest.raises(CardProblem) as trouble:
        action(*arguments)
    return trouble.value.code


def in_time(action, *arguments):
    """What it raises, and that it does so without waiting for an answer that cannot come."""
    started = time.monotonic()
    code = failure(action, *arguments)
    assert time.monotonic() - started < ANSWER_SECONDS / 2
    return code


class TestTwoSlots:
    """A reader for contact and contactless cards is two readers to the service."""

    def test_the_one_with_the_card_is_read(self, lobby, service, second_slot, people):
        lobby.virtual.insert("lan")
        card = lobby.virtual._slot.card
        lobby.virtual.remove()
        until(service, lambda state: not state.card)
        second_slot.insert(card)
        assert until(service, lambda state: state.card).reader == SECOND
        assert isinstance(lobby.reader.read(people["lan"].can), CardReading)

    def test_a_card_in_each_is_one_too_many(self, lobby, service, second_slot):
        lobby.lay("lan")
        one = until(service, lambda state: state.card)
        second_slot.insert(SlowCard())
        both = until(service, lambda state: state.cards == 2)
        assert one.reader == both.reader == FIRST
        assert failure(service.connect, both) is FailureCode.CARDS_TWO
        second_slot.remove()
        service.connect(until(service, lambda state: state.cards == 1)).close()

    def test_a_pattern_means_one_of_them(self, lobby, second_slot):
        second_slot.insert(SlowCard())
        service = PcscService("00 01")
        until(service, lambda state: state.card)
        lobby.lay("lan")
        state = service.state()
        assert (state.reader, state.cards) == (SECOND, 1)
        service.close()


class TestWrongCards:
    """What else people lay down, through the service."""

    def test_a_mute_card(self, lobby, service):
        lobby.virtual.lay_foreign("mute")
        state = until(service, lambda state: state.card)
        assert in_time(service.connect, state) is FailureCode.CARD_NOT_SUPPORTED

    def test_a_card_that_speaks_t0(self, lobby, service):
        lobby.virtual.lay_foreign("bank-contact")
        link = service.connect(until(service, lambda state: state.card))
        kind = kind_of(link.atr, lambda command: Response.decode(link.transmit(command.encode())))
        link.close()
        assert kind is FailureCode.CARD_IS_BANK_CARD


class TestSilentCard:
    """PC/SC would wait for ever for a card that does not answer."""

    def test_it_is_given_up_after_the_time_and_free_again_when_it_is_taken_off(self, lobby, service):
        card = SlowCard(thinks_at=2)
        lobby.virtual.insert_card(card)
        state = until(service, lambda state: state.card)
        link = service.connect(state)
        assert link.transmit(READ) == b"\x90\x00"
        started = time.monotonic()
        assert failure(link.transmit, READ) is FailureCode.CARD_CHANNEL_BROKEN
        assert 0.4 < time.monotonic() - started < 1.5
        assert in_time(link.transmit, READ) is not None
        link.close()

        still = service.state()
        assert (still.card, still.mute, still.in_use) == (True, True, False)
        assert in_time(service.connect, still) is FailureCode.CARD_CHANNEL_BROKEN

        lobby.virtual.remove()
        card.answer.set()
        until(service, lambda state: not state.card)
        lobby.virtual.insert_card(SlowCard(thinks_at=99))
        fresh = until(service, lambda state: state.card)
        assert not fresh.mute
        link = service.connect(fresh)
        assert link.transmit(READ) == b"\x90\x00"
        link.close()

    def test_one_that_is_only_slow_is_waited_for(self, lobby, service):
        card = SlowCard()
        lobby.virtual.insert_card(card)
        link = service.connect(until(service, lambda state: state.card))
        threading.Timer(0.3, card.answer.set).start()
        assert link.transmit(READ) == b"\x90\x00"
        assert link.transmit(READ) == b"\x90\x00"
        link.close()

    def test_a_card_taken_off_while_it_thinks_is_said_at_once(self, lobby, virtual_reader):
        card = SlowCard()
        lobby.virtual.insert_card(card)
        service = PcscService("*", answer_seconds=20)
        link = service.connect(until(service, lambda state: state.card))
        threading.Thread(target=lambda: card.thinking.wait(30) and virtual_reader.remove()).start()
        assert in_time(link.transmit, READ) is FailureCode.CARD_REMOVED_EARLY
        card.answer.set()
        link.close()
        service.close()


class TestService:
    """pcscd stops, starts, and has lost its reader."""

    def test_it_goes_down_while_a_card_is_waited_for(self, lobby, service):
        known = service.state()

        def wait(state):
            for _ in range(5):  # an earlier card may just be going
                state = service.state(state, 20)

        stop = threading.Timer(0.2, lobby.virtual.stop_service)
        stop.start()
        try:
            assert in_time(wait, known) is FailureCode.READER_SERVICE_DOWN
            stop.join()
            assert in_time(service.state) is FailureCode.READER_SERVICE_DOWN
        finally:
            stop.join()
            lobby.virtual.restore_service()
        assert not service.state().card

    def test_it_goes_down_while_the_card_thinks(self, lobby):
        card = SlowCard()
        lobby.virtual.insert_card(card)
        service = PcscService("*", answer_seconds=20)
        link = service.connect(until(service, lambda state: state.card))
        stop = threading.Thread(target=lambda: card.thinking.wait(30) and lobby.virtual.stop_service())
        stop.start()
        try:
            assert in_time(link.transmit, READ) is FailureCode.READER_SERVICE_DOWN
            link.close()
        finally:
            card.answer.set()
            stop.join()
            lobby.virtual.restore_service()
        assert until(service, lambda state: state.card).card
        service.close()

    def test_the_reader_is_unplugged_and_plugged_in_again(self, lobby, service, pcscd_folder):
        """The virtual reader cannot be unplugged from a running service: it comes back without one."""
        entry = Path(pcscd_folder) / "conf" / "virtual-reader"
        text = entry.read_text("ascii")
        assert not service.state().card
        lobby.virtual.stop_service()
        entry.write_text("", "ascii")
        lobby.virtual.restore_service()
        try:
            assert in_time(service.state) is FailureCode.READER_NOT_FOUND
            assert service.all_readers() == []
        finally:
            lobby.virtual.stop_service()
            entry.write_text(text, "ascii")
            lobby.virtual.restore_service()
        assert service.state().reader == FIRST


def test_nothing_is_left_open_after_many_reads(lobby, people):
    """Descriptors and threads of this process, after reads that went well and reads that did not."""

    def left_open():
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    lobby.lay("lan")
    assert isinstance(lobby.reader.read(people["lan"].can), CardReading)
    before = left_open()
    for number in range(60):
        result = lobby.reader.read("000000" if number % 10 == 0 else people["lan"].can)
        assert isinstance(result, CardReading) is (number % 10 != 0)
    assert left_open() == before


def test_nothing_is_left_open_after_a_card_that_is_pulled(lobby, people):
    assert not lobby.reader.presence().card
    before = len(list(Path("/proc/self/fd").iterdir()))
    lobby.lay("lan", CardFaults(pull_at=4))
    assert lobby.reader.read(people["lan"].can).code is FailureCode.CARD_REMOVED_EARLY
    lobby.until_empty()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
