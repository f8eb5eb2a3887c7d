"""Control of the virtual lobby over HTTP on loopback: lay a card, break a device, touch the kiosk.

The page ``/lobby``, the command ``virtual`` and the tour talk to it. Its address and secret stand in
``control.json`` in the virtual lobby's folder (mode 0600); every request carries the secret in the header
``X-Lobby-Token``. What the windows show may name a citizen, so it is kept in memory only.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from devices.virtual.desktop import Desktop, Region

TOKEN_HEADER = "X-Lobby-Token"  # noqa: S105 - the name of a header, not a secret
CONTROL_FILE = "control.json"
LARGEST_BODY = 256 * 1024
WIDTHS = range(10, 10000)
OK, BROKEN = "ok", "broken"


class CardTable(Protocol):
    """The virtual card reader. Laying what there is not raises ``ValueError``."""

    @property
    def inserted(self) -> str | None: ...
    def insert(self, name: str, preset: str = "", knobs: Mapping[str, object] | None = None) -> None: ...
    def insert_foreign(self, kind: str) -> None: ...
    def catalogue(self) -> dict[str, Any]: ...
    def remove(self) -> None: ...
    def citizens(self) -> list[dict[str, str]]: ...


class PrinterSwitches(Protocol):
    """The virtual printer."""

    @property
    def state(self) -> str: ...
    @property
    def states(self) -> tuple[str, ...]: ...
    @property
    def jobs(self) -> int: ...
    def set_state(self, name: str) -> None: ...
    def last_ticket_png(self) -> bytes | None: ...


class ScannerLine(Protocol):
    """The virtual code scanner."""

    def scan(self, text: str) -> None: ...


class SoundKept(Protocol):
    """The virtual loudspeaker."""

    @property
    def plays(self) -> int: ...


@dataclass(frozen=True)
class Fault:
    """A fault of a device, to be switched on and off; both may raise ``OSError`` or ``RuntimeError``."""

    active: Callable[[], bool]
    begin: Callable[[], None]
    end: Callable[[], None]


class RefusedError(Exception):
    """A request that cannot be carried out; nothing was changed."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class VirtualLobby:
    """What the control server acts on: the virtual devices and the desktop.

    ``faults``: by the name of the device, how to break and mend it; the printer has states of its own.
    ``accounts`` gives login and password of the demo accounts, for whoever plays with this lobby.
    """

    def __init__(
        self,
        cards: CardTable,
        printer: PrinterSwitches,
        scanner: ScannerLine,
        sound: SoundKept,
        desktop: Callable[[], Desktop | None],
        *,
        accounts: Callable[[], list[dict[str, str]]] = list,
        faults: Mapping[str, Fault] | None = None,
    ) -> None:
        self.cards = cards
        self.printer = printer
        self.scanner = scanner
        self.sound = sound
        self.faults = faults or {}
        self._desktop = desktop
        self._accounts = accounts
        self._shown: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        self._switching = threading.Lock()

    def state(self) -> dict[str, Any]:
        """What ``GET /state`` answers."""
        desktop = self._desktop()
        return {
            "card": self.cards.inserted,
            "citizens": self.cards.citizens(),
            "printer": {
                "state": self.printer.state,
                "switches": list(self.printer.states),
                "jobs": self.printer.jobs,
            },
            "sound": {"plays": self.sound.plays},
            "devices": {name: BROKEN if fault.active() else OK for name, fault in self.faults.items()},
            "accounts": self._accounts(),
            "kiosk": _size(desktop.kiosk if desktop else None),
            "ceiling": _size(desktop.ceiling if desktop else None),
        }

    def switch(self, name: str, *, broken: bool) -> None:
        """Break or mend a device; nothing happens when it is so already. Raises ``RefusedError``."""
        fault = self.faults[name]
        with self._switching:
            if fault.active() == broken:
                return
            try:
                (fault.begin if broken else fault.end)()
            except (OSError, RuntimeError) as error:
                raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from error

    def desktop(self) -> Desktop:
        """The desktop. Raises ``RefusedError`` while there is none."""
        desktop = self._desktop()
        if desktop is None:
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "the windows' screen has not started yet")
        return desktop

    def put_shown(self, window: str, shown: dict[str, Any]) -> None:
        """A window tells what it shows: screen name, texts and touch targets."""
        with self._lock:
            self._shown[window] = shown

    def shown(self, window: str) -> dict[str, Any]:
        """What a window told last; raises ``RefusedError`` when it never did."""
        with self._lock:
            if window not in self._shown:
                raise RefusedError(HTTPStatus.NOT_FOUND, f"the window “{window}” has not told what it shows")
            return self._shown[window]


class ControlServer:
    """Serves a ``VirtualLobby`` on 127.0.0.1 and writes ``control.json`` into ``folder``.

    Port and secret of an earlier run are kept if the port is still free, for others know them already.
    ``extra``: more that the file shall tell.
    """

    def __init__(self, lobby: VirtualLobby, folder: Path, extra: dict[str, str] | None = None) -> None:
        self._file = folder / CONTROL_FILE
        self._extra = extra or {}
        port, self.token = _earlier(self._file)
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(lobby, self.token))
        except OSError:
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(lobby, self.token))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def serve(self) -> None:
        """Write the address file, then answer until ``stop`` is called."""
        fresh = self._file.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({**self._extra, "url": self.url, "token": self.token}, file)
        fresh.replace(self._file)
        try:
            self._server.serve_forever(poll_interval=0.1)
        finally:
            self._server.server_close()

    def stop(self) -> None:
        """End ``serve``; to be called from another thread."""
        self._server.shutdown()


def _earlier(file: Path) -> tuple[int, str]:
    try:
        content = json.loads(file.read_text())
        return urlsplit(content["url"]).port or 0, str(content["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, secrets.token_urlsafe(24)


def _size(region: Region | None) -> dict[str, int] | None:
    return None if region is None else {"width": region.width, "height": region.height}


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"“{key}” must be a text")
    return value


def _number(body: dict[str, Any], key: str, default: float | None = None) -> float:
    value = body.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"“{key}” must be a number")
    return float(value)


def _insert_card(lobby: VirtualLobby, body: dict[str, Any]) -> None:
    """``name`` of a citizen, with ``profile`` (a preset) and ``set`` (knobs) if wanted; or ``foreign``."""
    try:
        if "foreign" in body:
            lobby.cards.insert_foreign(_text(body, "foreign"))
        else:
            _insert_citizens_card(lobby, body)
    except ValueError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from error


def _insert_citizens_card(lobby: VirtualLobby, body: dict[str, Any]) -> None:
    name = _text(body, "name")
    known = [citizen["name"] for citizen in lobby.cards.citizens()]
    if name not in known:
        raise RefusedError(HTTPStatus.NOT_FOUND, f"no citizen “{name}”; there are {', '.join(known)}")
    if "profile" not in body and "set" not in body:
        lobby.cards.insert(name)
        return
    knobs = body.get("set", {})
    if not isinstance(knobs, dict):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "“set” must be an object of knobs")
    lobby.cards.insert(name, _text(body, "profile") if "profile" in body else "", knobs)


def _printer(lobby: VirtualLobby, body: dict[str, Any]) -> None:
    state = _text(body, "state")
    if state not in lobby.printer.states:
        raise RefusedError(
            HTTPStatus.BAD_REQUEST, f"no printer state “{state}”; there are {', '.join(lobby.printer.states)}"
        )
    lobby.printer.set_state(state)


def _device(lobby: VirtualLobby, body: dict[str, Any]) -> None:
    name, state = _text(body, "name"), _text(body, "state")
    if name not in lobby.faults:
        raise RefusedError(HTTPStatus.NOT_FOUND, f"no device “{name}”; there are {', '.join(lobby.faults)}")
    if state not in (OK, BROKEN):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"“state” is “{OK}” or “{BROKEN}”, not “{state}”")
    lobby.switch(name, broken=state == BROKEN)


def _touch(lobby: VirtualLobby, body: dict[str, Any]) -> None:
    if body.get("phase", "tap") != "tap":
        raise RefusedError(HTTPStatus.BAD_REQUEST, "“phase” can be “tap”")
    hold = _number(body, "hold", 0.06)
    if not 0.02 <= hold <= 10:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "“hold” is 0.02 to 10 seconds")
    try:
        lobby.desktop().tap(_number(body, "x"), _number(body, "y"), hold)
    except ValueError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from error


def _picture(lobby: VirtualLobby, name: str, query: dict[str, list[str]]) -> bytes:
    if name == "ticket":
        ticket = lobby.printer.last_ticket_png()
        if ticket is None:
            raise RefusedError(HTTPStatus.NOT_FOUND, "no ticket has been printed yet")
        return ticket
    width: int | None = None
    if "width" in query:
        try:
            width = int(query["width"][0])
        except ValueError:
            width = 0
        if width not in WIDTHS:
            raise RefusedError(
                HTTPStatus.BAD_REQUEST, f"“width” is {WIDTHS.start} to {WIDTHS.stop - 1} pixels"
            )
    desktop = lobby.desktop()
    return desktop.picture(desktop.kiosk if name == "kiosk" else desktop.ceiling, width)


def _handler(lobby: VirtualLobby, token: str) -> type[BaseHTTPRequestHandler]:
    actions: dict[tuple[str, str], Callable[[dict[str, Any]], None]] = {
        ("POST", "/card"): lambda body: _insert_card(lobby, body),
        ("DELETE", "/card"): lambda _body: lobby.cards.remove(),
        ("POST", "/printer"): lambda body: _printer(lobby, body),
        ("POST", "/device"): lambda body: _device(lobby, body),
        ("POST", "/scan"): lambda body: lobby.scanner.scan(_text(body, "text")),
        ("POST", "/touch"): lambda body: _touch(lobby, body),
        ("PUT", "/screens/kiosk"): lambda body: lobby.put_shown("kiosk", body),
        ("PUT", "/screens/ceiling"): lambda body: lobby.put_shown("ceiling", body),
    }
    pictures = {"/kiosk.png": "kiosk", "/ceiling.png": "ceiling", "/ticket.png": "ticket"}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def log_message(self, *_args: object) -> None:
            """Requests carry what a scanner read and are not logged."""

        def do_GET(self) -> None:
            self._answer()

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - names given by http.server

        def _answer(self) -> None:
            try:
                self._dispatch()
            except RefusedError as refused:
                self._json(refused.status, {"title": str(refused), "status": int(refused.status)})
            except OSError as error:
                self.close_connection = True
                if not isinstance(error, ConnectionError):
                    self._json(HTTPStatus.SERVICE_UNAVAILABLE, {"title": str(error), "status": 503})

        def _dispatch(self) -> None:
            body = self._body()
            given = self.headers.get(TOKEN_HEADER, "")
            if not hmac.compare_digest(given.encode(), token.encode()):
                raise RefusedError(HTTPStatus.FORBIDDEN, f"the header {TOKEN_HEADER} is missing or wrong")
            address = urlsplit(self.path)
            action = actions.get((self.command, address.path))
            if action is not None:
                action(body)
                self._send(HTTPStatus.NO_CONTENT, "", b"")
            elif self.command == "GET" and address.path in pictures:
                picture = _picture(lobby, pictures[address.path], parse_qs(address.query))
                self._send(HTTPStatus.OK, "image/png", picture)
            elif self.command == "GET" and address.path == "/cards":
                self._json(HTTPStatus.OK, lobby.cards.catalogue())
            elif self.command == "GET" and address.path == "/state":
                self._json(HTTPStatus.OK, lobby.state())
            elif self.command == "GET" and address.path in ("/screens/kiosk", "/screens/ceiling"):
                self._json(HTTPStatus.OK, lobby.shown(address.path.rpartition("/")[2]))
            else:
                raise RefusedError(HTTPStatus.NOT_FOUND, f"nothing answers {self.command} {address.path}")

        def _body(self) -> dict[str, Any]:
            length = self.headers.get("Content-Length", "0")
            if not length.isdigit() or int(length) > LARGEST_BODY:
                self.close_connection = True
                raise RefusedError(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body has at most {LARGEST_BODY} bytes"
                )
            raw = self.rfile.read(int(length))
            if not raw:
                return {}
            try:
                body = json.loads(raw)
            except ValueError:
                body = None
            if not isinstance(body, dict):
                raise RefusedError(HTTPStatus.BAD_REQUEST, "the body must be a JSON object")
            return body

        def _json(self, status: HTTPStatus, content: dict[str, Any]) -> None:
            self._send(status, "application/json", json.dumps(content, ensure_ascii=False).encode())

        def _send(self, status: HTTPStatus, kind: str, content: bytes) -> None:
            self.send_response(status)
            if kind:
                self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

    return Handler
