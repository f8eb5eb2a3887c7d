"""The centre's API (v1) as Python calls, for the kiosk, the ceiling display and the command line.

Calls block; run them on a worker thread. Every answer is a frozen dataclass. Everything that goes wrong is a
``CentreError`` with a failure code; ``CENTRE_UNREACHABLE`` stands for every fault of the transport, so that a
caller knows whether the centre said no or said nothing.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any
from urllib.parse import quote
from urllib.request import Request

import requests

from kiosk.client_answers import (
    Answer,
    AttachedForm,
    Board,
    BoardCall,
    Counter,
    CounterName,
    CounterStep,
    DeviceRequest,
    DeviceState,
    Event,
    FormAnswers,
    FormLine,
    FormMark,
    FormSection,
    Json,
    OfficerName,
    Place,
    PrintMark,
    Service,
    Session,
    Ticket,
    Who,
    read_attached_form,
    read_board,
    read_counter,
    read_device,
    read_device_request,
    read_maybe,
    read_place,
    read_service,
    read_ticket,
    read_time,
)
from kiosk.failures import FailureCode

__all__ = [
    "Answer",
    "AttachedForm",
    "Board",
    "BoardCall",
    "CentreClient",
    "CentreError",
    "Counter",
    "CounterName",
    "CounterStep",
    "DeviceRequest",
    "DeviceState",
    "Event",
    "FormAnswers",
    "FormLine",
    "FormMark",
    "FormSection",
    "OfficerName",
    "Place",
    "PrintMark",
    "Service",
    "Session",
    "Ticket",
    "Who",
]

CONNECT_SECONDS = 3.05
READ_SECONDS = 10.0
STREAM_SILENCE_SECONDS = 25.0  # the centre sends a heartbeat each 10 s
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0


class CentreError(Exception):
    """The centre refused (``code`` is its reason) or could not be reached (``CENTRE_UNREACHABLE``).

    ``status`` is the HTTP status, ``None`` when no answer came.
    """

    def __init__(self, code: FailureCode, detail: str = "", status: int | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail
        self.status = status


class CentreClient:
    """One client of one centre. Safe to share between threads: each thread gets its own connection."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._timeout = (connect_seconds, read_seconds)
        self._local = threading.local()

    def __repr__(self) -> str:
        return f"CentreClient({self.url!r})"

    # services and tickets

    def services(self) -> list[Service]:
        """All services, in the order of the configuration."""
        return [read_service(raw) for raw in self._call("GET", "/services")]

    def issue_ticket(self, service: str, idempotency_key: str) -> Ticket:
        """Take a number. The same key gives the same ticket: a call that got no answer is simply repeated.

        Raises ``CentreError``: ``SERVICE_CLOSED``, ``NUMBERS_EXHAUSTED``, ``IDEMPOTENCY_KEY_REUSED``,
        ``NOT_FOUND``.
        """
        headers = {"Idempotency-Key": idempotency_key}
        return read_ticket(self._call("POST", "/tickets", {"service": service}, headers=headers))

    def ticket(self, ticket_id: str) -> Ticket:
        """One ticket. Raises ``CentreError``: ``NOT_FOUND``."""
        return read_ticket(self._call("GET", f"/tickets/{_part(ticket_id)}"))

    def tickets(self, state: str = "waiting") -> list[Ticket]:
        """Today's tickets in a state, oldest first."""
        return [read_ticket(raw) for raw in self._call("GET", f"/tickets?state={_part(state)}")]

    def report_print(
        self, ticket_id: str, state: str, code: FailureCode | None = None, *, copy: bool = False
    ) -> Ticket:
        """Tell what became of a ticket's slip: ``pending``, ``printed``, ``failed`` or ``unknown``."""
        body = {"state": state, "code": code, "copy": copy}
        return read_ticket(self._call("POST", f"/tickets/{_part(ticket_id)}/print", body))

    def print_jobs(self) -> list[Ticket]:
        """Tickets still waiting or called whose slip is not known to have been printed."""
        return [read_ticket(raw) for raw in self._call("GET", "/print-jobs")]

    def attach_form(self, ticket_id: str, form: FormAnswers) -> None:
        """Attach a confirmed form to a ticket.

        Raises ``CentreError``: ``FORM_NOT_ACCEPTED``, ``TICKET_STATE_WRONG``, ``NOT_FOUND``.
        """
        body = {
            "form": form.form,
            "version": form.version,
            "consent": {"at": _iso(form.consent_at), "text_version": form.consent_text_version},
            "answers": [
                {"field": a.field, "value": a.value, "source": a.source, "read_at": _iso(a.read_at)}
                for a in form.answers
            ],
        }
        self._call("PUT", f"/tickets/{_part(ticket_id)}/form", body)

    def form(self, ticket_id: str) -> AttachedForm:
        """The form of the ticket being called or served at this officer's counter.

        Raises ``CentreError``: ``NOT_ALLOWED``, ``NOT_FOUND``, ``FORM_KEY_DESTROYED``.
        """
        return read_attached_form(self._call("GET", f"/tickets/{_part(ticket_id)}/form"))

    # counters

    def counters(self) -> list[Counter]:
        """All counters, in the order of the configuration."""
        return [read_counter(raw) for raw in self._call("GET", "/counters")]

    def open_counter(self, counter: str) -> CounterStep:
        """Take a counter. Raises ``CentreError``: ``COUNTER_TAKEN``."""
        return self._step(counter, "open")

    def close_counter(self, counter: str) -> CounterStep:
        """Leave a counter. Raises ``CentreError``: ``COUNTER_BUSY`` while it has a ticket."""
        return self._step(counter, "close")

    def call_next(self, counter: str) -> Ticket | None:
        """Call the next citizen; ``None`` when nobody waits.

        Raises ``CentreError``: ``COUNTER_BUSY``, ``COUNTER_CLOSED``.
        """
        raw = self._call("POST", f"/counters/{_part(counter)}/call-next")
        return None if raw is None else read_ticket(raw)

    def recall(self, counter: str) -> CounterStep:
        """Call the same citizen once more."""
        return self._step(counter, "recall")

    def start(self, counter: str) -> CounterStep:
        """The citizen has come; serving begins."""
        return self._step(counter, "start")

    def complete(self, counter: str) -> CounterStep:
        """Serving is over."""
        return self._step(counter, "complete")

    def no_show(self, counter: str) -> CounterStep:
        """The citizen did not come."""
        return self._step(counter, "no-show")

    def _step(self, counter: str, action: str) -> CounterStep:
        raw = self._call("POST", f"/counters/{_part(counter)}/{action}")
        return CounterStep(
            counter=read_counter(raw["counter"]), ticket=read_maybe(read_ticket, raw["ticket"])
        )

    # board, places, health

    def board(self) -> Board:
        """What a display shows now."""
        return read_board(self._call("GET", "/board"))

    def place(self, follow_token: str) -> Place:
        """The place in the queue of the ticket with this follow token; needs no device token."""
        return read_place(self._call("GET", f"/follow/{_part(follow_token)}"))

    def ready(self) -> bool:
        """Whether the centre answers and can write."""
        try:
            return self._request("GET", f"{self.url}/readyz").ok
        except CentreError:
            return False

    # sessions

    def sign_in(self, login: str, password: str) -> Session:
        """Sign an officer in; later calls of this client are made as that officer.

        Raises ``CentreError``: ``SIGN_IN_FAILED``, ``SIGN_IN_LOCKED``.
        """
        raw = self._call("POST", "/session", {"login": login, "password": password})
        officer = raw["officer"]
        session = Session(
            token=raw["token"],
            login=officer["login"],
            name=officer["name"],
            role=officer["role"],
            expires_at=read_time(raw["expires_at"]),
        )
        self._token = session.token
        return session

    def sign_out(self) -> None:
        """End the officer's session."""
        self._call("DELETE", "/session")
        self._token = None

    def who(self) -> Who:
        """Who the centre takes this client for."""
        raw = self._call("GET", "/session")
        return Who(role=raw["role"], name=raw["name"], login=raw.get("login"))

    # devices

    def report_device(
        self,
        name: str,
        condition: str,
        failure: FailureCode | None = None,
        warning: FailureCode | None = None,
        facts: Mapping[str, str | int | float | bool | None] | None = None,
    ) -> None:
        """Report a device's status; at least each 20 s, also unchanged."""
        body = {"condition": condition, "failure": failure, "warning": warning, "facts": dict(facts or {})}
        self._call("PUT", f"/devices/{_part(name)}", body)

    def devices(self) -> list[DeviceState]:
        """All devices with state and effective settings."""
        return [read_device(raw) for raw in self._call("GET", "/devices")]

    def request_device(
        self, name: str, kind: str, settings: Mapping[str, Any] | None = None, can: str | None = None
    ) -> DeviceRequest:
        """Ask a device's owner for a ``test``, or to check and take over changed settings (``set``).

        ``can``: for the card reader's test, the last six digits of the number on the card that lies there.

        Raises ``CentreError``: ``DEVICE_OWNER_ABSENT``, ``DEVICE_SETTING_INVALID``.
        """
        body: Json = {"kind": kind}
        if settings is not None:
            body["settings"] = dict(settings)
        if can is not None:
            body["can"] = can
        return read_device_request(self._call("POST", f"/devices/{_part(name)}/requests", body))

    def answer_device_request(
        self,
        request_id: str,
        passed: bool,
        lines: Sequence[tuple[str, str]] = (),
        failure: FailureCode | None = None,
    ) -> DeviceRequest:
        """Answer a request, as the device's owner. ``lines`` are shown to staff: nothing personal in them."""
        body = {"passed": passed, "lines": [list(line) for line in lines], "failure": failure}
        return read_device_request(self._call("POST", f"/device-requests/{_part(request_id)}/answer", body))

    def device_request_secret(self, request_id: str) -> str | None:
        """The six digits given with a card reader's test; the centre tells them once, and only its owner."""
        raw = self._call("POST", f"/device-requests/{_part(request_id)}/secret")
        return None if raw["can"] is None else str(raw["can"])

    def device_request(self, request_id: str) -> DeviceRequest:
        """One request."""
        return read_device_request(self._call("GET", f"/device-requests/{_part(request_id)}"))

    def device_requests(self, device: str | None = None, state: str | None = None) -> list[DeviceRequest]:
        """Requests, oldest first, of one device and in one state if given."""
        wanted = {"device": device, "state": state}
        query = "&".join(f"{key}={_part(value)}" for key, value in wanted.items() if value is not None)
        return [
            read_device_request(raw)
            for raw in self._call("GET", f"/device-requests{'?' if query else ''}{query}")
        ]

    # the stream

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
        follower = _Follower(last_id)
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

    def _stream(self, follower: _Follower) -> requests.Response:
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

    # transport

    def _call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        response = self._request(method, f"{self.url}/api/v1{path}", body=body, headers=headers)
        if response.status_code == requests.codes.no_content:
            return None
        try:
            return response.json()
        except requests.exceptions.JSONDecodeError as error:
            raise CentreError(
                FailureCode.CENTRE_REFUSED, "the answer is not JSON", response.status_code
            ) from error

    def _request(
        self,
        method: str,
        url: str,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
        timeout: tuple[float, float] | None = None,
    ) -> requests.Response:
        sent = dict(headers or {})
        if self._token is not None:
            sent["Authorization"] = f"Bearer {self._token}"
        try:
            response = self._session().request(
                method,
                url,
                json=body,
                headers=sent,
                stream=stream,
                timeout=timeout or self._timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise CentreError(FailureCode.CENTRE_UNREACHABLE, type(error).__name__) from error
        if response.status_code // 100 != 2:
            raise _refusal(response)
        return response

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = False  # a proxy of the environment must not stand between kiosk and centre
            session.cookies.set_policy(_NoCookies())
            self._local.session = session
        return session


class _NoCookies(DefaultCookiePolicy):
    """The bearer token says who calls; a cookie beside it would only confuse."""

    def set_ok(self, _cookie: Cookie, _request: Request) -> bool:
        return False


class _Follower:
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


def _refusal(response: requests.Response) -> CentreError:
    code, detail = FailureCode.CENTRE_REFUSED, ""
    try:
        problem = response.json()
        code, detail = FailureCode(problem["code"]), str(problem.get("detail") or problem.get("title") or "")
    except (ValueError, KeyError, TypeError, requests.RequestException):
        detail = f"HTTP {response.status_code}"
    finally:
        response.close()
    return CentreError(code, detail, response.status_code)


def _part(text: str) -> str:
    return quote(text, safe="")


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
