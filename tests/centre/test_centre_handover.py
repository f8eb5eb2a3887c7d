"""What is personal and only passes through is given once, in time, or forgotten."""

from __future__ import annotations

from kiosk.centre.handover import Handover
from tests.centre.support import eventually


class Seconds:
    """A clock to turn."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_is_given_once() -> None:
    table = Handover()
    table.put("a", "042133")
    assert [table.take("a"), table.take("a"), table.take("b")] == ["042133", None, None]
    table.clear()


def test_it_is_not_given_after_its_time() -> None:
    clock = Seconds()
    table = Handover(seconds=60, clock=clock)
    table.put("a", "042133")
    clock.now += 30
    table.put("b", "042134")
    clock.now += 30
    assert [table.take("a"), table.take("b")] == [None, "042134"]
    table.clear()


def test_it_is_forgotten_though_nobody_asks() -> None:
    table = Handover(seconds=0.05)
    table.put("a", "042133")
    table.put("b", "042134")
    assert eventually(lambda: len(table) == 0)
    table.put("c", "042135")
    assert eventually(lambda: len(table) == 0)


def test_of_too_many_the_oldest_are_forgotten() -> None:
    table = Handover(most=3)
    for key in "abcde":
        table.put(key, key)
    assert [table.take(key) for key in "abcde"] == [None, None, "c", "d", "e"]
    table.clear()


def test_it_does_not_show_itself() -> None:
    table = Handover()
    table.put("a", "042133")
    assert "042133" not in repr(table) + repr(vars(table))
    table.clear()
