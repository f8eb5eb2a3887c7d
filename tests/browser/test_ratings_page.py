"""The head of the centre reads what people say of the service, and nobody else does."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.centre_process import CentreProcess
from tests.browser.conftest import Visitors
from tests.browser.layout import beyond, scrolls
from tests.browser.legibility import faint_texts
from tests.browser.test_head_page import sign_in

WORDS = "Cán bộ rất chu đáo.\nGhế chờ ít quá."
SIZES = ((1366, 768), (1920, 1080))


@pytest.fixture(scope="module")
def rated(running_centre: CentreProcess) -> CentreProcess:
    """Nine people have said how it was; two have written something."""
    for face, aspect in (
        (5, "staff"),
        (5, "staff"),
        (5, "result"),
        (4, "access"),
        (4, None),
        (4, None),
        (3, "access"),
    ):
        running_centre.rate(face, **({"aspect": aspect} if aspect else {}))
    ticket = running_centre.take_number("chung-thuc")
    running_centre.rate(4, aspect="access", words=WORDS, ticket=ticket["id"])
    running_centre.rate(
        1, aspect="procedure", words="Phải đi lại ba lần. Gọi lại cho tôi: 0978 123 456.", contact="chị Hoài"
    )
    running_centre.call_help()
    return running_centre


def ratings(visitors: Visitors, rated: CentreProcess) -> Page:
    assert rated
    page = visitors.page()
    sign_in(page)
    page.get_by_role("button", name="Người dân đánh giá").click()
    expect(page.locator("#share")).to_have_text("78%")
    return page


def test_shares_by_face_and_aspect(visitors: Visitors, rated: CentreProcess) -> None:
    page = ratings(visitors, rated)
    expect(page.locator("#share-note")).to_have_text("hài lòng trên 9 lượt đánh giá")
    faces = page.locator("#faces li")
    expect(faces).to_have_count(5)
    expect(faces.nth(0)).to_have_text("Rất hài lòng3 lượt · 33%")
    expect(faces.nth(4)).to_have_text("Rất không hài lòng1 lượt · 11%")
    aspects = page.locator("#aspects li")
    expect(aspects.nth(0)).to_have_text("Tiếp cận dịch vụ3 lượt · 67%")
    expect(aspects.nth(4)).to_have_text("Tiếp nhận, xử lý góp ýchưa có")
    expect(page.locator("#help-times")).to_contain_text("lượt gọi")
    for period in ("Hôm nay", "30 ngày"):
        page.get_by_role("button", name=period).click()
        expect(page.locator("#share")).to_have_text("78%")


def test_words_are_read_here_and_a_contact_only_when_asked_for(
    visitors: Visitors, rated: CentreProcess
) -> None:
    page = ratings(visitors, rated)
    written = page.locator("#written li")
    expect(written).to_have_count(2)
    mine = written.filter(has_text="chu đáo")
    expect(mine).to_contain_text("Hài lòng · Tiếp cận dịch vụ · Chứng thực")
    expect(mine.get_by_role("button")).to_have_count(0)
    other = written.filter(has_text="đi lại ba lần")
    expect(other).to_contain_text("Gọi lại cho tôi: ••••.")
    assert "Hoài" not in page.content()
    other.get_by_role("button", name="Hiện cách liên hệ").click()
    expect(other).to_contain_text("0978 123 456")
    expect(other).to_contain_text("Liên hệ: chị Hoài")
    page.get_by_role("button", name="Cấp số", exact=True).click()
    expect(page.locator("#services")).to_be_visible()
    assert "Hoài" not in page.content(), "nothing of it stays in the page"
    assert "chu đáo" not in page.content()
    page.get_by_role("button", name="Người dân đánh giá").click()
    expect(other).to_contain_text("••••")


def test_counts_are_downloaded_without_words(visitors: Visitors, rated: CentreProcess) -> None:
    page = visitors.page()
    sign_in(page)
    page.get_by_role("button", name="Người dân đánh giá").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải số liệu (CSV)").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert text.startswith("day,face,aspect,service,count")
    assert "chu đáo" not in text
    assert download.value.suggested_filename.startswith("danh-gia-")


def test_an_officer_sees_nothing_of_it(visitors: Visitors, rated: CentreProcess) -> None:
    page = visitors.page()
    sign_in(page, "ha")
    expect(page.get_by_role("alert")).to_contain_text("không có quyền của lãnh đạo")
    expect(page.locator("#view-ratings")).to_be_hidden()
    assert rated.officer("ha").get(f"{rated.url}/api/v1/ratings", timeout=10).status_code == 403


def test_it_fits_and_can_be_read(visitors: Visitors, rated: CentreProcess) -> None:
    page = visitors.page()
    sign_in(page)
    page.get_by_role("button", name="Người dân đánh giá").click()
    expect(page.locator("#written li")).to_have_count(2)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert not scrolls(page), (width, height)
        assert beyond(page, "#faces > li, #aspects > li") == [], (width, height)
    assert faint_texts(page, 4.5) == []


def test_a_new_rating_appears_by_itself(visitors: Visitors, rated: CentreProcess) -> None:
    page = ratings(visitors, rated)
    rated.rate(5)
    expect(page.locator("#share-note")).to_contain_text("10 lượt")
