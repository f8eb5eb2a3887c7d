"""The generated pages of the manual say what the tables say."""

import pytest

from kiosk import manual


@pytest.mark.parametrize(
    ("page", "written"),
    [
        ("failures.md", manual.failures_page),
        ("settings.md", manual.settings_page),
        ("licences.md", manual.licences_page),
    ],
)
def test_the_manual_is_current(page, written):
    assert (manual.DOCS / page).read_text(encoding="utf-8") == written(), "run: python -m kiosk.manual"
