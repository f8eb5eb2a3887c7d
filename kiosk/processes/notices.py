"""What the centre wants to be read at the start screen, asked for again and again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from kiosk.client import CentreClient, CentreError
from kiosk.settings import Settings
from kiosk.visit.events import Event, LobbyNotices, NoticesChanged

_LOG = logging.getLogger(__name__)
LOOK_SECONDS = 60.0
SILENT_LOOK_SECONDS = 5.0


class NoticeBoard:
    """Tells of notices when they change, from ``start`` to ``stop``.

    While the centre has never been heard only the counter that gives numbers by hand is known, from the
    settings: that is when it is needed.
    """

    def __init__(self, client: CentreClient, settings: Settings, dispatch: Callable[[Event], None]) -> None:
        self._client = client
        self._dispatch = dispatch
        numbers = {one.id: one.number for one in settings.counters}
        self._shown = LobbyNotices((), numbers.get(settings.centre.spare_counter))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, name="notices", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._dispatch(NoticesChanged(self._shown))
        self._thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._stop.set()

    def _look(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            try:
                told = self._client.notices()
            except CentreError as error:
                if not error.nobody_there:
                    _LOG.warning("the notices are not told: %s", error)
                pause = SILENT_LOOK_SECONDS
                continue
            pause = LOOK_SECONDS
            spare = None if told.spare_counter is None else told.spare_counter.number
            notices = told.notices
            shown = LobbyNotices(
                tuple(one.text for one in notices), spare, tuple(one.text_in for one in notices)
            )
            if shown != self._shown and not self._stop.is_set():
                self._shown = shown
                self._dispatch(NoticesChanged(shown))
