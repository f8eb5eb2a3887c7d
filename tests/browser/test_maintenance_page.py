"""Devices in words, tests that go to the device's owner and back, settings checked before they are kept."""

from __future__ import annotations

import threading
from typing import Any

from playwright.sync_api import Page, Route, expect

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
    printer.locator("[id$=-address]").fill("192.168.1.50:9100")
    with Owner(centre, {"passed": False, "lines": [], "failure": "PRINTER_UNREACHABLE"}):
        printer.locator("[type=submit]").click()
        expect(printer.locator(".report.failed")).to_contain_text("Chưa lưu")
    assert kept(centre)["address"] == "127.0.0.1:9100"
    with Owner(centre, {"passed": True, "lines": [], "failure": None}) as owner:
        printer.locator("[type=submit]").click()
        expect(printer.locator(".report")).to_have_text("Đã kiểm tra và lưu")
    assert owner.asked[0]["settings"] == {"address": "192.168.1.50:9100"}
    assert kept(centre)["address"] == "192.168.1.50:9100"


def lobby_of(route: Route, *reports: tuple[str, str, str | None]) -> None:
    """The centre's list as it is with these reports: device, machine, failure."""
    one, *_rest = (each for each in route.fetch().json() if each["name"] == "printer")
    condition = {None: "ready"}
    route.fulfill(
        json=[
            {**one, "name": name, "machine": machine, "failure": failure, "facts": {}}
            | {"condition": condition.get(failure, "needs_attention")}
            for name, machine, failure in reports
        ]
    )


def headings(page: Page) -> list[str]:
    return page.locator("#devices h2").all_inner_texts()


def test_with_two_kiosks_each_device_is_called_by_its_machine(visitors: Visitors) -> None:
    page = visitors.page()
    several = [
        ("printer", "kiosk-1", "PRINTER_PAPER_OUT"), ("printer", "kiosk-2", None),
        ("printer", "Cửa sau", None),
        ("kiosk_screen", "kiosk-1", None), ("kiosk_screen", "kiosk-2", None),
        ("speaker", "display-1", None), ("speaker", "display-2", None), ("ceiling_screen", "display-1", None),
    ]  # fmt: skip
    page.route("**/api/v1/devices", lambda route: lobby_of(route, *several))
    sign_in(page)
    first, second = (
        page.locator(f"[data-device=printer][data-machine={name}]") for name in ("kiosk-1", "kiosk-2")
    )
    expect(first.locator("[data-code=PRINTER_PAPER_OUT]")).to_be_visible()
    expect(second.locator(".condition")).to_have_text("Sẵn sàng")
    assert headings(page) == [
        "Máy in phiếu – máy lấy số 1", "Máy in phiếu – máy lấy số 2", "Máy in phiếu – Cửa sau",
        "Màn hình máy lấy số 1", "Màn hình máy lấy số 2",
        "Loa gọi số – màn hình trần 1", "Loa gọi số – màn hình trần 2", "Màn hình trần",
    ]  # fmt: skip
    assert faint_texts(page, 4.5) == []


def test_a_request_goes_to_the_machine_on_whose_card_it_was_pressed(visitors: Visitors) -> None:
    page = visitors.page()
    both = [("card_reader", "kiosk-1", None), ("card_reader", "kiosk-2", None)]
    page.route("**/api/v1/devices", lambda route: lobby_of(route, *both))
    asked: list[Any] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.post_data_json)
        route.fulfill(status=409, json={"code": "DEVICE_OWNER_ABSENT", "detail": ""})

    page.route("**/api/v1/devices/card_reader/requests", refuse)
    sign_in(page)
    second = page.locator("[data-machine=kiosk-2]")
    second.get_by_label("6 số cuối trên thẻ (để đọc chip)").fill("804217")
    second.locator("[data-part=test]").click()
    expect(page.locator(".banner")).to_be_visible()
    assert asked == [{"kind": "test", "can": "804217", "machine": "kiosk-2"}]


def test_cards_follow_the_machines_that_come_and_go(visitors: Visitors) -> None:
    page = visitors.page()
    there: list[tuple[str, str, str | None]] = [("printer", "kiosk-2", None)]
    page.route("**/api/v1/devices", lambda route: lobby_of(route, *there))
    sign_in(page)
    expect(page.locator("#devices h2")).to_have_text(["Máy in phiếu"])
    there.insert(0, ("printer", "kiosk-1", None))
    expect(page.locator("#devices h2")).to_have_text(
        ["Máy in phiếu – máy lấy số 1", "Máy in phiếu – máy lấy số 2"], timeout=30_000
    )
    del there[1]
    expect(page.locator("#devices h2")).to_have_text(["Máy in phiếu"], timeout=30_000)


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


def test_a_backup_is_made_from_the_page(visitors: Visitors, centre: CentreProcess) -> None:
    page = visitors.page()
    sign_in(page)
    expect(page.locator("#next-backup")).to_contain_text("Lần tới: 02:30")
    expect(page.locator("#troubles > li")).to_have_count(0)
    page.click("#back-up")
    expect(page.locator("#back-up")).to_have_text("Đang sao lưu…")
    expect(page.locator(".banner")).to_contain_text("Đã sao lưu", timeout=60_000)
    expect(page.locator("#last-backup")).to_contain_text("Bản gần nhất:")
    expect(page.locator("#back-up")).to_be_enabled()


def test_what_the_centre_has_to_tell_stands_there_with_what_to_do(
    visitors: Visitors, centre: CentreProcess
) -> None:
    def keeping(route: Route) -> None:
        since = "2026-11-20T01:00:00.000Z"
        codes = ("CENTRE_RESTORED", "BACKUP_FAILED")
        warnings = [{"code": code, "since": since, "detail": "the disk says: ENOSPC"} for code in codes]
        route.fulfill(json={**route.fetch().json(), "warnings": warnings})

    def rules(route: Route) -> None:
        answer = route.fetch().json()
        answer["clock"].update(machine_day="2099-02-01", right=False)
        route.fulfill(json=answer)

    page = visitors.page()
    page.route("**/api/v1/keeping", keeping)
    page.route("**/api/v1/queue/rules", rules)
    sign_in(page)
    troubles = page.locator("#troubles > li")
    expect(troubles).to_have_count(3)
    expect(troubles.nth(1)).to_contain_text("đã được khôi phục")
    expect(troubles.nth(1)).to_contain_text("Cần làm: Đọc phần chi tiết.")
    expect(troubles.nth(2)).to_contain_text("08:00, 20/11")
    expect(page.get_by_text("ENOSPC").first).to_be_hidden()
    troubles.nth(2).locator("summary").click()
    expect(troubles.nth(2)).to_contain_text("ENOSPC")
    assert faint_texts(page, 4.5) == []

    page.get_by_role("button", name="Hôm nay đúng là ngày 01/02/2099").click()
    question = page.get_by_role("dialog")
    expect(question.get_by_role("button", name="Quay lại")).to_be_focused()
    assert faint_texts(page, 4.5) == []
    question.get_by_role("button", name="Đúng, hôm nay là 01/02/2099").click()
    expect(page.locator(".banner")).to_contain_text("Đồng hồ của máy chủ")  # its clock says another day
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 768})
        assert not page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
