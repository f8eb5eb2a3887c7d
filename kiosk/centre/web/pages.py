"""The pages and the headers they go out with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kiosk.centre.device_owners import OWNERS
from kiosk.centre.web import own_api
from kiosk.centre.web.clip_pages import ClipPages
from kiosk.centre.web.lobby import this_machine_only
from kiosk.centre.web.place import Place
from kiosk.centre.web.static_files import StaticTree
from kiosk.centre.web.words import catalogue, page_words, script_safe, word
from kiosk.device_fields import device_fields

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
_TEMPLATES = Path(__file__).with_name("templates")

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


class Pages:
    """Templates, and the routes that fill them. ``app.state.centre`` is the running centre.

    The routes are Starlette's own: FastAPI looks into its endpoints and keeps them in a cache of the process,
    and with methods the whole centre behind them.
    """

    def __init__(self, app: FastAPI, static: StaticTree) -> None:
        self._app = app
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            t=catalogue(), word=word, static=static.address, centre=app.state.centre.settings.centre
        )

    def add_routes(self) -> None:
        """``/counter``, ``/head``, ``/maintenance`` and ``/follow/{token}``."""
        pages = {
            "/counter": self._counter,
            "/head": self._head,
            "/maintenance": self._maintenance,
            "/follow/{token}": self._follow,
        }
        for path, page in pages.items():
            self._app.add_route(path, page, include_in_schema=False)

    def add_clips(self, folder: Path | None) -> None:
        """``/clips``: instruction clips for phones; ``folder`` holds this place's own."""
        zone = ZoneInfo(self._app.state.centre.settings.centre.timezone)
        ClipPages(self._page, folder, zone).add_routes(self._app)

    def add_lobby(self) -> None:
        """``/lobby``: for the people at this machine only."""
        self._app.add_route("/lobby", self._lobby, include_in_schema=False)

    async def _counter(self, _request: Request) -> Response:
        return self._page("counter.html", words=page_words(
            "common", "sign_in", "counter", "help", "machine", "source", with_failures=True))  # fmt: skip

    async def _head(self, _request: Request) -> Response:
        return self._page("head.html", words=page_words(
            "common", "sign_in", "head", "machine", "dossiers", with_failures=True))  # fmt: skip

    async def _maintenance(self, _request: Request) -> Response:
        return self._page(
            "maintenance.html",
            words=page_words("common", "sign_in", "maintenance", "machine", "dossiers", with_failures=True),
            forms=script_safe({name: [asdict(field) for field in device_fields(name)] for name in OWNERS}),
        )

    async def _follow(self, request: Request) -> Response:
        token = request.path_params["token"]
        if not _TOKEN.fullmatch(token):
            return self._page("follow_unknown.html", status=404, gone=True)
        status, answer = await own_api.get_json(self._app, f"/api/v1/follow/{token}")
        if status != 200:
            code = 404 if status in (404, 410, 422) else 503
            return self._page("follow_unknown.html", status=code, gone=code == 404)
        return self._page(
            "follow.html", token=token, place=Place.of(answer), first=script_safe(answer),
            words=page_words("common", "follow"),
        )  # fmt: skip

    async def _lobby(self, request: Request) -> Response:
        this_machine_only(request)
        return self._page("lobby.html", words=page_words("common", "lobby"))

    def _page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        text = self._environment.get_template(template).render(**values)
        return HTMLResponse(text, status_code=status, headers=dict(SECURITY_HEADERS))
