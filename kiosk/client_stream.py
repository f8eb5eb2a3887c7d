"""The centre's live stream (server-sent events, HTML Living Standard §9.2) as a client reads it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import requests

from kiosk.client_answers import Event
from kiosk.failures import FailureCode


class CentreError(Exception):
    """The centre refused (``code`` is its reason) or could not be reached (``CENTRE_UNREACHABLE``).

    ``status`` is the HTTP status, ``None`` when no answer came.
    """

    @property
    def nobody_there(self) -> bool:
        """Whether the centre said nothing: no answer, or somebody before it says that it is not there."""
        return self.code is FailureCode.CENTRE_UNREACHABLE or self.status in {502, 503, 504}

    def __init__(self, code: FailureCode, detail: str = "", status: int | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail
        self.status = status


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
