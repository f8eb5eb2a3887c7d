"""The citizen's phone: the place in the queue, live, with nothing personal."""

from __future__ import annotations

import itertools
import re

import pytest
import requests
from playwright.sync_api import Page, expect

from kiosk.centre.web.place import Place
from tests.browser.centre_process import CentreProcess
from tests.browser.conftest import Visitors
from tests.browser.layout import beyond, scrolls
from tests.browser.legibility import faint_texts

PHONE = {"width": 390, "height": 844}


def follow(visitors: Visitors, ticket: dict[str, str], **options: object) -> Page:
    page = visitors.page(**PHONE, **options)
    page.goto(path(ticket))
    return page


def path(ticket: dict[str, str]) -> str:
    return "/follow/" + ticket["follow_url"].rsplit("/", 1)[1]


def test_the_phone_counts_down_and_shows_the_call_in_full_colour(
    visitors: Visitors, centre: CentreProcess
) -> None:
    first, second = centre.take_number(), centre.take_number()
    page = follow(visitors, second)
    expect(page.locator("#number")).to_have_text(second["number"])
    expect(page.locator("#figure")).to_have_text("1")
    expect(page.locator("#hint")).to_have_text("người trước ông/bà")
    expect(page).to_have_title(f"{second['number']} – còn 1 người trước")
    expect(page.locator("#counters")).to_have_text("Nơi phục vụ: quầy\u00a09")
    lan = centre.officer()
    for action in ("open", "call-next"):
        centre.act(lan, "quay-9", action)
    expect(page.locator("#headline")).to_have_text("Ông/bà là người tiếp theo")
    assert faint_texts(page, 7) == []
    for action in ("no-show", "call-next"):
        centre.act(lan, "quay-9", action)
    expect(page.locator("body")).to_have_attribute("data-state", "called")
    expect(page.locator("#headline")).to_have_text("Mời ông/bà đến quầy số")
    expect(page.locator("#figure")).to_have_text("9")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(152, 28, 25)"
    assert faint_texts(page, 7) == []
    centre.act(lan, "quay-9", "start")
    expect(page.locator("#headline")).to_contain_text("đang được phục vụ")
    assert faint_texts(page, 7) == []
    centre.act(lan, "quay-9", "complete")
    expect(page.locator("#headline")).to_have_text("Đã phục vụ xong")
    assert faint_texts(page, 7) == []
    assert first["number"] not in page.content()


def test_a_recall_moves_the_phone_again(visitors: Visitors, centre: CentreProcess) -> None:
    page = follow(visitors, centre.take_number())
    lan = centre.officer()
    for action in ("open", "call-next"):
        centre.act(lan, "quay-9", action)
    expect(page.locator("body")).to_have_class("fresh")
    page.evaluate("() => document.body.classList.remove('fresh')")
    centre.act(lan, "quay-9", "recall")
    expect(page.locator("body")).to_have_class("fresh")


def test_the_phone_finds_back_after_the_centre_was_gone(visitors: Visitors, centre: CentreProcess) -> None:
    ticket = centre.take_number()
    lan = centre.officer()
    centre.act(lan, "quay-9", "open")
    page = follow(visitors, ticket)
    expect(page.locator("#link")).to_have_text("Tự cập nhật")
    centre.kill()
    expect(page.locator("#link")).to_contain_text("Mất kết nối")
    expect(page.locator("#number")).to_have_text(ticket["number"])
    centre.start()
    centre.act(lan, "quay-9", "call-next")
    expect(page.locator("body")).to_have_attribute("data-state", "called", timeout=10_000)


def test_the_page_works_without_scripts(visitors: Visitors, centre: CentreProcess) -> None:
    centre.take_number()
    ticket = centre.take_number()
    page = follow(visitors, ticket, java_script_enabled=False)
    expect(page.locator("#figure")).to_have_text("1")
    assert 'http-equiv="refresh" content="15"' in page.content()


@pytest.mark.parametrize("width", [390, 320])
def test_nothing_scrolls_sideways_and_the_call_fits_one_look(
    visitors: Visitors, centre: CentreProcess, width: int
) -> None:
    ticket = centre.take_number("xac-nhan-hon-nhan")
    page = visitors.page(width, 700)
    page.goto(path(ticket))
    sideways = "() => document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(sideways)
    lan = centre.officer()
    for action in ("open", "call-next"):
        centre.act(lan, "quay-9", action)
    expect(page.locator("body")).to_have_attribute("data-state", "called")
    assert not page.evaluate(sideways)
    box = page.locator("#figure").bounding_box()
    assert box and box["y"] + box["height"] < 700


def test_the_link_is_kept_to_its_holder(centre: CentreProcess) -> None:
    answer = requests.get(centre.url + path(centre.take_number()), timeout=30)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    "token", ["AAAAAAAAAAAAAAAAAAAAAA", "x", "..%2F..%2Fhealthz", "%3Cscript%3Ealert(1)%3C/script%3E", "ộ"]
)
def test_an_unknown_link_gets_a_kind_page(centre: CentreProcess, token: str) -> None:
    answer = requests.get(f"{centre.url}/follow/{token}", timeout=30)
    assert answer.status_code == 404
    if "/" not in token.replace("%2F", "/").replace("%3C/", "</"):
        assert "Không tìm thấy số này" in answer.text
    assert "<script>alert" not in answer.text


STATES = ("waiting", "called", "serving", "parked", "completed", "no_show", "cancelled", "expired")
WAITS = (
    None,
    {"low": None, "high": 5},
    {"low": 20, "high": 30},
    {"low": 90, "high": 150},
    {"low": 120, "high": None},
)


def test_server_and_script_say_the_same_words(visitors: Visitors, centre: CentreProcess) -> None:
    page = follow(visitors, centre.take_number())
    script = (page.get_attribute("script[type=module]", "src") or "").replace("page.js", "view.js")
    counters = [{"id": "a", "number": 1, "name": ""}, {"id": "b", "number": 9, "name": ""}]
    moments = (None, "2026-11-22T02:05:00Z", "2099-11-22T02:05:00Z")
    cases = itertools.product(STATES, (0, 1, 12), WAITS, moments)
    for count, (state, ahead, wait, moment) in enumerate(cases):
        place = {
            "number": "A018",
            "service_name": "Hộ tịch",
            "state": state,
            "ahead": ahead,
            "wait": wait,
            "counters": counters[: count % 3],
            "counter": None if state == "waiting" else counters[1],
            "issued_at": "2026-11-22T02:05:00Z",
            "then": ["Chứng thực"][: count % 2],
            "parked_until": moment,
            "rejoin_until": moment,
            "head": 7,
        }
        said = page.evaluate("async ([url, place]) => (await import(url)).placeWords(place)", [script, place])
        told = vars(Place.of(place))
        assert said == {name: told[name] for name in said}, place


def missed(visitors: Visitors, centre: CentreProcess) -> tuple[Page, requests.Session]:
    """A phone whose number was called and nobody came."""
    page = follow(visitors, centre.take_number())
    lan = centre.officer()
    for action in ("open", "call-next", "no-show"):
        centre.act(lan, "quay-9", action)
    expect(page.locator("#headline")).to_have_text("Số này đã được gọi")
    return page, lan


def test_who_was_missed_comes_back_with_one_press(visitors: Visitors, centre: CentreProcess) -> None:
    page, lan = missed(visitors, centre)
    expect(page.locator("#hint")).to_contain_text("bấm nút đỏ trước")
    assert faint_texts(page, 7) == []
    page.click("#rejoin")
    expect(page.locator("#headline")).to_have_text("Ông/bà là người tiếp theo")
    expect(page.locator("#rejoin")).to_be_hidden()
    for action in ("call-next", "no-show"):
        centre.act(lan, "quay-9", action)
    expect(page.locator("#hint")).to_contain_text("lấy số mới")
    expect(page.locator("#rejoin")).to_be_hidden()


def test_who_comes_back_too_late_is_told_whom_to_ask(visitors: Visitors, centre: CentreProcess) -> None:
    page, _ = missed(visitors, centre)
    page.route("**/rejoin", lambda route: route.fulfill(status=409, json={"code": "REJOIN_TOO_LATE"}))
    page.click("#rejoin")
    expect(page.locator("#asked")).to_contain_text("báo cán bộ ở quầy")
    page.unroute("**/rejoin")
    page.route("**/rejoin", lambda route: route.abort())
    page.click("#rejoin")
    expect(page.locator("#asked")).to_contain_text("Chưa gửi được")
    expect(page.locator("#rejoin")).to_be_enabled()


def test_a_number_is_given_back_after_a_question_only(visitors: Visitors, centre: CentreProcess) -> None:
    ticket = centre.take_number()
    page = follow(visitors, ticket)
    question = page.get_by_role("dialog")
    page.click("#cancel")
    expect(question).to_contain_text(f"Hủy số {ticket['number']}?")
    expect(question.get_by_role("button", name="Tiếp tục chờ")).to_be_focused()
    assert faint_texts(page, 7) == []
    page.keyboard.press("Enter")
    expect(question).to_have_count(0)
    expect(page.locator("#cancel")).to_be_focused()
    page.click("#cancel")
    question.get_by_role("button", name="Hủy số này").click()
    expect(page.locator("#headline")).to_have_text("Số này đã hủy")
    expect(page.locator("#cancel")).to_be_hidden()
    assert centre.call("kiosk", "GET", f"/tickets/{ticket['id']}").json()["state"] == "cancelled"


def test_a_number_set_aside_says_from_when_it_waits_again(visitors: Visitors, centre: CentreProcess) -> None:
    page = follow(visitors, centre.take_number())
    lan = centre.officer()
    for action in ("open", "call-next"):
        centre.act(lan, "quay-9", action)
    centre.act(lan, "quay-9", "park", reason="Nộp phí", minutes=15)
    expect(page.locator("#headline")).to_have_text("Đang giữ chỗ cho ông/bà")
    expect(page.locator("#minutes")).to_have_text(re.compile(r"^Chờ tiếp từ\s\d\d:\d\d$"))
    expect(page.locator("#cancel")).to_be_visible()


def test_every_state_fits_a_small_phone(visitors: Visitors, centre: CentreProcess) -> None:
    centre.take_number("ho-tich")
    ticket = centre.take_number("ho-tich", then=["chung-thuc"])
    page = follow(visitors, ticket)
    lan = centre.officer()
    for actions in (
        (),
        ("open", "call-next", "no-show", "call-next"),
        ("no-show",),
        (f"call/{ticket['id']}", "start"),
        ("complete",),
    ):
        for action in actions:
            centre.act(lan, "quay-9", action)
        state = centre.call("kiosk", "GET", f"/tickets/{ticket['id']}").json()["state"]
        expect(page.locator("body")).to_have_attribute("data-state", state)
        for size in ((360, 740), (390, 844)):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert not scrolls(page), (state, size)
            assert beyond(page, "main > *") == [], (state, size)
    expect(page.locator("#service")).to_have_text("Chứng thực")
