"""Who just walks away is warned, then wiped; who is still there stays."""

from __future__ import annotations

from journey import Journey

from kiosk.visit.effects import IssueTicket
from kiosk.visit.events import (
    ScreenTouched,
)


def test_whoever_walks_away_is_warned_and_then_wiped() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().answers_everything()
    kiosk.wait(59)
    assert kiosk.view.overlay is None
    kiosk.wait(1)
    assert kiosk.view.overlay.seconds == 30
    kiosk.wait(29)
    assert kiosk.view.overlay.seconds == 1
    kiosk.wait(1).wiped()


def test_the_warning_leaves_at_least_twenty_seconds_and_one_tap_stays() -> None:
    kiosk = Journey().with_card().wait(80)
    assert kiosk.view.overlay.seconds == 10
    kiosk.press("Tôi còn ở đây")
    assert kiosk.view.overlay is None
    kiosk.wait(59)
    assert kiosk.view.overlay is None


def test_under_the_warning_nothing_else_can_be_pressed() -> None:
    kiosk = Journey().without_card()
    tap = kiosk.screen.cards[0].button.event
    kiosk.wait(70).happens(ScreenTouched()).happens(tap)
    assert kiosk.view.overlay is not None
    assert kiosk.count(IssueTicket) == 0
    kiosk.press("Kết thúc").wiped()


def test_a_touch_anywhere_starts_the_idle_time_anew() -> None:
    kiosk = Journey().without_card().wait(50).happens(ScreenTouched()).wait(50)
    assert kiosk.view.overlay is None


def test_no_idle_time_runs_while_the_kiosk_itself_is_slow() -> None:
    kiosk = Journey().lays_card().digits("001234").press("Đọc căn cước").wait(55).expect("reading")
    assert kiosk.view.overlay is None
    kiosk.wait(10).expect("problem")
