"""Staff took a kiosk out of service: officers, the head and maintenance see it for as long as it is so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.centre_process import CentreProcess
from tests.browser.conftest import Visitors
from tests.browser.kiosk_reports import KioskReports
from tests.browser.layout import beyond, scrolls
from tests.browser.legibility import faint_texts
from tests.browser.test_head_page import SIZES as HEAD_SIZES
from tests.browser.test_head_page import head
from tests.browser.test_maintenance_page import sign_in as sign_in_maintenance
from tests.browser.test_officer_page import SIZES, open_counter, press, sign_in

LINE = "#machines"
SUSPENDED = "Máy lấy số tạm ngừng phục vụ (nhân viên đã tắt)"


def tell(kiosk: KioskReports, service: str) -> None:
    """What the kiosk reports of itself."""
    kiosk.tell("kiosk", "disabled" if service == "suspended" else "ready", facts={"service": service})


@pytest.fixture(autouse=True)
def kiosk(centre: CentreProcess) -> Iterator[KioskReports]:
    """In service."""
    with KioskReports(centre).running() as reports:
        tell(reports, "in_service")
        yield reports


def test_officers_and_the_head_see_it_come_and_go(
    visitors: Visitors, centre: CentreProcess, kiosk: KioskReports
) -> None:
    page, choosing, leading = visitors.page(), visitors.page(), head(visitors)
    open_counter(page)
    sign_in(choosing, "lan")  # who has not chosen a counter yet sees it, too
    expect(choosing.locator("#choose")).to_be_visible()
    pages = (page, choosing, leading)
    for one in pages:
        expect(one.locator(LINE)).to_be_hidden()
    tell(kiosk, "suspended")
    for one in pages:
        expect(one.locator(LINE)).to_have_text(SUSPENDED)
    centre.kill()
    centre.start()
    page.reload()
    expect(page.locator(LINE)).to_have_text(SUSPENDED)
    tell(kiosk, "in_service")
    for one in pages:
        expect(one.locator(LINE)).to_be_hidden()


def test_several_stand_in_one_sentence_by_their_names(visitors: Visitors, kiosk: KioskReports) -> None:
    page = visitors.page()

    def more(route: object) -> None:
        listed = route.fetch().json()  # type: ignore[attr-defined]
        (one,) = [entry for entry in listed if entry["name"] == "kiosk:kiosk"]
        names = ("kiosk:kiosk-1", "kiosk:kiosk-2", "kiosk:Cửa sau")
        route.fulfill(json=[{**one, "name": name} for name in names])  # type: ignore[attr-defined]

    tell(kiosk, "suspended")
    page.route("**/api/v1/devices", more)
    open_counter(page)
    expected = "Máy lấy số 1, máy lấy số 2 và Cửa sau tạm ngừng phục vụ (nhân viên đã tắt)"
    expect(page.locator(LINE)).to_have_text(expected)


def fits(page: Page, sizes: tuple[tuple[int, int], ...], lines: str = "") -> None:
    expect(page.locator(LINE)).to_have_text(SUSPENDED)
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        assert not scrolls(page), (width, height)
        assert beyond(page, lines) == [], (width, height)
    assert faint_texts(page, 4.5) == []


def test_it_fits_and_can_be_read_in_every_window_also_beside_a_call_for_help(
    visitors: Visitors, centre: CentreProcess, kiosk: KioskReports
) -> None:
    centre.take_number()
    tell(kiosk, "suspended")
    page = visitors.page()
    open_counter(page)
    press(page, "F8", "call-next")
    fits(page, SIZES, "#serving > *")
    centre.call_help("services", language="tyz")
    expect(page.locator("#help")).to_be_visible()
    fits(page, SIZES)
    fits(head(visitors), HEAD_SIZES, "#services > li")


def test_maintenance_sees_the_machine_without_a_test_of_it(visitors: Visitors, kiosk: KioskReports) -> None:
    tell(kiosk, "suspended")
    page = visitors.page()
    sign_in_maintenance(page)
    card = page.locator("[data-device='kiosk:kiosk']")
    expect(card.get_by_role("heading")).to_have_text("máy lấy số")
    expect(card.locator(".condition")).to_have_text("Đã tắt")
    expect(card.locator(".facts")).to_contain_text("tạm ngừng, nhân viên đã tắt")
    expect(card.get_by_role("button")).to_have_count(0)
    tell(kiosk, "in_service")
    expect(card.locator(".facts")).to_contain_text("đang phục vụ")
    assert faint_texts(page, 4.5) == []
