"""A further matter for a number just given, or back with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from kiosk.client import CentreClient, CentreError
from kiosk.visit.effects import AddMatter, GiveBackTicket
from kiosk.visit.events import Event, GiveBackFailed, MatterAdded, MatterRefused, TicketGivenBack

T = TypeVar("T")
AGAIN_SECONDS = 0.4


class Matters:
    """Both calls may be repeated: a lost answer is asked for once more before the citizen is told."""

    def __init__(self, client: CentreClient, dispatch: Callable[[Event], None]) -> None:
        self._client = client
        self._dispatch = dispatch
        self._pause = threading.Event()

    def add(self, effect: AddMatter) -> None:
        """Have the number wait for one more service."""
        try:
            _twice(lambda: self._client.add_matter(effect.ticket, effect.service), self._pause)
        except CentreError as error:
            self._dispatch(MatterRefused(effect.visit, effect.ticket, error.code))
            return
        self._dispatch(MatterAdded(effect.visit, effect.ticket, effect.service))

    def give_back(self, effect: GiveBackTicket) -> None:
        """The number is nobody's any more."""
        try:
            _twice(lambda: self._client.give_back(effect.ticket), self._pause)
        except CentreError as error:
            self._dispatch(GiveBackFailed(effect.visit, effect.ticket, error.code))
            return
        self._dispatch(TicketGivenBack(effect.visit, effect.ticket))


def _twice(call: Callable[[], T], pause: threading.Event) -> T:
    try:
        return call()
    except CentreError as error:
        if not error.nobody_there:
            raise
    pause.wait(AGAIN_SECONDS)
    return call()
