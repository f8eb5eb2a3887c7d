"""A thousand open streams: from the officer's key to the last of them, against a bare commit in the same run.

``python -m tests.bench.event_fan_out [--streams N] [--calls N]``: milliseconds. Listeners are a process of
their own that reads plain sockets; a call counts as arrived when the last listener has its event whole. The
call is durable before anybody hears of it, so the floor is one bare commit and one loopback round trip.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench._queue import bare_sqlite
from tests.bench.call_to_event import echo
from tests.bench.ticket_issue import report
from tests.centre.support import Process
from tests.faults.caller import Caller
from tests.faults.places import Seed

_CALLED = b"event: ticket.called\n"


async def _listen(place: str, token: str, streams: int) -> None:
    """Open the streams, say so, then say of each call when the first and the last had it."""
    host, port = place.split(":")
    heard: list[float] = []
    again = asyncio.Event()

    async def one() -> None:
        reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 20)
        request = f"GET /api/v1/events HTTP/1.1\r\nHost: {place}\r\nAuthorization: Bearer {token}\r\n\r\n"
        writer.write(request.encode())
        opened.append(await reader.readuntil(b"event: hello\n"))
        while True:
            await reader.readuntil(_CALLED)
            await reader.readuntil(b"\n\n")
            heard.append(time.monotonic())
            if len(heard) == streams:
                again.set()

    opened: list[bytes] = []
    tasks = []
    for _ in range(streams):
        tasks.append(asyncio.create_task(one()))
        if len(tasks) % 50 == 0:
            await asyncio.sleep(0.05)
    while len(opened) < streams:
        await asyncio.sleep(0.05)
    print("open", flush=True)
    while True:
        await again.wait()
        print(json.dumps([min(heard), max(heard)]), flush=True)
        heard.clear()
        again.clear()


def _bare(folder: Path, count: int) -> list[float]:
    """Milliseconds of bare commits."""
    taken = []
    with contextlib.closing(bare_sqlite(folder / "bare.sqlite3")) as database:
        database.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT)")
        for _ in range(count):
            began = time.perf_counter()
            database.execute("INSERT INTO bare (body) VALUES (?)", ("x" * 600,))
            taken.append((time.perf_counter() - began) * 1000)
    return taken


def measure(streams: int, calls: int) -> dict[str, list[float]]:
    """Milliseconds by what was waited for."""
    taken: dict[str, list[float]] = {name: [] for name in ("round trip", "answer", "first", "last")}
    seeds = Seed()
    with tempfile.TemporaryDirectory() as name, echo() as trip:
        place = seeds.place("sqlite", Path(name))
        process = Process(place.data, place.config)
        process.start()
        address = urlsplit(process.url).netloc
        listeners = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.event_fan_out", "--listen", address, place.tokens["display"],
             "--streams", str(streams)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert listeners.stdout is not None
            assert listeners.stdout.readline() == "open\n"
            officer, kiosk = (Caller([process.url], place.tokens[who], 30) for who in ("lan", "kiosk"))
            officer("POST", "/counters/quay-1/open")
            wire = http.client.HTTPConnection(address)
            for count in range(calls):
                began = time.perf_counter()
                trip()
                taken["round trip"].append((time.perf_counter() - began) * 1000)
                kiosk("POST", "/tickets", {"service": "ho-tich"}, f"key-{count}")
                time.sleep(0.3)
                began = time.monotonic()
                wire.request("POST", "/api/v1/counters/quay-1/call-next",
                             headers={"Authorization": f"Bearer {place.tokens['lan']}"})  # fmt: skip
                assert wire.getresponse().read()
                taken["answer"].append((time.monotonic() - began) * 1000)
                first, last = json.loads(listeners.stdout.readline())
                taken["first"].append((first - began) * 1000)
                taken["last"].append((last - began) * 1000)
                officer("POST", "/counters/quay-1/no-show")
                time.sleep(0.3)
            bare = _bare(Path(name), 2 * calls)
        finally:
            listeners.kill()
            listeners.wait()
            process.end()
            seeds.close()
    return {
        "bare SQLite commit": bare,
        "bare loopback round trip": taken["round trip"],
        "key pressed to answer at officer": taken["answer"],
        f"key pressed to first of {streams}": taken["first"],
        f"key pressed to last of {streams}": taken["last"],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--calls", type=int, default=60)
    parser.add_argument("--listen", nargs=2, metavar=("PLACE", "TOKEN"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if chosen.listen:
        asyncio.run(_listen(*chosen.listen, chosen.streams))
        return
    taken = measure(chosen.streams, chosen.calls)
    report(taken, "bare SQLite commit")
    p99 = statistics.quantiles(taken[f"key pressed to last of {chosen.streams}"], n=100)[98]
    print(f"last listener, p99: {p99:.1f} ms")


if __name__ == "__main__":
    main()
