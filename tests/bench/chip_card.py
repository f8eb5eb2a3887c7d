"""How many commands, bytes and milliseconds a read of the card takes, against the least that is possible.

The least: every file in one command, the shortest form of every command and answer, for the very same files;
as time, as many bare exchanges with a card that answers at once, through the same ``pcscd``. Ours includes
the virtual chip's own cryptography, about as much as the reader's; a plastic chip takes far longer for it.

Run: ``python -m tests.bench.chip_card``
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from devices.chip_card import CardReading, ChipCardReader
from devices.chip_card.pcsc import PcscService
from devices.virtual.chip_card import VirtualCardReader
from devices.virtual.chip_card.card import ATR, CardFaults, Chip
from kiosk.settings import CardReaderSettings

NAME = "lan"
ROUNDS = 60
FILES = {"EF.COM": 0x1E, "EF.SOD": 0x1D, "DG1": 0x01, "DG13": 0x0D}
SW = 2


def length(size: int) -> int:
    """Bytes of a BER length."""
    return 1 if size < 0x80 else 2 if size < 0x100 else 3


def protected_command(data: int, le: int | None) -> int:
    """Bytes of the shortest protected command with so much data, wanting so many bytes back."""
    objects = 2 + 8
    if data:
        encrypted = 1 + (data // 16 + 1) * 16
        objects += 1 + length(encrypted) + encrypted
    if le is not None:
        objects += 3 if le <= 256 else 4
    extended = (le or 0) > 256
    return 4 + (3 if extended else 1) + objects + (2 if extended else 1)


def protected_answer(data: int) -> int:
    """Bytes of the shortest protected answer with so much data."""
    encrypted = 1 + (data // 16 + 1) * 16
    return (1 + length(encrypted) + encrypted if data else 0) + 4 + 10 + SW


def least(chip: Chip) -> tuple[int, int]:
    """Commands and bytes that reading these files cannot do without."""
    card_access = len(chip.files[0x1C])
    point = 1 + 2 * 32
    pace = [
        (4 + 1 + 18, SW),  # MSE:Set AT, without Le
        (4 + 1 + 2 + 1, 2 + 2 + 16 + SW),  # nonce
        (4 + 1 + 4 + point + 1, 4 + point + SW),  # mapping
        (4 + 1 + 4 + point + 1, 4 + point + SW),  # key agreement
        (4 + 1 + 12 + 1, 12 + SW),  # tokens
    ]
    steps = [(5, card_access + SW), *pace, (protected_command(7, None), protected_answer(0))]
    for sfi in FILES.values():
        size = len(chip.files[sfi])
        steps.append((protected_command(0, size), protected_answer(size)))
    return len(steps), sum(command + answer for command, answer in steps)


class EchoCard:
    """Answers every command at once with nothing but success."""

    atr = ATR

    def reset(self) -> None:
        """Nothing to forget."""

    def process(self, command: bytes) -> bytes | None:
        """Success."""
        return b"\x90\x00"


def median(action: Callable[[], object]) -> float:
    """Median of many runs, in milliseconds."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        action()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def read_often(virtual: VirtualCardReader, can: str) -> tuple[int, int, float]:
    """Commands, bytes and median time of a read, once the reader knows what the chip can do."""
    reader = ChipCardReader(CardReaderSettings())
    virtual.wait_until_seen()
    while not reader.presence(1.0).card:
        pass
    reader.read(can)
    reading = reader.read(can)
    if not isinstance(reading, CardReading):
        raise SystemExit(f"the card was not read: {reading}")
    milliseconds = median(lambda: reader.read(can))
    reader.close()
    return reading.apdus, reading.bytes, milliseconds


def main() -> None:
    """Measure and print the table."""
    with tempfile.TemporaryDirectory(prefix="mot-cua-bench-") as folder:
        virtual = VirtualCardReader(Path(folder))
        virtual.start()
        os.environ.update(virtual.environment)
        try:
            measure(virtual)
        finally:
            virtual.stop()


def measure(virtual: VirtualCardReader) -> None:
    """Three kinds of read and the bare exchanges, one line each."""
    person = virtual.citizens()[NAME]
    lines = []
    commands = 0
    for kind, faults in (
        ("extended length", CardFaults()),
        ("short commands, 256 bytes", CardFaults(extended_length=False)),
    ):
        card = virtual.insert(NAME, faults)
        apdus, size, milliseconds = read_often(virtual, person.can)
        lines.append((kind, apdus, size, milliseconds))
        if not commands:
            commands, (fewest, fewest_bytes) = apdus, least(card.chip)

    virtual.insert_card(EchoCard())
    virtual.wait_until_seen()
    service = PcscService("*")
    while not service.state(wait=1.0).card:
        pass

    def bare() -> None:
        link = service.connect(service.state())
        for _ in range(commands):
            link.transmit(b"\x00\xb0\x00\x00\x00")
        link.close()

    bare_milliseconds = median(bare)
    service.close()

    print(f"{'read of EF.CardAccess, COM, SOD, DG1, DG13':<44}{'APDUs':>8}{'bytes':>8}{'ms':>8}")
    for kind, apdus, size, milliseconds in lines:
        print(f"  {'ours, ' + kind:<42}{apdus:>8}{size:>8}{milliseconds:>8.1f}")
    print(f"  {'the least for these files':<42}{fewest:>8}{fewest_bytes:>8}")
    print(f"  {'as many bare exchanges, connect included':<42}{commands:>8}{'':>8}{bare_milliseconds:>8.1f}")


if __name__ == "__main__":
    main()
