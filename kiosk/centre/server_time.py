"""The centre's time on every answer of the API, from which clients learn how far their clocks are off."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.centre.access import API
from kiosk.centre.moments import Clock, written

HEADER = "Mot-Cua-Time"


class ServerTime:
    """Sets ``HEADER`` to the moment at which the answer begins, in UTC with milliseconds."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry."""
        if scope["type"] != "http" or not scope["path"].startswith(API):
            await self._app(scope, receive, send)
            return

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                header = (HEADER.lower().encode(), written(self._clock()).encode())
                message = {**message, "headers": [*message.get("headers", []), header]}
            await send(message)

        await self._app(scope, receive, timed)
