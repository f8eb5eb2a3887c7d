"""The citizen's phone: the place in the queue, live, with nothing personal."""

from __future__ import annotations

import itertools

import pytest
import requests
from playwright.sync_api import Page, expect

from kiosk.centre.web.place import Place
from tests.browser.centre_process import CentreProcess
from tests.browser.conftest import Visitors
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
    expect(page.locator("#counters")).to_contain_text("quầy số 9")
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
    answer = requests.get(centre.url + path(centre.take_number()), timeout=5)
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
    answer = requests.get(f"{centre.url}/follow/{token}", timeout=5)
    assert answer.status_code == 404
    if "/" not in token.replace("%2F", "/").replace("%3C/", "</"):
        assert "Không tìm thấy số này" in answer.text
    assert "<script>alert" not in answer.text


STATES = ("waiting", "called", "serving", "completed", "no_show", "cancelled", "expired")


def test_server_and_script_say_the_same_words(visitors: Visitors, centre: CentreProcess) -> None:
    page = follow(visitors, centre.take_number())
    script = (page.get_attribute("script[type=module]", "src") or "").replace("page.js", "view.js")
    counters = [{"id": "a", "number": 1, "name": ""}, {"id": "b", "number": 9, "name": ""}]
    for state, ahead, minutes, count in itertools.product(STATES, (0, 1, 12), (None, 0, 24), (0, 1, 2)):
        place = {
            "number": "A018",
            "service_name": "Hộ tịch",
            "state": state,
            "ahead": ahead,
            "minutes_wait": minutes,
            "counters": counters[:count],
            "counter": None if state == "waiting" else counters[1],
            "issued_at": "2026-11-22T02:05:00Z",
            "head": 7,
        }
        said = page.evaluate("async ([url, place]) => (await import(url)).placeWords(place)", [script, place])
        told = vars(Place.of(place))
        assert said == {name: told[name] for name in said}, place
