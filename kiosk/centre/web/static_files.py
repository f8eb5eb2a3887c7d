"""Static files of the pages, read once, served under an address that names their content.

Every file stands at ``/static/<tree>/…`` where ``tree`` is the hash of all of them, so a browser may keep
them for ever and relative imports between scripts stay inside one version. Fonts stand at
``/static/fonts/…`` too, checked by ETag.
"""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

_HERE = Path(__file__).with_name("static")
_FONTS = Path(__file__).parents[3] / "media" / "fonts"
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".ttf": "font/ttf",
    ".svg": "image/svg+xml",
}
_FOR_EVER = "public, max-age=31536000, immutable"


class StaticTree:
    """All static files in memory (about 1 MB, most of it fonts)."""

    def __init__(self, scripts_and_styles: Path = _HERE, fonts: Path = _FONTS) -> None:
        self._files: dict[str, bytes] = {}
        for root, prefix in ((scripts_and_styles, ""), (fonts, "fonts/")):
            for path in sorted(root.rglob("*")):
                if path.is_file() and path.suffix in _TYPES:
                    self._files[prefix + path.relative_to(root).as_posix()] = path.read_bytes()
        digest = hashlib.sha256()
        for name, content in self._files.items():
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        self.version = digest.hexdigest()[:16]

    def address(self, name: str) -> str:
        """Where a page finds this file. Raises ``KeyError`` when there is none."""
        if name not in self._files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"

    def add_routes(self, app: FastAPI) -> None:
        """Serve the tree below ``/static/``."""

        app.add_route("/static/{path:path}", self._file, include_in_schema=False)

    async def _file(self, request: Request) -> Response:
        path = request.path_params["path"]
        version, _, rest = path.partition("/")
        name, keep = (rest, _FOR_EVER) if version == self.version else (path, "public, max-age=86400")
        content = self._files.get(name)
        if content is None:
            return Response("", status_code=404, headers={"X-Content-Type-Options": "nosniff"})
        etag = f'"{self.version}"'
        headers = {"Cache-Control": keep, "ETag": etag, "X-Content-Type-Options": "nosniff"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        kind = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0]
        return Response(content, media_type=kind, headers=headers)
