"""The officer's page at work, in a real browser against a real centre."""

from __future__ import annotations

import re
import time

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.centre_process import PASSWORD, CentreProcess
from tests.browser.conftest import Visitors
from tests.browser.layout import beyond, largest, scrolls
from tests.browser.legibility import faint_texts


def sign_in(page: Page, login: str = "ha", password: str = PASSWORD) -> None:
    page.goto("/counter")
    page.fill("#login", login)
    page.fill("#password", password)
    page.keyboard.press("Enter")


def open_counter(page: Page, counter: str = "quay-9") -> None:
    sign_in(page)
    page.click(f"[data-counter={counter}]")
    expect(page.locator("#desk")).to_be_visible()


def button(page: Page, action: str) -> Locator:
    return page.locator(f"[data-action={action}]")


def press(page: Page, key: str, action: str) -> None:
    """A key, as soon as the page is ready for it."""
    expect(button(page, action)).to_be_enabled()
    page.keyboard.press(key)


def expect_enabled(page: Page, actions: set[str]) -> None:
    """Buttons are off while a request is under way, so they settle a moment after the words."""
    for action in actions:
        expect(button(page, action)).to_be_enabled()
    expect(page.locator("[data-action]:not(:disabled)")).to_have_count(len(actions))


SIZES = ((1366, 768), (1280, 600), (1366, 625), (1280, 720), (1920, 1080))


def test_an_officer_serves_a_citizen_with_one_key_for_the_next(
    visitors: Visitors, centre: CentreProcess
) -> None:
    first = centre.take_number()
    second = centre.take_number()
    page = visitors.page()
    open_counter(page)
    expect(page.locator("#now")).to_have_text("Chưa gọi ai")
    expect(page.locator("#next-note")).to_have_text("2 người đang chờ quầy này")
    expect_enabled(page, {"call-next"})

    page.keyboard.press("F8")
    expect(page.locator("#now")).to_have_text(first["number"])
    expect(page.locator("#service")).to_have_text(first["service_name"])
    expect(page.locator("#watch")).to_have_text(re.compile(r"^0:0\d$"))
    expect(button(page, "start")).to_be_enabled()
    expect_enabled(page, {"recall", "start", "no-show", "park", "transfer", "undo"})

    press(page, "r", "recall")
    expect(page.locator("#state")).to_contain_text("Đã gọi 2 lần")
    expect(page.locator("#live")).to_have_text(f"Đã gọi lại số {first['number']}, lần 2")
    button(page, "start").click()
    expect(page.locator("#state")).to_have_text("Đang phục vụ")
    expect_enabled(page, {"complete", "park", "transfer", "add-service", "undo"})
    expect(page.locator("#next-note")).to_have_text(f"Xong số {first['number']} mới gọi tiếp")
    page.keyboard.press("F8")  # not allowed now: nothing happens
    page.keyboard.press("h")
    expect(page.locator("#now")).to_have_text("Chưa gọi ai")

    press(page, " ", "call-next")  # the space bar calls too, though a button was clicked before
    expect(page.locator("#now")).to_have_text(second["number"])
    press(page, "v", "no-show")
    expect(page.locator("#live")).to_have_text(f"Số {second['number']} vắng mặt")
    press(page, "n", "call-next")
    expect(page.locator(".banner")).to_contain_text("Chưa có ai chờ")
    states = [centre.call("kiosk", "GET", f"/tickets/{one['id']}").json()["state"] for one in (first, second)]
    assert states == ["completed", "no_show"]


def test_signing_in_says_what_is_wrong_and_lets_nobody_else_in(visitors: Visitors) -> None:
    page = visitors.page()
    page.goto("/counter")
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Hãy nhập tên đăng nhập")
    sign_in(page, password="sai-mat-khau")
    expect(page.get_by_role("alert")).to_contain_text("không đúng")
    expect(page.locator("#shell")).to_be_hidden()
    sign_in(page, login="bao-tri")
    expect(page.get_by_role("alert")).to_have_text("Tài khoản này không dùng để trực quầy.")


def test_what_the_citizen_confirmed_stands_there_with_its_source_and_goes_with_the_ticket(
    visitors: Visitors, centre: CentreProcess
) -> None:
    ticket = centre.take_number("xac-nhan-hon-nhan")
    centre.attach_form(ticket["id"])
    page = visitors.page()
    open_counter(page)
    expect(page.locator("#form")).to_contain_text("hiện ở đây khi gọi số")
    page.keyboard.press("F8")
    name = page.locator("[data-field=nycHoTen]")
    expect(name.locator("dd")).to_have_text("Lò Thị Mai Phương")
    expect(name.locator(".source")).to_have_attribute("data-source", "chip")
    typed = page.locator("[data-field=nxnTinhTrangHonNhan]")
    expect(typed.locator(".source")).to_have_attribute("data-source", "typed")
    assert not scrolls(page), "only the form's own panel scrolls"
    assert faint_texts(page, 4.5) == []
    press(page, "s", "start")
    expect(button(page, "complete")).to_be_enabled()
    assert faint_texts(page, 4.5) == []
    press(page, "h", "complete")
    expect(page.locator("#now")).to_have_text("Chưa gọi ai")
    assert "Lò Thị Mai Phương" not in page.content()


def test_a_form_confirmed_after_the_call_appears_by_itself(visitors: Visitors, centre: CentreProcess) -> None:
    ticket = centre.take_number("xac-nhan-hon-nhan")
    page = visitors.page()
    open_counter(page)
    page.keyboard.press("F8")
    expect(page.locator("#form")).to_contain_text("chưa khai gì")
    centre.attach_form(ticket["id"])
    expect(page.locator("[data-field=nycHoTen] dd")).to_have_text("Lò Thị Mai Phương")


def test_a_second_page_follows_live_and_a_reload_keeps_the_state(
    visitors: Visitors, centre: CentreProcess
) -> None:
    profile = visitors.profile()
    one, other = profile.new_page(), profile.new_page()
    open_counter(one)
    other.goto("/counter")
    expect(other.locator("#desk")).to_be_visible()
    ticket = centre.take_number()
    for page in (one, other):
        expect(page.locator("[data-service=dat-dai]")).to_contain_text(ticket["number"])
    one.bring_to_front()
    one.keyboard.press("F8")
    expect(other.locator("#now")).to_have_text(ticket["number"])
    other.reload()
    expect(other.locator("#now")).to_have_text(ticket["number"])
    expect(other.locator("#state")).to_contain_text("Đã gọi")
    press(other, "s", "start")
    expect(one.locator("#state")).to_have_text("Đang phục vụ")


def test_another_officers_counter_is_shown_and_refused(visitors: Visitors, centre: CentreProcess) -> None:
    page = visitors.page()
    sign_in(page)
    expect(page.locator("#choose")).to_be_visible()
    assert faint_texts(page, 4.5) == []
    place = page.locator("[data-counter=quay-9]")
    expect(place).to_contain_text("Mở quầy 9")
    lan = centre.officer()
    centre.act(lan, "quay-9", "open")
    expect(place).to_contain_text("Hoàng Thị Lan đang ngồi")
    place.click()
    expect(page.locator(".banner")).to_contain_text("Cán bộ khác đang ngồi quầy này")
    expect(page.locator("#desk")).to_be_hidden()


def test_a_press_that_came_too_late_is_told_in_words_and_shows_the_truth(
    visitors: Visitors, centre: CentreProcess
) -> None:
    first = centre.take_number()
    late = centre.take_number()
    page = visitors.page()
    open_counter(page)
    # The stream is held back, as on a bad line, while the same officer acts elsewhere.
    page.context.route("**/api/v1/counters/*/call-next", lambda route: (elsewhere(), route.continue_()))

    def elsewhere() -> None:
        centre.act(ha, "quay-9", "call-next")

    ha = centre.officer("ha")
    page.keyboard.press("F8")
    expect(page.locator(".banner")).to_contain_text("Quầy đang có một số chưa kết thúc")
    expect(page.locator("#now")).to_have_text(first["number"])
    assert centre.call("kiosk", "GET", f"/tickets/{late['id']}").json()["state"] == "waiting"


def test_two_presses_at_once_call_one_number(visitors: Visitors, centre: CentreProcess) -> None:
    ticket = centre.take_number()
    centre.take_number()
    page = visitors.page()
    open_counter(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "call-next" in request.url else None)
    page.evaluate(
        "() => { const one = document.querySelector('[data-action=call-next]'); one.click(); one.click(); }"
    )
    expect(page.locator("#now")).to_have_text(ticket["number"])
    assert len(asked) == 1


def test_the_page_recovers_from_a_killed_centre_and_misses_nothing(
    visitors: Visitors, centre: CentreProcess
) -> None:
    page = visitors.page()
    open_counter(page)
    page.evaluate("() => { window.notReloaded = true; }")
    centre.kill()
    banner = page.locator("[data-link=lost]")
    expect(banner).to_have_text("Mất kết nối với trung tâm – đang thử lại")
    expect(button(page, "call-next")).to_be_disabled()
    centre.start()
    missed = [centre.take_number() for _ in range(3)]
    expect(banner).to_have_count(0, timeout=10_000)
    expect(button(page, "call-next")).to_be_enabled()
    waiting = page.locator("[data-service=dat-dai] .queue-numbers li")
    expect(waiting).to_have_count(3)
    for line, ticket in zip(waiting.all(), missed, strict=True):
        expect(line).to_contain_text(ticket["number"])
    page.keyboard.press("F8")
    expect(page.locator("#now")).to_have_text(missed[0]["number"])
    assert page.evaluate("() => window.notReloaded") is True


def test_eight_tabs_of_one_browser_all_live(visitors: Visitors, centre: CentreProcess) -> None:
    profile: BrowserContext = visitors.profile()
    first = profile.new_page()
    open_counter(first)
    tabs = [first] + [profile.new_page() for _ in range(7)]
    for tab in tabs[1:]:
        tab.goto("/counter")
        expect(tab.locator("#desk")).to_be_visible()
    ticket = centre.take_number()
    started = time.monotonic()
    for tab in tabs:
        expect(tab.locator("[data-service=dat-dai]")).to_contain_text(ticket["number"])
    assert time.monotonic() - started < 3
    tabs[7].bring_to_front()
    tabs[7].keyboard.press("F8")
    for tab in tabs:
        expect(tab.locator("#now")).to_have_text(ticket["number"])


def test_signing_out_closes_the_counter_and_clears_every_tab(
    visitors: Visitors, centre: CentreProcess
) -> None:
    profile = visitors.profile()
    one, other = profile.new_page(), profile.new_page()
    open_counter(one)
    other.goto("/counter")
    expect(other.locator("#desk")).to_be_visible()
    one.click("#sign-out")
    for page in (one, other):
        expect(page.locator("#sign-in")).to_be_visible()
        expect(page.locator("#shell")).to_be_hidden()
    counters = centre.call("kiosk", "GET", "/counters").json()
    assert [counter["state"] for counter in counters if counter["id"] == "quay-9"] == ["closed"]


def test_an_officer_does_not_leave_while_a_citizen_is_called(
    visitors: Visitors, centre: CentreProcess
) -> None:
    ticket = centre.take_number()
    page = visitors.page()
    open_counter(page)
    page.keyboard.press("F8")
    expect(page.locator("#now")).to_have_text(ticket["number"])
    expect(page.locator("#close-counter")).to_be_disabled()
    page.click("#sign-out")
    expect(page.locator(".banner")).to_contain_text(f"báo vắng số {ticket['number']} trước")
    press(page, "v", "no-show")
    expect(page.locator("#close-counter")).to_be_enabled()
    page.click("#close-counter")
    expect(page.locator("#choose")).to_be_visible()


def test_the_desk_fits_every_usual_screen_in_every_state(visitors: Visitors, centre: CentreProcess) -> None:
    for service in ("dat-dai", "ho-tich", "xac-nhan-hon-nhan", "chung-thuc"):
        for _ in range(5):
            centre.take_number(service)
    page = visitors.page()
    open_counter(page)
    for key, next_action in (("F8", "call-next"), ("s", "start"), ("h", "complete")):
        expect(button(page, next_action)).to_be_enabled()
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert not scrolls(page), (width, height)
            assert beyond(page, "#serving > *") == [], (width, height)
            assert largest(page) == "call-next", "the largest thing to press"
        page.keyboard.press(key)


def test_keys_do_nothing_inside_a_text_field_with_modifiers_or_when_switched_off(
    visitors: Visitors, centre: CentreProcess
) -> None:
    ticket = centre.take_number()
    page = visitors.page()
    open_counter(page)
    page.keyboard.press("Alt+n")
    page.keyboard.press("Control+Shift+h")
    page.click("#keys")
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    expect(page.locator("#now")).to_have_text("Chưa gọi ai")
    page.keyboard.press("F8")
    expect(page.locator("#now")).to_have_text(ticket["number"])


def test_the_keyboard_alone_is_enough(visitors: Visitors, centre: CentreProcess) -> None:
    ticket = centre.take_number()
    page = visitors.page()
    open_counter(page)
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.dataset.action") == "call-next":
            break
    outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "the focus is visible"
    page.keyboard.press("Enter")
    expect(page.locator("#now")).to_have_text(ticket["number"])
    expect(button(page, "start")).to_be_focused()
    page.keyboard.press("Enter")
    expect(button(page, "complete")).to_be_focused()


def test_an_answer_that_comes_later_than_the_news_does_not_turn_the_page_back(
    visitors: Visitors, centre: CentreProcess
) -> None:
    ticket = centre.take_number("xac-nhan-hon-nhan")
    page = visitors.page()
    open_counter(page)

    def slowly(route: Route) -> None:
        answer = route.fetch()
        centre.attach_form(ticket["id"])
        expect(page.locator("#now")).to_have_text(ticket["number"])
        page.wait_for_timeout(300)
        route.fulfill(response=answer)

    page.route("**/call-next", slowly)
    page.keyboard.press("F8")
    name = page.locator("[data-field=nycHoTen] dd")
    expect(button(page, "start")).to_be_enabled()
    expect(name).to_have_text("Lò Thị Mai Phương")


def test_a_whole_state_that_came_meanwhile_counts_as_news(visitors: Visitors) -> None:
    page = visitors.page()
    page.goto("/counter")
    heard = page.evaluate(
        """async () => {
            const { QueueModel } = await import("/static/js/counter/model.js");
            const model = new QueueModel();
            const told = [model.news];
            model.replace({ me: null, services: [], counters: [], tickets: [], rules: {} });
            told.push(model.news);
            model.apply({ type: "day.begun", data: {} });
            told.push(model.news);
            return told;
        }"""
    )
    assert heard == [0, 1, 2], "an answer asked for before either is older than what the page shows"
