"""Devices in words, tests that go to the device's owner and back, settings checked before they are kept."""

from __future__ import annotations

import threading
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.centre_process import PASSWORD, CentreProcess
from tests.browser.conftest import Visitors
from tests.browser.legibility import faint_texts


def sign_in(page: Page, login: str = "bao-tri") -> None:
    page.goto("/maintenance")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")


def report(
    centre: CentreProcess, name: str, condition: str, failure: str | None = None, **facts: str
) -> None:
    role = "display" if name in ("speaker", "ceiling_screen") else "kiosk"
    body = {"condition": condition, "failure": failure, "warning": None, "facts": facts}
    answer = centre.call(role, "PUT", f"/devices/{name}", body)
    assert answer.status_code < 300, answer.text


class Owner:
    """The kiosk process, answering what it is asked."""

    def __init__(self, centre: CentreProcess, answer: dict[str, Any]) -> None:
        self._centre = centre
        self._answer = answer
        self.asked: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Owner:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.1):
            for request in self._centre.call("kiosk", "GET", "/device-requests?state=requested").json():
                self.asked.append(request)
                if request["device"] == "card_reader":
                    secret = self._centre.call("kiosk", "POST", f"/device-requests/{request['id']}/secret")
                    self.secrets.append(secret.json()["can"])
                self._centre.call("kiosk", "POST", f"/device-requests/{request['id']}/answer", self._answer)


def test_each_device_is_told_in_words_and_changes_live(visitors: Visitors, centre: CentreProcess) -> None:
    report(centre, "printer", "ready", paper="80 mm")
    page = visitors.page()
    sign_in(page)
    printer = page.locator("[data-device=printer]")
    expect(printer.locator(".condition")).to_have_text("Sẵn sàng")
    expect(printer.locator(".facts")).to_contain_text("Khổ giấy")
    expect(page.locator("[data-device=speaker] .condition")).to_have_text("Mất kết nối")
    report(centre, "printer", "needs_attention", "PRINTER_PAPER_OUT")
    expect(printer.locator(".condition")).to_have_text("Cần người xem")
    expect(printer.locator("[data-code=PRINTER_PAPER_OUT]")).to_contain_text("Thay cuộn giấy")
    assert faint_texts(page, 4.5) == []


def test_a_test_is_carried_out_by_the_owner_and_its_report_shown(
    visitors: Visitors, centre: CentreProcess
) -> None:
    report(centre, "card_reader", "ready")
    page = visitors.page()
    sign_in(page)
    card_reader = page.locator("[data-device=card_reader]")
    lines = [["reader", "Virtual PCD 00 00"], ["card", "absent"], ["sod_signature", "passed"]]
    with Owner(centre, {"passed": True, "lines": lines, "failure": None}) as owner:
        card_reader.locator("[data-part=test]").click()
        expect(card_reader.locator(".report")).to_contain_text("Thử đạt")
    expect(card_reader.locator(".report")).to_contain_text("không có thẻ")
    assert [(request["device"], request["kind"]) for request in owner.asked] == [("card_reader", "test")]


def test_the_digits_of_a_card_reach_the_reader_and_stay_nowhere(
    visitors: Visitors, centre: CentreProcess
) -> None:
    report(centre, "card_reader", "ready")
    page = visitors.page()
    sign_in(page)
    card_reader = page.locator("[data-device=card_reader]")
    field = card_reader.get_by_label("6 số cuối trên thẻ (để đọc chip)")
    expect(field).to_have_attribute("autocomplete", "off")
    field.fill("80421")
    card_reader.locator("[data-part=test]").click()
    expect(card_reader.locator("[data-part=test-report]")).to_contain_text("đủ 6 chữ số")
    lines = [["access", "PACE-CAN"], ["data_groups", "DG1 passed, DG13 passed"], ["chain", "not_done"]]
    with Owner(centre, {"passed": True, "lines": lines, "failure": None}) as owner:
        field.fill("804217")
        field.press("Enter")
        expect(card_reader.locator(".report")).to_contain_text("DG1 đạt, DG13 đạt")
        expect(card_reader.locator(".report")).to_contain_text("chưa kiểm tra")
        expect(field).to_have_value("")
        card_reader.locator("[data-part=test]").click()
        expect(card_reader.locator(".report")).to_contain_text("Thử đạt")
    assert owner.secrets == ["804217", None]
    assert [request["settings"] for request in owner.asked] == [None, None]
    assert faint_texts(page, 4.5) == []
    assert "804217" not in page.content()
    held = [path for path in centre.data.rglob("*") if path.is_file()]
    assert [path.name for path in held if b"804217" in path.read_bytes()] == []


def test_settings_are_kept_only_when_the_device_took_them(visitors: Visitors, centre: CentreProcess) -> None:
    report(centre, "printer", "ready")
    page = visitors.page()
    sign_in(page)
    printer = page.locator("[data-device=printer]")
    printer.locator("summary").click()
    page.fill("#printer-address", "192.168.1.50:9100")
    with Owner(centre, {"passed": False, "lines": [], "failure": "PRINTER_UNREACHABLE"}):
        printer.locator("[type=submit]").click()
        expect(printer.locator(".report.failed")).to_contain_text("Chưa lưu")
    assert kept(centre)["address"] == "127.0.0.1:9100"
    with Owner(centre, {"passed": True, "lines": [], "failure": None}) as owner:
        printer.locator("[type=submit]").click()
        expect(printer.locator(".report")).to_have_text("Đã kiểm tra và lưu")
    assert owner.asked[0]["settings"] == {"address": "192.168.1.50:9100"}
    assert kept(centre)["address"] == "192.168.1.50:9100"


def test_a_device_whose_machine_is_off_says_so(visitors: Visitors) -> None:
    page = visitors.page()
    sign_in(page)
    page.locator("[data-device=speaker] [data-part=test]").click()
    expect(page.locator(".banner")).to_be_visible()
    expect(page.locator("[data-device=speaker] [data-part=test]")).to_be_enabled()


def test_officers_have_no_business_here(visitors: Visitors) -> None:
    page = visitors.page()
    sign_in(page, "ha")
    expect(page.get_by_role("alert")).to_have_text("Tài khoản này không có quyền bảo trì.")


def kept(centre: CentreProcess) -> dict[str, Any]:
    devices = centre.call("kiosk", "GET", "/devices").json()
    settings: dict[str, Any] = next(device["settings"] for device in devices if device["name"] == "printer")
    return settings
