"""Who may do what: one table of every API route and the roles that may use it.

What is not in it, nobody may.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre.problems import RefusalError
from kiosk.failures import FailureCode

COOKIE = "mot_cua_session"
API = "/api/v1"


class Role(StrEnum):
    """Devices' roles come with their token, people's with their account."""

    KIOSK = "kiosk"
    DISPLAY = "display"
    MAINTENANCE = "maintenance"
    OFFICER = "officer"
    HEAD = "head"


@dataclass(frozen=True)
class Principal:
    """Who calls. ``login`` is set for people; ``secret_hash`` names the session or token it came with."""

    role: Role
    name: str
    login: str | None
    secret_hash: str
    expires_at: str | None = None

    @property
    def actor(self) -> str:
        """As the journal names it."""
        return f"{self.role}:{self.login or self.name}"


_KIOSK, _DISPLAY, _MAINTENANCE = Role.KIOSK, Role.DISPLAY, Role.MAINTENANCE
_OFFICER, _HEAD = Role.OFFICER, Role.HEAD
_OFFICERS = frozenset({_OFFICER, _HEAD})
"""The head of the centre is an officer who may also stop services."""
_HEADS = frozenset({_HEAD})
_ALL = frozenset(Role)
_OPEN: frozenset[Role] | None = None
"""No token asked for."""

_COUNTER_ACTIONS = (
    "open",
    "close",
    "call-next",
    "call/{ticket_id}",
    "recall",
    "start",
    "complete",
    "no-show",
    "park",
    "transfer",
    "add-service",
    "undo",
)
_TICKET_MOVES = ("rejoin", "return", "cancel", "transfer", "prioritise")

ROLES: Mapping[tuple[str, str], frozenset[Role] | None] = {
    ("GET", "/services"): _ALL,
    ("PUT", "/services/{service_id}/stop"): _HEADS,
    ("DELETE", "/services/{service_id}/stop"): _HEADS,
    ("POST", "/number-leases"): frozenset({_KIOSK}),
    ("DELETE", "/number-leases/{lease_id}"): frozenset({_KIOSK}),
    ("POST", "/tickets/offline"): frozenset({_KIOSK}),
    ("POST", "/tickets"): frozenset({_KIOSK, _OFFICER, _HEAD}),
    ("GET", "/tickets"): frozenset({_KIOSK, _OFFICER, _HEAD}),
    ("GET", "/tickets/{ticket_id}"): frozenset({_KIOSK, _OFFICER, _HEAD, _DISPLAY}),
    ("POST", "/tickets/{ticket_id}/print"): frozenset({_KIOSK}),
    ("GET", "/print-jobs"): frozenset({_KIOSK}),
    ("PUT", "/tickets/{ticket_id}/form"): frozenset({_KIOSK}),
    ("GET", "/tickets/{ticket_id}/form"): _OFFICERS,
    ("POST", "/tickets/{ticket_id}/services"): frozenset({_KIOSK}),
    ("POST", "/tickets/{ticket_id}/give-back"): frozenset({_KIOSK}),
    ("GET", "/counters"): frozenset({_OFFICER, _HEAD, _DISPLAY, _KIOSK}),
    **dict.fromkeys(
        (("POST", f"/counters/{{counter_id}}/{action}") for action in _COUNTER_ACTIONS), _OFFICERS
    ),
    **dict.fromkeys((("POST", f"/tickets/{{ticket_id}}/{move}") for move in _TICKET_MOVES), _OFFICERS),
    ("POST", "/help-calls"): frozenset({_KIOSK}),
    ("GET", "/help-calls"): _OFFICERS,
    ("GET", "/help-calls/times"): _HEADS,
    ("GET", "/help-calls/{call_id}"): frozenset({_KIOSK, _OFFICER, _HEAD}),
    ("POST", "/help-calls/{call_id}/answer"): _OFFICERS,
    ("POST", "/ratings"): frozenset({_KIOSK}),
    ("GET", "/ratings"): _HEADS,
    ("GET", "/ratings/export"): _HEADS,
    ("POST", "/ratings/{rating_id}/open"): _HEADS,
    ("GET", "/lobby-notices"): _ALL,
    ("POST", "/dossiers/look-up"): frozenset({_KIOSK}),
    ("GET", "/queue/rules"): _ALL,
    ("POST", "/clock/accept"): frozenset({_OFFICER, _HEAD, _MAINTENANCE}),
    ("GET", "/board"): frozenset({_DISPLAY, _KIOSK, _OFFICER, _HEAD}),
    ("GET", "/events"): _ALL,
    ("POST", "/session"): _OPEN,
    ("GET", "/session"): _ALL,
    ("DELETE", "/session"): frozenset({_OFFICER, _HEAD, _MAINTENANCE}),
    ("GET", "/devices"): _ALL,
    ("PUT", "/devices/{name}"): frozenset({_KIOSK, _DISPLAY}),
    ("POST", "/devices/{name}/requests"): frozenset({_MAINTENANCE, _KIOSK, _DISPLAY}),
    ("GET", "/device-requests"): frozenset({_MAINTENANCE, _KIOSK, _DISPLAY}),
    ("GET", "/device-requests/{request_id}"): frozenset({_MAINTENANCE, _KIOSK, _DISPLAY}),
    ("POST", "/device-requests/{request_id}/secret"): frozenset({_KIOSK}),
    ("POST", "/device-requests/{request_id}/answer"): frozenset({_KIOSK, _DISPLAY}),
    ("GET", "/keeping"): frozenset({_MAINTENANCE, _HEAD}),
    ("POST", "/keeping/backup"): frozenset({_MAINTENANCE}),
    ("GET", "/follow/{token}"): _OPEN,
    ("GET", "/follow/{token}/events"): _OPEN,
    ("POST", "/follow/{token}/rejoin"): _OPEN,
    ("POST", "/follow/{token}/cancel"): _OPEN,
}


def principal(request: Request) -> Principal:
    """Who makes this request; only for routes that ask for a role."""
    found = request.state.principal
    if not isinstance(found, Principal):
        raise RefusalError(FailureCode.NOT_SIGNED_IN, "This route needs a token.")
    return found


class GuardedRoute(APIRoute):
    """A route that asks the table before it reads the request."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler behind the check."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            key = (request.method, self.path_format.removeprefix(API))
            if key not in ROLES:
                raise RefusalError(FailureCode.NOT_ALLOWED, "Nobody may use this route.")
            roles = ROLES[key]
            if roles is None:
                same_origin(request)
                request.state.principal = None
            else:
                request.state.principal = await _admitted(request, roles)
            return await handle(request)

        return guarded


async def _admitted(request: Request, roles: frozenset[Role]) -> Principal:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        secret = token.strip()
    else:
        secret = request.cookies.get(COOKIE, "")
        if secret:
            same_origin(request)
    found: Principal | None = await request.app.state.centre.accounts.who(secret) if secret else None
    if found is None:
        headers = {"WWW-Authenticate": 'Bearer realm="mot-cua"'}
        raise RefusalError(FailureCode.NOT_SIGNED_IN, "A valid token or session is needed.", headers)
    if found.role not in roles:
        raise RefusalError(FailureCode.NOT_ALLOWED, f"The role {found.role} may not do this.")
    return found


def same_origin(request: Request) -> None:
    """Refuse changes that another site's page asks of this browser (CSRF).

    Browsers name the page in ``Sec-Fetch-Site`` or ``Origin`` (Fetch Standard §3.2; Fetch Metadata §2.4);
    programs send neither. The cookie is SameSite=Strict besides. Raises ``RefusalError``: ``NOT_ALLOWED``.
    """
    if request.method in {"GET", "HEAD"}:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in {"same-origin", "none"}:
        raise RefusalError(FailureCode.NOT_ALLOWED, "This comes from another site's page.")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise RefusalError(FailureCode.NOT_ALLOWED, "This comes from another site's page.")
