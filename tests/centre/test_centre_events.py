"""The stream loses nothing: not at a reconnect, not at a kill, not when another process writes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests

from kiosk.centre import admin
from kiosk.centre.events import Broadcaster, Published, Subscription, stream
from kiosk.centre.journal import Entry
from kiosk.centre.moments import system_clock
from kiosk.centre.plan import Plan
from kiosk.centre.store.engine import chosen_url
from kiosk.centre.store.store import Store, Transaction
from kiosk.client import CentreClient, CentreError, Event
from kiosk.failures import FailureCode
from kiosk.settings import Settings, load
from tests.centre.support import API, CONFIG, PASSWORD, Seed, WarmProcess, eventually, headers

PLAN = Plan.of(load(CONFIG), "http://127.0.0.1")


class Listener:
    """Collects the stream on a thread, as a display does."""

    def __init__(self, client: CentreClient, last_id: int | None = None) -> None:
        self.events: list[Event] = []
        self.links: list[bool] = []
        self._stop = threading.Event()
        self._client, self._last_id = client, last_id
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        for event in self._client.events(self._last_id, self._stop, self.links.append):
            self.events.append(event)

    @property
    def ids(self) -> list[int]:
        return [event.id for event in self.events if event.id is not None]

    def stop(self) -> None:
        self._stop.set()


@pytest.fixture
def display(process: WarmProcess, seed: Seed) -> CentreClient:
    return CentreClient(process.url, seed.tokens["display"])


@pytest.fixture
def kiosk(process: WarmProcess, seed: Seed) -> CentreClient:
    return CentreClient(process.url, seed.tokens["kiosk"])


@contextlib.contextmanager
def listening(client: CentreClient, last_id: int | None = None) -> Iterator[Listener]:
    listener = Listener(client, last_id)
    try:
        eventually(lambda: listener.events)
        yield listener
    finally:
        listener.stop()


def test_a_call_reaches_the_display_with_ticket_and_counter(
    process: WarmProcess, display: CentreClient, kiosk: CentreClient
) -> None:
    officer = CentreClient(process.url)
    officer.sign_in("lan", PASSWORD)
    officer.open_counter("quay-1")
    issued = kiosk.issue_ticket("ho-tich", "k")
    with listening(display) as listener:
        hello = listener.events[0]
        assert (hello.type, hello.id) == ("hello", None)
        assert hello.data["head"] == display.board().head
        officer.call_next("quay-1")
        event = eventually(
            lambda: next((one for one in listener.events if one.type == "ticket.called"), None)
        )
        assert event.ticket is not None
        assert event.counter is not None
        assert (event.ticket.id, event.ticket.state, event.ticket.follow_url) == (issued.id, "called", "")
        assert (event.counter.id, event.counter.number) == ("quay-1", 1)
        assert {"seq", "type", "at", "actor", "epoch"} <= event.data.keys()
        assert event.data["seq"] == event.id == display.board().now[0].call


def test_a_display_that_was_away_gets_everything_it_missed_in_order(
    display: CentreClient, kiosk: CentreClient
) -> None:
    start = display.board().head
    for count in range(30):
        kiosk.issue_ticket("ho-tich", f"k{count}")
    with listening(display, start) as listener:
        eventually(lambda: len(listener.ids) == 30)
        assert listener.ids == list(range(start + 1, start + 31))
        assert [event.ticket.sequence for event in listener.events if event.ticket] == list(range(1, 31))


def test_a_killed_centre_comes_back_and_the_stream_goes_on_where_it_was(
    process: WarmProcess, display: CentreClient, kiosk: CentreClient
) -> None:
    with listening(display, 0) as listener:
        for round_ in range(3):
            for count in range(5):
                kiosk.issue_ticket("ho-tich", f"r{round_}-{count}")
            process.kill()
            process.start()
        kiosk.issue_ticket("ho-tich", "last")
        head = display.board().head
        eventually(lambda: listener.ids and listener.ids[-1] == head, 10)
        assert listener.ids == list(range(1, head + 1))
        assert listener.links.count(False) >= 3
        assert listener.links[-1] is True


def test_what_the_command_line_writes_is_seen_by_those_who_listen(
    process: WarmProcess, display: CentreClient, settings: Settings
) -> None:
    with listening(display) as listener:
        admin.create_token(settings, process.folder, "kiosk", "moi")
        event = eventually(
            lambda: next((one for one in listener.events if one.type == "token.created"), None)
        )
        assert event.data["name"] == "moi"
    kiosk = CentreClient(process.url, admin.create_token(settings, process.folder, "kiosk", "moi-2"))
    assert kiosk.who().name == "moi-2"


def raw_stream(process: WarmProcess, token: str, query: str = "", sent: dict[str, str] | None = None) -> Any:
    return requests.get(
        f"{process.url}{API}/events{query}",
        headers={**headers(token), **(sent or {})},
        stream=True,
        timeout=5,
    )


def first_events(response: Any, count: int, last: str = "nothing") -> list[dict[str, str]]:
    """The first ``count`` events, or those up to one whose data say ``last``."""
    events: list[dict[str, str]] = []
    current: dict[str, str] = {}
    for line in response.iter_lines(chunk_size=1, decode_unicode=True):
        if line == "":
            if "event" in current:
                events.append(current)
            current = {}
            if len(events) == count or (events and last in events[-1]["data"]):
                break
        else:
            name, _, value = line.partition(": ")
            current[name] = value
    response.close()
    return events


def test_the_stream_speaks_the_standard(process: WarmProcess, seed: Seed, kiosk: CentreClient) -> None:
    kiosk.issue_ticket("ho-tich", "k")
    response = raw_stream(process, seed.tokens["display"], sent={"Last-Event-ID": "0"})
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    hello, first, second = first_events(response, 3)
    assert "id" not in hello
    assert hello["event"] == "hello"
    assert (first["id"], second["id"]) == ("1", "2")
    assert json.loads(first["data"])["seq"] == 1


@pytest.mark.parametrize(("query", "code"), [("?last_event_id=-1", 422), ("?last_event_id=x", 422),
                                             (f"?last_event_id={2**64}", 422)])  # fmt: skip
def test_a_position_that_is_none_is_refused(process: WarmProcess, seed: Seed, query: str, code: int) -> None:
    assert raw_stream(process, seed.tokens["display"], query).status_code == code


@pytest.mark.parametrize("query", ["?last_event_id=999999", "?last_event_id=1&epoch=another"])
def test_a_position_of_another_journal_is_answered_with_reset(
    process: WarmProcess, seed: Seed, query: str, kiosk: CentreClient
) -> None:
    response = raw_stream(process, seed.tokens["display"], query)
    kiosk.issue_ticket("ho-tich", "k")
    hello, reset, issued = first_events(response, 3)
    assert [hello["event"], reset["event"], issued["event"]] == ["hello", "reset", "ticket.issued"]
    assert json.loads(reset["data"])["head"] == int(issued["id"]) - 1


def test_streams_that_went_away_are_let_go(process: WarmProcess, seed: Seed) -> None:
    def open_streams() -> float:
        text = requests.get(f"{process.url}/metrics", timeout=30).text
        return float(
            next(line for line in text.splitlines() if line.startswith("mot_cua_event_subscribers")).split()[
                1
            ]
        )

    responses = [raw_stream(process, seed.tokens["display"]) for _ in range(5)]
    readers = [response.iter_lines() for response in responses]
    assert all(next(reader).startswith(b"retry") for reader in readers)
    eventually(lambda: open_streams() == 5)
    for response in responses:
        response.close()
    eventually(lambda: open_streams() == 0)


def test_a_client_without_the_role_is_told_so_and_stops(process: WarmProcess) -> None:
    with pytest.raises(CentreError) as raised:
        next(CentreClient(process.url, "not-a-token").events())
    assert raised.value.code is FailureCode.NOT_SIGNED_IN


def test_the_follow_page_is_told_when_its_place_changes_and_only_then(
    process: WarmProcess, kiosk: CentreClient
) -> None:
    officer = CentreClient(process.url)
    officer.sign_in("lan", PASSWORD)
    officer.open_counter("quay-1")
    kiosk.issue_ticket("ho-tich", "first")
    mine = kiosk.issue_ticket("ho-tich", "mine")
    token = mine.follow_url.rsplit("/", 1)[1]
    response = requests.get(f"{process.url}{API}/follow/{token}/events", stream=True, timeout=30)
    found: list[dict[str, str]] = []
    reader = threading.Thread(
        target=lambda: found.extend(first_events(response, 20, '"state":"called"')), daemon=True
    )
    reader.start()
    time.sleep(0.3)
    kiosk.issue_ticket("ho-tich", "later")
    officer.call_next("quay-1")
    officer.start("quay-1")
    officer.complete("quay-1")
    officer.call_next("quay-1")
    reader.join(timeout=30)
    places = [json.loads(event["data"]) for event in found[1:]]
    waits = [one["wait"] and (one["wait"]["low"], one["wait"]["high"]) for one in places]
    shown = [(one["state"], one["ahead"], wait) for one, wait in zip(places, waits, strict=True)]
    assert all(one != other for one, other in pairwise(shown)), "nothing is told twice"
    assert list(dict.fromkeys(one[:2] for one in shown)) == [("waiting", 1), ("waiting", 0), ("called", 0)]
    assert places[-1]["counter"]["number"] == 1
    assert [int(event["id"]) for event in found[1:]] == [place["head"] for place in places]


def test_a_stop_ends_the_streams_at_once(process: WarmProcess, seed: Seed) -> None:
    response = raw_stream(process, seed.tokens["display"])
    lines = response.iter_lines(chunk_size=1)
    next(lines)
    began = time.monotonic()
    assert process.stop() == 0
    assert time.monotonic() - began < 10, "nobody waits for a stream that never ends"
    assert list(lines) is not None


class TestBroadcaster:
    """Order and completeness inside the centre."""

    @pytest.fixture
    def store(self, data: Path, settings: Settings) -> Iterator[Store]:
        store = Store(data, settings.centre.site, system_clock, chosen_url(""))
        store.open()
        yield store
        store.close()

    @staticmethod
    def write(store: Store, count: int) -> tuple[Entry, ...]:
        made: list[tuple[Entry, ...]] = []
        store.on_commit = made.append

        def change(transaction: Transaction) -> None:
            for number in range(count):
                transaction.record("test.entry", "test", "test", {"number": number})

        store.submit_write(change).result()
        return made[0]

    def test_a_slow_reader_is_cut_off_and_never_gets_a_gap(self) -> None:
        async def run() -> list[int]:
            subscription = Subscription(0)
            for seq in range(1, 1500):
                subscription.give(Published(seq, "test.entry", b""))
            got = []
            while (entry := await subscription.next(0.1)) is not None:
                got.append(entry.seq)
            return got

        got = asyncio.run(run())
        assert got == list(range(1, len(got) + 1))

    def test_entries_of_another_process_come_in_before_later_ones_of_ours(self, store: Store) -> None:
        async def run() -> list[int]:
            broadcaster = Broadcaster(store, PLAN)
            await broadcaster.start()
            head = broadcaster.head.seq
            watching = asyncio.create_task(broadcaster.watch())
            entries = broadcaster.entries(head)
            first = asyncio.create_task(anext(entries))
            await asyncio.sleep(0)
            await asyncio.to_thread(self.write, store, 3)  # another process: nobody publishes these
            broadcaster.publish(await asyncio.to_thread(self.write, store, 2))
            got = [await first] + [await anext(entries) for _ in range(4)]
            watching.cancel()
            await entries.aclose()
            return [entry.seq - head for entry in got if entry is not None]

        assert asyncio.run(run()) == [1, 2, 3, 4, 5]

    def test_nothing_falls_between_backlog_and_live(self, store: Store) -> None:
        """Entries are committed and published at every step of a stream that reads its backlog."""

        async def run() -> list[int]:
            broadcaster = Broadcaster(store, PLAN)
            await broadcaster.start()
            self.write(store, 700)
            await broadcaster.start()
            got: list[int] = []
            target = broadcaster.head.seq + 40

            async def publish() -> None:
                for _ in range(40):
                    broadcaster.publish(await asyncio.to_thread(self.write, store, 1))

            publishing = asyncio.create_task(publish())
            async for wire in stream(broadcaster, 0, None):
                for line in wire.decode().splitlines():
                    if line.startswith("id: "):
                        got.append(int(line[4:]))
                if got and got[-1] == target:
                    break
            await publishing
            return got

        got = asyncio.run(run())
        assert got == list(range(1, len(got) + 1))


def test_a_board_newer_than_the_streams_knowledge_is_no_reset(
    process: WarmProcess, seed: Seed, settings: Settings, display: CentreClient
) -> None:
    for count in range(5):
        admin.create_token(settings, process.folder, "kiosk", f"moi-{count}")
        head = display.board().head
        (hello,) = first_events(raw_stream(process, seed.tokens["display"], f"?last_event_id={head}"), 1)
        assert json.loads(hello["data"])["head"] >= head


def test_a_client_that_reaches_nobody_says_so() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(CentreError) as raised:
        CentreClient(f"http://127.0.0.1:{port}", "x").services()
    assert raised.value.code is FailureCode.CENTRE_UNREACHABLE
