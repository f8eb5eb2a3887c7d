"""Catalogue, templates and scripts fit together; nothing comes from elsewhere."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from kiosk.centre.web.static_files import StaticTree
from kiosk.centre.web.words import catalogue, failure_words, script_safe, word
from kiosk.device_fields import device_fields
from kiosk.failures import FailureCode
from kiosk.settings import DeviceSettings

WEB = Path(__file__).parents[2] / "kiosk/centre/web"
SCRIPTS = sorted((WEB / "static/js").rglob("*.js"))
LETTERS = re.compile(r"[À-ÖØ-öø-ỹ]")


def words_used(text: str) -> list[str]:
    return [path for path in re.findall(r'word\("([a-z_.]+)"', text) if not path.endswith("_")]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_word_a_script_says_stands_in_the_catalogue(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    for path in words_used(text):
        assert word(path)


@pytest.mark.parametrize(
    "file", [*SCRIPTS, *WEB.rglob("*.html"), *WEB.rglob("*.py")], ids=lambda path: path.name
)
def test_vietnamese_stands_in_the_catalogue_only(file: Path) -> None:
    assert not LETTERS.search(file.read_text(encoding="utf-8")), file.name


@pytest.mark.parametrize(
    "file",
    [file for file in WEB.rglob("*") if file.suffix in {".js", ".css", ".html", ".svg"}],
    ids=lambda path: path.name,
)
def test_nothing_is_loaded_from_elsewhere(file: Path) -> None:
    addresses = re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}[^\s\"')]*", file.read_text(encoding="utf-8"))
    assert [one for one in addresses if "www.w3.org" not in one] == []


def test_the_catalogue_is_composed_text() -> None:
    text = (WEB / "texts/vi.toml").read_text(encoding="utf-8")
    assert text == unicodedata.normalize("NFC", text)


def test_every_setting_condition_and_failure_has_words() -> None:
    maintenance = catalogue()["maintenance"]
    for device in DeviceSettings.model_fields:
        assert device in maintenance["device"]
        for field in device_fields(device):
            assert field.name in maintenance["setting"]
            for choice in field.choices:
                assert isinstance(choice, int) or choice in maintenance["choice"]
    assert set(failure_words()) == {code.value for code in FailureCode}


def test_a_data_block_cannot_be_ended_from_inside() -> None:
    assert "<" not in script_safe({"name": "</script><script>alert(1)</script>"})


def test_one_changed_byte_changes_every_address(tmp_path: Path) -> None:
    (tmp_path / "one.css").write_text("a")
    (tmp_path / "two.js").write_text("b")
    before = StaticTree(tmp_path, tmp_path / "none")
    (tmp_path / "two.js").write_text("c")
    after = StaticTree(tmp_path, tmp_path / "none")
    assert before.address("one.css") != after.address("one.css")
    with pytest.raises(KeyError):
        after.address("three.js")
