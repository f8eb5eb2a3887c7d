"""The centre as a web application: the API, the pages, and an answer to everything else."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI

from kiosk.centre import problems
from kiosk.centre.access import API
from kiosk.centre.clock_watch import Uptime
from kiosk.centre.commons import Commons
from kiosk.centre.core import Centre
from kiosk.centre.moments import Clock, system_clock
from kiosk.centre.routes import add_routes
from kiosk.centre.routes.answers import ProblemAnswer
from kiosk.centre.server_time import ServerTime
from kiosk.centre.web import LobbyControl, mount
from kiosk.settings import Settings

_DESCRIPTION = """\
The lobby of a commune's Public Administration Service Center.

Errors are problem details (RFC 9457); their `code` stands in `docs/failures.md`.
"""


def create_app(
    settings: Settings,
    data_folder: Path,
    virtual_lobby: LobbyControl | None = None,
    *,
    address: str | None = None,
    clock: Clock = system_clock,
    uptime: Uptime | None = None,
    commons: Commons | None = None,
) -> FastAPI:
    """A centre over ``data_folder``; starts with the application's lifespan.

    ``address`` is where citizens' phones reach the centre unless ``public_url`` says otherwise. ``clock``
    gives the server's time, held against ``uptime`` (``WatchedClock``); ``commons`` is what it shares with
    the centre's other processes. ``app.state.centre`` is the ``Centre``. Raises ``FormDefinitionError`` for
    a wrong form.
    """
    told = address or f"http://{settings.centre.host}:{settings.centre.port}"
    centre = Centre.of(settings, data_folder, told, clock, uptime=uptime, commons=commons)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with centre.running():
            yield

    app = FastAPI(
        title="Một Cửa",
        description=_DESCRIPTION,
        version="1",
        lifespan=lifespan,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses={"4XX": {"model": ProblemAnswer}, "5XX": {"model": ProblemAnswer}},
    )
    app.state.centre = centre
    problems.install(app)
    add_routes(app)
    mount(app, lobby=virtual_lobby, clips=data_folder / "clips")
    app.add_middleware(problems.Guard)
    app.add_middleware(ServerTime, clock=centre.clock)
    return app
