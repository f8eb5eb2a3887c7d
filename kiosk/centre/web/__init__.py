"""The web pages: ``/counter``, ``/follow/{token}``, ``/clips``, ``/maintenance``, and the virtual ``/lobby``.

The pages are clients of the centre's own API; this package reads no database and holds no state of the queue.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from kiosk.centre.web.lobby import LobbyControl, LobbyProxy
from kiosk.centre.web.pages import Pages
from kiosk.centre.web.static_files import StaticTree

__all__ = ["LobbyControl", "mount"]


def mount(app: FastAPI, *, lobby: LobbyControl | None, clips: Path | None = None) -> None:
    """Add the pages to the centre's application; ``lobby`` only where the devices are virtual ones, ``clips``
    the folder of this place's own clips.
    """
    static = StaticTree()
    static.add_routes(app)
    pages = Pages(app, static)
    pages.add_routes()
    pages.add_clips(clips)
    if lobby is not None:
        LobbyProxy(lobby).add_routes(app)
        pages.add_lobby()
