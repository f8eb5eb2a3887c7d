"""The journal as a live stream (server-sent events, HTML Living Standard §9.2) that loses nothing.

A stream subscribes first, then reads the backlog from the journal, then drops what the backlog already
gave. Entries committed by this process arrive at once; those of another process when PostgreSQL says so, in
milliseconds, and those that a command line makes beside SQLite within a second.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, NamedTuple

from kiosk.centre import journal
from kiosk.centre.journal import Entry, Head, canonical
from kiosk.centre.plan import Plan
from kiosk.centre.queue_view import told
from kiosk.centre.store.store import Store

HEARTBEAT_SECONDS = 10.0
SILENCES_BEFORE_A_LOOK = 3
LOOK_SECONDS = 1.0
OVERTAKING_SECONDS = 0.01
"""How long an entry may come later than one with a greater number before it is looked up."""
QUEUE_LENGTH = 1000
RETRY_MILLISECONDS = 500
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_PAGE = 500

MOVES_THE_QUEUE = frozenset(
    {
        "counter.opened",
        "counter.closed",
        "ticket.issued",
        "ticket.called",
        "ticket.recalled",
        "ticket.started",
        "ticket.completed",
        "ticket.next_service",
        "ticket.parked",
        "ticket.returned",
        "ticket.transferred",
        "ticket.no_show",
        "ticket.rejoined",
        "ticket.cancelled",
        "ticket.expired",
        "ticket.undone",
        "ticket.prioritised",
        "ticket.service_added",
        "ticket.released",
    }
)
"""Entries after which somebody's place in the queue may be another one."""


UNTOLD = frozenset({"rating.given", "rating.opened"})
"""Entries of which the stream says only that they were made: an officer who has just served somebody must not
see which face that one chose.
"""


class Published(NamedTuple):
    """A committed entry's number, and the entry as the stream says it; made once for all streams."""

    seq: int
    kind: str
    wire: bytes

    @classmethod
    def of(cls, entry: Entry, plan: Plan) -> Published:
        """The published form of ``entry``: with the names that the journal leaves out."""
        data = entry.data()
        if entry.type in UNTOLD:
            data = {name: data[name] for name in ("seq", "type", "at", "epoch")}
        return cls(entry.seq, entry.type, message(entry.type, told(data, plan), entry.seq))


class Subscription:
    """The entries published since it was made. A reader too slow for ``QUEUE_LENGTH`` entries is cut off."""

    def __init__(self, head: int) -> None:
        self.head = head
        self._entries: asyncio.Queue[Published | None] = asyncio.Queue(QUEUE_LENGTH)
        self.ended = False

    def give(self, entry: Published) -> None:
        """Hand over an entry; ends the subscription instead of raising when it is full."""
        if self.ended:
            return
        try:
            self._entries.put_nowait(entry)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """No more entries; the reader stops where it is, and its client resumes from there."""
        self.ended = True
        while not self._entries.empty():
            self._entries.get_nowait()
        self._entries.put_nowait(None)

    async def next(self, seconds: float) -> Published | None:
        """The next entry; ``None`` at the end. Raises ``TimeoutError`` after ``seconds`` of silence."""
        with contextlib.suppress(asyncio.QueueEmpty):
            return self._entries.get_nowait()
        async with asyncio.timeout(seconds):
            return await self._entries.get()


class Broadcaster:
    """Gives every committed entry to every subscription, in order and without a gap.

    Lives on the event loop. ``heard`` is called with each entry.
    """

    def __init__(self, store: Store, plan: Plan) -> None:
        self._store = store
        self._plan = plan
        self._early: dict[int, Entry] = {}
        self.heard: Callable[[Entry], None] = lambda entry: None
        self._subscriptions: set[Subscription] = set()
        self._behind = asyncio.Event()
        self._closed = False
        self.head = Head("", 0, journal.NO_HASH)

    @property
    def subscribers(self) -> int:
        """Streams open now."""
        return len(self._subscriptions)

    async def start(self) -> None:
        """Begin at the journal's head."""
        head = await self._store.read(lambda reading: journal.read_head(reading.connection, self._store.site))
        if head is not None:
            self.head = head

    def publish(self, entries: tuple[Entry, ...]) -> None:
        """Take entries just committed. Those that another thread or process committed before them may still
        be on their way; what does not come is looked up.
        """
        for entry in entries:
            self._early[entry.seq] = entry
        self._give_early()
        if self._early:
            asyncio.get_running_loop().call_later(OVERTAKING_SECONDS, self._look_for_missing)

    def announce(self, seq: int) -> None:
        """Another process says that it committed entry ``seq``; 0: some may have been missed."""
        if not seq or seq > self.head.seq:
            self._behind.set()

    def _look_for_missing(self) -> None:
        if self._early:
            self._behind.set()

    def _give_early(self) -> None:
        while (entry := self._early.pop(self.head.seq + 1, None)) is not None:
            self._give(entry)
        self._early = {seq: entry for seq, entry in self._early.items() if seq > self.head.seq}

    def _give(self, entry: Entry) -> None:
        if entry.seq != self.head.seq + 1:
            return
        self.head = Head(entry.epoch, entry.seq, entry.hash)
        self.heard(entry)
        if not self._subscriptions:
            return
        published = Published.of(entry, self._plan)
        for subscription in self._subscriptions:
            subscription.give(published)

    async def watch(self) -> None:
        """Look for entries of other processes, each second and whenever one is announced or missing.

        For ever.
        """
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._behind.wait()
            self._behind.clear()
            with contextlib.suppress(
                Exception
            ):  # a store in trouble is told by readyz; the next second looks again
                await self.catch_up()

    async def catch_up(self) -> None:
        """Publish what the database has and nobody has told us of."""
        while entries := await self._after(self.head.seq):
            for entry in entries:
                self._give(entry)
            self._give_early()

    async def _after(self, seq: int) -> list[Entry]:
        site = self._store.site
        return await self._store.read(
            lambda reading: journal.read_after(reading.connection, site, seq, _PAGE)
        )

    @contextlib.contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """A ``Subscription`` for as long as the context lasts."""
        subscription = Subscription(self.head.seq)
        if self._closed:
            subscription.end()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def close(self) -> None:
        """End every stream; clients come back by themselves."""
        self._closed = True
        for subscription in list(self._subscriptions):
            subscription.end()

    async def entries(self, after: int) -> AsyncGenerator[Published | None]:
        """Entries above ``after``, for ever; ``None`` after each silence of a heartbeat."""
        with self.subscribe() as subscription:
            sent = after
            while sent < subscription.head and (backlog := await self._after(sent)):
                for entry in backlog:
                    yield Published.of(entry, self._plan)
                sent = backlog[-1].seq
            while True:
                try:
                    following = await subscription.next(HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield None
                    continue
                if following is None or following.seq > sent + 1:
                    return
                if following.seq == sent + 1:
                    sent = following.seq
                    yield following


def message(kind: str, data: Any, number: int | None = None) -> bytes:
    """One event of a stream."""
    identity = "" if number is None else f"id: {number}\n"
    return f"{identity}event: {kind}\ndata: {canonical(data)}\n\n".encode()


HEARTBEAT = b": \n\n"
RETRY = f"retry: {RETRY_MILLISECONDS}\n\n".encode()


async def stream(broadcaster: Broadcaster, last_id: int | None, epoch: str | None) -> AsyncIterator[bytes]:
    """The whole journal after ``last_id``, live.

    A position that this journal never had (it was restored from an older copy) is answered with ``reset``.
    """
    if last_id is not None and last_id > broadcaster.head.seq:
        await broadcaster.catch_up()  # the client read the database a moment before the entry was published
    head = broadcaster.head
    yield RETRY + message("hello", {"epoch": head.epoch, "head": head.seq})
    if last_id is not None and (last_id > head.seq or (epoch is not None and epoch != head.epoch)):
        yield message("reset", {"epoch": head.epoch, "head": head.seq})
        last_id = head.seq
    async with contextlib.aclosing(broadcaster.entries(head.seq if last_id is None else last_id)) as entries:
        async for entry in entries:
            yield HEARTBEAT if entry is None else entry.wire


async def changes(
    broadcaster: Broadcaster, last_id: int | None, look: Callable[[], Awaitable[Any]], kind: str
) -> AsyncIterator[bytes]:
    """A view as events: now, whenever an entry changed what is shown of it, and when time did.

    ``id`` is the journal number it is true as of.
    """
    head = broadcaster.head
    yield RETRY + message("hello", {"epoch": head.epoch, "head": head.seq})
    sent = seen = await look()
    if last_id is None or seen["head"] != last_id:
        yield message(kind, seen, seen["head"])
    silences = 0
    async with contextlib.aclosing(broadcaster.entries(seen["head"])) as entries:
        async for entry in entries:
            if entry is None:
                yield HEARTBEAT
                silences = (silences + 1) % SILENCES_BEFORE_A_LOOK
                if silences:
                    continue
            elif entry.seq <= seen["head"] or entry.kind not in MOVES_THE_QUEUE:
                continue
            seen = await look()
            if _shown(seen) != _shown(sent):
                sent = seen
                yield message(kind, seen, seen["head"])


def _shown(seen: dict[str, Any]) -> dict[str, Any]:
    """What a page shows of a view: of a wait only its rounded figures, which do not stir with each entry."""
    wait = seen.get("wait")
    rounded = None if wait is None else (wait["low"], wait["high"])
    return {**seen, "wait": rounded, "head": None, "minutes_wait": None}
