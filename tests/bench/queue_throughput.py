"""Whole visits (issue, call, start, complete: four durable commits) a second, with 1, 8 and 64 counters.

``python -m tests.bench.queue_throughput [--seconds N]``: every counter takes the next citizen as soon as it
is free, and whoever left is replaced by a new number, so that three times as many wait as there are
counters. The floor is the engine's bare commit of one row by one writer, before and after in the same run; a
visit that cost nothing but its four commits would have the ratio 4.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import threading
import time
from collections.abc import Callable

from tests.bench._queue import Queue, queue, server

COUNTERS = (1, 8, 64)


def each_second(work: Callable[[int], None], workers: int, seconds: float) -> tuple[float, list[float]]:
    """How often a second ``workers`` threads together do ``work``, and the seconds of each time."""
    taken: list[list[float]] = [[] for _ in range(workers)]
    end = time.perf_counter() + seconds
    barrier = threading.Barrier(workers + 1)

    def go_on(number: int) -> None:
        barrier.wait()
        while (began := time.perf_counter()) < end:
            work(number + 1)
            taken[number].append(time.perf_counter() - began)

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    end = began + seconds
    barrier.wait()
    for thread in threads:
        thread.join()
    everything = [one for own in taken for one in own]
    return len(everything) / (time.perf_counter() - began), everything


def bare(measured: Queue, seconds: float) -> float:
    """Bare commits a second by one writer."""
    with measured.floor() as commit:
        return each_second(lambda _number: commit(), 1, seconds)[0]


def visits(measured: Queue, counters: int, seconds: float) -> tuple[float, list[float]]:
    """Whole visits a second, and the seconds of each."""
    for _ in range(3 * counters + 12):
        measured.issue()

    def visit(counter: int) -> None:
        measured.issue()
        while not measured.call(counter):
            measured.issue()
        measured.start(counter)
        measured.complete(counter)

    return each_second(visit, counters, seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--sqlite-only", action="store_true")
    chosen = parser.parse_args()
    columns = ("counters", "visits/s", "commits/s", "bare/s", "ratio", "median ms", "p99 ms")
    print(f"{'':12}" + "".join(f"{word:>11}" for word in columns))
    with contextlib.ExitStack() as stack:
        engines = [None] if chosen.sqlite_only else [None, stack.enter_context(server())]
        for postgres in engines:
            for counters in COUNTERS:
                with queue(counters, postgres) as measured:
                    before = bare(measured, chosen.seconds / 4)
                    rate, taken = visits(measured, counters, chosen.seconds)
                    floor = (before + bare(measured, chosen.seconds / 4)) / 2
                    p99 = statistics.quantiles(taken, n=100)[98]
                    print(f"{measured.engine:12}{counters:11}{rate:11.0f}{4 * rate:11.0f}{floor:11.0f}"
                          f"{floor / rate:11.2f}{statistics.median(taken) * 1000:11.2f}"
                          f"{p99 * 1000:11.2f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
