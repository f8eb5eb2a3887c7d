"""``/lobby/api/*``: the page of the virtual lobby speaks with its control server through the centre.

The control server's secret stays here. Only the machine itself may use it: requests from other addresses,
under other host names (DNS rebinding) or from other sites' pages are refused.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from dataclasses import dataclass, field

import anyio
import anyio.to_thread
import requests
from fastapi import FastAPI, HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_ROUTES = {
    "GET": re.compile(r"state|(?:kiosk|ceiling|ticket)\.png"),
    "POST": re.compile(r"card|printer|device|scan|touch"),
    "DELETE": re.compile(r"card"),
}
_LARGEST_REQUEST = 8 * 1024
_LARGEST_ANSWER = 16 * 1024 * 1024
_SECONDS = (1.0, 8.0)  # to connect, to answer


@dataclass(frozen=True)
class LobbyControl:
    """Where the virtual lobby's control server listens, and its secret."""

    url: str
    token: str = field(repr=False)


def this_machine_only(request: Request) -> None:
    """Raises 403 unless the request comes from this machine and to it by a loopback name."""
    client = request.client.host if request.client else ""
    if not (_is_loopback(client) and _is_loopback(request.url.hostname or "")):
        raise HTTPException(403, detail="The virtual lobby answers only on this machine itself.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class LobbyProxy:
    """Passes the page's requests on, a few at a time, each within seconds."""

    def __init__(self, control: LobbyControl) -> None:
        self._control = control
        self._session = requests.Session()
        self._session.trust_env = False
        self._places = anyio.Semaphore(6)

    def add_routes(self, app: FastAPI) -> None:
        """``/lobby/api/{name}``."""

        app.add_route(
            "/lobby/api/{name}", self._pass_on, methods=["GET", "POST", "DELETE"], include_in_schema=False
        )

    async def _pass_on(self, request: Request) -> Response:
        this_machine_only(request)
        name, known = request.path_params["name"], _ROUTES.get(request.method)
        if known is None:
            raise HTTPException(405)
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise HTTPException(403, detail="The virtual lobby answers only its own page.")
        if not known.fullmatch(name):
            raise HTTPException(404)
        body = await _small_body(request)
        if body and request.headers.get("content-type", "").split(";")[0] != "application/json":
            raise HTTPException(415)
        width = request.query_params.get("width", "")
        if width and not re.fullmatch(r"[1-9][0-9]{1,3}", width):
            raise HTTPException(422, detail="width: 10 to 9999 pixels")
        async with self._places:
            status, kind, content = await anyio.to_thread.run_sync(
                self._ask, request.method, name, width, body, abandon_on_cancel=True
            )
        return _answer(request, status, kind, content)

    def _ask(self, method: str, name: str, width: str, body: bytes) -> tuple[int, str, bytes]:
        headers = {"X-Lobby-Token": self._control.token}
        if body:
            headers["Content-Type"] = "application/json"
        try:
            with self._session.request(
                method, f"{self._control.url.rstrip('/')}/{name}", params={"width": width} if width else None,
                data=body or None, headers=headers, timeout=_SECONDS, stream=True, allow_redirects=False,
            ) as answer:  # fmt: skip
                content = answer.raw.read(_LARGEST_ANSWER + 1, decode_content=True)
                if len(content) > _LARGEST_ANSWER:
                    return 502, "", b""
                return answer.status_code, answer.headers.get("Content-Type", ""), content
        except (requests.RequestException, OSError):
            return 503, "", b""


async def _small_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_REQUEST:
            raise HTTPException(413)
    return body


def _answer(request: Request, status: int, kind: str, content: bytes) -> Response:
    headers = {"Cache-Control": "no-cache, private", "X-Content-Type-Options": "nosniff"}
    if status == 503 and not content:
        return JSONResponse({"code": "CENTRE_UNREACHABLE"}, status_code=503, headers=headers)
    if status == 200 and kind.startswith("image/png"):
        headers["ETag"] = etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
    elif not kind.startswith(("image/png", "application/json", "application/problem+json")):
        content, kind = b"", ""
    return Response(content, status_code=status, media_type=kind or None, headers=headers)
