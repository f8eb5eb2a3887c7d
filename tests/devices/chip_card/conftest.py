"""One private pcscd for all tests of the card; cards of invented people are laid on its reader."""

import time
from datetime import date

import pytest

from devices.chip_card import ChipCardReader
from devices.virtual.chip_card import VirtualCardReader
from kiosk.settings import CardReaderSettings


class Lobby:
    """The virtual reader, a reader that reads it, and what a test does with both."""

    def __init__(self, virtual: VirtualCardReader) -> None:
        self.virtual = virtual
        self.reader = ChipCardReader(CardReaderSettings(), today=lambda: date(2026, 11, 22))

    def lay(self, name, faults=None):
        """Lay a card and wait until the reader has noticed it."""
        card = self.virtual.insert(name, faults)
        self.until_seen()
        return card

    def lay_chip(self, chip, faults=None):
        card = self.virtual.insert_chip(chip, faults)
        self.until_seen()
        return card

    def until_seen(self):
        assert self.virtual.wait_until_seen(30)
        deadline = time.monotonic() + 30
        while not self.reader.presence(0.2).card:
            assert time.monotonic() < deadline, "the card was laid and never seen"

    def until_empty(self):
        deadline = time.monotonic() + 30
        while self.reader.presence(0.2).card:
            assert time.monotonic() < deadline, "the card was taken off and is still seen"


@pytest.fixture(scope="session")
def virtual_reader(pcscd_folder):
    reader = VirtualCardReader(pcscd_folder)
    reader.start()
    yield reader
    reader.stop()


@pytest.fixture
def lobby(virtual_reader):
    found = Lobby(virtual_reader)
    found.until_empty()
    yield found
    virtual_reader.remove()
    found.reader.close()


@pytest.fixture(scope="session")
def people(virtual_reader):
    return virtual_reader.citizens()
