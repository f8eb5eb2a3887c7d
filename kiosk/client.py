"""The centre's API (v1) as Python calls, for the kiosk, the ceiling display and the command line.

Calls block; run them on a worker thread. Every answer is a frozen dataclass. Everything that goes wrong is a
``CentreError`` with a failure code; ``CENTRE_UNREACHABLE`` stands for every fault of the transport, so that a
caller knows whether the centre said no or said nothing.
"""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any, Protocol, TypeVar
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
    ForeignAnswerError,
    FormAnswers,
    FormLine,
    FormMark,
    FormSection,
    Json,
    LeasedBlock,
    NumberLease,
    OfficerName,
    OfflineAnswer,
    OfflineNumber,
    Place,
    PrintMark,
    PriorityClaim,
    PriorityClass,
    QueueRules,
    Service,
    Session,
    Ticket,
    Wait,
    Who,
    as_promised,
    read_attached_form,
    read_board,
    read_counter,
    read_counter_step,
    read_device,
    read_device_request,
    read_lease,
    read_offline_answer,
    read_place,
    read_rules,
    read_service,
    read_session,
    read_ticket,
    read_who,
)
from kiosk.client_stream import CentreError, StreamFollower
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
    "LeasedBlock",
    "NumberLease",
    "OfficerName",
    "OfflineAnswer",
    "OfflineNumber",
    "Place",
    "PrintMark",
    "PriorityClaim",
    "PriorityClass",
    "QueueRules",
    "Service",
    "Session",
    "Ticket",
    "Wait",
    "Who",
]

T = TypeVar("T")

CONNECT_SECONDS = 3.05
READ_SECONDS = 10.0
STREAM_SILENCE_SECONDS = 25.0  # the centre sends a heartbeat each 10 s
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0


TIME_HEADER = "Mot-Cua-Time"


class AnswerClock(Protocol):
    """Learns the centre's time from the answers of a client."""

    def ticks(self) -> float:
        """Seconds of the clock in whose moments ``heard`` is told."""

    def heard(self, sent: float, received: float, told: datetime) -> None:
        """An answer asked for at ``sent`` was here at ``received``; the centre's clock said ``told``."""


class CentreClient:
    """One client of one centre. Safe to share between threads: each thread gets its own connection."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
        clock: AnswerClock | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._timeout = (connect_seconds, read_seconds)
        self._clock = clock
        self._local = threading.local()

    def __repr__(self) -> str:
        return f"CentreClient({self.url!r})"

    # services and tickets

    def services(self) -> list[Service]:
        """All services, in the order of the configuration."""
        return self._read_list(read_service, "GET", "/services")

    def queue_rules(self) -> QueueRules:
        """Priority classes, times and, for a kiosk, the day's key of persons' hashes."""
        return self._read(read_rules, "GET", "/queue/rules")

    def issue_ticket(
        self,
        service: str,
        idempotency_key: str,
        *,
        then: Sequence[str] = (),
        priority: PriorityClaim | None = None,
        person: str | None = None,
        appointed_at: datetime | None = None,
    ) -> Ticket:
        """Take a number. The same key gives the same ticket: a call that got no answer is simply repeated,
        with all else the same.

        ``then``: further services of this visit. ``person``: the card's number as the day's hash; a person
        who already waits for this service gets that ticket, ``held``.

        Raises ``CentreError``: ``SERVICE_CLOSED``, ``LAST_TICKET_GONE``, ``SERVICE_FULL``,
        ``SERVICE_STOPPED``, ``NUMBERS_EXHAUSTED``, ``PRIORITY_UNKNOWN``, ``IDEMPOTENCY_KEY_REUSED``,
        ``NOT_FOUND``.
        """
        body: Json = {"service": service}
        if then:
            body["then"] = list(then)
        if priority is not None:
            body["priority"] = _claim(priority)
        if person is not None:
            body["person"] = person
        if appointed_at is not None:
            body["appointed_at"] = _iso(appointed_at)
        headers = {"Idempotency-Key": idempotency_key}
        return self._read(read_ticket, "POST", "/tickets", body, headers=headers)

    def lease_numbers(self, holder: str) -> NumberLease:
        """Blocks of numbers for when the centre cannot be reached; the same lease for the same ``holder`` and
        day. ``holder`` is random and kept where the numbers given are kept.
        """
        return self._read(read_lease, "POST", "/number-leases", {"holder": holder})

    def return_numbers(self, lease: str) -> None:
        """Give back what was not used. Everything given must have been told before."""
        self._call("DELETE", f"/number-leases/{_part(lease)}")

    def tell_offline_numbers(self, lease: str, numbers: Sequence[OfflineNumber]) -> list[OfflineAnswer]:
        """Tell what was given without the centre, at most 100; may be repeated until it is answered.

        Raises ``CentreError``: ``NOT_FOUND`` for a lease that is not this kiosk's.
        """
        told = [
            {
                "series": one.series,
                "sequence": one.sequence,
                "service": one.service,
                "issued_at": _iso(one.issued_at),
                "key": one.key,
                **({} if one.priority is None else {"priority": _claim(one.priority)}),
                **({} if one.person is None else {"person": one.person}),
            }
            for one in numbers
        ]
        answer = self._call("POST", "/tickets/offline", {"lease": lease, "tickets": told})
        answers = self._as_promised(lambda raw: [read_offline_answer(one) for one in raw["tickets"]], answer)
        if [(one.series, one.sequence) for one in answers] != [(one.series, one.sequence) for one in numbers]:
            raise CentreError(FailureCode.CENTRE_REFUSED, "the answer is about other numbers")
        return answers

    def stop_service(self, service: str, message: str) -> None:
        """Give no numbers for a service, or with ``*`` for none at all, and tell citizens why."""
        self._call("PUT", f"/services/{_part(service)}/stop", {"message": message})

    def resume_service(self, service: str) -> None:
        """Give numbers again."""
        self._call("DELETE", f"/services/{_part(service)}/stop")

    def ticket(self, ticket_id: str) -> Ticket:
        """One ticket. Raises ``CentreError``: ``NOT_FOUND``."""
        return self._read(read_ticket, "GET", f"/tickets/{_part(ticket_id)}")

    def tickets(self, state: str = "waiting") -> list[Ticket]:
        """Today's tickets in a state, oldest first."""
        return self._read_list(read_ticket, "GET", f"/tickets?state={_part(state)}")

    def report_print(
        self, ticket_id: str, state: str, code: FailureCode | None = None, *, copy: bool = False
    ) -> Ticket:
        """Tell what became of a ticket's slip: ``pending``, ``printed``, ``failed`` or ``unknown``."""
        body = {"state": state, "code": code, "copy": copy}
        return self._read(read_ticket, "POST", f"/tickets/{_part(ticket_id)}/print", body)

    def print_jobs(self) -> list[Ticket]:
        """Tickets still waiting or called whose slip is not known to have been printed."""
        return self._read_list(read_ticket, "GET", "/print-jobs")

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
        return self._read(read_attached_form, "GET", f"/tickets/{_part(ticket_id)}/form")

    # counters

    def counters(self) -> list[Counter]:
        """All counters, in the order of the configuration."""
        return self._read_list(read_counter, "GET", "/counters")

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
        return None if raw is None else self._as_promised(read_ticket, raw)

    def call_ticket(self, counter: str, ticket_id: str) -> CounterStep:
        """Call a ticket chosen by hand: one waiting, parked, or missed a short while ago.

        Raises ``CentreError``: ``COUNTER_BUSY``, ``COUNTER_CLOSED``, ``TICKET_STATE_WRONG``,
        ``TICKET_ELSEWHERE``, ``REJOIN_TOO_LATE``.
        """
        return self._step(counter, f"call/{_part(ticket_id)}")

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

    def park(self, counter: str, reason: str, minutes: int | None = None) -> CounterStep:
        """Set the ticket at this counter aside, till called again or for so many minutes."""
        return self._step(counter, "park", {"reason": reason, **_given(minutes=minutes)})

    def transfer(
        self, counter: str, *, service: str | None = None, to_counter: str | None = None
    ) -> CounterStep:
        """Send the ticket at this counter to another service or counter; it keeps its place by arrival."""
        return self._step(counter, "transfer", _given(service=service, counter=to_counter))

    def undo(self, counter: str) -> CounterStep:
        """Take the last step at this counter back. Raises ``CentreError``: ``UNDO_TOO_LATE``."""
        return self._step(counter, "undo")

    def add_service(self, counter: str, service: str) -> CounterStep:
        """One more service for the ticket at this counter, after this one."""
        return self._step(counter, "add-service", {"service": service})

    def _step(self, counter: str, action: str, body: Json | None = None) -> CounterStep:
        return self._read(read_counter_step, "POST", f"/counters/{_part(counter)}/{action}", body)

    # tickets away from a counter

    def rejoin(self, ticket_id: str) -> Ticket:
        """A missed ticket waits again. Raises ``CentreError``: ``REJOIN_TOO_LATE``, ``REJOINS_USED_UP``."""
        return self._move(ticket_id, "rejoin")

    def return_parked(self, ticket_id: str) -> Ticket:
        """A parked ticket waits again."""
        return self._move(ticket_id, "return")

    def cancel(self, ticket_id: str) -> Ticket:
        """A ticket is not wanted any more."""
        return self._move(ticket_id, "cancel")

    def transfer_waiting(
        self, ticket_id: str, *, service: str | None = None, to_counter: str | None = None
    ) -> Ticket:
        """Send a waiting ticket to another service or counter; it keeps its place by arrival."""
        return self._move(ticket_id, "transfer", _given(service=service, counter=to_counter))

    def prioritise(self, ticket_id: str, priority: str | None) -> Ticket:
        """Put a ticket into a priority class, or with ``None`` into none."""
        return self._move(ticket_id, "prioritise", {"class": priority})

    def _move(self, ticket_id: str, action: str, body: Json | None = None) -> Ticket:
        return self._read(read_ticket, "POST", f"/tickets/{_part(ticket_id)}/{action}", body)

    def follow_rejoin(self, follow_token: str) -> Place:
        """The holder of a missed ticket is back; needs no device token."""
        return self._read(read_place, "POST", f"/follow/{_part(follow_token)}/rejoin")

    def follow_cancel(self, follow_token: str) -> Place:
        """The holder of a ticket does not want it any more; needs no device token."""
        return self._read(read_place, "POST", f"/follow/{_part(follow_token)}/cancel")

    # board, places, health

    def board(self) -> Board:
        """What a display shows now."""
        return self._read(read_board, "GET", "/board")

    def place(self, follow_token: str) -> Place:
        """The place in the queue of the ticket with this follow token; needs no device token."""
        return self._read(read_place, "GET", f"/follow/{_part(follow_token)}")

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
        session = self._read(read_session, "POST", "/session", {"login": login, "password": password})
        self._token = session.token
        return session

    def sign_out(self) -> None:
        """End the officer's session."""
        self._call("DELETE", "/session")
        self._token = None

    def who(self) -> Who:
        """Who the centre takes this client for."""
        return self._read(read_who, "GET", "/session")

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
        return self._read_list(read_device, "GET", "/devices")

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
        return self._read(read_device_request, "POST", f"/devices/{_part(name)}/requests", body)

    def answer_device_request(
        self,
        request_id: str,
        passed: bool,
        lines: Sequence[tuple[str, str]] = (),
        failure: FailureCode | None = None,
    ) -> DeviceRequest:
        """Answer a request, as the device's owner. ``lines`` are shown to staff: nothing personal in them."""
        body = {"passed": passed, "lines": [list(line) for line in lines], "failure": failure}
        return self._read(read_device_request, "POST", f"/device-requests/{_part(request_id)}/answer", body)

    def device_request_secret(self, request_id: str) -> str | None:
        """The six digits given with a card reader's test; the centre tells them once, and only its owner."""
        path = f"/device-requests/{_part(request_id)}/secret"
        return self._read(lambda raw: None if raw["can"] is None else str(raw["can"]), "POST", path)

    def device_request(self, request_id: str) -> DeviceRequest:
        """One request."""
        return self._read(read_device_request, "GET", f"/device-requests/{_part(request_id)}")

    def device_requests(self, device: str | None = None, state: str | None = None) -> list[DeviceRequest]:
        """Requests, oldest first, of one device and in one state if given."""
        wanted = {"device": device, "state": state}
        query = "&".join(f"{key}={_part(value)}" for key, value in wanted.items() if value is not None)
        return self._read_list(read_device_request, "GET", f"/device-requests{'?' if query else ''}{query}")

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

    # transport

    def _read(
        self,
        build: Callable[[Any], T],
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        return self._as_promised(build, self._call(method, path, body, headers))

    def _read_list(self, build: Callable[[Any], T], method: str, path: str) -> list[T]:
        return self._read(lambda raw: [build(one) for one in raw], method, path)

    @staticmethod
    def _as_promised(build: Callable[[Any], T], raw: Any) -> T:
        try:
            return as_promised(build, raw)
        except ForeignAnswerError as error:
            raise CentreError(
                FailureCode.CENTRE_REFUSED, f"the answer is not what a centre says ({error})"
            ) from error

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
        asked = 0.0 if self._clock is None else self._clock.ticks()
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
        self._hear_time(asked, response)
        if response.status_code // 100 != 2:
            raise _refusal(response)
        return response

    def _hear_time(self, asked: float, response: requests.Response) -> None:
        """Hand the centre's time to the clock, with the moments between which it was told."""
        told = response.headers.get(TIME_HEADER)
        if self._clock is None or told is None:
            return
        with contextlib.suppress(ValueError):
            moment = datetime.fromisoformat(told)
            if moment.tzinfo is not None:
                self._clock.heard(asked, asked + response.elapsed.total_seconds(), moment)

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


def _claim(priority: PriorityClaim) -> Json:
    return {"class": priority.id, "source": priority.source}


def _given(**values: Any) -> Json:
    return {name: value for name, value in values.items() if value is not None}


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
