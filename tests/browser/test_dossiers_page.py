"""The morning's import of dossiers was forgotten: the head and maintenance see it until it is made up for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route, expect

from kiosk.centre.dossiers import file_of, write
from kiosk.dossiers.status import DossierStatus, State
from tests.browser.centre_process import CentreProcess
from tests.browser.conftest import Visitors
from tests.browser.layout import beyond, scrolls
from tests.browser.legibility import faint_texts
from tests.browser.test_head_page import SIZES, head
from tests.browser.test_maintenance_page import sign_in as sign_in_maintenance

LINE = "#dossiers-state"
OLD = "Dữ liệu hồ sơ trên máy lấy số là của ngày 20/11/2026; sáng nay chưa nhập bản mới."
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture(autouse=True)
def never_imported(centre: CentreProcess) -> Iterator[None]:
    yield
    shutil.rmtree(file_of(centre.data).parent, ignore_errors=True)


def imported(centre: CentreProcess, as_of: datetime) -> None:
    status = DossierStatus("H26-261102-0013", State.PROCESSING, None, "Khai sinh", as_of, "hệ thống của tỉnh")
    write(centre.data, [status])


def warn(page: Page, *warnings: tuple[str, str | None]) -> None:
    """The centre's answer on a day on which it warns: the tests run on closed days and in the night, too."""

    def keeping(route: Route) -> None:
        told = [{"code": code, "since": since, "detail": ""} for code, since in warnings]
        route.fulfill(json={**route.fetch().json(), "warnings": told})

    page.route("**/api/v1/keeping", keeping)


def test_the_head_reads_the_day_and_what_to_do(visitors: Visitors, centre: CentreProcess) -> None:
    page = head(visitors)
    expect(page.locator("#dossiers")).to_be_hidden()
    warn(page, ("BACKUP_FAILED", None), ("DOSSIERS_OUTDATED", "2026-11-20T00:15:00.000Z"))
    centre.take_number()  # an event: the page looks again
    expect(page.locator(LINE)).to_have_text(OLD)
    expect(page.locator("#dossiers")).to_contain_text("Cần làm: nhờ cán bộ phụ trách xuất danh sách hồ sơ")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert not scrolls(page), (width, height)
        assert beyond(page, "#services > li") == [], (width, height)
    assert faint_texts(page, 4.5) == []
    page.unroute_all()
    warn(page, ("DOSSIERS_TOO_OLD", "2026-11-01T00:15:00.000Z"))
    centre.take_number()
    expect(page.locator(LINE)).to_contain_text("đã thôi báo tình trạng hồ sơ: dữ liệu là của ngày 01/11/2026")
    page.unroute_all()
    warn(page, ("DOSSIERS_TOO_OLD", None))
    centre.take_number()
    expect(page.locator(LINE)).to_contain_text("dữ liệu không còn")
    page.unroute_all()
    centre.take_number()
    expect(page.locator("#dossiers")).to_be_hidden()


def test_a_file_that_cannot_be_read_is_told_until_the_next_import(
    visitors: Visitors, centre: CentreProcess
) -> None:
    today = datetime.now(ZONE)
    imported(centre, today)
    file_of(centre.data).write_bytes(b"{")
    page = head(visitors)
    expect(page.locator(LINE)).to_contain_text("tệp dữ liệu hỏng hoặc không đọc được")
    imported(centre, today + timedelta(seconds=1))
    centre.take_number()  # without a reload of the page
    expect(page.locator("#dossiers")).to_be_hidden()


def test_maintenance_reads_it_among_what_is_to_be_done(visitors: Visitors, centre: CentreProcess) -> None:
    page = visitors.page()
    page.clock.install()
    warn(page, ("DOSSIERS_OUTDATED", "2026-11-20T00:15:00.000Z"))
    sign_in_maintenance(page)
    trouble = page.locator("#troubles > li")
    expect(trouble).to_have_count(1)
    expect(trouble.locator("strong")).to_have_text(OLD)
    expect(trouble).to_contain_text("python main.py dossiers import")
    expect(trouble).not_to_contain_text("từ 07:15")
    assert faint_texts(page, 4.5) == []
    page.unroute_all()
    page.clock.run_for(16_000)  # it looks again by itself
    expect(trouble).to_have_count(0)
