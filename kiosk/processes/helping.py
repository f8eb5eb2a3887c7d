"""Calls an officer to this machine, and tells the citizen when one is on the way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from kiosk.client import CentreClient, CentreError, HelpCall
from kiosk.failures import FailureCode
from kiosk.visit.effects import CallHelp
from kiosk.visit.events import Event, HelpAnswered, HelpCalled, HelpFailed

_LOG = logging.getLogger(__name__)

AGAIN_SECONDS = 0.4
LOOK_SECONDS = 1.0
"""How often the centre is asked whether somebody comes. Only while a call is open."""


class Helping:
    """Calls for help of one visit after the other. Safe between threads.

    The officers keep seeing a call when its visit is over: whoever called may stand there still. Only the
    citizen's screen hears no more of it.
    """

    def __init__(
        self, client: CentreClient, dispatch: Callable[[Event], None], look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._client = client
        self._dispatch = dispatch
        self._look_seconds = look_seconds
        self._over = threading.Event()  # of the visit under way

    def call(self, effect: CallHelp) -> None:
        """Call, then follow the call on a thread of its own until somebody comes or the visit is over."""
        over = self._over
        try:
            made = self._called(effect)
        except CentreError as error:
            _LOG.warning("nobody could be called: %s", error)
            self._dispatch(HelpFailed(effect.visit, FailureCode.HELP_NOT_CALLED))
            return
        _LOG.info("an officer was called")
        self._dispatch(HelpCalled(effect.visit))
        follow = threading.Thread(
            target=self._follow, args=(effect.visit, made, over), name="help", daemon=True
        )
        follow.start()

    def forget(self) -> None:
        """The visit is over, or this process: nothing of its calls is told any more."""
        self._over.set()
        self._over = threading.Event()

    def _called(self, effect: CallHelp) -> HelpCall:
        """No answer does not mean no call: asked once more, it is the same one."""
        try:
            return self._client.call_help(effect.screen, effect.language)
        except CentreError as error:
            if not error.nobody_there:
                raise
        self._over.wait(AGAIN_SECONDS)
        return self._client.call_help(effect.screen, effect.language)

    def _follow(self, visit: str, call: HelpCall, over: threading.Event) -> None:
        while call.state == "open":
            if over.wait(self._look_seconds):
                return
            try:
                call = self._client.help_call(call.id)
            except CentreError as error:
                if not error.nobody_there:
                    _LOG.warning("a call for help cannot be followed: %s", error)
                    return
        if call.state == "answered" and not over.is_set():
            counter = None if call.answered_by is None else call.answered_by.number
            self._dispatch(HelpAnswered(visit, counter))
