"""Paper, a cable, a silent kiosk: officers and the head read of it and what to do until it is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.centre_process import CentreProcess
from tests.browser.conftest import Visitors
from tests.browser.kiosk_reports import KioskReports
from tests.browser.layout import beyond, largest, scrolls
from tests.browser.legibility import faint_texts
from tests.browser.test_head_page import SIZES as HEAD_SIZES
from tests.browser.test_head_page import head
from tests.browser.test_officer_page import SIZES, button, open_counter, press, sign_in

LINES = "#machines li"
PAPER_OUT = "Máy lấy số: máy in hết giấy. Mời ông/bà thay cuộn giấy nhiệt rồi đóng nắp."
PAPER_LOW = "Máy lấy số: giấy in sắp hết. Mời ông/bà chuẩn bị cuộn giấy mới, thay khi vắng khách."
COVER_OPEN = "Máy lấy số: máy in đang mở nắp. Mời ông/bà đóng chặt nắp máy in."
READER_GONE = "Máy lấy số: đầu đọc căn cước đang tạm nghỉ. Mời ông/bà xem dây của đầu đọc đã cắm chặt chưa."
SILENT = "Máy lấy số: không có tín hiệu. Mời ông/bà xem máy đã bật và dây mạng đã cắm chặt chưa."
DEVICES = ("printer", "card_reader")


@pytest.fixture(autouse=True)
def kiosk(centre: CentreProcess) -> Iterator[KioskReports]:
    """A kiosk at which all is well."""
    with KioskReports(centre).running() as reports:
        reports.tell("kiosk", facts={"service": "in_service"})
        for name in DEVICES:
            reports.tell(name)
        yield reports


def paper_out(kiosk: KioskReports) -> None:
    kiosk.tell("printer", "needs_attention", failure="PRINTER_PAPER_OUT", warning="PRINTER_PAPER_LOW")


def listing(page: Page, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """What the centre answers the page of its devices, changed: other machines, or hours later."""
    page.route("**/api/v1/devices", lambda route: _changed(route, change))


def _changed(route: Route, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    route.fulfill(json=change(route.fetch().json()))


def silent(device: dict[str, Any]) -> dict[str, Any]:
    return {**device, "condition": "disconnected", "failure": "DEVICE_SILENT", "warning": None}


def at(device: dict[str, Any], machine: str) -> dict[str, Any]:
    """The same device at another machine."""
    own = device["name"].startswith("kiosk:")
    return {**device, "machine": machine, "name": f"kiosk:{machine}" if own else device["name"]}


def test_it_comes_by_itself_with_what_to_do_and_goes_when_it_is_mended(
    visitors: Visitors, kiosk: KioskReports
) -> None:
    page, choosing, leading = visitors.page(), visitors.page(), head(visitors)
    open_counter(page)
    sign_in(choosing, "lan")
    expect(choosing.locator("#choose")).to_be_visible()
    pages = (page, choosing, leading)
    steps = (
        ({"warning": "PRINTER_PAPER_LOW"}, [PAPER_LOW]),
        ({"condition": "needs_attention", "failure": "PRINTER_PAPER_OUT"}, [PAPER_OUT]),
        ({"condition": "needs_attention", "failure": "PRINTER_COVER_OPEN"}, [COVER_OPEN]),
        ({}, []),
    )
    for status, lines in steps:
        kiosk.tell("printer", **status)
        for one in pages:
            expect(one.locator(LINES)).to_have_text(lines)


def test_the_lines_are_read_out_politely_and_each_once(visitors: Visitors, kiosk: KioskReports) -> None:
    page = visitors.page()
    open_counter(page)
    region = page.locator("#machines")
    expect(region).to_have_attribute("role", "status")  # polite
    expect(region).to_have_attribute("aria-atomic", "false")
    paper_out(kiosk)
    first = page.locator(LINES)
    expect(first).to_have_text([PAPER_OUT])
    first.evaluate("line => { line.dataset.mark = 'same' }")
    kiosk.tell("card_reader", "disconnected", failure="READER_NOT_FOUND")
    expect(page.locator(LINES)).to_have_text([PAPER_OUT, READER_GONE])
    expect(page.locator(LINES).first).to_have_attribute("data-mark", "same")  # not said again


def test_what_staff_in_the_lobby_cannot_mend_is_not_told(visitors: Visitors, kiosk: KioskReports) -> None:
    page = visitors.page()
    open_counter(page)
    kiosk.tell("scanner", "disconnected", failure="SCANNER_NOT_FOUND")  # there never was one
    kiosk.tell("card_reader", "needs_attention", failure="READER_IN_USE")  # a matter for maintenance
    kiosk.tell("kiosk_screen", "disabled")
    paper_out(kiosk)
    expect(page.locator(LINES)).to_have_text([PAPER_OUT])
    kiosk.tell("printer", "disabled")
    expect(page.locator(LINES)).to_have_count(0)


def test_a_kiosk_that_fell_silent_is_one_line_for_all_of_its_devices(
    visitors: Visitors, kiosk: KioskReports
) -> None:
    page = visitors.page()
    paper_out(kiosk)
    listing(page, lambda listed: [silent(one) for one in listed])
    open_counter(page)
    expect(page.locator(LINES)).to_have_text([SILENT])
    page.unroute_all()
    listing(page, lambda listed: [silent(one) if one["name"] == "card_reader" else one for one in listed])
    page.reload()
    expect(page.locator(LINES)).to_have_text([PAPER_OUT])  # one that hangs alone is a matter for maintenance
    page.unroute_all()
    kiosk.tell("printer")
    expect(page.locator(LINES)).to_have_count(0)


def test_with_several_kiosks_each_is_named_and_one_trouble_is_one_line(
    visitors: Visitors, kiosk: KioskReports
) -> None:
    def three(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
        own = [one for one in listed if one["machine"] == "kiosk"]
        gone = [silent(at(one, "kiosk-3")) for one in own]
        return [at(one, "kiosk-1") for one in own] + [at(one, "kiosk-2") for one in own] + gone

    page = visitors.page()
    paper_out(kiosk)
    listing(page, three)
    open_counter(page)
    expect(page.locator(LINES)).to_have_text(
        [
            SILENT.replace("Máy lấy số", "Máy lấy số 3"),
            PAPER_OUT.replace("Máy lấy số", "Máy lấy số 1 và máy lấy số 2"),
        ]
    )


def place_of_next(page: Page) -> dict[str, float] | None:
    place: dict[str, float] | None = button(page, "call-next").bounding_box()  # type: ignore[assignment]
    return place


def test_calling_the_next_number_stays_where_it_is(
    visitors: Visitors, centre: CentreProcess, kiosk: KioskReports
) -> None:
    for service in ("dat-dai", "ho-tich", "xac-nhan-hon-nhan"):
        for _ in range(5):
            centre.take_number(service)
    page = visitors.page()
    open_counter(page)
    before = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        before[width, height] = place_of_next(page)
    paper_out(kiosk)
    kiosk.tell("card_reader", "disconnected", failure="READER_NOT_FOUND")
    expect(page.locator(LINES)).to_have_count(2)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert place_of_next(page) == before[width, height]
        assert not scrolls(page), (width, height)
        assert beyond(page, "#serving > *") == [], (width, height)
        assert largest(page) == "call-next"
        assert page.locator(LINES).last.evaluate("line => line.getBoundingClientRect().bottom <= innerHeight")
    assert faint_texts(page, 4.5) == []
    press(page, "F8", "call-next")
    expect(page.locator("#state")).to_contain_text("Đã gọi")
    expect(page.locator(LINES)).to_have_count(2)


def test_the_heads_page_holds_the_lines_and_fits_a_telephone(visitors: Visitors, kiosk: KioskReports) -> None:
    page = head(visitors)
    paper_out(kiosk)
    expect(page.locator(LINES)).to_have_text([PAPER_OUT])
    for width, height in HEAD_SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert not scrolls(page), (width, height)
        assert beyond(page, "#services > li") == [], (width, height)
    assert faint_texts(page, 4.5) == []
    for width in (390, 360, 720):
        page.set_viewport_size({"width": width, "height": 844})
        for view in ("ratings", "queue"):
            page.click(f"[data-view={view}]")
            expect(page.locator(f"#view-{view}")).to_be_visible()
            assert wider_than_the_window(page) == [], (width, view)
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_in_viewport()


def wider_than_the_window(page: Page) -> list[str]:
    """What reaches over the right edge: a telephone's page may be long, never wide."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("button, a, p, h1, h2, li")]
          .filter((one) => one.checkVisibility() && !one.closest(".unseen"))
          .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
          .map((one) => one.textContent.trim())
          .concat(document.documentElement.scrollWidth > innerWidth ? ["the page"] : [])"""
    )
    return found
