"""The kiosk's search for procedures: read once in the background, asked from any thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotReadyError
from datetime import date, datetime
from pathlib import Path
from threading import Thread

from kiosk.procedures.library import Hit, ProcedureLibrary
from kiosk.procedures.procedure import Procedure
from kiosk.procedures.shipped import ProcedureFileError
from kiosk.processes.procedure_files import load_library

_log = logging.getLogger(__name__)
WAIT_SECONDS = 5.0


def _today() -> date:
    return datetime.now().astimezone().date()


class ProcedureSearch:
    """Loads the library when it is made, without keeping the caller waiting.

    A search before it is there waits for it, at most ``WAIT_SECONDS``. Files that cannot be used leave an
    empty library and a line in the log; a kiosk without procedures still gives numbers.
    """

    def __init__(self, config: Path, data: Path, today: Callable[[], date] = _today) -> None:
        self._today = today
        self._library: Future[ProcedureLibrary] = Future()
        Thread(target=self._load, args=(config, data), name="procedures", daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether the library has been read."""
        return self._library.done()

    def search(self, text: str, limit: int = 8) -> tuple[Hit, ...]:
        """Best first; empty when nothing fits or the library is not there in time."""
        library = self._ready_library()
        return library.search(text, limit, self._today()) if library else ()

    def get(self, code: str) -> Procedure | None:
        """The procedure with this code, with or without a province's suffix."""
        library = self._ready_library()
        return library.get(code) if library else None

    def elsewhere(self, text: str) -> str | None:
        """What to say when that is asked which is known not to be done here."""
        library = self._ready_library()
        return library.elsewhere(text) if library else None

    def fields(self) -> tuple[str, ...]:
        """All fields, by name."""
        library = self._ready_library()
        return library.fields() if library else ()

    def of_field(self, field: str) -> tuple[Procedure, ...]:
        """The procedures of a field, by name."""
        library = self._ready_library()
        return library.of_field(field) if library else ()

    def _ready_library(self) -> ProcedureLibrary | None:
        try:
            return self._library.result(WAIT_SECONDS)
        except NotReadyError:
            _log.warning("the procedures are not read yet")
            return None

    def _load(self, config: Path, data: Path) -> None:
        library = ProcedureLibrary(())
        try:
            library = _load(config / "procedures", data / "procedures")
        finally:
            self._library.set_result(library)


def _load(config: Path, imported: Path) -> ProcedureLibrary:
    """With the imported procedures, else without them, else empty; each failure is a line in the log."""
    for folder in (imported, None):
        try:
            return load_library(config, folder)
        except ProcedureFileError as error:
            for problem in error.problems:
                _log.error("procedures: %s", problem)
    return ProcedureLibrary(())
