"""Answers the citizen's search for a procedure, key by key: only the newest text is looked for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from kiosk.procedures.library import Hit
from kiosk.procedures.procedure import Procedure
from kiosk.visit.effects import Search
from kiosk.visit.events import Found, FoundProcedure

_LOG = logging.getLogger(__name__)


class Library(Protocol):
    """Where procedures are found; may be asked from any thread."""

    def search(self, text: str, limit: int = 8) -> tuple[Hit, ...]: ...
    def get(self, code: str) -> Procedure | None: ...
    def elsewhere(self, text: str) -> str | None: ...


class Finding:
    """Searches ``library`` on a thread of its own, so that a silent centre keeps no key waiting.

    ``tell`` gets ``Found``. A text that is overtaken by the next key is never looked for; what was typed is
    not kept and not logged.
    """

    def __init__(self, library: Library, tell: Callable[[Found], None]) -> None:
        self._library, self._tell = library, tell
        self._wanted: Search | None = None
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="finding", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """No further answer."""
        with self._changed:
            self._stopped, self._wanted = True, None
            self._changed.notify()

    def search(self, wanted: Search) -> None:
        """Look for this text; returns at once, ``Found`` follows."""
        with self._changed:
            self._wanted = wanted
            self._changed.notify()

    def forget(self) -> None:
        """The visit is over: what was asked last is not looked for."""
        with self._changed:
            self._wanted = None

    def _work(self) -> None:
        while self._answer():
            pass

    def _answer(self) -> bool:
        """Answer the next search; in a method of its own, so that nothing typed outlives its answer here."""
        wanted = self._next()
        if wanted is None:
            return False
        hits: tuple[FoundProcedure, ...] = ()
        elsewhere: str | None = None
        try:
            hits = self._found(wanted)
            elsewhere = None if hits else self._library.elsewhere(wanted.text)
        except Exception as error:  # a bug; the citizen sees that nothing fits and may call somebody
            _LOG.error("the search failed: %s", type(error).__name__)
        self._tell(Found(wanted.visit, wanted.text, hits, elsewhere or ""))
        return True

    def _next(self) -> Search | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._wanted is not None)
            wanted, self._wanted = self._wanted, None
            return wanted

    def _found(self, wanted: Search) -> tuple[FoundProcedure, ...]:
        procedures = (self._library.get(hit.code) for hit in self._library.search(wanted.text, wanted.limit))
        return tuple(FoundProcedure(one, one.service) for one in procedures if one is not None)
