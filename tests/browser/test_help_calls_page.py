"""Somebody at the kiosk needs help: every officer's page says so, and is quiet again when one goes."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from kiosk.centre.web.words import catalogue
from kiosk.visit.states import NAMES, PANEL_NAMES
from tests.browser.centre_process import CentreProcess
from tests.browser.conftest import Visitors
from tests.browser.layout import beyond, scrolls
from tests.browser.legibility import faint_texts
from tests.browser.test_officer_page import SIZES, open_counter, press, sign_in

BANNER = "#help"
COME = "Tôi đến ngay"
_COUNT_NOTES = """() => {
  window.notes = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { window.notes += 1; return start.apply(this, when); };
}"""


def asked(page: Page) -> None:
    expect(page.locator(BANNER)).to_be_visible()


def quiet(page: Page) -> None:
    expect(page.locator(BANNER)).to_be_hidden()


def test_officers_see_who_needs_help_and_where_and_one_goes(
    visitors: Visitors, centre: CentreProcess
) -> None:
    page, elsewhere = visitors.page(), visitors.page()
    page.add_init_script(f"({_COUNT_NOTES})()")
    open_counter(page)
    sign_in(elsewhere, "lan")  # who has not chosen a counter yet is asked, too
    expect(elsewhere.locator("#choose")).to_be_visible()
    quiet(page)
    call = centre.call_help("services", language="hmn-Latn")
    for one in (page, elsewhere):
        asked(one)
        expect(one.locator(BANNER)).to_contain_text("Người dân ở máy lấy số cần giúp")
        expect(one.locator(BANNER)).to_contain_text("màn hình “Chọn việc để lấy số” · chọn tiếng Hmông")
        expect(one.locator(BANNER)).to_contain_text(re.compile(r"chờ 0:0\d"))
        expect(one).to_have_title(re.compile("^Cần giúp · "))
    assert page.evaluate("window.notes") == 2, "a soft sound, once"

    page.get_by_role("button", name=COME).click()
    for one in (page, elsewhere):
        quiet(one)
        expect(one).not_to_have_title(re.compile("Cần giúp"))
    expect(page.get_by_role("alert")).to_contain_text("đã báo ông/bà đang đến")
    answered = centre.call("kiosk", "GET", f"/help-calls/{call['id']}").json()
    assert (answered["state"], answered["answered_by"]["number"]) == ("answered", 9)


def test_who_is_slower_learns_who_goes(visitors: Visitors, centre: CentreProcess) -> None:
    page = visitors.page()
    open_counter(page)
    call = centre.call_help()
    asked(page)
    lan = centre.officer("lan")
    centre.act(lan, "quay-2", "open")

    def first(route: object) -> None:
        lan.post(f"{centre.url}/api/v1/help-calls/{call['id']}/answer", timeout=10)
        route.continue_()  # type: ignore[attr-defined]

    page.route("**/answer", first)
    page.get_by_role("button", name=COME).click()
    expect(page.get_by_role("alert")).to_contain_text("Cán bộ quầy 2 đã nhận đến giúp")
    quiet(page)


def test_a_call_made_or_answered_while_the_link_is_down_is_not_lost(
    visitors: Visitors, centre: CentreProcess
) -> None:
    page = visitors.page()
    open_counter(page)
    centre.kill()
    expect(page.locator("[data-link=lost]")).to_be_visible()
    centre.start()
    centre.call_help("question")
    asked(page)
    page.reload()
    asked(page)
    expect(page.locator(BANNER)).to_contain_text("Khai tờ khai")
    centre.kill()
    expect(page.locator("[data-link=lost]")).to_be_visible()
    expect(page.get_by_role("button", name=COME)).to_be_disabled()
    centre.start()
    centre.clear()
    quiet(page)


def test_serving_goes_on_beneath_and_a_screen_without_words_is_left_out(
    visitors: Visitors, centre: CentreProcess
) -> None:
    ticket = centre.take_number()
    page = visitors.page()
    open_counter(page)
    centre.call_help("some_new_screen")
    asked(page)
    expect(page.locator(BANNER)).not_to_contain_text("some_new_screen")
    press(page, "F8", "call-next")
    expect(page.locator("#now")).to_have_text(ticket["number"])
    press(page, "v", "no-show")
    asked(page)
    button = page.get_by_role("button", name=COME)
    button.focus()
    page.keyboard.press("Enter")  # the keyboard alone is enough
    quiet(page)


def test_it_fits_and_can_be_read_in_every_window(visitors: Visitors, centre: CentreProcess) -> None:
    centre.take_number()
    page = visitors.page()
    open_counter(page)
    centre.call_help("check_answers", language="tyz")
    asked(page)
    press(page, "F8", "call-next")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert not scrolls(page), (width, height)
        assert beyond(page) == [], (width, height)
    assert faint_texts(page, 4.5) == []


def test_every_screen_of_the_kiosk_has_words_for_officers() -> None:
    known = catalogue()["help"]["screen"].keys()
    assert {*NAMES.values(), *PANEL_NAMES.values()} <= known
