"""What officers do beside calling: set aside, send on, add a service, give priority, take back."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.centre_process import CentreProcess
from tests.browser.conftest import Visitors
from tests.browser.layout import beyond, largest, scrolls
from tests.browser.legibility import faint_texts
from tests.browser.test_officer_page import SIZES, button, open_counter, press

NOBODY = "Chưa gọi ai"


def called(
    visitors: Visitors, centre: CentreProcess, service: str = "dat-dai"
) -> tuple[Page, dict[str, Any]]:
    """The page of counter 9 with one number called there."""
    ticket = centre.take_number(service)
    page = visitors.page()
    open_counter(page)
    press(page, "F8", "call-next")
    expect(page.locator("#now")).to_have_text(ticket["number"])
    expect(button(page, "start")).to_be_enabled()
    return page, ticket


def question(page: Page) -> Locator:
    return page.get_by_role("dialog")


def choose(page: Page, answer: str) -> None:
    """Press an answer of the question in front of the page."""
    question(page).get_by_role("button", name=answer).click()
    expect(question(page)).to_have_count(0)


def line(page: Page, ticket: dict[str, Any]) -> Locator:
    return page.locator(f"[data-ticket='{ticket['id']}']")


def aside(page: Page, kind: str) -> Locator:
    return page.locator(f"[data-aside={kind}]")


def now(centre: CentreProcess, ticket: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = centre.call("kiosk", "GET", f"/tickets/{ticket['id']}").json()
    return found


def test_a_citizen_is_set_aside_and_taken_up_again(visitors: Visitors, centre: CentreProcess) -> None:
    page, ticket = called(visitors, centre)
    button(page, "park").click()
    for answer in ("Nộp phí", "Khi quầy gọi"):
        question(page).get_by_label(answer).check()
    question(page).get_by_role("button", name="Tạm giữ").click()
    expect(page.locator("#now")).to_have_text(NOBODY)
    expect(aside(page, "parked")).to_contain_text("chờ quầy gọi")
    assert (now(centre, ticket)["state"], now(centre, ticket)["park_reason"]) == ("parked", "Nộp phí")

    line(page, ticket).click()
    expect(question(page)).to_contain_text("Nộp phí")
    choose(page, "Gọi số này")
    expect(page.locator("#now")).to_have_text(ticket["number"])

    press(page, "g", "park")  # by the keyboard alone: back in a quarter of an hour
    page.keyboard.press("Enter")
    expect(aside(page, "parked")).to_contain_text(re.compile(r"trở lại lúc \d\d:\d\d"))
    line(page, ticket).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-service=dat-dai]")).to_contain_text(ticket["number"])
    expect(line(page, ticket)).to_be_focused()
    expect(aside(page, "parked")).to_have_count(0)
    assert now(centre, ticket)["state"] == "waiting"


def test_the_last_step_is_taken_back_by_key_or_press(visitors: Visitors, centre: CentreProcess) -> None:
    page, ticket = called(visitors, centre)
    undo = page.locator("#undo")
    expect(undo).to_contain_text(f"Hoàn tác: gọi {ticket['number']}")
    press(page, "s", "start")
    expect(undo).to_contain_text(f"Hoàn tác: bắt đầu {ticket['number']}")
    press(page, "h", "complete")
    expect(page.locator("#now")).to_have_text(NOBODY)
    page.reload()  # the centre knows what may be taken back
    expect(undo).to_contain_text(f"Hoàn tác: hoàn thành {ticket['number']}")
    button(page, "undo").click()
    expect(page.locator("#state")).to_have_text("Đang phục vụ")
    expect(page.locator("#live")).to_have_text(f"Đã hoàn tác, số {ticket['number']}")
    assert now(centre, ticket)["state"] == "serving"

    press(page, "h", "complete")
    press(page, "z", "undo")
    expect(page.locator("#state")).to_have_text("Đang phục vụ")


def test_after_its_time_a_step_can_not_be_taken_back(visitors: Visitors, centre: CentreProcess) -> None:
    ticket = centre.take_number()
    page = visitors.page()
    page.clock.install()
    open_counter(page)
    press(page, "F8", "call-next")
    expect(page.locator("#undo")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "undo" in request.url else None)
    page.clock.fast_forward(21_000)
    expect(page.locator("#undo")).to_be_hidden()
    page.keyboard.press("z")
    expect(page.locator("#now")).to_have_text(ticket["number"])
    assert asked == []


def test_what_the_other_tab_did_can_be_taken_back_here(visitors: Visitors, centre: CentreProcess) -> None:
    page, ticket = called(visitors, centre)
    other = page.context.new_page()
    other.goto("/counter")
    expect(other.locator("#undo")).to_contain_text(f"gọi {ticket['number']}")
    press(page, "v", "no-show")
    expect(other.locator("#undo")).to_contain_text(f"{ticket['number']} vắng mặt")
    button(other, "undo").click()
    for tab in (page, other):
        expect(tab.locator("#state")).to_contain_text("Đã gọi")


def test_a_number_with_priority_is_marked_and_called_first(visitors: Visitors, centre: CentreProcess) -> None:
    first, second = centre.take_number(), centre.take_number()
    page = visitors.page()
    open_counter(page)
    line(page, second).click()
    choose(page, "Người có công")
    expect(line(page, second)).to_contain_text("ưu tiên")
    expect(line(page, second)).to_have_attribute("title", "Người có công")
    expect(line(page, first)).not_to_contain_text("ưu tiên")
    press(page, "F8", "call-next")
    expect(page.locator("#now")).to_have_text(second["number"])
    expect(page.locator("#then")).to_have_text("Ưu tiên: Người có công")


def test_a_further_service_follows_with_the_same_number(visitors: Visitors, centre: CentreProcess) -> None:
    page, ticket = called(visitors, centre, "ho-tich")
    press(page, "s", "start")
    press(page, "t", "add-service")
    choose(page, "Chứng thực")
    expect(page.locator("#then")).to_have_text("Tiếp theo: Chứng thực")
    press(page, "h", "complete")
    expect(page.locator(".others")).to_contain_text("Chứng thực")
    lan = centre.officer()
    centre.act(lan, "quay-2", "open")
    answer = centre.act(lan, "quay-2", "call-next").json()
    assert (answer["number"], answer["service"]) == (ticket["number"], "chung-thuc")


def test_a_number_is_sent_to_a_counter_or_a_service(visitors: Visitors, centre: CentreProcess) -> None:
    lan = centre.officer()
    centre.act(lan, "quay-2", "open")
    page, ticket = called(visitors, centre)
    press(page, "c", "transfer")
    expect(question(page).get_by_role("button", name="Quầy 2")).to_have_count(
        2
    )  # Chứng thực, and the counter
    choose(page, "Quầy 2 Hoàng Thị Lan")
    expect(page.locator("#now")).to_have_text(NOBODY)
    assert now(centre, ticket)["reserved_counter"] == "quay-2"
    assert centre.act(lan, "quay-2", "call-next").json()["number"] == ticket["number"]
    centre.act(lan, "quay-2", "transfer", counter="quay-9")
    expect(aside(page, "sent_here")).to_contain_text(ticket["number"])
    expect(page.locator("#next-note")).to_have_text("1 người đang chờ quầy này")
    press(page, "F8", "call-next")
    button(page, "transfer").click()
    choose(page, "Hộ kinh doanh")
    expect(page.locator(".others")).to_contain_text("Hộ kinh doanh")
    assert now(centre, ticket)["service"] == "ho-kinh-doanh"


def test_who_was_missed_comes_back_by_phone_and_is_seen(visitors: Visitors, centre: CentreProcess) -> None:
    page, ticket = called(visitors, centre)
    press(page, "v", "no-show")
    expect(line(page, ticket)).to_contain_text("giữ đến")
    phone = visitors.page(390, 844)
    phone.goto("/follow/" + ticket["follow_url"].rsplit("/", 1)[1])
    phone.click("#rejoin")
    expect(page.locator("[data-service=dat-dai]")).to_contain_text(ticket["number"])
    phone.click("#cancel")
    phone.get_by_role("dialog").get_by_role("button", name="Hủy số này").click()
    expect(page.locator("[data-service=dat-dai]")).not_to_contain_text(ticket["number"])
    expect(page.locator("#next-note")).to_have_text("Chưa có ai chờ")


def test_a_question_is_left_by_escape_and_keys_of_the_desk_rest(
    visitors: Visitors, centre: CentreProcess
) -> None:
    page, ticket = called(visitors, centre)
    button(page, "park").focus()
    page.keyboard.press("Enter")
    expect(question(page)).to_be_visible()
    for key in ("s", "v", "F8", "z"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    expect(question(page)).to_have_count(0)
    expect(button(page, "park")).to_be_focused()
    assert now(centre, ticket)["state"] == "called"
    waiting = centre.take_number()
    line(page, waiting).focus()
    page.keyboard.press("Enter")
    expect(question(page)).to_contain_text("Xong số")
    expect(question(page).get_by_role("button", name="Gọi số này")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(line(page, waiting)).to_be_focused()


def test_somebody_else_was_quicker(visitors: Visitors, centre: CentreProcess) -> None:
    lan = centre.officer()
    centre.act(lan, "quay-1", "open")
    page, ticket = called(visitors, centre, "ho-tich")
    other = centre.take_number("ho-tich")
    line(page, other).click()
    centre.act(lan, "quay-1", "call-next")
    choose(page, "Hủy số")
    expect(page.locator(".banner")).to_contain_text("Số này thuộc về quầy khác")
    expect(line(page, other)).to_have_count(0)

    press(page, "g", "park")
    ha = centre.officer("ha")
    centre.act(ha, "quay-9", "start")
    centre.act(ha, "quay-9", "complete")
    expect(page.locator("#now")).to_have_text(NOBODY)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "park" in request.url else None)
    page.keyboard.press("Enter")
    expect(page.locator(".banner")).to_contain_text(f"Số {ticket['number']} không còn ở quầy này")
    assert asked == []


def test_an_answer_that_does_not_come_is_told_and_the_page_stays_right(
    visitors: Visitors, centre: CentreProcess
) -> None:
    page, ticket = called(visitors, centre)
    page.route("**/park", lambda route: route.abort())
    press(page, "g", "park")
    page.keyboard.press("Enter")
    expect(page.locator(".banner")).to_contain_text("Trung tâm chưa trả lời")
    expect(page.locator("#now")).to_have_text(ticket["number"])
    page.unroute("**/park")

    def late(route: Route) -> None:
        answer = route.fetch()
        expect(page.locator("#now")).to_have_text(NOBODY)  # the stream was quicker
        centre.act(ha, "quay-9", f"call/{ticket['id']}")
        expect(page.locator("#now")).to_have_text(ticket["number"])
        route.fulfill(response=answer)

    ha = centre.officer("ha")
    page.route("**/park", late)
    press(page, "g", "park")
    page.keyboard.press("Enter")
    expect(button(page, "start")).to_be_enabled()
    expect(page.locator("#now")).to_have_text(ticket["number"])
    expect(aside(page, "parked")).to_have_count(0)


def test_long_lists_and_questions_fit_every_usual_screen(visitors: Visitors, centre: CentreProcess) -> None:
    lan = centre.officer()
    centre.act(lan, "quay-1", "open")
    for service in ("ho-tich", "xac-nhan-hon-nhan", "dat-dai", "chung-thuc"):
        for _ in range(6):
            last = centre.take_number(service, then=["ho-kinh-doanh"])
    for step in ("park", "park", "park", "no-show", "no-show"):
        centre.act(lan, "quay-1", "call-next")
        centre.act(lan, "quay-1", step, **({"minutes": 30} if step == "park" else {}))
    page = visitors.page()
    open_counter(page)
    press(page, "F8", "call-next")
    press(page, "s", "start")
    expect(button(page, "complete")).to_be_enabled()

    def fits(what: str) -> None:
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert not scrolls(page), (what, width, height)
            assert beyond(page, "#serving > *") == [], (what, width, height)
            assert largest(page) == "call-next"
        assert faint_texts(page, 4.5) == [], what

    fits("lists")
    for key, action in (("g", "park"), ("c", "transfer"), ("t", "add-service")):
        press(page, key, action)
        expect(question(page)).to_be_visible()
        fits(action)
        box = question(page).evaluate("(one) => [one.scrollHeight, one.clientHeight]")
        assert box[0] <= box[1], f"{action}: no scrolling for the usual answers"
        page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1280, "height": 600})
    page.locator("[data-service=dat-dai] .all").click()
    expect(question(page)).to_contain_text("Chọn một số")
    fits("all")
    question(page).locator("button.choice").nth(1).click()
    expect(question(page)).to_contain_text("Ưu tiên cho số này")
    fits("ticket")
    assert last["follow_url"].rsplit("/", 1)[1] not in page.content()
