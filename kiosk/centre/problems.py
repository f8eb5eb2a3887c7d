"""Refusals and faults as problem details (RFC 9457): always the failure's code, never anything of the
inside.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.centre.store.errors import StoreFullError, StoreUnreachableError
from kiosk.failures import FailureCode, words

_LOG = logging.getLogger(__name__)
LARGEST_BODY = 64 * 1024

STATUS: Mapping[FailureCode, int] = {
    FailureCode.IDEMPOTENCY_KEY_MISSING: 400,
    FailureCode.NOT_SIGNED_IN: 401,
    FailureCode.SIGN_IN_FAILED: 401,
    FailureCode.NOT_ALLOWED: 403,
    FailureCode.NOT_FOUND: 404,
    FailureCode.DOSSIER_UNKNOWN: 404,
    FailureCode.SERVICE_CLOSED: 409,
    FailureCode.LAST_TICKET_GONE: 409,
    FailureCode.SERVICE_FULL: 409,
    FailureCode.SERVICE_STOPPED: 409,
    FailureCode.NUMBERS_EXHAUSTED: 409,
    FailureCode.COUNTER_CLOSED: 409,
    FailureCode.COUNTER_BUSY: 409,
    FailureCode.COUNTER_TAKEN: 409,
    FailureCode.COUNTER_IDLE: 409,
    FailureCode.TICKET_STATE_WRONG: 409,
    FailureCode.TICKET_ELSEWHERE: 409,
    FailureCode.RECALL_TOO_SOON: 409,
    FailureCode.REJOIN_TOO_LATE: 409,
    FailureCode.REJOINS_USED_UP: 409,
    FailureCode.UNDO_TOO_LATE: 409,
    FailureCode.TRANSFER_NOWHERE: 409,
    FailureCode.TRANSFER_COUNTER_CLOSED: 409,
    FailureCode.SERVICE_WITHOUT_COUNTER: 409,
    FailureCode.SERVICE_ASKED_ALREADY: 409,
    FailureCode.CLOCK_JUMPED: 409,
    FailureCode.DAY_IN_USE: 409,
    FailureCode.DEVICE_OWNER_ABSENT: 409,
    FailureCode.FORM_KEY_DESTROYED: 410,
    FailureCode.RATING_WORDS_DESTROYED: 410,
    FailureCode.REQUEST_TOO_LARGE: 413,
    FailureCode.REQUEST_INVALID: 422,
    FailureCode.IDEMPOTENCY_KEY_REUSED: 422,
    FailureCode.PRIORITY_UNKNOWN: 422,
    FailureCode.FORM_NOT_ACCEPTED: 422,
    FailureCode.PARK_REASON_UNKNOWN: 422,
    FailureCode.DEVICE_SETTING_INVALID: 422,
    FailureCode.DEVICE_MACHINE_NOT_NAMED: 422,
    FailureCode.SIGN_IN_LOCKED: 429,
    FailureCode.TOO_MANY_REQUESTS: 429,
    FailureCode.UNEXPECTED: 500,
    FailureCode.JOURNAL_BROKEN: 503,
    FailureCode.STORE_UNREACHABLE: 503,
    FailureCode.STORE_FULL: 507,
}
"""The HTTP status of every code the centre answers with."""


class RefusalError(Exception):
    """The centre says no, and nothing was changed. ``detail`` is technical English without personal data."""

    def __init__(self, code: FailureCode, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.headers = headers or {}


class ProblemResponse(Response):
    """``application/problem+json``."""

    media_type = "application/problem+json"

    def __init__(
        self,
        code: FailureCode,
        detail: str,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        status = status or STATUS[code]
        body = {
            "type": f"urn:mot-cua:failure:{code.value}",
            "title": words()[code].staff_cause,
            "status": status,
            "detail": detail,
            "code": code.value,
        }
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", errors="replace")
        super().__init__(
            content, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})}
        )


def install(app: FastAPI) -> None:
    """Answer every refusal and fault of ``app`` with a problem."""
    app.add_exception_handler(RefusalError, _refused)
    app.add_exception_handler(StoreFullError, _store_full)
    app.add_exception_handler(StoreUnreachableError, _store_unreachable)
    app.add_exception_handler(DataError, _not_keepable)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def of(error: RefusalError) -> ProblemResponse:
    """The answer to a refusal."""
    return ProblemResponse(error.code, error.detail, headers=error.headers)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusalError)  # noqa: S101 - for the type checker; registered for this class
    return of(error)


async def _store_full(_request: Request, _error: Exception) -> Response:
    return ProblemResponse(FailureCode.STORE_FULL, "The disk of the centre is full or refuses to write.")


async def _store_unreachable(_request: Request, _error: Exception) -> Response:
    told = "The centre's database does not answer."
    return ProblemResponse(FailureCode.STORE_UNREACHABLE, told, headers={"Retry-After": "1"})


async def _not_keepable(_request: Request, _error: Exception) -> Response:
    """PostgreSQL keeps no NUL in texts."""
    return ProblemResponse(
        FailureCode.REQUEST_INVALID, "A value cannot be kept: a NUL, or a number too large."
    )


async def _invalid(_request: Request, error: Exception) -> Response:
    problems: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else []
    lines = [f"{'.'.join(str(part) for part in item['loc'])}: {_message(item)}" for item in problems]
    return ProblemResponse(FailureCode.REQUEST_INVALID, "; ".join(lines[:20]))


def _message(item: Mapping[str, Any]) -> str:
    """What is wrong with a field; never what was in it."""
    return "is not a known field" if item["type"] == "extra_forbidden" else str(item["msg"])


_BY_STATUS = {
    401: FailureCode.NOT_SIGNED_IN,
    403: FailureCode.NOT_ALLOWED,
    404: FailureCode.NOT_FOUND,
    413: FailureCode.REQUEST_TOO_LARGE,
}


async def _http(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = str(error.detail) if isinstance(error, HTTPException) else ""
    headers = error.headers if isinstance(error, HTTPException) else None
    fallback = FailureCode.REQUEST_INVALID if status < 500 else FailureCode.UNEXPECTED
    return ProblemResponse(
        _BY_STATUS.get(status, fallback), detail or HTTPStatus(status).phrase, status=status, headers=headers
    )


class Guard:
    """Outermost layer: bodies within ``LARGEST_BODY`` bytes, and an answer even where the program is wrong.

    What the program got wrong is logged as the type of the exception and the lines it passed through, not its
    text, which might quote what a citizen entered.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        if "\0" in scope["path"] or b"%00" in scope["query_string"]:  # nothing that is kept can hold it
            await ProblemResponse(FailureCode.NOT_FOUND, "No name holds a NUL.")(scope, receive, send)
            return
        try:
            bounded = receive if scope["method"] in {"GET", "HEAD"} else await _bounded(scope, receive)
            await self._app(scope, bounded, watched)
        except _TooLargeError:
            answer = ProblemResponse(
                FailureCode.REQUEST_TOO_LARGE,
                f"A body may have {LARGEST_BODY} bytes.",
                headers={"Connection": "close"},
            )
            await answer(scope, receive, send)
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            where = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
            _LOG.error("unexpected %s at %s", type(error).__name__, where)
            if not started:
                await ProblemResponse(FailureCode.UNEXPECTED, "An unexpected error in the centre.")(
                    scope, receive, send
                )


class _TooLargeError(Exception):
    pass


async def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Read the whole body first, so that an oversize one is refused before anything looks at it."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > LARGEST_BODY:
            raise _TooLargeError
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > LARGEST_BODY:
            raise _TooLargeError
        if not message.get("more_body"):
            message = {"type": "http.request", "body": b"".join(chunks), "more_body": False}
            break
    first = [message]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay
