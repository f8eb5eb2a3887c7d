"""One link to one centre: each request, its refusal, and the centre's time told with every answer."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any, Protocol, TypeVar
from urllib.parse import quote
from urllib.request import Request

import requests

from kiosk.client.reading import ForeignAnswerError, Json, as_promised
from kiosk.failures import FailureCode

T = TypeVar("T")

CONNECT_SECONDS = 3.05
READ_SECONDS = 10.0

TIME_HEADER = "Mot-Cua-Time"


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


class AnswerClock(Protocol):
    """Learns the centre's time from the answers of a client."""

    def ticks(self) -> float:
        """Seconds of the clock in whose moments ``heard`` is told."""

    def heard(self, sent: float, received: float, told: datetime) -> None:
        """An answer asked for at ``sent`` was here at ``received``; the centre's clock said ``told``."""


class Connection:
    """The link all calls of a client go through. Safe to share: each thread has its own."""

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


def given(**values: Any) -> Json:
    """The body of a request: those values that are not ``None``."""
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


def part(text: str) -> str:
    """``text`` as one part of a path or of a query."""
    return quote(text, safe="")


def iso(moment: datetime | None) -> str | None:
    """A moment as the centre reads it: ISO 8601, UTC with ``Z``."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
