"""The ceiling says in words whose turn it is, and never more than it knows."""

import unicodedata
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.board import Board, Call, Display
from screens.ceiling.presenter import EARLIER_ROWS, ceiling_view, screen_name

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 23, 2, 41, 12, tzinfo=UTC)


def call(seq, number, counter, seconds_ago=60.0):
    return Call(seq, number, counter, NOW - timedelta(seconds=seconds_ago))


def board(*calls, waiting=0):
    return Board("Trung tâm xã Thuận Hòa", 99, "e1", calls, waiting)


def view(display):
    return ceiling_view(display, NOW, ZONE)


def test_the_newest_call_and_those_before_it():
    shown = view(Display(board(call(9, "A015", 9, 3), *(call(n, f"A{n:03d}", 12) for n in range(8, 1, -1)))))
    assert (shown.current.number, shown.current.counter, shown.current.fresh) == ("A015", "Quầy 9", True)
    assert [line.number for line in shown.earlier] == ["A008", "A007", "A006", "A005"]
    assert len(shown.earlier) == EARLIER_ROWS
    assert shown.earlier[0].counter == "12"
    assert not shown.earlier[0].fresh


def test_two_calls_at_once_both_stand_out():
    shown = view(Display(board(call(2, "C007", 2, 1.0), call(1, "A014", 1, 1.01))))
    assert shown.current.fresh
    assert shown.earlier[0].fresh


def test_the_clock_is_the_centres_not_utc():
    shown = view(Display(board()))
    assert (shown.clock, shown.date) == ("09:41", "23/11")


def test_an_idle_lobby_invites():
    shown = view(Display(board()))
    assert shown.current is None
    assert "lấy số tại máy" in shown.idle_title
    assert shown.notice == ""
    assert shown.waiting == "Chưa có ai chờ"
    assert view(Display(board(waiting=12))).waiting == "Đang chờ: 12 người"


def test_yesterdays_calls_are_gone_in_the_morning():
    yesterday = Display(board(call(5, "A099", 1, 20 * 3600)))
    assert view(yesterday).current is None


def test_a_lost_link_is_said_with_its_time_and_the_picture_stays():
    lost = Display(board(call(5, "A015", 9)), lost_at=NOW - timedelta(minutes=6))
    shown = view(lost)
    assert shown.current.number == "A015"
    assert "09:35" in shown.notice


def test_a_hiccup_of_the_link_is_not_worth_a_notice():
    assert view(Display(board(), lost_at=NOW - timedelta(seconds=1))).notice == ""


def test_before_the_first_answer_it_says_that_it_is_connecting():
    shown = ceiling_view(Display(lost_at=NOW - timedelta(seconds=9)), NOW, ZONE, "Trung tâm xã Thuận Hòa")
    assert shown.centre == "Trung tâm xã Thuận Hòa"
    assert "Đang nối" in shown.notice
    assert shown.waiting == "", "what is not known is not said"


def test_words_are_composed_vietnamese():
    shown = view(Display(board(call(5, "A015", 9)), lost_at=NOW - timedelta(minutes=6)))
    words = [word for word in astuple(shown) if isinstance(word, str)]
    assert all(unicodedata.is_normalized("NFC", word) for word in [*words, screen_name()])
