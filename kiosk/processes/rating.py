"""Gives ratings to the centre. While it is away the face and the aspect are kept here, and told later.

Nothing that a person wrote is kept on this machine: words go to the centre at once or not at all. Kept are
the face, the aspect, the day and a random key; not the time of day, not the number.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.client import CentreClient, CentreError
from kiosk.failures import FailureCode
from kiosk.processes.offline_numbers import OfflineNumbers, OfflineStoreError
from kiosk.visit.effects import SendRating
from kiosk.visit.events import Event, RatingFailed, RatingSent

_LOG = logging.getLogger(__name__)

LATER_SECONDS = 20.0
"""How often what is kept is tried again."""
MOST_KEPT = 300
_NAME = "ratings"  # in the kiosk's own durable file
_OFFLINE = "offline/"  # begins the id of a number that the centre does not know yet


class Ratings:
    """Ratings of this machine, from ``start`` to ``stop``. Safe between threads.

    ``file``: the kiosk's durable file; without it nothing is kept. ``now`` is the centre's time as far as it
    is known.
    """

    def __init__(
        self,
        client: CentreClient,
        zone: ZoneInfo,
        file: OfflineNumbers | None,
        dispatch: Callable[[Event], None],
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._zone = zone
        self._file = file
        self._dispatch = dispatch
        self._now = now
        self._lock = threading.RLock()
        self._under_way: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._tell_later, name="ratings", daemon=True)

    def start(self) -> None:
        """Begin to tell what an earlier run has kept."""
        if self._file is not None:
            self._thread.start()

    def stop(self) -> None:
        """End; what was not told is told after the next start."""
        self._stop.set()

    def send(self, effect: SendRating) -> None:
        """Give a rating. One with words that did not arrive has failed, so that the citizen may try again;
        its face counts even so.
        """
        try:
            self._tell(effect)
        except CentreError as error:
            _LOG.warning("a rating was not taken: %s", error)
            kept = error.nobody_there and self._keep(effect)
            if kept and not effect.words:
                self._dispatch(RatingSent(effect.visit))
            else:
                self._dispatch(RatingFailed(effect.visit, FailureCode.RATING_NOT_SENT))
            return
        self._drop(effect.key)
        self._dispatch(RatingSent(effect.visit))

    def forget(self) -> None:
        """The visit is over: nobody will try again, so what is kept of it may be told."""
        with self._lock:
            self._under_way.clear()

    def _tell(self, effect: SendRating) -> None:
        ticket = effect.ticket
        if ticket is not None and ticket.startswith(_OFFLINE):
            ticket = None
        aspect = None if effect.aspect is None else effect.aspect.value
        with _once():
            self._client.rate(effect.face, effect.key, aspect=aspect, words=effect.words, ticket=ticket)

    # -- what is told later --------------------------------------------------------------------------------

    def _keep(self, effect: SendRating) -> bool:
        """Whether the face is on the disk."""
        day = self._now().astimezone(self._zone).date()
        one = {
            "key": effect.key,
            "face": effect.face,
            "aspect": None if effect.aspect is None else effect.aspect.value,
            "day": day.isoformat(),
        }
        with self._lock:
            if self._file is None:
                return False
            others = [other for other in self._kept() if other["key"] != effect.key]
            try:
                self._file.remember(_NAME, [*others, one][-MOST_KEPT:])
            except OfflineStoreError as error:
                _LOG.error("a rating cannot be kept: %s", error)
                return False
            self._under_way.add(effect.key)
            return True

    def _drop(self, key: str) -> None:
        with self._lock:
            kept = self._kept()
            left = [one for one in kept if one["key"] != key]
            if self._file is not None and len(left) < len(kept):
                with contextlib.suppress(OfflineStoreError):  # told twice it counts once
                    self._file.remember(_NAME, left)

    def _kept(self) -> list[dict[str, Any]]:
        try:
            return list((self._file.recall(_NAME) if self._file else None) or ())
        except OfflineStoreError:
            return []

    def _tell_later(self) -> None:
        while not self._stop.wait(LATER_SECONDS):
            self.tell_kept()

    def tell_kept(self) -> None:
        """Tell what is kept of visits that are over, until the centre is silent. Never raises."""
        with self._lock:
            due = [one for one in self._kept() if one["key"] not in self._under_way]
        for one in due:
            noon = datetime.combine(datetime.fromisoformat(one["day"]).date(), time(12), tzinfo=self._zone)
            try:
                with _once():
                    self._client.rate(one["face"], one["key"], aspect=one["aspect"], given_at=noon)
            except CentreError as error:
                if error.nobody_there:
                    return
                _LOG.warning("a rating kept here is refused: %s", error)
            self._drop(one["key"])


@contextlib.contextmanager
def _once() -> Iterator[None]:
    """A key that the centre has with another body: the first try arrived though its answer did not."""
    try:
        yield
    except CentreError as error:
        if error.code is not FailureCode.IDEMPOTENCY_KEY_REUSED:
            raise
