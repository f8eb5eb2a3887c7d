"""How many commands, bytes and milliseconds a read of the card takes, against the least that is possible.

Four tables. The files alone, for each size of block that chips take; ours against the least
(``_chip_card_least``). The whole read: access, files, chip and active authentication, with and without the
photo. The time that the line takes for it (``LinkTiming``), and how much of the whole is ours: processor time
of all our threads, the virtual chip's own taken off. A plastic chip thinks much longer than the virtual one,
which is not counted, so that our part looks larger here than it is. And the same read through ``pcscd``, with
the virtual card in a process of its own.

Run: ``python -m tests.bench.chip_card``
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from devices.chip_card import CardReading, ChipCardReader, ReadPlan
from devices.chip_card.access import security_infos
from devices.chip_card.access.opening import open_chip
from devices.chip_card.access.session_keys import CipherSuite
from devices.chip_card.block_size import FITTING, BlockSize
from devices.chip_card.conversation import Conversation
from devices.chip_card.lds import CARD_ACCESS, COM, SOD, data_group, read_file, select_application
from devices.chip_card.pcsc import PcscService
from devices.chip_card.reading import CardRead, Listener
from devices.chip_card.trust.anchors import TrustStore
from devices.chip_card.trust.passive_authentication import PassiveAuthentication
from devices.virtual.chip_card import VirtualCardReader
from devices.virtual.chip_card.card import ATR, VirtualCard
from devices.virtual.chip_card.deck import Deck
from devices.virtual.chip_card.issuer import DemoIssuer, demo_issuer
from devices.virtual.chip_card.link_timing import LinkKind, LinkTiming
from devices.virtual.chip_card.profile import CardFaults, CardProfile
from kiosk.identity.access_keys import AccessKeys
from kiosk.settings import CardReaderSettings
from tests.bench import _chip_card_least as least
from tests.bench._chip_card_least import Least

NAME = "lan"
TODAY = date(2026, 11, 22)
PROFILE = CardProfile(portrait_bytes=15000)
BLOCKS = (160, 223, 231, 256, 4096, 32767)
ALL_AT_ONCE = 65536
FILES = (COM, SOD, data_group(1), data_group(13), data_group(14), data_group(15))
PHOTO = data_group(2)
LINKS = tuple(kind for kind in LinkKind if kind is not LinkKind.NONE)
ROUNDS = 40


@dataclass
class Link:
    """A card in this process: what went over the link, and the time that was the chip's."""

    card: VirtualCard
    reader: str = "in process"
    last_answer: int = 0
    chip_cpu: float = 0.0
    exchanges: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.card.reset()

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return self.card.atr

    @property
    def apdus(self) -> int:
        """Commands."""
        return len(self.exchanges)

    @property
    def bytes(self) -> int:
        """Bytes in both directions."""
        return sum(command + answer for command, answer in self.exchanges)

    def transmit(self, command: bytes) -> bytes:
        """Exchange one APDU."""
        started = time.thread_time()
        answer = self.card.process(command) or b""
        self.chip_cpu += time.thread_time() - started
        self.exchanges.append((len(command), len(answer)))
        self.last_answer = len(answer)
        return answer

    def cold_reset(self) -> None:
        """Take the power away and give it again."""
        self.card.reset()

    def seconds(self, kind: LinkKind) -> float:
        """Time that the line takes for all of it."""
        timing = LinkTiming(kind)
        return sum(timing.time_of(command, answer) for command, answer in self.exchanges)


class FixedSize:
    """Stands for ``reading.Sizing``: this size and no other."""

    def __init__(self, block: int) -> None:
        self.size = BlockSize(block, known=True, short_ids=True)

    def for_card(self, access_file: bytes) -> BlockSize:
        """The same."""
        return self.size


class Bench:
    """A card with a photo of 15 KB, and what is needed to read it."""

    def __init__(self, folder: Path) -> None:
        self.issuer: DemoIssuer = demo_issuer(folder / "issuer")
        self._deck = Deck(self.issuer)
        self.trust = TrustStore(folder / "trust")
        self.trust.import_file(self.issuer.trust_file(), "demo", TODAY)
        self.sizes = {sfi: len(content) for sfi, content in self._deck.chip(NAME, PROFILE).files.items()}
        self.keys = AccessKeys.from_can(self._deck.chip(NAME, PROFILE).can)

    def link(self, profile: CardProfile = PROFILE) -> Link:
        """A fresh card."""
        return Link(self._deck.card(NAME, profile))

    def files(self, block: int, photo: bool) -> tuple[int, int]:
        """Commands and bytes for the files alone. A block of 231 bytes fits a short answer with 3DES only."""
        suite = CipherSuite.TDES if block == FITTING else CipherSuite.AES_128
        link = self.link(CardProfile(portrait_bytes=15000, pace_suite=suite))
        conversation = Conversation(link)
        size = FixedSize(block).size
        offered = security_infos.parse(read_file(conversation.transmit, CARD_ACCESS, size))
        opened = open_chip(conversation.transmit, conversation.reset, offered, self.keys)
        conversation.channel = opened.channel
        size.short_answer = opened.channel.largest_short_answer
        select_application(conversation.transmit)
        apdus, count = link.apdus, link.bytes
        for file in (*FILES, PHOTO) if photo else FILES:
            read_file(conversation.transmit, file, size)
        return link.apdus - apdus, link.bytes - count

    def whole(self, block: int, photo: bool) -> tuple[Link, float]:
        """A whole read, and the seconds of processor time that were ours."""
        link = self.link()
        plan = ReadPlan(photo=photo)
        listener = Listener(lambda step: None, lambda citizen: None)
        started = time.process_time()
        with PassiveAuthentication(lambda: datetime.now(UTC), self.trust) as passive:
            CardRead(link, FixedSize(block), passive, plan, listener).read(self.keys, TODAY)  # type: ignore[arg-type]
        return link, time.process_time() - started - link.chip_cpu


def main() -> None:
    """Measure and print the tables."""
    with tempfile.TemporaryDirectory(prefix="mot-cua-bench-") as name:
        bench = Bench(Path(name))
        print_files(bench)
        print_whole(bench)
        print_links(bench)
    print_pcscd()


def print_files(bench: Bench) -> None:
    """The files alone, for each size of block."""
    photo = bench.sizes[PHOTO.sfi]
    print("Files alone: EF.COM, EF.SOD, DG1, DG13, DG14, DG15, without and with a DG2 of", photo, "bytes")
    print(f"{'':<16}{'without DG2':^34}{'with DG2':^34}".rstrip())
    head = f"{'APDUs':>11}{'bytes':>15}{'more':>8}"
    print(f"{'  block':<16}{head}{head}")
    for block in BLOCKS:
        row = f"  {block:>5}{'  3DES' if block == FITTING else '  AES':<9}"
        for with_photo in (False, True):
            chosen = (*FILES, PHOTO) if with_photo else FILES
            fewest = least.files(
                [bench.sizes[file.sfi] for file in chosen], block, 8 if block == FITTING else 16
            )
            row += compared(*bench.files(block, with_photo), fewest)
        print(row)
    print()


def print_whole(bench: Bench) -> None:
    """The whole read, every file in one command."""
    print("Whole read, extended length: access, application, files, chip and active authentication")
    for with_photo in (False, True):
        link, _ = bench.whole(ALL_AT_ONCE, with_photo)
        chosen = (*FILES, PHOTO) if with_photo else FILES
        fewest = (
            least.access(bench.sizes[CARD_ACCESS.sfi])
            + least.files([bench.sizes[file.sfi] for file in chosen], ALL_AT_ONCE)
            + least.chip_proofs()
        )
        kind = "with DG2" if with_photo else "without DG2"
        print(f"  {kind:<14}{compared(link.apdus, link.bytes, fewest)}")
    print()


def print_links(bench: Bench) -> None:
    """Time on the line, and our part."""
    print("Whole read: ms on the line, for blocks of 223, 256 and all bytes; ours in % of ours and line")
    print(f"{'':<20}{'without DG2':^36}{'with DG2':^36}".rstrip())
    head = "".join(f"{name:>9}" for name in ("223", "256", "all", "ours"))
    print(f"{'  link':<20}{head}{head}")
    ours: dict[bool, float] = {}
    for with_photo in (False, True):
        bench.whole(ALL_AT_ONCE, with_photo)
        ours[with_photo] = statistics.median(bench.whole(ALL_AT_ONCE, with_photo)[1] for _ in range(ROUNDS))
    for kind in LINKS:
        row = f"  {kind:<18}"
        for with_photo in (False, True):
            lines = [bench.whole(block, with_photo)[0].seconds(kind) for block in (223, 256, ALL_AT_ONCE)]
            share = ours[with_photo] / (ours[with_photo] + lines[-1])
            row += "".join(f"{line * 1000:>9.0f}" for line in lines) + f"{share:>9.1%}"
        print(row)
    print(f"  ours: {ours[False] * 1000:.1f} ms without DG2, {ours[True] * 1000:.1f} ms with it (processor)")
    print()


def compared(apdus: int, count: int, fewest: Least) -> str:
    """Ours of the least, and how many bytes more."""
    more = max(apdus / fewest.apdus, count / fewest.bytes) - 1
    return f"{f'{apdus} / {fewest.apdus}':>11}{f'{count} / {fewest.bytes}':>15}{more:>8.1%}"


class EchoCard:
    """Answers every command at once with nothing but success."""

    atr = ATR

    def reset(self) -> None:
        """Nothing to forget."""

    def process(self, command: bytes) -> bytes | None:
        """Success."""
        return b"\x90\x00"


def card_process(folder: str, orders: Connection) -> None:
    """The virtual reader in a process of its own, so that the chip's work is not ours. Sends its environment,
    then lays what it is told to lay, and answers what it is asked: the seconds of processor time that it has
    used, or the open descriptors of ``pcscd``.
    """
    virtual = VirtualCardReader(Path(folder))
    virtual.start()
    orders.send(virtual.environment)
    while (order := orders.recv()) is not None:
        if order == "bare":
            virtual.insert_card(EchoCard())
        elif isinstance(order, CardFaults):
            virtual.insert(NAME, order, PROFILE)
        else:
            descriptors = Path(f"/proc/{virtual.pid}/fd")
            orders.send(time.process_time() if order == "time" else len(list(descriptors.iterdir())))
            continue
        virtual.wait_until_seen()
        orders.send(0.0)
    virtual.stop()


def print_pcscd() -> None:
    """The same read through the service."""
    print("Through pcscd, the card in a process of its own; ms are medians; ours is processor time")
    print(f"{'':<44}{'APDUs':>8}{'bytes':>8}{'ms':>8}{'ours':>8}{'chip':>8}")
    with tempfile.TemporaryDirectory(prefix="mot-cua-bench-") as folder:
        orders, theirs = multiprocessing.get_context("spawn").Pipe()
        process = multiprocessing.get_context("spawn").Process(target=card_process, args=(folder, theirs))
        process.start()
        os.environ.update(orders.recv())
        try:
            commands = 0
            for kind, faults, photo in (
                ("extended length", CardFaults(), False),
                ("extended length, with DG2", CardFaults(), True),
                ("short commands, 256 bytes", CardFaults(extended_length=False), False),
                ("short commands, 256 bytes, with DG2", CardFaults(extended_length=False), True),
            ):
                order(orders, faults)
                apdus, count, spent, ours, chip = read_often(orders, photo)
                commands = commands or apdus
                print(f"  {kind:<42}{apdus:>8}{count:>8}{spent:>8.1f}{ours:>8.1f}{chip:>8.1f}")
            order(orders, "bare")
            kind = "as many bare exchanges, connect included"
            print(f"  {kind:<42}{commands:>8}{'':>8}{bare(commands):>8.1f}")
        finally:
            orders.send(None)
            process.join()


def order(orders: Connection, what: object) -> float:
    """Tell the card's process, and wait for its answer."""
    orders.send(what)
    return float(orders.recv())


def read_often(orders: Connection, photo: bool) -> tuple[int, int, float, float, float]:
    """Commands, bytes, median milliseconds of a read, and the mean processor time of ours and the card's;
    once the reader knows what the chip can do.
    """
    reader = ChipCardReader(CardReaderSettings(), today=lambda: TODAY)
    deadline = time.monotonic() + 10
    while not reader.presence(0.5).card:
        if time.monotonic() > deadline:
            raise SystemExit("the card is not seen")
    can = VirtualCardReader.citizens()[NAME].can
    plan = ReadPlan(photo=photo)
    reader.read(can, plan=plan)
    chip, ours = order(orders, "time"), time.process_time()
    reading = None

    def read() -> None:
        nonlocal reading
        reading = reader.read(can, plan=plan)

    spent = median(read)
    ours, chip = time.process_time() - ours, order(orders, "time") - chip
    reader.close()
    if not isinstance(reading, CardReading):
        raise SystemExit(f"the card was not read: {reading}")
    return reading.apdus, reading.bytes, spent, ours / ROUNDS * 1000, chip / ROUNDS * 1000


def bare(commands: int) -> float:
    """Milliseconds of as many exchanges with a card that answers at once."""
    service = PcscService("*")
    while not service.state(service.state(), 1.0).card:
        pass

    def exchange() -> None:
        link = service.connect(service.state())
        for _ in range(commands):
            link.transmit(b"\x00\xb0\x00\x00\x00")
        link.close()

    spent = median(exchange)
    service.close()
    return spent


def median(action: Callable[[], object]) -> float:
    """Median of many runs, in milliseconds."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        action()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
