"""The generated pages of the manual say what the tables say."""

import pytest

from kiosk import manual
from kiosk.queueing.ticket import TABLE


@pytest.mark.parametrize(
    ("page", "written"),
    [
        ("failures.md", manual.failures_page),
        ("settings.md", manual.settings_page),
        ("licences.md", manual.licences_page),
        ("queue.md", manual.queue_page),
    ],
)
def test_the_manual_is_current(page, written):
    assert (manual.DOCS / page).read_text(encoding="utf-8") == written(), "run: python -m kiosk.manual"


def test_the_life_of_a_ticket_is_told_whole():
    table = manual.life_table()
    assert table.count("\n") == len(TABLE) + 2
    assert all(f"| {line.state.value} | {line.event.value} |" in table for line in TABLE)
    assert table in (manual.DOCS / "queue.md").read_text(encoding="utf-8")
