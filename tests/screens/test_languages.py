"""What a translator learns about texts that are too long; test_pages looks at every screen."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import screens.locale
from screens.locale.checking import Fault, check_lengths
from screens.locale.languages import language


def test_a_text_that_does_not_fit_is_named_with_its_screen_and_key() -> None:
    """On a panel as small as a telephone nothing fits."""
    findings = check_lengths(language("en"), (540, 960), 8.0, ["services"])
    assert {(one.language, one.part, one.fault) for one in findings} == {("en", "services", Fault.TOO_LONG)}
    assert any(not one.key.startswith("“") for one in findings), "words of the catalogue are told by key"


def test_a_text_that_stands_out_of_its_button_is_told(tmp_path) -> None:
    """The buttons of the frame keep their width, whatever stands in them."""
    whole = Path(screens.locale.__file__).parents[1]
    shutil.copytree(whole, tmp_path / "screens", ignore=shutil.ignore_patterns("__pycache__"))
    words = tmp_path / "screens" / "locale" / "en" / "LC_MESSAGES" / "citizen.po"
    said = words.read_text(encoding="utf-8")
    words.write_text(said.replace('msgstr "Language"', 'msgstr "Languageselectionpossibilities"'))
    for beside in ("kiosk", "media", "config", "devices"):
        (tmp_path / beside).symlink_to(whole.parent / beside)
    told = subprocess.run(
        [sys.executable, "-m", "screens.locale.measuring", "en", "1080", "1920", "21.5", "services"],
        cwd=tmp_path,
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen", "KIVY_NO_ARGS": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    ((screen, text, wrong),) = json.loads(told.splitlines()[-1])
    assert (screen, text) == ("services", "Languageselectionpossibilities")
    assert wrong.startswith("stands out of its button")


def test_where_everything_fits_nothing_is_said() -> None:
    assert check_lengths(language("vi"), (1080, 1920), 21.5, ["start"]) == []
