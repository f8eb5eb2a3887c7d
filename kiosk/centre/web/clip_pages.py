"""Instruction clips for phones: ``/clips``, ``/clips/ID``, and the files of a clip, in ranges as players ask.

Nothing personal, no sign-in. Read from the folders at each request: a clip that was put there is there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import anyio.to_thread
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from kiosk.centre.web.words import word
from kiosk.clip_library import (
    ID,
    MEDIA_TYPES,
    SHIPPED,
    ClipManifest,
    ClipsError,
    FileKind,
    read_library,
    read_manifest,
)
from kiosk.procedures.folding import fold

Fill = Callable[..., Response]
_KEEP = "public, max-age=3600"
_LONGEST_QUERY = 100


class ClipPages:
    """The pages; ``fill(template, …)`` makes one. ``local`` is the folder of this place's own clips."""

    def __init__(self, fill: Fill, local: Path | None, zone: ZoneInfo) -> None:
        self._fill = fill
        self._folders = (SHIPPED,) if local is None else (SHIPPED, local)
        self._zone = zone

    def add_routes(self, app: FastAPI) -> None:
        """``/clips``, ``/clips/{id}``, ``/clips/{id}/{file}``."""
        app.add_route("/clips", self._list, include_in_schema=False)
        app.add_route("/clips/{id}", self._clip, include_in_schema=False)
        app.add_route("/clips/{id}/{file}", self._file, include_in_schema=False)

    async def _list(self, request: Request) -> Response:
        query = request.query_params.get("q", "")[:_LONGEST_QUERY].strip()
        clips = await anyio.to_thread.run_sync(self._in_force)
        found = [clip for clip in clips if matches(clip, query)]
        topics = dict.fromkeys(clip.topic["vi"] for clip in found)
        groups = [(topic, [_told(clip) for clip in found if clip.topic["vi"] == topic]) for topic in topics]
        return self._fill("clips.html", groups=groups, query=query)

    async def _clip(self, request: Request) -> Response:
        clip = await anyio.to_thread.run_sync(self._find, request.path_params["id"])
        if clip is None:
            return self._fill("clip_unknown.html", status=404)
        words = await anyio.to_thread.run_sync(clip.text)
        return self._fill("clip.html", clip=_told(clip), lines=words.splitlines()[2:])

    async def _file(self, request: Request) -> Response:
        clip = await anyio.to_thread.run_sync(self._find, request.path_params["id"])
        name = request.path_params["file"]
        if clip is None or name not in {one.name for one in clip.files}:
            return Response("", status_code=404)
        path = clip.folder / name
        headers = {"Cache-Control": _KEEP, "X-Content-Type-Options": "nosniff"}
        try:
            status = await anyio.to_thread.run_sync(path.stat)
        except OSError:
            return Response("", status_code=404)
        return FileResponse(path, media_type=MEDIA_TYPES[path.suffix], headers=headers, stat_result=status)

    def _today(self) -> date:
        return datetime.now(UTC).astimezone(self._zone).date()

    def _in_force(self) -> list[ClipManifest]:
        today = self._today()
        return [clip for clip in read_library(*self._folders) if clip.in_force(today)]

    def _find(self, name: str) -> ClipManifest | None:
        """The clip of this name that may be shown today; this place's own before the shipped one."""
        if not ID.fullmatch(name):
            return None
        for folder in reversed(self._folders):
            if not (folder / name).is_dir():
                continue
            try:
                clip = read_manifest(folder / name)
            except ClipsError:
                continue
            return clip if clip.in_force(self._today()) else None
        return None


def matches(clip: ClipManifest, query: str) -> bool:
    """Whether every word of the query stands in title, topic, codes or transcript; accents do not count."""
    told = fold(" ".join((*clip.title.values(), *clip.topic.values(), *clip.procedures, clip.text())))
    return all(part in told for part in fold(query).split())


def _told(clip: ClipManifest) -> dict[str, Any]:
    """What the templates need."""
    captions = [
        {"name": one.name, "language": one.language or "vi"}
        for one in clip.files
        if one.kind is FileKind.CAPTIONS
    ]
    minutes, seconds = divmod(round(clip.seconds), 60)
    return {
        "id": clip.id,
        "title": clip.title["vi"],
        "length": word("clips.length", minutes=minutes, seconds=f"{seconds:02d}"),
        "poster": next((one.name for one in clip.files if one.kind is FileKind.POSTER), ""),
        "videos": [
            {"name": one.name, "type": MEDIA_TYPES[Path(one.name).suffix]}
            for one in clip.files
            if one.kind is FileKind.VIDEO
        ],
        "captions": captions,
        "width": clip.width or 1280,
        "height": clip.height or 720,
    }
