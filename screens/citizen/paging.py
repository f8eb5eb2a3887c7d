"""Lists that do not fit one screen: turned page by page, never scrolled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from kiosk.visit.events import PageTapped
from screens.citizen.parts import Button
from screens.locale import Words

T = TypeVar("T")


@dataclass(frozen=True)
class Pages:
    """The ways to the page before and the page after; ``place`` tells where one is: “Trang 1 trong 2”."""

    before: Button
    after: Button
    place: str


def paged(
    items: Sequence[T], page: int, size: int, at: str, words: Words, *, enabled: bool = True
) -> tuple[tuple[T, ...], Pages | None]:
    """The items of ``page`` (from 0), about equally many on each, at most ``size``; and how to turn.

    ``None`` when all fit on one. A page beyond the last is the last.
    """
    count = max(1, -(-len(items) // max(1, size)))
    if count == 1:
        return tuple(items), None
    page = min(max(page, 0), count - 1)
    each = -(-len(items) // count)
    turn = Pages(
        before=Button(words("pages.before"), PageTapped(at, max(0, page - 1)), enabled=enabled and page > 0),
        after=Button(words("pages.after"), PageTapped(at, page + 1), enabled=enabled and page < count - 1),
        place=words("pages.place", n=page + 1, total=count),
    )
    return tuple(items[page * each : (page + 1) * each]), turn
