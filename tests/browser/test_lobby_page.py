"""The virtual lobby's page against a control server that writes down what reaches it."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.centre_process import CentreProcess
from tests.browser.conftest import Visitors
from tests.browser.legibility import faint_texts

KIOSK = (1080, 1920)


class Control:
    """As the virtual lobby's control server, with pictures of one colour."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, Any]] = []
        self.secrets: set[str] = set()
        self.pictures = 0
        self.gone = False
        self.state: dict[str, Any] = {
            "card": None,
            "citizens": [
                {"name": "ba-mai", "label": "Bà Lò Thị Mai, 82 tuổi", "hint": "000123", "qr": "qr-cua-ba-mai"}
            ],
            "printer": {"state": "ok", "switches": ["ok", "paper-out"], "jobs": 0},
            "sound": {"plays": 0},
            "devices": {"card_reader": "ok", "scanner": "ok", "speaker": "ok"},
            "accounts": [{"login": "canbo", "password": "mat-khau-cua-can-bo"}],
            "kiosk": {"width": KIOSK[0], "height": KIOSK[1]},
            "ceiling": {"width": 1920, "height": 1080},
        }
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def carry_out(self, method: str, path: str, body: Any) -> None:
        self.heard.append((method, path, body))
        if path == "/card":
            self.state["card"] = body["name"] if method == "POST" else None
        elif path == "/printer":
            self.state["printer"]["state"] = body["state"]
        elif path == "/device":
            self.state["devices"][body["name"]] = body["state"]

    def picture(self, path: str) -> bytes | None:
        if path.startswith("/ticket"):
            return None
        self.pictures += 1
        size = (270, 480) if path.startswith("/kiosk") else (320, 180)
        data = io.BytesIO()
        Image.new("RGB", size, "#A3201D").save(data, "PNG")
        return data.getvalue()

    def _handler(control) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None: ...

            def do_GET(self) -> None:
                if control.gone:
                    self.close_connection = True
                    return
                control.secrets.add(self.headers["X-Lobby-Token"])
                if self.path == "/state":
                    self._send(200, "application/json", json.dumps(control.state).encode())
                elif (picture := control.picture(self.path)) is not None:
                    self._send(200, "image/png", picture)
                else:
                    self._send(404, "application/json", b"{}")

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                control.carry_out(self.command, self.path, json.loads(raw or b"{}"))
                self._send(204, "", b"")

            def do_DELETE(self) -> None:
                self.do_POST()

            def _send(self, status: int, kind: str, content: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler


@pytest.fixture(scope="module")
def served_control() -> Iterator[Control]:
    control = Control()
    yield control
    control.close()


@pytest.fixture(scope="module")
def lobby_url(served_control: Control) -> str:
    return served_control.url


@pytest.fixture
def control(served_control: Control) -> Control:
    served_control.heard.clear()
    return served_control


@pytest.fixture
def lobby(visitors: Visitors) -> Page:
    page = visitors.page(1440, 900)
    page.goto("/lobby")
    picture = page.locator("[data-picture=kiosk] img")
    expect(picture).to_be_visible()
    expect(page.locator("[data-citizen]").first).to_be_visible()
    page.evaluate("() => document.fonts.ready.then(() => true)")
    for _ in range(50):  # cards and accounts arrive one after the other and move what is below them
        before = picture.bounding_box()
        page.wait_for_timeout(150)
        if picture.bounding_box() == before:
            break
    return page


@pytest.mark.parametrize(("across", "down"), [(0.5, 0.5), (0.05, 0.95), (0.99, 0.01)])
def test_a_click_on_the_picture_reaches_the_kiosk_where_it_was_made(
    lobby: Page, control: Control, across: float, down: float
) -> None:
    picture = lobby.locator("[data-picture=kiosk] img")
    box = picture.bounding_box()
    assert box
    scale = min(box["width"] / KIOSK[0], box["height"] / KIOSK[1])
    left = box["x"] + (box["width"] - KIOSK[0] * scale) / 2
    top = box["y"] + (box["height"] - KIOSK[1] * scale) / 2
    with lobby.expect_response("**/lobby/api/touch"):
        lobby.mouse.click(left + across * KIOSK[0] * scale, top + down * KIOSK[1] * scale)
    _, _, touch = next(heard for heard in control.heard if heard[1] == "/touch")
    assert abs(touch["x"] - across * KIOSK[0]) <= 3
    assert abs(touch["y"] - down * KIOSK[1]) <= 3
    assert 0.05 <= touch["hold"] < 1


def test_a_long_press_stays_long(lobby: Page, control: Control) -> None:
    lobby.locator("[data-picture=kiosk] img").hover()
    lobby.mouse.down()
    lobby.wait_for_timeout(700)
    with lobby.expect_response("**/lobby/api/touch"):
        lobby.mouse.up()
    assert 0.6 < control.heard[-1][2]["hold"] < 2


def test_cards_scans_and_the_printers_faults(lobby: Page, control: Control) -> None:
    citizen = lobby.locator("[data-citizen=ba-mai]")
    expect(citizen).to_contain_text("CAN 000123")
    expect(lobby.locator("#accounts")).to_contain_text("canbo / mat-khau-cua-can-bo")
    citizen.get_by_text("Đặt thẻ").click()
    expect(citizen).to_have_class("citizen on")
    citizen.get_by_text("Quét QR").click()
    lobby.get_by_text("Hết giấy").click()
    assert faint_texts(lobby, 4.5) == []
    expect(lobby.locator("[data-switch=paper-out]")).to_have_attribute("aria-pressed", "true")
    lobby.get_by_text("Nhấc thẻ ra").click()
    expect(lobby.locator("#take-off")).to_be_disabled()
    assert control.heard == [
        ("POST", "/card", {"name": "ba-mai"}),
        ("POST", "/scan", {"text": "qr-cua-ba-mai"}),
        ("POST", "/printer", {"state": "paper-out"}),
        ("DELETE", "/card", {}),
    ]


@pytest.mark.parametrize("name", ["card_reader", "scanner", "speaker"])
def test_each_other_device_is_broken_and_mended_with_one_press(
    lobby: Page, control: Control, name: str
) -> None:
    device = lobby.locator(f"[data-device={name}]")
    for before, after in (("tốt", "hỏng"), ("hỏng", "tốt")):
        expect(device).to_contain_text(before)
        device.click()
        expect(device).to_contain_text(after)
        assert faint_texts(lobby, 4.5) == []
    assert control.heard == [
        ("POST", "/device", {"name": name, "state": state}) for state in ("broken", "ok")
    ]


def test_with_a_broken_scanner_no_code_can_be_scanned(lobby: Page, control: Control) -> None:
    scan = lobby.locator("[data-citizen=ba-mai]").get_by_role("button", name="Quét QR")
    for disabled in (True, False):
        lobby.locator("[data-device=scanner]").click()
        expect(scan).to_be_disabled() if disabled else expect(scan).to_be_enabled()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768), (1280, 720)])
def test_the_whole_lobby_stands_on_one_screen(lobby: Page, control: Control, width: int, height: int) -> None:
    lobby.set_viewport_size({"width": width, "height": height})
    for below in ("#devices", ".kiosk", ".ticket", "[data-citizen=ba-mai]"):
        box = lobby.locator(below).bounding_box()
        assert box
        assert box["y"] + box["height"] <= height
    assert lobby.evaluate("document.documentElement.scrollHeight") <= height
    assert lobby.evaluate("document.documentElement.scrollWidth") <= width


def test_pictures_come_a_few_times_a_second_and_unchanged_ones_cost_nothing(
    lobby: Page, control: Control
) -> None:
    statuses: list[int] = []
    lobby.on("response", lambda one: statuses.append(one.status) if "kiosk.png" in one.url else None)
    before, started = control.pictures, time.monotonic()
    lobby.wait_for_timeout(2000)
    per_second = (control.pictures - before) / 2 / (time.monotonic() - started)
    assert 1.5 < per_second < 4
    assert set(statuses) == {304}


def test_only_this_machine_and_its_own_page_may_use_it(centre: CentreProcess, control: Control) -> None:
    def ask(path: str, method: str = "GET", **headers: str) -> int:
        return requests.request(method, centre.url + path, headers=headers, timeout=30).status_code

    assert ask("/lobby") == 200
    assert ask("/lobby/api/state") == 200
    assert ask("/lobby", Host="kiosk.example:80") in (400, 403)
    assert ask("/lobby/api/state", Host="kiosk.example:80") in (400, 403)
    assert ask("/lobby/api/card", "DELETE", **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert ask("/lobby/api/screens") == 404
    assert ask("/lobby/api/../../etc/passwd") == 404
    answer = requests.post(centre.url + "/lobby/api/scan", data="x" * 10_000, timeout=30)
    assert answer.status_code in (413, 415)
    assert control.heard == []
    assert control.secrets == {"lobby-secret"}
    assert "lobby-secret" not in requests.get(centre.url + "/lobby", timeout=30).text


def test_without_virtual_devices_there_is_no_lobby(browser: Browser, tmp_path: Path) -> None:
    process = CentreProcess(tmp_path / "plain")
    process.start()
    try:
        assert requests.get(process.url + "/lobby", timeout=30).status_code == 404
        assert requests.get(process.url + "/lobby/api/state", timeout=30).status_code == 404
    finally:
        process.kill()


def test_a_lobby_that_is_gone_is_said_calmly_and_comes_back(lobby: Page, control: Control) -> None:
    control.gone = True
    lost = lobby.locator("[data-link=lost]")
    expect(lost).to_contain_text("đang thử lại")
    expect(lobby.locator("[data-picture=kiosk] img")).to_be_hidden()
    control.gone = False
    expect(lost).to_have_count(0)
    expect(lobby.locator("[data-picture=kiosk] img")).to_be_visible()
