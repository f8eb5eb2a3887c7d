"""The centre's API as plainly as can be: one connection, one answer, or nobody there."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.centre.support import API, PASSWORD


class UnreachableError(Exception):
    """No whole answer came. What was asked for may or may not have happened."""


@dataclass(frozen=True)
class Answer:
    """Status, and the body if it is JSON."""

    status: int
    body: Any

    @property
    def code(self) -> str:
        """The failure's name in a refusal."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


class Caller:
    """One client. ``urls``: the centre's processes; when one is not there the next is asked.

    ``unanswered`` holds when each call that got no answer was sent and given up.
    """

    def __init__(self, urls: list[str], token: str = "", seconds: float = 5.0) -> None:
        self._urls = urls
        self._seconds = seconds
        self._at = 0
        self._connection: http.client.HTTPConnection | None = None
        self.token = token
        self.unanswered: list[tuple[float, float]] = []

    def sign_in(self, login: str) -> None:
        """Take an officer's session."""
        self.token = self("POST", "/session", {"login": login, "password": PASSWORD}).body["token"]

    def __call__(self, method: str, path: str, body: Any = None, key: str | None = None) -> Answer:
        """One request. Raises ``UnreachableError``; a fault of the server's own (5xx) is an answer."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        began = time.monotonic()
        try:
            if self._connection is None:
                place = urlsplit(self._urls[self._at % len(self._urls)]).netloc
                self._connection = http.client.HTTPConnection(place, timeout=self._seconds)
            sent = None if body is None else json.dumps(body).encode()
            self._connection.request(method, API + path, sent, headers)
            answer = self._connection.getresponse()
            raw = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.unanswered.append((began, time.monotonic()))
            self.close()
            self._at += 1
            raise UnreachableError(str(error)) from error
        return Answer(answer.status, json.loads(raw) if raw.startswith((b"{", b"[")) else None)

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
