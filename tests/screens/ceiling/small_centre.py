"""A centre small enough for these tests: board, event stream with resume, devices. Its link can be cut."""

import contextlib
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


def iso(moment):
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


MACHINE = "display-1"


class SmallCentre:
    """Serves on a free loopback port from construction until ``close``."""

    def __init__(self):
        self.epoch = "e1"
        self.journal = []
        self.waiting = 0
        self.now = []
        self.device_settings = {}
        self.reports = []
        self.requests = {}
        self.answers = {}
        self.streams = 0
        self.cut = False
        self.change = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"centre": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self):
        self.cut = True
        with self.change:
            self.change.notify_all()
        self._server.shutdown()
        self._server.server_close()

    # what happens in the lobby

    def entry(self, kind, payload, at=None):
        with self.change:
            seq = len(self.journal) + 1
            at = iso(at or datetime.now(UTC))
            self.journal.append(
                {"seq": seq, "type": kind, "at": at, "actor": "x", "epoch": self.epoch, **payload}
            )
            self.change.notify_all()
            return seq

    def issue(self, number):
        self.waiting += 1
        return self.entry("ticket.issued", {"ticket": self._ticket(number, None)})

    def call(self, number, counter, seconds_ago=0.0, kind="ticket.called"):
        at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
        if kind == "ticket.called":
            self.waiting = max(0, self.waiting - 1)
        seq = self.entry(kind, {"ticket": self._ticket(number, counter)}, at)
        line = {
            "number": number,
            "counter": _counter(counter),
            "called_at": iso(at),
            "call_count": 1,
            "call": seq,
        }
        self.now = [line, *(other for other in self.now if other["number"] != number)][:8]
        return seq

    def recall(self, number, counter):
        return self.call(number, counter, kind="ticket.recalled")

    def ask(self, device, kind, settings=None):
        identity = f"r{len(self.requests) + 1}"
        told = {"id": identity, "device": device, "machine": MACHINE, "kind": kind, "settings": settings}
        self.requests[identity] = told
        self.entry("device.requested", {"request": told})
        return identity

    def restore(self):
        """The database was put back from an older copy: new epoch, fewer entries."""
        with self.change:
            self.epoch = "e2"
            del self.journal[1:]
            self.change.notify_all()

    @contextlib.contextmanager
    def link_cut(self):
        self.cut = True
        with self.change:
            self.change.notify_all()
        yield
        self.cut = False

    def board(self):
        return {
            "head": len(self.journal),
            "epoch": self.epoch,
            "centre": {"name": "Trung tâm xã Thuận Hòa", "short_name": "Xã Thuận Hòa"},
            "now": self.now,
            "waiting": self.waiting,
        }

    def _ticket(self, number, counter):
        return {
            "number": number,
            "counter": None if counter is None else _counter(counter),
            "called_at": None,
        }


def _counter(number):
    return {"id": f"quay-{number}", "number": number, "name": ""}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args):
        pass

    def handle_one_request(self):
        with contextlib.suppress(ConnectionError, BrokenPipeError):
            super().handle_one_request()

    def _json(self, body, status=200):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(204 if body is None else status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(data)

    def _dropped(self):
        if self.centre.cut:
            self.close_connection = True
            self.connection.close()
        return self.centre.cut

    def do_GET(self):
        if self._dropped():
            return
        address = urlsplit(self.path)
        query = parse_qs(address.query)
        path = address.path.removeprefix("/api/v1")
        if path == "/board":
            self._json(self.centre.board())
        elif path == "/events":
            self._events(query)
        elif path == "/session":
            self._json({"role": "display", "name": MACHINE, "login": None})
        elif path == "/devices":
            self._json(
                [
                    {
                        "name": name, "machine": MACHINE, "owner": "display", "condition": "ready",
                        "failure": None, "warning": None, "facts": {}, "since": None, "seen_at": None,
                        "settings": settings,
                    }
                    for name, settings in self.centre.device_settings.items()
                ]
            )  # fmt: skip
        elif path == "/device-requests":
            self._json(
                [
                    self._request(identity)
                    for identity, told in self.centre.requests.items()
                    if told["device"] == query["device"][0] and identity not in self.centre.answers
                ]
            )

    def do_PUT(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._dropped():
            self.centre.reports.append((self.path.rpartition("/")[2], body))
            self._json(None)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._dropped():
            identity = self.path.split("/")[-2]
            self.centre.answers[identity] = body
            self._json(self._request(identity))

    def _request(self, identity):
        told = self.centre.requests[identity]
        return {
            **told, "state": "requested", "passed": None, "lines": [], "failure": None,
            "at": iso(datetime.now(UTC)), "answered_at": None,
        }  # fmt: skip

    def _events(self, query):
        centre = self.centre
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.close_connection = True
        epoch = centre.epoch
        head = {"epoch": epoch, "head": len(centre.journal)}
        self._send(None, "hello", head)
        sent = int(query["last_event_id"][0]) if "last_event_id" in query else len(centre.journal)
        if sent > len(centre.journal) or query.get("epoch", [epoch])[0] != epoch:
            self._send(None, "reset", head)
            sent = len(centre.journal)
        centre.streams += 1
        while not centre.cut and centre.epoch == epoch:
            with centre.change:
                fresh = centre.journal[sent:]
                if not fresh:
                    centre.change.wait(0.2)
            for entry in fresh:
                self._send(entry["seq"], entry["type"], entry)
                sent = entry["seq"]
        self.connection.close()

    def _send(self, number, kind, data):
        identity = "" if number is None else f"id: {number}\n"
        message = f"{identity}event: {kind}\ndata: {json.dumps(data)}\n\n".encode()
        self.wfile.write(f"{len(message):x}\r\n".encode() + message + b"\r\n")
        self.wfile.flush()


def wait_until(condition, seconds=40.0):
    """Wait until ``condition()`` is true; its value, or an AssertionError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError("it did not happen in time")
