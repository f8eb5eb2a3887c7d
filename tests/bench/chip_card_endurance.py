"""Whether memory stays flat when cards are read the whole day: 2,000 reads in one process.

The card lies in a virtual reader in a process of its own, behind ``pcscd``. Each read is whole, with the
photo; every hundredth is tried with a wrong number. Every 200 reads are printed: resident memory, descriptors
and threads of the reading process, and descriptors of ``pcscd``, which has one for each context. It fails
when, after the first 400, memory grows by more than 512 KiB, or one of the others at all.

Run: ``python -m tests.bench.chip_card_endurance [reads]``
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

from devices.chip_card import CardReading, ChipCardReader, ReadPlan
from devices.virtual.chip_card import VirtualCardReader
from devices.virtual.chip_card.profile import CardFaults
from kiosk.settings import CardReaderSettings
from tests.bench.chip_card import NAME, TODAY, card_process, order

READS, SHOWN_EVERY, WARM = 2000, 200, 400
ALLOWED_KIB = 512


def resident() -> int:
    """KiB of resident memory."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def left_open(orders: Connection) -> tuple[int, int, int]:
    """Descriptors and threads of ours, and descriptors of ``pcscd``."""
    service = int(order(orders, "descriptors"))
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), service


def read_all(reader: ChipCardReader, orders: Connection, reads: int) -> bool:
    """Read so often; whether nothing has grown."""
    can = VirtualCardReader.citizens()[NAME].can
    plan = ReadPlan(photo=True)
    good = reads // 100 * 99 + reads % 100
    counted, warm_memory, warm_open = 0, 0, (0, 0, 0)
    print(f"{'reads':>7}{'KiB':>10}{'descriptors':>14}{'threads':>10}{'of pcscd':>10}{'ms each':>10}")
    started = time.perf_counter()
    for number in range(1, reads + 1):
        wrong = number % 100 == 0
        result = reader.read("000000" if wrong else can, plan=plan)
        counted += isinstance(result, CardReading)
        if number % SHOWN_EVERY == 0:
            gc.collect()
            descriptors, threads, service = left_open(orders)
            each = (time.perf_counter() - started) / SHOWN_EVERY * 1000
            row = f"{number:>7}{resident():>10}{descriptors:>14}{threads:>10}{service:>10}{each:>10.1f}"
            print(row, flush=True)
            started = time.perf_counter()
        if number == min(WARM, reads // 2):
            gc.collect()
            warm_memory, warm_open = resident(), left_open(orders)
    gc.collect()
    grown = resident() - warm_memory
    print(
        f"after the first {min(WARM, reads // 2)}: {grown:+} KiB; {counted} of {good} right reads went well"
    )
    return grown <= ALLOWED_KIB and left_open(orders) == warm_open and counted == good


def main() -> None:
    """Read, print, and fail when something has grown."""
    logging.disable(logging.WARNING)  # the wrong numbers
    reads = int(sys.argv[1]) if len(sys.argv) > 1 else READS
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="mot-cua-bench-") as folder:
        orders, theirs = context.Pipe()
        process = context.Process(target=card_process, args=(folder, theirs))
        process.start()
        os.environ.update(orders.recv())
        try:
            order(orders, CardFaults())
            reader = ChipCardReader(CardReaderSettings(), today=lambda: TODAY)
            while not reader.presence(0.5).card:
                pass
            flat = read_all(reader, orders, reads)
            reader.close()
        finally:
            orders.send(None)
            process.join()
    if not flat:
        raise SystemExit("something has grown, or a read has failed")


if __name__ == "__main__":
    main()
