"""The centre's live stream (server-sent events, HTML Living Standard §9.2) as a client reads it."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import requests

from kiosk.client.connection import CentreError, Connection
from kiosk.client.reading import Json, as_promised, read_maybe
from kiosk.client.tickets import CounterName, Ticket, read_counter_name, read_ticket
from kiosk.failures import FailureCode

STREAM_SILENCE_SECONDS = 25.0  # the centre sends a heartbeat each 10 s
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0


@dataclass(frozen=True)
class Event:
    """One entry of the centre's stream.

    ``id`` is the journal number; it is ``None`` for ``hello`` (sent at each connection) and ``reset`` (the
    journal was restored or replaced: load the board anew).
    """

    id: int | None
    type: str
    data: Json

    @property
    def ticket(self) -> Ticket | None:
        """The ticket this event is about, if it is about one."""
        raw = self.data.get("ticket")
        return as_promised(read_ticket, raw) if isinstance(raw, dict) else None

    @property
    def counter(self) -> CounterName | None:
        """The counter this event is about, if it is about one."""
        return read_maybe(lambda raw: as_promised(read_counter_name, raw), self.data.get("counter"))


class StreamFollower:
    """Reads one connection of the stream after the other and remembers how far it came."""

    def __init__(self, last_id: int | None) -> None:
        self.last_id = last_id
        self.epoch: str | None = None

    def read(self, response: requests.Response, stop: threading.Event) -> Iterator[Event]:
        """Events of one connection, until it ends, breaks, or ``stop`` is set."""
        with response:
            kind, number, data = "message", "", list[str]()
            try:
                for line in _lines(response):
                    if stop.is_set():
                        return
                    if line == "":
                        if data:
                            yield from self._event(kind, number, "\n".join(data))
                        kind, number, data = "message", "", list[str]()
                        continue
                    name, _, value = line.partition(":")
                    value = value.removeprefix(" ")
                    if name == "event":
                        kind = value
                    elif name == "id":
                        number = value
                    elif name == "data":
                        data.append(value)
            except requests.RequestException as error:
                raise CentreError(FailureCode.CENTRE_UNREACHABLE, type(error).__name__) from error

    def _event(self, kind: str, number: str, text: str) -> Iterator[Event]:
        try:
            data = json.loads(text)
            entry = int(number) if number else None
        except ValueError:
            return
        if kind in {"hello", "reset"}:
            replaced = self.epoch is not None and data.get("epoch") != self.epoch
            self.epoch = data.get("epoch")
            if kind == "reset" or replaced or self.last_id is None:
                self.last_id = data.get("head")
            yield Event(None, kind, data)
            if replaced and kind == "hello":
                yield Event(None, "reset", data)
        elif entry is not None and (self.last_id is None or entry > self.last_id):
            self.last_id = entry
            yield Event(entry, kind, data)


def _lines(response: requests.Response) -> Iterator[str]:
    buffer = b""
    for chunk in response.iter_content(chunk_size=None):
        buffer += chunk
        *whole, buffer = buffer.split(b"\n")
        for line in whole:
            yield line.rstrip(b"\r").decode("utf-8", errors="replace")


class EventCalls(Connection):
    """Following the stream."""

    def events(
        self,
        last_id: int | None = None,
        stop: threading.Event | None = None,
        on_link: Callable[[bool], None] | None = None,
    ) -> Iterator[Event]:
        """Everything that happens, in order, for ever: reconnects by itself and resumes after the last event.

        ``last_id``: journal number to continue from; ``None`` starts with what happens from now on. ``stop``
        ends the generator (within the heartbeat's 10 s when nothing happens). ``on_link(up)`` tells when the
        link comes and goes. When the centre's journal was restored or replaced, one ``reset`` event is given:
        load the board anew.

        Raises ``CentreError`` only when the centre refuses this client (401, 403); everything else is retried
        with pauses growing from 0.2 to 5 s.
        """
        stop = stop or threading.Event()
        tell = on_link or (lambda _up: None)
        follower = StreamFollower(last_id)
        failures = 0
        while not stop.is_set():
            try:
                for event in follower.read(self._stream(follower), stop):
                    if event.type == "hello":
                        failures = 0
                        tell(True)
                    yield event
            except CentreError as error:
                if error.status in {401, 403}:
                    raise
            finally:
                tell(False)
            pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**failures)
            failures = min(failures + 1, 10)
            stop.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret

    def _stream(self, follower: StreamFollower) -> requests.Response:
        query = "" if follower.last_id is None else f"?last_event_id={follower.last_id}"
        if query and follower.epoch is not None:
            query += f"&epoch={follower.epoch}"
        return self._request(
            "GET",
            f"{self.url}/api/v1/events{query}",
            stream=True,
            headers={"Accept": "text/event-stream"},
            timeout=(self._timeout[0], STREAM_SILENCE_SECONDS),
        )
