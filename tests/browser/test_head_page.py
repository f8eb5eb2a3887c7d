"""The head of the centre stops one service or the whole house, and lets it go on."""

from __future__ import annotations

import secrets
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.centre_process import PASSWORD, CentreProcess
from tests.browser.conftest import Visitors
from tests.browser.layout import beyond, scrolls
from tests.browser.legibility import faint_texts
from tests.browser.test_officer_page import press

SIZES = ((1366, 768), (1024, 768))
MESSAGE = "Mất điện đến 10 giờ. Mong ông/bà thông cảm."


def sign_in(page: Page, login: str = "truong", path: str = "/head") -> None:
    page.goto(path)
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")


def head(visitors: Visitors) -> Page:
    page = visitors.page()
    sign_in(page)
    expect(page.locator("#services .service")).to_have_count(6)
    return page


def service(page: Page, name: str) -> Locator:
    return page.locator("#services .service").filter(has=page.get_by_role("heading", name=name, exact=True))


def issue(centre: CentreProcess, wanted: str) -> tuple[int, Any]:
    """What the kiosk is answered when a citizen wants a number."""
    key = {"Idempotency-Key": secrets.token_hex(16)}
    answer = centre.call("kiosk", "POST", "/tickets", {"service": wanted}, **key)
    return answer.status_code, answer.json().get("code")


def door(centre: CentreProcess, wanted: str) -> tuple[str | None, str]:
    services = centre.call("kiosk", "GET", "/services").json()
    return next((one["closed_reason"], one["closed_words"]) for one in services if one["id"] == wanted)


def test_a_service_is_stopped_with_a_message_and_goes_on(visitors: Visitors, centre: CentreProcess) -> None:
    page = head(visitors)
    stop = page.get_by_role("button", name="Dừng cấp số: Hộ tịch")
    stop.focus()
    page.keyboard.press("Enter")  # the keyboard alone is enough
    page.keyboard.type(MESSAGE)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(service(page, "Hộ tịch")).to_contain_text(MESSAGE)
    expect(service(page, "Chứng thực")).to_contain_text("Đang cấp số")
    assert door(centre, "ho-tich") == ("stopped", MESSAGE)
    assert issue(centre, "ho-tich") == (409, "SERVICE_STOPPED")
    assert issue(centre, "chung-thuc")[0] == 201
    resume = page.get_by_role("button", name="Cấp số trở lại: Hộ tịch")
    expect(resume).to_be_focused()
    page.keyboard.press("Enter")
    expect(service(page, "Hộ tịch")).to_contain_text("Đang cấp số")
    expect(stop).to_be_focused()
    assert issue(centre, "ho-tich")[0] == 201


def test_the_whole_house_is_stopped_and_goes_on(visitors: Visitors, centre: CentreProcess) -> None:
    page, elsewhere = head(visitors), head(visitors)
    page.click("#house-stop")
    page.get_by_role("dialog").get_by_role("button", name="Dừng cấp số").click()
    for one in (page, elsewhere):
        expect(one.locator("#house-state")).to_have_text("Cả trung tâm đang dừng cấp số")
        expect(service(one, "Nhận kết quả")).to_contain_text("Dừng cùng cả trung tâm")
        expect(one.get_by_role("button", name="Dừng cấp số: Hộ tịch")).to_be_disabled()
    assert issue(centre, "nhan-ket-qua") == (409, "SERVICE_STOPPED")
    elsewhere.click("#house-stop")
    for one in (page, elsewhere):
        expect(one.locator("#house-state")).to_have_text("Trung tâm đang cấp số")
    assert issue(centre, "nhan-ket-qua")[0] == 201


def test_a_stop_that_did_not_get_through_keeps_the_message(visitors: Visitors, centre: CentreProcess) -> None:
    page = head(visitors)
    page.route("**/stop", lambda route: route.abort())
    stop = page.get_by_role("button", name="Dừng cấp số: Chứng thực")
    stop.click()
    page.keyboard.type(MESSAGE)
    page.get_by_role("dialog").get_by_role("button", name="Dừng cấp số").click()
    expect(page.locator(".banner")).to_contain_text("Trung tâm chưa trả lời")
    expect(service(page, "Chứng thực")).to_contain_text("Đang cấp số")
    stop.click()
    expect(page.get_by_label("Lời nhắn cho người dân")).to_have_value(MESSAGE)
    page.keyboard.press("Escape")
    expect(stop).to_be_focused()
    assert door(centre, "chung-thuc") == (None, "")


def test_the_head_may_sit_at_a_counter_but_an_officer_may_not_stop(
    visitors: Visitors, centre: CentreProcess
) -> None:
    ticket = centre.take_number("nhan-ket-qua")
    page = visitors.page()
    sign_in(page, "ha")
    expect(page.get_by_role("alert")).to_contain_text("không có quyền của lãnh đạo")
    expect(page.locator("#shell")).to_be_hidden()
    sign_in(page)
    page.get_by_role("link", name="Trực quầy").click()
    page.click("[data-counter=quay-5]")
    press(page, "F8", "call-next")
    expect(page.locator("#now")).to_have_text(ticket["number"])
    expect(page.get_by_role("link", name="Trang lãnh đạo")).to_be_visible()
    press(page, "v", "no-show")
    expect(page.locator("#close-counter")).to_be_enabled()
    page.click("#close-counter")
    expect(page.locator("#choose")).to_be_visible()


def test_every_state_fits_and_tells_nothing_personal(visitors: Visitors, centre: CentreProcess) -> None:
    ticket = centre.take_number("xac-nhan-hon-nhan")
    centre.attach_form(ticket["id"])
    page = head(visitors)
    reasons = (None, "hours", "holiday", "last_ticket", "full", "stopped")

    def closed(route: Route) -> None:
        services = route.fetch().json()
        for one, reason in zip(services, reasons, strict=True):
            words = {"holiday": "Tết Nguyên đán", "stopped": MESSAGE}.get(str(reason), "")
            stop = {"message": MESSAGE, "at": "2026-11-20T01:00:00.000Z", "house": house}
            opens_at = None if reason in (None, "stopped") else "2099-02-03T00:30:00.000Z"
            one.update(open=reason is None, closed_reason=reason, closed_words=words, opens_at=opens_at)
            one["stop"] = stop if house or reason == "stopped" else None
        route.fulfill(json=services)

    house = False
    for told in ("Đang cấp số", "Nghỉ: Tết Nguyên đán. Mở lại lúc 07:30, 03/02.", "Dừng cùng cả trung tâm"):
        expect(page.locator("#services")).to_contain_text(told)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert not scrolls(page), (told, width)
            assert beyond(page, "#services > li") == [], (told, width)
        assert faint_texts(page, 4.5) == []
        house = told.startswith("Nghỉ")
        page.route("**/api/v1/services", closed)
        page.reload()
    assert "Lò Thị Mai Phương" not in page.content()
    assert ticket["number"] not in page.content(), "sums only"
