"""Clips on a phone: the list, one clip with its captions, its files in ranges; nothing else is served."""

from __future__ import annotations

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jinja2 import Environment
from starlette.responses import HTMLResponse

from kiosk.centre.web.clip_pages import ClipPages, matches
from kiosk.clip_library import SHIPPED, read_library

CLIP = SHIPPED / "khai-sinh"


@pytest.fixture
def phone(desk) -> TestClient:
    return desk.web


def test_the_list_shows_every_clip_by_topic(phone):
    page = phone.get("/clips")
    assert page.status_code == 200
    for clip in read_library(SHIPPED):
        assert clip.title["vi"] in page.text
        assert f'href="/clips/{clip.id}"' in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_what_is_said_can_be_searched_without_accents(phone):
    page = phone.get("/clips", params={"q": "giay chung sinh"})
    assert 'href="/clips/khai-sinh"' in page.text
    assert 'href="/clips/ket-hon"' not in page.text
    assert "Chưa có hướng dẫn nào khớp" in phone.get("/clips", params={"q": "<script>xyz"}).text


def test_a_code_finds_its_clip():
    clip = next(one for one in read_library(SHIPPED) if one.id == "khai-tu")
    assert matches(clip, "1.000656")
    assert not matches(clip, "1.000894")


def test_a_page_plays_the_clip_with_captions_and_words(phone):
    page = phone.get("/clips/khai-sinh").text
    assert '<source src="/clips/khai-sinh/clip.mp4" type="video/mp4">' in page
    assert '<track kind="captions" src="/clips/khai-sinh/captions.vi.vtt" srclang="vi"' in page
    assert "giấy chứng sinh" in page


def test_a_player_gets_the_part_it_asks_for(phone):
    whole = (CLIP / "clip.mp4").read_bytes()
    part = phone.get("/clips/khai-sinh/clip.mp4", headers={"Range": "bytes=100-299"})
    assert part.status_code == 206
    assert part.content == whole[100:300]
    assert part.headers["Content-Range"] == f"bytes 100-299/{len(whole)}"
    assert part.headers["Content-Type"] == "video/mp4"
    last = phone.get("/clips/khai-sinh/clip.mp4", headers={"Range": "bytes=-10"})
    assert last.content == whole[-10:]
    beyond = phone.get("/clips/khai-sinh/clip.mp4", headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416


def test_captions_and_poster_are_served_as_what_they_are(phone):
    assert phone.get("/clips/khai-sinh/captions.vi.vtt").headers["Content-Type"].startswith("text/vtt")
    assert phone.get("/clips/khai-sinh/poster.jpg").headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    "path",
    [
        "/clips/vang",
        "/clips/khai-sinh/clip.toml",
        "/clips/khai-sinh/vang.mp4",
        "/clips/khai-sinh/..%2Ficons.yaml",
        "/clips/..%2F..%2Fconfig/centre.toml",
        "/clips/storyboards/khai-sinh.yaml",
        "/clips/KHAI-SINH",
    ],
)
def test_nothing_else_is_served(phone, path):
    answer = phone.get(path)
    assert answer.status_code == 404
    assert "[[file]]" not in answer.text


@pytest.fixture
def own(tmp_path) -> tuple[TestClient, Path]:
    """The pages over a place's own clips, without a centre."""
    app = FastAPI()

    def fill(template: str, *, status: int = 200, **values) -> HTMLResponse:
        text = Environment(autoescape=True).from_string("{{ values }}").render(values=values)
        return HTMLResponse(text, status_code=status)

    ClipPages(fill, tmp_path, ZoneInfo("Asia/Ho_Chi_Minh")).add_routes(app)
    return TestClient(app), tmp_path


def test_a_clip_whose_rule_ended_is_hidden_and_its_own_stands_before_the_shipped(own):
    phone, folder = own
    shutil.copytree(CLIP, folder / "khai-sinh")
    path = folder / "khai-sinh" / "clip.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("valid_until = 2027-02-28", "valid_until = 2020-01-01"), encoding="utf-8")
    assert phone.get("/clips/khai-sinh").status_code == 404
    assert phone.get("/clips/khai-sinh/clip.mp4").status_code == 404
    assert phone.get("/clips/khai-tu").status_code == 200


def test_a_broken_manifest_leaves_the_shipped_clip(own):
    phone, folder = own
    (folder / "khai-sinh").mkdir()
    (folder / "khai-sinh" / "clip.toml").write_text("seconds = [[", encoding="utf-8")
    assert phone.get("/clips/khai-sinh").status_code == 200
