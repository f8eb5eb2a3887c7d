"""The client asks for what exists at the centre, and whatever answers, its error is its own."""

from __future__ import annotations

import inspect
import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.client import CentreClient, CentreError, FormAnswers, OfflineNumber, PriorityClaim
from kiosk.failures import FailureCode

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
VALUES: dict[str, Any] = {
    "idempotency_key": "k",
    "then": ("a",),
    "priority": PriorityClaim("aged", "chip"),
    "person": "f" * 64,
    "appointed_at": NOW,
    "given_at": NOW,
    "numbers": [OfflineNumber("A", 990, "a", NOW, "k", PriorityClaim("aged", "self"), "f" * 64)],
    "form": FormAnswers("f", "1", NOW, "1", ()),
    "minutes": 5,
    "passed": True,
    "lines": (),
    "facts": {},
    "settings": {},
    "failure": None,
    "warning": None,
    "code": None,
    "copy": False,
}
NO_REQUEST = {"ready", "events"}


class Anything(BaseHTTPRequestHandler):
    """Answers what the test put there, and notes what was asked."""

    status = 200
    body = b"{}"
    extra: ClassVar[dict[str, str]] = {}
    asked: ClassVar[list[tuple[str, str]]] = []

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        type(self).asked.append((self.command, self.path))
        self.send_response(type(self).status)
        for name, value in type(self).extra.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(type(self).body)))
        self.end_headers()
        self.wfile.write(type(self).body)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Anything) as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{made.server_address[1]}"
        made.shutdown()


@pytest.fixture(autouse=True)
def plain() -> Iterator[None]:
    Anything.status, Anything.body, Anything.extra, Anything.asked = 200, b"{}", {}, []
    yield


def calls() -> list[str]:
    methods = inspect.getmembers(CentreClient, inspect.isfunction)
    return [name for name, _ in methods if not name.startswith("_") and name not in NO_REQUEST]


def call(client: CentreClient, name: str) -> object:
    method = getattr(client, name)
    wanted = inspect.signature(method).parameters
    values = {**VALUES, "priority": "aged"} if name == "prioritise" else VALUES
    return method(**{key: values.get(key, "x") for key in wanted})


@pytest.mark.parametrize("name", calls())
def test_what_is_asked_exists_at_the_centre(server: str, name: str) -> None:
    from kiosk.centre.access import ROLES

    client = CentreClient(server, "t")
    try:
        call(client, name)
    except CentreError as error:
        assert error.code is FailureCode.CENTRE_REFUSED
    ((method, path),) = Anything.asked
    bare = path.removeprefix("/api/v1").partition("?")[0]
    routes = [
        key for key in ROLES if key[0] == method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", key[1]), bare)
    ]
    assert routes, f"{method} {bare}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "tickets", "counter", "ticket", "blocks", "priorities", "day", "token", "officer", "can"]
    ), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(calls()), answer=JSON)
def test_foreign_json_is_the_clients_own_error(server: str, name: str, answer: object) -> None:
    Anything.body = json.dumps(answer).encode()
    client = CentreClient(server, "t")
    try:
        call(client, name)
    except CentreError as error:
        assert error.code is FailureCode.CENTRE_REFUSED


def test_who_says_that_the_centre_is_away_is_told_from_a_refusal(server: str) -> None:
    for status, silent in ((503, True), (502, True), (504, True), (409, False), (500, False), (507, False)):
        Anything.status = status
        with pytest.raises(CentreError) as raised:
            CentreClient(server, "t").services()
        assert raised.value.nobody_there is silent, status
    with pytest.raises(CentreError) as raised:
        CentreClient("http://127.0.0.1:9", "t").services()
    assert raised.value.nobody_there


def test_the_centres_time_is_heard_from_every_answer_even_a_refusal(server: str) -> None:
    class Clock:
        heard_: ClassVar[list[tuple[float, float, datetime]]] = []

        def ticks(self) -> float:
            return 100.0

        def heard(self, sent: float, received: float, told: datetime) -> None:
            self.heard_.append((sent, received, told))

    clock = Clock()
    client = CentreClient(server, "t", clock=clock)
    Anything.body = b"[]"
    for status, text in ((200, "2026-11-23T02:00:00.000Z"), (409, "2026-11-23T02:00:01.000Z"), (200, "noon")):
        Anything.status, Anything.extra = status, {"Mot-Cua-Time": text}
        try:
            client.services()
        except CentreError:
            assert status == 409
    assert [told.second for _, _, told in clock.heard_] == [0, 1]
    for sent, received, _ in clock.heard_:
        assert sent == 100.0 <= received < 110.0


def test_a_lease_and_its_hours_are_read(server: str) -> None:
    Anything.body = json.dumps(
        {
            "lease": "l1", "day": "2026-11-23", "at": "2026-11-23T02:00:00.000Z",
            "until": "2026-11-23T17:00:00.000Z",
            "blocks": [{"service": "a", "series": "A", "first": 990, "last": 999,
                        "open": [["2026-11-23T00:30:00.000Z", "2026-11-23T04:30:00.000Z"]]},
                       {"service": "b", "series": "B", "first": 1, "last": 2}],
        }
    ).encode()  # fmt: skip
    lease = CentreClient(server, "t").lease_numbers("h")
    assert lease.day == date(2026, 11, 23)
    assert lease.blocks[0].open is not None
    assert lease.blocks[0].open[0][0].hour == 0
    assert lease.blocks[1].open is None
